// Documents that show what a feature's question is about: its changes as a diff, read-only, one for each feature.
import * as vscode from 'vscode';
import type { FeatureId } from '../core/shared/ids';
import { ok, type Result } from '../core/shared/result';
import { changesScheme } from './contributions';
import type { WorkspaceSession } from './workspaceSession';

type Folder = Pick<WorkspaceSession, 'folder' | 'open'>;

export class ChangesDocuments implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  /** Of what is open or about to be, by its address. */
  private readonly texts = new Map<string, string>();
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly workspaces: { readonly all: readonly Folder[] }) {
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(changesScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    ];
  }

  /** Opens it as of now; refused where the feature does not wait for an approval, or nothing was changed for it. */
  async show(workspace: Folder, featureId: FeatureId): Promise<Result<object>> {
    const diff = await (await workspace.open()).diff(featureId);
    if (!diff.ok) return diff;
    const uri = addressOf(workspace.folder, featureId);
    this.texts.set(uri.toString(), diff.value);
    this.changed.fire(uri); // it may be open, with what the feature had changed before
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
    return ok({});
  }

  /** What was asked for just now; else, as after the window was loaded again, what there is now, or why there is nothing. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const text = this.texts.get(uri.toString());
    if (text !== undefined) return text;
    const asked = new URLSearchParams(uri.query);
    const workspace = this.workspaces.all.find(({ folder }) => folder.uri.toString() === asked.get('folder'));
    if (!workspace || !vscode.workspace.isTrusted) return '';
    const diff = await (await workspace.open()).diff(Number(asked.get('feature')));
    return diff.ok ? diff.value : `# ${diff.error.message}\n`;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}

/** Its ending makes it a diff to the editor. */
function addressOf(folder: vscode.WorkspaceFolder, featureId: FeatureId): vscode.Uri {
  return vscode.Uri.from({
    scheme: changesScheme,
    path: `/Changes of feature ${featureId}.diff`,
    query: new URLSearchParams({ folder: folder.uri.toString(), feature: `${featureId}` }).toString(),
  });
}
