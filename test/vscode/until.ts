// Waits for what an event of the editor brings about.
import type * as vscode from 'vscode';

/** Resolves as soon as `isSo` holds, which is asked now and after every event. The test's own time limit ends it. */
export function until<T>(event: vscode.Event<T>, isSo: (value: T | undefined) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (isSo(undefined)) return resolve();
    const listening = event((value) => {
      if (!isSo(value)) return;
      listening.dispose();
      resolve();
    });
  });
}
