// The backlog as a file in the editor: opened, opened at one feature, or created as a sample to begin with.
import * as vscode from 'vscode';
import { backlogFile, offlineScriptFile } from './contributions';
import { sampleBacklog, sampleOfflineScript } from './sampleBacklog';

/** Shows the backlog, at the feature of that name where one is given and found. */
export async function openBacklog(folder: vscode.Uri, name?: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, backlogFile));
  const at = name === undefined ? -1 : placeOfName(document.getText(), name);
  const start = document.positionAt(Math.max(0, at));
  await vscode.window.showTextDocument(document, {
    ...(at < 0 ? {} : { selection: new vscode.Range(start, start) }),
    preview: true,
  });
}

/** Where `"name": "<name>"` stands in the backlog, or -1. Good enough to scroll to; nothing is decided by it. */
function placeOfName(text: string, name: string): number {
  // The file may write accents as marks of their own, which the name of a feature never does.
  const literals = [name, name.normalize('NFD')].map((form) =>
    JSON.stringify(form).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return text.search(new RegExp(`"name"\\s*:\\s*(${literals.join('|')})`));
}

/** Writes the two files that are not there yet, and shows the backlog. Files that exist stay as they are. */
export async function createSampleBacklog(folder: vscode.Uri): Promise<void> {
  const write = async (file: string, content: unknown) => {
    const uri = vscode.Uri.joinPath(folder, file);
    const isThere = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await vscode.workspace.fs.writeFile(
      uri,
      new TextEncoder().encode(`${JSON.stringify(content, null, 2)}\n`),
    );
  };
  await write(offlineScriptFile, sampleOfflineScript); // first: the backlog is what is watched for
  await write(backlogFile, sampleBacklog);
  await openBacklog(folder);
}
