// Shows agents' claims on files: a badge and colour in the Explorer, a line in the editor, both gone on release.
import * as vscode from 'vscode';
import { emptySnapshot } from '../core/events/snapshot';
import { colorIds } from './contributions';
import { claimBadge, claimLine, claimTooltip, FileClaims } from './fileClaims';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

export class ClaimDecorations implements vscode.FileDecorationProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly claims = new Map<WorkspaceSession, FileClaims>();
  private readonly color = new vscode.ThemeColor(colorIds.claimedFile);
  /** The line that names the agent; its text is inert, and what to do about it stands in the commands. */
  private readonly line = vscode.window.createTextEditorDecorationType({
    after: { color: this.color, margin: '0 0 0 2em', fontStyle: 'italic' },
    overviewRulerColor: this.color,
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  private readonly disposables: vscode.Disposable[];

  constructor(workspaces: Pick<Workspaces, 'all' | 'onDidChangeAny'>) {
    this.disposables = [
      this.changed,
      this.line,
      workspaces.onDidChangeAny((workspace) => this.update(workspace)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.drawLines()),
      vscode.window.registerFileDecorationProvider(this),
    ];
    for (const workspace of workspaces.all) this.update(workspace);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const claim = this.claimOn(uri);
    if (!claim) return undefined;
    const decoration = new vscode.FileDecoration(claimBadge(claim), claimTooltip(claim), this.color);
    decoration.propagate = true; // a folded folder shows that something in it is held
    return decoration;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(workspace: WorkspaceSession): void {
    const before = this.claims.get(workspace) ?? new FileClaims(emptySnapshot);
    if (before.table === workspace.snapshot.locks) return;
    const now = new FileClaims(workspace.snapshot);
    this.claims.set(workspace, now);
    const paths = now.changedSince(before);
    if (paths?.length === 0) return;
    this.changed.fire(paths?.map((path) => vscode.Uri.joinPath(workspace.folder.uri, path)));
    this.drawLines();
  }

  private drawLines(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const claim = this.claimOn(editor.document.uri);
      if (!claim) {
        editor.setDecorations(this.line, []);
        continue;
      }
      const { end } = editor.document.lineAt(0).range;
      const hover = new vscode.MarkdownString().appendText(claimTooltip(claim));
      const after = { contentText: claimLine(claim) };
      editor.setDecorations(this.line, [
        { range: new vscode.Range(end, end), hoverMessage: hover, renderOptions: { after } },
      ]);
    }
  }

  private claimOn(uri: vscode.Uri) {
    if (uri.scheme !== 'file') return undefined;
    for (const [workspace, claims] of this.claims) {
      const path = workspace.pathOf(uri);
      const claim = path === undefined ? undefined : claims.on(path);
      if (claim) return claim;
    }
    return undefined;
  }
}
