// The engine of one workspace: takes orders from clients, questions from agents, and carries out what the rules decide.
import type { Attempt, ClientKind, Event, NewEvent, ProcessIdentity } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import type { FeatureSpec } from '../core/features/feature';
import type { Redactor } from '../core/guardrails/redactor';
import type { Surroundings } from '../core/guardrails/surroundings';
import type { ProviderId, Providers } from '../core/models/providers';
import { concernsDecision } from '../core/scheduler/concernsDecision';
import type { FeatureId, Fence } from '../core/shared/ids';
import type { Isolation } from '../ports/isolation';
import type { LocalSockets } from '../ports/localSockets';
import type { Machine } from '../ports/machine';
import type { Loaded, Store } from '../ports/store';
import type { Chance, Clock, Cores } from '../ports/system';
import type { CommandRunner, ProcessTerminator, WorkerSpawner } from '../ports/workers';
import { AgentDesk, type Secrets } from './agentDesk';
import { AgentPool } from './agentPool';
import { Approval } from './approval';
import { Arriving } from './arrivals';
import { Artifacts } from './artifacts';
import type { LiveAttempt } from './attempt';
import { AttemptChanges } from './attemptChanges';
import { AttemptCommands } from './attemptCommands';
import { AttemptFiles } from './attemptFiles';
import { BacklogLoader, type LoadCounts } from './backlogLoader';
import { BreakerKeeper } from './breakerKeeper';
import { ChangeGuard } from './changeGuard';
import { checkAgain } from './checkAgain';
import { CleanPlace } from './cleanPlace';
import { CommandTurns } from './commandTurns';
import { CoreWatch } from './coreWatch';
import { DeclaredFiles } from './declaredFiles';
import { messageOf } from './endText';
import { EventLog } from './eventLog';
import { FileLocks } from './fileLocks';
import { Insistence } from './insistence';
import { MachineWatch } from './machineWatch';
import { MergeTrain } from './mergeTrain';
import { NeighbourWatch } from './neighbourWatch';
import { PlaceSetUp } from './placeSetUp';
import { ProofTrial } from './proofTrial';
import { Publications } from './publications';
import { recover } from './recovery';
import { Regressions } from './regressions';
import { RunControl } from './runControl';
import { SchedulerLoop } from './schedulerLoop';
import { SharedFiles } from './sharedFiles';
import { Submission } from './submission';
import { Throttles } from './throttles';
import { UserJudgement } from './userJudgement';
import { Verification } from './verification';

/** To end a process by force takes up to 12 s; what takes longer than this hangs, as at a dead network disk. */
const closeMs = 20_000;

export interface EngineParts {
  readonly store: Store;
  readonly loaded: Loaded;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly cores: Cores;
  readonly machine: Machine;
  readonly sockets: LocalSockets;
  readonly isolation: Isolation;
  readonly spawner: WorkerSpawner;
  readonly ender: ProcessTerminator;
  readonly commands: CommandRunner;
  readonly secrets: Secrets;
  /** Who serves models, for how much, and why one cannot be asked. */
  readonly models: { readonly providers: Providers; whyNot(provider: ProviderId): string | undefined };
  /** Values of the workspace's secret files, which an agent's commands get to see, and its model does not. */
  readonly withheld: () => readonly string[];
  /** Knows every key that no text may hold. */
  readonly redactor: Redactor;
  /** Commands that agents may run beside their check; asked at every use. */
  readonly allowedCommands: () => readonly string[];
  /** What the user says of secret files (`core/features/namedSecrets`); asked at every use. */
  readonly secretFiles: () => readonly string[];
  /** Asked at every command. */
  readonly surroundings: () => Surroundings;
  /** Where workers reach this host now. Throws `Failure` when they cannot. */
  readonly address: () => Promise<string>;
  /** Marks the processes of this workspace; the same for every host of it. */
  readonly workspaceTag: string;
  readonly admit: (token: string, fence: Fence) => void;
  readonly onOutput: (of: Pick<LiveAttempt, 'attempt'>, text: string) => void;
  /** The store refused a step: nothing more can be done here; open the workspace anew. */
  readonly onBroken: (cause: unknown) => void;
}

export class Engine {
  readonly log: EventLog;
  readonly desk: AgentDesk;
  readonly runs: RunControl;
  readonly judgement: UserJudgement;
  readonly #pool: AgentPool;
  readonly #locks: FileLocks;
  readonly #publications: Publications;
  readonly #regressions: Regressions;
  readonly #insistence: Insistence;
  readonly #loop: SchedulerLoop;
  readonly #loader: BacklogLoader;
  readonly #throttles: Throttles;
  #closed = false;

