// Asks once what to do with a folder's records that were made elsewhere; until the answer they are only shown.
import type * as vscode from 'vscode';
import { type Elsewhere, madeElsewhere } from '../client/elsewhere';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

/** `vscode.window`, as far as it is asked here. */
export interface QuestionWindow {
  showWarningMessage(text: string, ...actions: string[]): PromiseLike<string | undefined>;
}

export type Answer = Exclude<Elsewhere, 'ask'>;

const startOver = 'Start Over';
const goOn = 'Go On with My Settings';

/** Undefined when the question was closed: all is left as it is. */
export async function askElsewhere(
  { folder }: Pick<WorkspaceSession, 'folder'>,
  window: QuestionWindow,
): Promise<Answer | undefined> {
  const text = `Parallel Agents: ${folder.name}: ${madeElsewhere}`;
  const answer = await window.showWarningMessage(text, startOver, goOn);
  return answer === startOver ? 'startOver' : answer === goOn ? 'goOn' : undefined;
}

/** Asks by itself when a folder turns out to be such a one, once for each folder and window. */
export class ElsewhereQuestion implements vscode.Disposable {
  private readonly asked = new WeakSet<WorkspaceSession>();
  private readonly listening: vscode.Disposable;

  /** @param decide does what the answer says; never rejects */
  constructor(
    workspaces: Pick<Workspaces, 'onDidChangeAny'>,
    window: QuestionWindow,
    decide: (workspace: WorkspaceSession, answer: Answer) => Promise<void>,
  ) {
    this.listening = workspaces.onDidChangeAny(async (workspace) => {
      if (workspace.phase !== 'elsewhere' || this.asked.has(workspace)) return;
      this.asked.add(workspace);
      const answer = await askElsewhere(workspace, window);
      if (answer) await decide(workspace, answer);
    });
  }

  dispose(): void {
    this.listening.dispose();
  }
}
