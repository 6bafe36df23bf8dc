// One folder's live link to its host: joined when something first needs it, and kept to the folder's backlog file.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { BacklogFollower } from '../client/backlogFollower';
import { type Elsewhere, madeElsewhere } from '../client/elsewhere';
import { type LinkText, textForFailure, textForLink } from '../client/link';
import type { AgentOutput, Session } from '../client/session';
import type { Event } from '../core/events/event';
import { emptySnapshot, hasOpenRun, type Snapshot } from '../core/events/snapshot';
import type { Joined } from '../host/joinWorkspace';
import type { LoadedBacklog } from '../protocol/hubValues';
import { backlogFile, databaseFile, offlineScriptFile } from './contributions';

/**
 * Where a folder stands. `none`: no backlog; `bad`: one that cannot be read; `elsewhere`: the records
 * are another user's, machine's or folder's and only shown; `damaged`: they are none that we write; `failed`: no host
 * can be had.
 */
export type Phase = 'idle' | 'opening' | 'none' | 'bad' | 'loaded' | 'elsewhere' | 'damaged' | 'failed';

export interface WorkspaceChange {
  readonly events: readonly Event[];
  /** More may have changed than the events tell. */
  readonly reset: boolean;
}

export type JoinSession = (root: string, elsewhere: Elsewhere) => Promise<Joined>;

class MadeElsewhere extends Error {}

export class WorkspaceSession {
  private readonly changed = new vscode.EventEmitter<WorkspaceChange>();
  /** After a change of snapshot, phase or problems. */
  readonly onDidChange = this.changed.event;
  private readonly written = new vscode.EventEmitter<AgentOutput>();
  readonly onDidWrite = this.written.event;
  private readonly diagnostics: vscode.DiagnosticCollection;
  private readonly follower: BacklogFollower;
  private readonly disposables: vscode.Disposable[];
  private opened: Promise<Session> | undefined;
  private session: Session | undefined;
  /** What records made elsewhere, or by a newer version, hold, while they are only looked at. */
  private looked: Snapshot | undefined;
  private state: Phase = 'idle';
  private failure: LinkText | undefined;
  /** The link that was told to be over. */
  private lost: Session | undefined;
  private saidEditing = '';
  private isDisposed = false;

  constructor(
    readonly folder: vscode.WorkspaceFolder,
    private readonly join: JoinSession,
  ) {
    this.diagnostics = vscode.languages.createDiagnosticCollection('parallelAgents');
    this.follower = new BacklogFollower({
      file: path.join(this.root, backlogFile),
      also: [path.join(this.root, offlineScriptFile)],
      read: () => this.reload(),
      told: () => this.session && this.showBacklog(this.session),
    });
    this.disposables = [
      this.follower,
      vscode.workspace.onDidChangeTextDocument(() => this.tellEditing(false)),
      vscode.workspace.onDidSaveTextDocument(() => this.tellEditing(false)),
      vscode.workspace.onDidCloseTextDocument(() => this.tellEditing(false)),
      this.diagnostics,
      this.changed,
      this.written,
    ];
  }

  get root(): string {
    return this.folder.uri.fsPath;
  }

  get phase(): Phase {
    return this.state;
  }

  get snapshot(): Snapshot {
    // Of records that are only looked at no run is at work here, so that there is none to pause or stop.
    return this.session?.snapshot ?? (this.looked ? { ...this.looked, run: null } : emptySnapshot);
  }

  /** Records that nobody goes on with here as they are: made elsewhere, or by a newer version. */
  get isOnlyShown(): boolean {
    return this.looked !== undefined;
  }

  get problems(): number {
    return this.session?.problems.length ?? 0;
  }

  /** What keeps this folder from its host, and what to do about it. */
  get trouble(): LinkText | undefined {
    if (this.failure || !this.session) return this.failure;
    return textForLink(this.session.link);
  }

  /** Joins once; later and simultaneous calls share the link. Rejects with a `Failure`, and may then be called again. */
  open(): Promise<Session> {
    this.opened ??= this.joinNow('ask');
    return this.opened;
  }

  /** The user's word on records that were made elsewhere; answers whether a run was open in them. */
  async decide(elsewhere: Exclude<Elsewhere, 'ask'>): Promise<{ readonly hadOpenRun: boolean }> {
    await this.opened?.catch(() => undefined); // another look, which does not decide anything
    const run = this.looked?.run;
    this.opened ??= this.joinNow(elsewhere);
    await this.opened;
    return { hadOpenRun: run !== undefined && run !== null && run.status !== 'finished' };
  }

  /** Is there a host to speak to? */
  get isJoined(): boolean {
    return this.session !== undefined && this.failure === undefined;
  }

  /** Joins where there is something to show and the folder is trusted; else writes and starts nothing. */
  async look(): Promise<void> {
    if (this.opened || !vscode.workspace.isTrusted) return;
    if (await this.hasBacklog())
      await this.open().then(undefined, () => undefined); // the phase tells
    else this.enter('none');
  }

  /** A backlog, or the database of one that was. */
  async hasBacklog(): Promise<boolean> {
    return (await this.has(backlogFile)) || (await this.has(databaseFile));
  }

  async has(file: string): Promise<boolean> {
    const uri = vscode.Uri.joinPath(this.folder.uri, file);
    return vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
  }

