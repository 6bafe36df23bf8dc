// The engine of one workspace: takes orders from faces, questions from agents, and carries out what the rules decide.
import type { Claim } from '../core/claims/claim';
import type { Event, Face, Happening, ProcessIdentity } from '../core/events/event';
import type { RunSettings } from '../core/events/runSettings';
import type { Snapshot } from '../core/events/snapshot';
import type { CheckProof, FeatureSpec } from '../core/features/feature';
import type { Redactor } from '../core/guardrails/redactor';
import { concernsDecision } from '../core/scheduler/concernsDecision';
import { reportRun } from '../core/scheduler/reportRun';
import type { FeatureId, Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { Loaded, Store } from '../ports/store';
import type { Chance, Clock, Cores } from '../ports/system';
import type { CommandRunner, ProcessEnder, WorkerSpawner } from '../ports/workers';
import type { SlotCopies, WorkspaceFiles } from '../ports/workspace';
import { AgentDesk, type Secrets } from './agentDesk';
import { AgentPool } from './agentPool';
import type { LiveAttempt } from './attempt';
import { BacklogLoader, type LoadCounts } from './backlogLoader';
import { BreakerKeeper } from './breakerKeeper';
import { ChangeGuard } from './changeGuard';
import { checkAgain, outdatedProofs } from './checkAgain';
import { CheckPlaces } from './checkPlaces';
import { CoreWatch } from './coreWatch';
import { DeclaredFiles } from './declaredFiles';
import { EditBook } from './editBook';
import { EditRecords } from './editRecords';
import { messageOf, sentenceOf } from './endWords';
import { EventLog } from './eventLog';
import { eventsSince } from './eventsSince';
import { FileLocks } from './fileLocks';
import { Gate } from './gate';
import { recover } from './recovery';
import { SchedulerLoop } from './schedulerLoop';
import { SharedEdits } from './sharedEdits';
import { Throttle } from './throttle';
import { Verification } from './verification';

/** To end a process by force takes up to 12 s; what takes longer than this hangs, as at a dead network disk. */
const closeMs = 20_000;

export interface EngineParts {
  readonly store: Store;
  readonly loaded: Loaded;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly cores: Cores;
  readonly files: WorkspaceFiles;
  readonly copies: SlotCopies;
  readonly spawner: WorkerSpawner;
  readonly ender: ProcessEnder;
  readonly commands: CommandRunner;
  readonly secrets: Secrets;
  /** Knows every key that no text may hold. */
  readonly redactor: Redactor;
  /** Commands that agents may run beside their check; asked at every use. */
  readonly allowedCommands: () => readonly string[];
  readonly socketPath: string;
  /** Marks the processes of this workspace; the same for every host of it. */
  readonly workspaceTag: string;
  readonly admit: (token: string, fence: Fence) => void;
  readonly onOutput: (live: LiveAttempt, text: string) => void;
  /** The store refused a step: nothing more can be done here; open the workspace anew. */
  readonly onBroken: (cause: unknown) => void;
}

export class Engine {
  readonly log: EventLog;
  readonly desk: AgentDesk;
  readonly #pool: AgentPool;
  readonly #locks: FileLocks;
  readonly #edits: EditBook;
  readonly #loop: SchedulerLoop;
  readonly #loader: BacklogLoader;
  readonly #throttle: Throttle;
  readonly #breaker: BreakerKeeper;
  /** Features whose rejection is being undone: nobody else may judge them meanwhile. */
  readonly #judging = new Set<FeatureId>();
  #closed = false;

  constructor(private readonly parts: EngineParts) {
    const { store, clock, chance, files, copies, loaded, commands } = parts;
    const log = new EventLog(store, clock, loaded.snapshot, parts.onBroken, parts.redactor);
    const gate = new Gate();
    this.log = log;
    this.#locks = new FileLocks(log, clock);
    const records = new EditRecords(loaded.edits);
    const shared = new SharedEdits(log, files, records);
    const declared = new DeclaredFiles(files, (path) => shared.isNamed(path));
    this.#edits = new EditBook(log, files, copies, gate, records, shared);
    this.#throttle = new Throttle(clock, chance, (happening) => this.#tell(happening));
    this.#breaker = new BreakerKeeper(log, clock);
    this.#pool = new AgentPool({
      ...{ breaker: this.#breaker, log, gate, copies, clock, chance, locks: this.#locks, edits: this.#edits },
      ...{ spawner: parts.spawner, ender: parts.ender, socketPath: parts.socketPath, admit: parts.admit },
      tagOf: ({ fence }) => this.#tagOf(fence),
      checkAgain: (live) => checkAgain({ log, pool: this.#pool, verification }, live),
      report: (where, error, featureId) => this.#report(where, error, featureId),
    });
    const guard = new ChangeGuard(log, this.#edits);
    const watch = new CoreWatch(parts.cores, clock);
    const places = new CheckPlaces(() => log.head.run?.settings.checksAtOnce ?? parts.cores.count);
    const verification = new Verification(
      ...([log, commands, copies, this.#edits, guard, gate, places, watch, clock, parts.onOutput] as const),
    );
    this.desk = new AgentDesk(
      ...([log, this.#pool, this.#locks, this.#edits, guard, shared, copies, gate] as const),
      ...([this.#breaker, watch, this.#throttle, verification, parts.secrets] as const),
      ...([parts.allowedCommands, parts.onOutput] as const),
    );
    this.#loop = new SchedulerLoop({
      ...{ log, locks: this.#locks, declared, pool: this.#pool, clock },
      isBehind: () => this.#loader.isBehind,
      finishRun: (outcome) => this.#finishRun(outcome),
      onError: (error) => this.#report('Scheduling', `${sentenceOf(error)} It is tried again by itself.`),
    });
    this.#loader = new BacklogLoader({
      log,
      undecided: (work) => this.#loop.undecided(work),
      onError: (error) => this.#report('Backlog', error),
    });
  }

  get snapshot(): Snapshot {
    return this.log.head;
  }

  /** Takes the workspace over: tells who owns it now and puts right what the last owner left. */
  async begin(owner: {
    readonly epoch: number;
    readonly process: ProcessIdentity;
    readonly face: Face;
  }): Promise<void> {
    const { ender, files, loaded } = this.parts;
    await this.log.append([{ type: 'owner.changed', ...owner }]);
    if (loaded.repaired !== undefined) {
      await this.log.append([{ type: 'error.occurred', where: 'Records', message: loaded.repaired }]);
    }
    await recover({
      log: this.log,
      edits: this.#edits,
      files,
      ender,
      tagOf: ({ fence }) => this.#tagOf(fence),
      cutBytes: loaded.cutBytes,
      madeElsewhere: loaded.madeElsewhere ?? false,
    });
    // Whoever goes on does so with settings of their own: a run that began elsewhere has another's.
    if (loaded.madeElsewhere && this.#openRun().ok) await this.#finishRun('stopped');
    this.log.onStored((events) => this.#afterStep(events));
    this.#loop.wake();
  }

  /** Features are claimed from now on, also those of a run that an earlier host left open. */
  goOn(): void {
    this.#loop.goOn();
  }

  /** Brings the features in line with the backlog as it is now. */
  loadBacklog(backlog: readonly FeatureSpec[]): Promise<LoadCounts> {
    return this.#loader.load(backlog);
  }

  /** Starts a run; while one is open, takes over its number of agents and goes on. */
  async startRun(settings: RunSettings): Promise<Result<{ runId: number }>> {
    const { run } = this.log.head;
    if (run && run.status !== 'finished') {
      if (run.status === 'stopping')
        return refuse('notRunning', 'The last run is still being stopped; try again in a moment.');
      await this.configureRun(settings.maxAgents);
      await this.resumeRun();
      return ok({ runId: run.id });
    }
    if (Object.keys(this.log.head.features).length === 0)
      return refuse('badInput', 'The backlog is empty; add a feature first.');
    const unknown = settings.only?.find((id) => this.log.head.features[id] === undefined);
    if (unknown !== undefined) return refuse('unknownFeature', `There is no feature with the id ${unknown}.`);
    const runId = (run?.id ?? 0) + 1;
    await this.log.append([{ type: 'run.started', runId, settings }, ...outdatedProofs(this.log, settings)]);
    return ok({ runId });
  }

  /** Changes the number of agents while a run is open; with fewer, those above finish what they do. */
  async configureRun(maxAgents: number): Promise<Result<object>> {
    const run = this.#openRun();
    if (!run.ok) return run;
    if (run.value.settings.maxAgents === maxAgents) return ok({});
    await this.log.append([{ type: 'run.configured', runId: run.value.id, maxAgents }]);
    return ok({});
  }

  async pauseRun(): Promise<Result<object>> {
    const run = this.#openRun();
    if (!run.ok) return run;
    if (run.value.status === 'running')
      await this.log.append([{ type: 'run.paused', runId: run.value.id, stopping: false }]);
    return ok({});
  }

  async resumeRun(): Promise<Result<object>> {
    const run = this.#openRun();
    if (!run.ok) return run;
    if (run.value.status === 'stopping') return refuse('notRunning', 'The run is being stopped.');
    if (run.value.status === 'paused') await this.log.append([{ type: 'run.resumed', runId: run.value.id }]);
    await this.mended();
    return ok({});
  }

  /** The user has given a key, or otherwise mended what stood in the way: that is tried at once. */
  mended(): Promise<void> {
    this.#pool.tryEndsNow();
    return this.#breaker.mended();
  }

  /** Ends every attempt, undone, its feature back in the queue; resolves when all of that is done. */
  async stopRun(): Promise<Result<object>> {
    const run = this.#openRun();
    if (!run.ok) return run;
    if (run.value.status !== 'stopping')
      await this.log.append([{ type: 'run.paused', runId: run.value.id, stopping: true }]);
    this.#pool.tryEndsNow();
    const note = 'You stopped the run; its work was undone.';
    await Promise.all(
      this.#pool.live.map((live) => this.#pool.end(live, { kind: 'yielded', cause: 'stopped', note })),
    );
    return ok({});
  }

  /** Back to the queue: a failed feature with its count set back, a passing one to be built again. */
  retry(featureId: FeatureId): Promise<Result<object>> {
    return this.#byUser(featureId, (status) =>
      status === 'passing'
        ? { type: 'feature.regressed', by: 'user', featureId }
        : status === 'skipped'
          ? { type: 'feature.unskipped', featureId }
          : { type: 'feature.retried', by: 'user', featureId },
    );
  }

  /** The user's yes for a feature that no check could prove, or that changed what needs it beside its check. */
  async confirm(featureId: FeatureId): Promise<Result<object>> {
    const asked = this.#unconfirmed(featureId);
    if (!asked.ok) return asked;
    if (this.#judging.has(featureId))
      return refuse('badTransition', `Feature ${featureId} is being rejected.`);
    const { claim, check } = asked.value;
    await this.#edits.close(claim.fence, [
      { type: 'feature.passed', evidence: { kind: 'user', ...(check && { check }) }, featureId },
    ]);
    return ok({});
  }

  /** The user's no: what nobody changed since is put back; the answer names what was left as it is. */
  async reject(featureId: FeatureId): Promise<Result<{ kept: string[] }>> {
    const asked = this.#unconfirmed(featureId);
    if (!asked.ok) return asked;
    if (this.#judging.has(featureId))
      return refuse('badTransition', `Feature ${featureId} is being rejected already.`);
    this.#judging.add(featureId);
    try {
      return await this.#undoRejected(featureId, asked.value.claim);
    } finally {
      this.#judging.delete(featureId);
    }
  }

  async #undoRejected(featureId: FeatureId, claim: Claim): Promise<Result<{ kept: string[] }>> {
    const undone = await this.#edits.undo({ ...claim, featureId });
    await this.#edits.close(claim.fence, [
      ...undone,
      { type: 'feature.failed', reason: 'You rejected it.', featureId },
    ]);
    return ok({
      kept: undone.flatMap((e) => (e.type === 'file.undone' && e.outcome === 'kept' ? [e.path] : [])),
    });
  }

  async humanEditing(paths: readonly string[]): Promise<void> {
    await this.#locks.setHuman(paths);
    this.#loop.wake();
  }

  /**
   * Ends what is at work as a stop would, without ending the run: the next host goes on with it. What the machine refuses,
   * or does not answer in time, is left to that host as after a crash.
   * @returns the files that could not be put back, as what they held before is gone
   */
  async close(): Promise<readonly string[]> {
    if (this.#closed) return [];
    this.#closed = true;
    this.#pool.giveUpWaiting();
    await this.#within(closeMs, this.#loop.close());
    const note = 'The host was closed; its work was undone.';
    const ends = this.#pool.live.map((live) =>
      this.#pool.end(live, { kind: 'yielded', cause: 'stopped', note }),
    );
    this.#throttle.dispose();
    await this.#within(
      closeMs,
      Promise.allSettled(ends).then(() => this.#pool.settled()),
    );
    return [...this.#edits.beyondUndo];
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.parts.clock.after(ms, resolve);
    });
    await Promise.race([work, late]);
    cancel();
  }

  #afterStep(events: readonly Event[]): void {
    this.#loader.afterStep(events);
    if (events.some(concernsDecision)) this.#loop.wake();
  }

  async #finishRun(outcome: 'complete' | 'incomplete' | 'stopped'): Promise<void> {
    const { run } = this.log.head;
    if (!run) return;
    const events = await eventsSince(this.log, run.startedSeq);
    // Asked for while the events were read: the run may have changed hands or gone on.
    const now = this.log.head.run;
    if (now?.id !== run.id || now.status === 'finished') return;
    const report = reportRun(this.log.head, now, events, this.log.now(), this.parts.cores.count);
    await this.log.append([{ type: 'run.finished', runId: run.id, outcome, report }]);
    await this.parts.files.sweep(this.#edits.neededContent());
    await this.parts.store.tidy();
  }

  async #byUser(featureId: FeatureId, change: (status: string) => Happening): Promise<Result<object>> {
    const feature = this.log.head.features[featureId];
    if (!feature) return refuse('unknownFeature', `There is no feature with the id ${featureId}.`);
    const { status } = feature.state;
    if (status !== 'failed' && status !== 'passing' && status !== 'skipped') {
      return refuse(
        'badTransition',
        `Feature ${featureId} is ${status}; only a failed, skipped or passing feature can be run again.`,
      );
    }
    await this.log.append([change(status)]);
    return ok({});
  }

  #unconfirmed(featureId: FeatureId): Result<{ readonly claim: Claim; readonly check?: CheckProof }> {
    const feature = this.log.head.features[featureId];
    if (!feature) return refuse('unknownFeature', `There is no feature with the id ${featureId}.`);
    const { state } = feature;
    if (state.status === 'claimed' && state.phase === 'unconfirmed') return ok(state);
    return refuse(
      'badTransition',
      `Feature ${featureId} does not wait for your check; it is ${state.status}.`,
    );
  }

  #openRun() {
    const { run } = this.log.head;
    return run && run.status !== 'finished'
      ? ok(run)
      : refuse('notRunning', 'No run is open; start one first.');
  }

  #tagOf(fence: Fence): string {
    return `${this.parts.workspaceTag}-${fence}`;
  }

  #tell(happening: Happening): void {
    this.log.append([happening]).catch(() => {
      // The log is broken and has said so itself.
    });
  }

  #report(where: string, error: unknown, featureId?: FeatureId): void {
    const about = featureId === undefined ? {} : { featureId };
    this.#tell({ type: 'error.occurred', where, message: messageOf(error), ...about });
  }
}
