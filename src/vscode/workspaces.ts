// The folders of the window, and which of them the tree, the status bar and the dashboard show.
import * as vscode from 'vscode';
import type { AgentOutput } from '../client/session';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import { type JoinSession, type WorkspaceChange, WorkspaceSession } from './workspaceSession';

const shownKey = 'shownFolder';

export interface HappenedIn extends WorkspaceChange {
  readonly workspace: WorkspaceSession;
}

export class Workspaces {
  private readonly byFolder = new Map<string, WorkspaceSession>();
  private readonly changed = new vscode.EventEmitter<WorkspaceChange>();
  /** A change in the folder that is shown, or of which folder that is. */
  readonly onDidChange = this.changed.event;
  private readonly anyChanged = new vscode.EventEmitter<WorkspaceSession>();
  /** A change in any folder. */
  readonly onDidChangeAny = this.anyChanged.event;
  private readonly wasReset = new vscode.EventEmitter<WorkspaceSession>();
  /** A folder's snapshot was replaced: it was joined, or has another host. */
  readonly onDidReset = this.wasReset.event;
  private readonly written = new vscode.EventEmitter<AgentOutput>();
  readonly onDidWrite = this.written.event;
  private readonly happened = new vscode.EventEmitter<HappenedIn>();
  /** What just happened in any folder, for notifications. */
  readonly onDidHappen = this.happened.event;
  private readonly disposables: vscode.Disposable[];
  private current: WorkspaceSession | undefined;

  constructor(
    private readonly join: JoinSession,
    /** Remembers the user's choice among several folders. */
    private readonly memory: vscode.Memento,
  ) {
    this.disposables = [
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.takeFolders()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.look()),
      this.changed,
      this.anyChanged,
      this.wasReset,
      this.written,
      this.happened,
    ];
    this.takeFolders();
  }

  /** The folder that is shown; undefined in a window without one. */
  get shown(): WorkspaceSession | undefined {
    return this.current;
  }

  get snapshot(): Snapshot {
    return this.current?.snapshot ?? emptySnapshot;
  }

  get all(): readonly WorkspaceSession[] {
    return [...this.byFolder.values()];
  }

  /** Makes ready what can be shown without asking: joins the hosts of trusted folders that hold a backlog. */
  async look(): Promise<void> {
    await this.preferBacklog();
    await this.current?.look();
  }

  /** Joins every folder with a database: a run that was open there goes on. */
  async resume(databaseFile: string): Promise<void> {
    await Promise.all(
      this.all.map(async (each) => ((await each.has(databaseFile)) ? each.look() : undefined)),
    );
  }

  /** The folders that hold a backlog. */
  async withBacklog(): Promise<readonly WorkspaceSession[]> {
    const all = await Promise.all(this.all.map(async (each) => ((await each.hasBacklog()) ? [each] : [])));
    return all.flat();
  }

  show(workspace: WorkspaceSession): void {
    void this.memory.update(shownKey, workspace.folder.uri.toString());
    if (this.current === workspace) return;
    this.current = workspace;
    this.changed.fire({ events: [], reset: true });
  }

  async dispose(): Promise<void> {
    for (const disposable of this.disposables) disposable.dispose();
    const all = this.all;
    this.byFolder.clear();
    await Promise.all(all.map((each) => each.dispose()));
  }

  /** Where nobody chose, a folder with a backlog goes before one without. */
  private async preferBacklog(): Promise<void> {
    if (this.byFolder.size < 2 || this.memory.get(shownKey) !== undefined) return;
    const [first] = await this.withBacklog();
    if (first && this.current !== first) {
      this.current = first;
      this.changed.fire({ events: [], reset: true });
    }
  }

  private takeFolders(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const keys = new Set(folders.map(({ uri }) => uri.toString()));
    for (const [key, gone] of this.byFolder) {
      if (keys.has(key)) continue;
      this.byFolder.delete(key);
      void gone.dispose();
    }
    for (const folder of folders) {
      const key = folder.uri.toString();
      if (!this.byFolder.has(key))
        this.byFolder.set(key, this.follow(new WorkspaceSession(folder, this.join)));
    }
    const chosen = this.memory.get(shownKey);
    const before = this.current;
    this.current =
      (typeof chosen === 'string' ? this.byFolder.get(chosen) : undefined) ??
      this.all.find((each) => each === before) ??
      this.all[0];
    if (this.current !== before) this.changed.fire({ events: [], reset: true });
  }

  private follow(workspace: WorkspaceSession): WorkspaceSession {
    // They end with the workspace's own emitters.
    workspace.onDidChange((change) => {
      if (workspace === this.current) this.changed.fire(change);
      this.anyChanged.fire(workspace);
      if (change.reset) this.wasReset.fire(workspace);
      if (change.events.length > 0) this.happened.fire({ ...change, workspace });
    });
    workspace.onDidWrite((output) => {
      if (workspace === this.current) this.written.fire(output);
    });
    return workspace;
  }
}