  /** As hosts know it, once one was joined. */
  get realRoot(): string | undefined {
    return this.session?.root;
  }

  /**
   * Does `work` while this window has no host of the folder, and joins again; unless a run is under way, or another process
   * is the host. Whoever asks for the link meanwhile waits for the next one.
   */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    const { session } = this;
    if (session === undefined || session.role !== 'owner' || hasOpenRun(session.snapshot)) return work();
    const done = session.close().then(work);
    this.opened = done.then(
      () => this.joinNow('ask'),
      () => this.joinNow('ask'),
    );
    this.opened.catch(() => undefined); // the phase tells
    return done;
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    for (const disposable of this.disposables) disposable.dispose();
    const session = await this.opened?.catch(() => undefined);
    await session?.close();
  }

  private async joinNow(elsewhere: Elsewhere): Promise<Session> {
    this.failure = undefined;
    if (this.state !== 'elsewhere') this.enter('opening');
    let session: Session | undefined;
    try {
      const joined = await this.join(this.root, elsewhere);
      if (joined.kind === 'elsewhere') return this.lookOnly(joined.snapshot);
      if (joined.kind === 'newer') {
        this.looked = joined.snapshot;
        throw joined.because;
      }
      session = joined.session;
      this.session = session;
      this.looked = undefined;
      session.onChange((change) => this.take(change));
      session.onOutput((output) => this.written.fire(output));
      await session.loadBacklog();
      this.tellEditing(true);
      this.showBacklog(session);
      return session;
    } catch (error) {
      this.opened = undefined;
      if (!(error instanceof MadeElsewhere)) this.fail(textForFailure(error));
      await session?.close(); // a second one would be its follower
      throw error;
    }
  }

  private lookOnly(snapshot: Snapshot): never {
    this.looked = snapshot;
    this.enter('elsewhere');
    throw new MadeElsewhere(madeElsewhere);
  }

  private async reload(): Promise<LoadedBacklog | undefined> {
    if (this.session && !this.failure) return this.session.loadBacklog().catch(() => undefined); // the next host reads it
    if (this.state !== 'idle') await this.look(); // nobody has asked for this folder before then
    return undefined;
  }

  private take(change: WorkspaceChange): void {
    if (this.isDisposed || !this.session) return;
    const { link } = this.session;
    if (link.kind === 'lost') return void this.lose(this.session, textForFailure(link.because));
    if (change.reset) {
      this.tellEditing(true);
      void this.follower.again();
    } else if (change.events.some((event) => event.type === 'agent.ended')) void this.follower.look();
    this.placeProblems(this.session);
    this.state = this.session.backlog;
    this.changed.fire(change);
  }

  /** What was shown last stays; whoever asks next joins anew. */
  private async lose(session: Session, words: LinkText): Promise<void> {
    if (this.lost === session) return;
    this.lost = session;
    this.fail(words);
    await session.close();
  }

  private fail(words: LinkText): void {
    this.opened = undefined;
    this.failure = words;
    this.enter(words.canStartOver ? 'damaged' : 'failed');
  }

  private showBacklog(session: Session): void {
    if (this.isDisposed) return;
    this.placeProblems(session);
    this.enter(session.backlog);
  }

  private placeProblems({ problems, notices }: Session): void {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    const { Error: error, Warning: warning } = vscode.DiagnosticSeverity;
    const all = [
      ...problems.map((one) => [one, error] as const),
      ...notices.map((one) => [one, warning] as const),
    ];
    for (const [{ file, line, column, message }, severity] of all) {
      const start = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
      // Up to the end of the line: the parser tells where a value begins, not where it ends.
      const range = new vscode.Range(start, start.with({ character: Number.MAX_SAFE_INTEGER }));
      const diagnostic = new vscode.Diagnostic(range, message, severity);
      diagnostic.source = 'Parallel Agents';
      const target = path.resolve(this.root, file);
      byFile.set(target, [...(byFile.get(target) ?? []), diagnostic]);
    }
    this.diagnostics.clear();
    for (const [file, list] of byFile) this.diagnostics.set(vscode.Uri.file(file), list);
  }

  private enter(phase: Phase): void {
    if (this.isDisposed) return;
    this.state = phase;
    this.changed.fire({ events: [], reset: true });
  }

  /** Agents keep off files with unsaved edits. @param again also when the list is as it was said before */
  private tellEditing(again: boolean): void {
    if (!this.session) return;
    const paths = vscode.workspace.textDocuments.flatMap(({ isDirty, uri }) => {
      const relative = isDirty && uri.scheme === 'file' ? this.pathOf(uri) : undefined;
      return relative === undefined ? [] : [relative];
    });
    const said = paths.sort().join('\n');
    if (!again && said === this.saidEditing) return;
    this.saidEditing = said;
    this.session.humanEditing(paths).catch(() => undefined); // said again to the next host
  }

  /** Relative with `/` between the parts, or undefined for a file of elsewhere. */
  pathOf(uri: vscode.Uri): string | undefined {
    const relative = path.relative(this.root, uri.fsPath);
    const [first] = relative.split(path.sep);
    const isInside = relative !== '' && first !== '..' && !path.isAbsolute(relative);
    return isInside ? relative.split(path.sep).join('/') : undefined;
  }
}
