// Makes settings and key act at once on a run that is open, and gives a host that took one over the key it needs.
import * as vscode from 'vscode';
import type { Asked } from '../client/session';
import { hasOpenRun } from '../core/events/snapshot';
import { type Setting, settingsSection } from '../core/settings/setting';
import type { ApiKeys } from './apiKeys';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

export class LiveSettings {
  private readonly changed = new vscode.EventEmitter<void>();
  /** After a change of a setting or of the key. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly workspaces: Workspaces,
    private readonly apiKeys: ApiKeys,
  ) {
    this.disposables = [
      this.changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settingsSection)) void this.take(event);
      }),
      apiKeys.onDidChange(() => {
        for (const workspace of workspaces.all) void this.sendKeys(workspace);
        this.changed.fire();
      }),
      // The key lives in a host's memory only: the next host knows the run from the database, but not the key.
      workspaces.onDidReset((workspace) => void this.sendKeys(workspace)),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async take(event: vscode.ConfigurationChangeEvent): Promise<void> {
    const { settingsTable } = await import('../core/settings/settingsTable');
    const { allowedCommands, variables, copiesFolder, copyLimitBytes, providers } = settingsTable.machine;
    const affects = (...settings: readonly Setting[]) =>
      settings.some(({ key }) => event.affectsConfiguration(`${settingsSection}.${key}`));
    for (const workspace of this.workspaces.all) {
      await this.sendMaxAgents(workspace);
      if (affects(allowedCommands, variables)) await this.sendCommands(workspace);
      if (affects(copiesFolder, copyLimitBytes)) this.tryCopies(workspace);
      if (affects(providers)) await this.sendKeys(workspace);
    }
    this.changed.fire();
  }

  private async sendMaxAgents(workspace: WorkspaceSession): Promise<void> {
    const { readSettings } = await loadSettings();
    const { run } = workspace.snapshot;
    const { maxAgents } = readSettings(workspace.folder.uri).run;
    if (maxAgents !== run?.settings.maxAgents) this.send(workspace, { maxAgents });
  }

  private async sendCommands(workspace: WorkspaceSession): Promise<void> {
    const { readSettings } = await loadSettings();
    const { allowedCommands, variables } = readSettings(workspace.folder.uri).machine;
    this.send(workspace, { allowedCommands, variables });
  }

  /** A run that waits for a copy is not to wait for the next moment at which it would be tried by itself. */
  private tryCopies(workspace: WorkspaceSession): void {
    const { run, breaker } = workspace.snapshot;
    if (!workspace.isJoined || run?.status !== 'running' || breaker?.cause !== 'copies') return;
    // What refuses it has ended the wait as well.
    workspace
      .open()
      .then((session) => session.ask.resumeRun())
      .catch(() => undefined);
  }

  private async sendKeys(workspace: WorkspaceSession): Promise<void> {
    if (workspace.snapshot.run?.settings.model === 'offline') return;
    const { readSettings } = await loadSettings();
    const access = await this.apiKeys.read(readSettings(workspace.folder.uri).machine.providers);
    if (access.length > 0) this.send(workspace, { access });
  }

  private send(workspace: WorkspaceSession, change: Asked): void {
    if (!workspace.isJoined || !hasOpenRun(workspace.snapshot)) return;
    // A run that ended meanwhile refuses it, and a host that is gone cannot hear it; the next reset sends it again.
    workspace
      .open()
      .then((session) => session.configure(change))
      .then(
        (answer) => {
          if (!answer.ok && change.access) void vscode.window.showWarningMessage(answer.error.message);
        },
        () => undefined,
      );
  }
}

/** The forms of settings are large, and nothing is read of them before something changes. */
function loadSettings() {
  return import('./editorSettings');
}