  constructor(private readonly parts: EngineParts) {
    const {
      store,
      clock,
      chance,
      isolation,
      loaded,
      commands,
      cores,
      onOutput,
      allowedCommands,
      surroundings,
    } = parts;
    const log = new EventLog(store, clock, loaded.snapshot, parts.onBroken, parts.redactor);
    const report = (where: string, error: unknown, featureId?: FeatureId) =>
      this.#report(where, error, featureId);
    const tagOf = ({ fence }: Attempt) => this.#tagOf(fence);
    const locks = new FileLocks(log, clock);
    const shared = new SharedFiles(log);
    const breaker = new BreakerKeeper(log, clock);
    const insistence = new Insistence(breaker, clock, report);
    const publications = new Publications(log, isolation, loaded.publications);
    const throttles = new Throttles({
      clock,
      chance,
      tell: (newEvent) => this.#tell(newEvent),
      asked: () => log.head.run?.settings.maxAgents ?? 1,
    });
    const turns = new CommandTurns(
      () => log.head.run?.settings.checksAtOnce ?? cores.count,
      () => log.head.run?.settings.exclusiveChecks ?? false,
    );
    const machine = new MachineWatch(parts.machine, (slot) => isolation.folderOf(slot));
    const artifacts = new Artifacts(log, isolation, (error) => report('Keeping what a command left', error));
    const common = { log, clock, isolation, locks, breaker, insistence, publications };
    const running = { commands, turns, machine, artifacts, onOutput, allowedCommands, surroundings };
    const setUp = new PlaceSetUp({ ...common, ...running, shell: () => surroundings().shell });
    const pool: AgentPool = new AgentPool({
      ...common,
      setUp,
      chance,
      tagOf,
      report,
      machine,
      spawner: parts.spawner,
      ender: parts.ender,
      address: parts.address,
      admit: parts.admit,
      whyNot: (provider) => parts.models.whyNot(provider),
      checkAgain: (live) => checkAgain({ log, pool, submission }, live),
    });
    const guard = new ChangeGuard(log, parts.secretFiles, parts.isolation);
    const arriving = new Arriving(log, isolation, publications);
    const changes = new AttemptChanges(log, isolation, locks, guard, shared);
    const watches = {
      watch: new CoreWatch(cores, clock),
      neighbours: new NeighbourWatch(parts.sockets, clock),
    };
    const verification = new Verification({ ...common, ...running, ...watches, setUp });
    const clean = new CleanPlace(isolation);
    const regressions = new Regressions({ log, isolation, verification, publications, clean, tagOf });
    const train = new MergeTrain(clock);
    const submission = new Submission({
      ...common,
      arriving,
      changes,
      verification,
      regressions,
      train,
      approval: new Approval(),
      proofTrial: new ProofTrial(isolation, verification),
      end: (live, ending) => pool.end(live, ending),
    });
    this.log = log;
    this.desk = new AgentDesk(
      {
        ...common,
        ...running,
        pool,
        throttles,
        submission,
        secrets: parts.secrets,
        providers: () => parts.models.providers,
        withheld: parts.withheld,
        secretFiles: parts.secretFiles,
      },
      new AttemptFiles(log, pool, isolation, locks, guard, shared, arriving),
      new AttemptCommands({ ...common, ...running, ...watches, pool, changes, arriving, setUp }),
    );
    this.judgement = new UserJudgement(log, isolation, publications, verification, regressions, clean, tagOf);
    this.runs = new RunControl({
      ...common,
      pool,
      regressions,
      cores,
      tidy: async () => {
        // Whoever has the gate may have content for the workspace that no record names yet; it is swept at the next start.
        const needed = () => new Set([...publications.neededContent(), ...train.neededContent()]);
        if (!publications.gate.isBusy) await publications.gate.run(() => isolation.sweep(needed()));
        await store.tidy();
      },
    });
    this.#pool = pool;
    this.#locks = locks;
    this.#publications = publications;
    this.#regressions = regressions;
    this.#insistence = insistence;
    this.#throttles = throttles;
    const declared = new DeclaredFiles(isolation, (path) => shared.isNamed(path), clock);
    this.#loop = new SchedulerLoop({
      log,
      locks,
      declared,
      pool,
      breaker,
      clock,
      report,
      accountOf: (feature) => pool.accountOf(feature),
      isBehind: () => this.#loader.isBehind,
      finishRun: (outcome) => this.runs.finish(outcome),
    });
    this.#loader = new BacklogLoader({
      log,
      clock,
      undecided: (work) => this.#loop.undecided(work),
      onError: (error) => report('Backlog', error),
    });
  }

  get snapshot(): Snapshot {
    return this.log.head;
  }

  /** Takes the workspace over: tells who owns it now and puts right what the last owner left. */
  async begin(owner: {
    readonly epoch: number;
    readonly process: ProcessIdentity;
    readonly face: ClientKind;
  }): Promise<void> {
    const { ender, isolation, loaded } = this.parts;
    await this.log.append([{ type: 'owner.changed', ...owner }]);
    if (loaded.repaired !== undefined) {
      await this.log.append([{ type: 'error.occurred', where: 'Records', message: loaded.repaired }]);
    }
    await recover({
      log: this.log,
      isolation,
      ender,
      publications: this.#publications,
      tagOf: ({ fence }) => this.#tagOf(fence),
      cutBytes: loaded.cutBytes,
      madeElsewhere: loaded.madeElsewhere ?? false,
    });
    // Whoever goes on does so with settings of their own: a run that began elsewhere has another's.
    if (loaded.madeElsewhere && this.runs.open().ok) await this.runs.finish('stopped');
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

  async humanEditing(paths: readonly string[]): Promise<void> {
    await this.#locks.setHuman(paths);
    this.#loop.wake();
  }

  /**
   * Ends what is at work as a stop would, without ending the run: the next host goes on with it. What the machine refuses,
   * or does not answer in time, is left to that host as after a crash.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#insistence.giveUp();
    this.#regressions.stop();
    await this.#within(closeMs, this.#loop.close());
    const note = 'The host was closed; its work was given up.';
    const ends = this.#pool.live.map((live) =>
      this.#pool.end(live, { kind: 'yielded', cause: 'stopped', note }),
    );
    this.#throttles.dispose();
    await this.#within(
      closeMs,
      Promise.allSettled(ends).then(() => this.#pool.settled()),
    );
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

  #tagOf(fence: Fence): string {
    return `${this.parts.workspaceTag}-${fence}`;
  }

  #tell(newEvent: NewEvent): void {
    this.log.append([newEvent]).catch(() => {
      // The log is broken and has said so itself.
    });
  }

  #report(where: string, error: unknown, featureId?: FeatureId): void {
    const about = featureId === undefined ? {} : { featureId };
    this.#tell({ type: 'error.occurred', where, message: messageOf(error), ...about });
  }
}
