// Makes settings and key act at once on a run that is open, and gives a host that took one over the key it needs.
import * as vscode from 'vscode';
import type { ApiKey } from './apiKey';
import { hasOpenRun } from './contextKeys';
import { settingsSection } from './contributions';
import { readSettings } from './editorSettings';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

export class LiveSettings {
  private readonly changed = new vscode.EventEmitter<void>();
  /** After a change of a setting or of the key. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  constructor(
    workspaces: Workspaces,
    private readonly apiKey: ApiKey,
  ) {
    this.disposables = [
      this.changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(settingsSection)) return;
        for (const workspace of workspaces.all) this.sendMaxAgents(workspace);
        this.changed.fire();
      }),
      apiKey.onDidChange(() => {
        for (const workspace of workspaces.all) void this.sendKey(workspace);
        this.changed.fire();
      }),
      // The key lives in a host's memory only: the next host knows the run from the database, but not the key.
      workspaces.onDidReset((workspace) => void this.sendKey(workspace)),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private sendMaxAgents(workspace: WorkspaceSession): void {
    const { run } = workspace.snapshot;
    if (run === null || !hasOpenRun(workspace.snapshot)) return;
    const { maxAgents } = readSettings(workspace.folder.uri).run;
    if (maxAgents === run.settings.maxAgents) return;
    workspace
      .open()
      .then((session) => session.configure({ maxAgents }))
      .then(undefined, () => undefined);
  }

  private async sendKey(workspace: WorkspaceSession): Promise<void> {
    const { run } = workspace.snapshot;
    if (!hasOpenRun(workspace.snapshot) || run?.settings.model === 'offline') return;
    const apiKey = await this.apiKey.read();
    if (apiKey === undefined) return;
    // A run that ended meanwhile refuses it, and a host that is gone cannot hear it; the next reset sends it again.
    await workspace
      .open()
      .then((session) => session.configure({ apiKey }))
      .then(undefined, () => undefined);
  }
}
