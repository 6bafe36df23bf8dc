// A whole host on a simulated clock: the real engine and rules, with agents that do what a test says.
import { renewEveryMs } from '../../src/core/claims/claim';
import type { Event } from '../../src/core/events/event';
import { liveAttempts } from '../../src/core/events/snapshot';
import type { FeatureSpec } from '../../src/core/features/feature';
import { parseBacklog } from '../../src/core/features/featureList';
import { Redactor } from '../../src/core/guardrails/redactor';
import type { Surroundings } from '../../src/core/guardrails/surroundings';
import { knownProviders } from '../../src/core/models/providers';
import { defaultRunSettings, type RunSettings } from '../../src/core/settings/runSettings';
import { atOnce } from '../../src/core/shared/steps';
import type { AgentDesk } from '../../src/engine/agentDesk';
import { Engine } from '../../src/engine/engine';
import type { Assignment, OwnChecklist } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { type LocalSockets, unknownSockets } from '../../src/ports/localSockets';
import type { Machine } from '../../src/ports/machine';
import type { Loaded } from '../../src/ports/store';
import type { Chance, Cores } from '../../src/ports/system';
import type { CommandResult, CommandRun, WorkerEnd } from '../../src/ports/workers';
import { hashOf, MemoryIsolation } from './memoryIsolation';
import { MemoryDisk } from './memoryStore';
import { ScriptedMachine } from './scriptedMachine';
import { SimulatedClock, settle } from './simulatedClock';

/** What a simulated agent can do; all of it goes through the real desk, as a worker's questions would. */
export interface Hands {
  readonly assignment: Assignment;
  readonly desk: AgentDesk;
  readonly fence: number;
  /** Works for a while. */
  wait(ms: number): Promise<void>;
  /** Writes a file on the base of what the agent's copy holds. */
  write(path: string, text: string | null): ReturnType<AgentDesk['files']['writeFile']>;
  /** The file in the agent's copy. */
  read(path: string): string | undefined;
  /** With a file of the feature's own in its copy, where it has changed nothing: only work can pass. */
  submit(): ReturnType<AgentDesk['submit']>;
  /** As it is. */
  handIn(): ReturnType<AgentDesk['submit']>;
  /** The process dies without a word to its host. @param end by default killed */
  die(end?: WorkerEnd): void;
}

export type Behaviour = (hands: Hands) => Promise<unknown>;

export interface SimulatedHostOptions {
  /** What the store says beside what it holds. */
  readonly loaded?: Partial<Loaded>;
  readonly backlog: readonly Record<string, unknown>[];
  /** What the agent at work on a feature does; by default a second's work and `finish`. */
  readonly agents?: (assignment: Assignment) => Behaviour;
  /** How a check ends; by default with 0. */
  readonly check?: (run: CommandRun, workspace: MemoryIsolation, slot: number) => Partial<CommandResult>;
  readonly settings?: Partial<RunSettings>;
  /** Each feature gets the model that it names; else the run has one for all, that asks nobody. */
  readonly asNamed?: true;
  /** Commands that the user lets agents run. */
  readonly allowedCommands?: readonly string[];
  /** What the workspace has in the place of built-in checklists; asked for every attempt. */
  readonly ownChecklists?: () => readonly OwnChecklist[];
  /** What the user says of secret files. */
  readonly secretFiles?: readonly string[];
  readonly surroundings?: Partial<Surroundings>;
  /** Told of every worker that is to be started; a throw keeps it from being started. */
  readonly onSpawn?: () => void;
  /** Told of every attempt whose processes are to be ended; a throw keeps them from it. */
  readonly onEnd?: (tag: string) => void;
  /** How workers end that die before their first word. */
  readonly dieAtBirth?: WorkerEnd | ((socketPath: string) => WorkerEnd | undefined);
  /** Where workers are told to find the host. */
  readonly address?: () => Promise<string>;
  readonly workspace?: MemoryIsolation;
  readonly disk?: MemoryDisk;
  readonly clock?: SimulatedClock;
  readonly cores?: Cores;
  readonly machine?: Machine;
  readonly sockets?: LocalSockets;
  readonly redactor?: Redactor;
  readonly whyNot?: (provider: string) => string | undefined;
}

const killed: WorkerEnd = { code: null, signal: 'SIGKILL', outputTail: '' };

export const doASecond: Behaviour = async ({ wait, submit }) => {
  await wait(1_000);
  await submit();
};

export class SimulatedHost {
  readonly events: Event[] = [];
  /** What the agents were asked to do, in the order they were asked: a witness the engine does not write. */
  readonly asked: { readonly feature: string; readonly slot: number; readonly atMs: number }[] = [];
  readonly bugs: unknown[] = [];
  /** Ends of simulated processes, by fence. */
  readonly endedProcesses: string[] = [];
  /** By what number they were asked for; undefined: by their mark alone. */
  readonly endedPids: (number | undefined)[] = [];
  broken: unknown;

  private constructor(
    readonly engine: Engine,
    readonly clock: SimulatedClock,
    readonly workspace: MemoryIsolation,
    private readonly options: SimulatedHostOptions,
  ) {}

  static async open(options: SimulatedHostOptions): Promise<SimulatedHost> {
    const {
      clock = new SimulatedClock(),
      workspace = new MemoryIsolation(),
      disk = new MemoryDisk(),
    } = options;
    const store = await disk.open(disk.epoch + 1);
    let tokens = 0;
    const chance: Chance = { fraction: () => 0, token: () => `token-${++tokens}` };
    const exits = new Map<string, (end: WorkerEnd) => void>();
    const admitted = new Map<string, number>();
    let pid = 100;
    const engine: Engine = new Engine({
      store,
      clock,
      chance,
      isolation: workspace,
      loaded: { ...(await store.load()), ...options.loaded },
      address: options.address ?? (async () => '/hub'),
      sockets: options.sockets ?? unknownSockets,
      cores: options.cores ?? { count: 64, wanted: () => undefined },
      machine: options.machine ?? new ScriptedMachine(),
      workspaceTag: 'test',
      models: { providers: knownProviders, whyNot: options.whyNot ?? (() => undefined) },
      spawner: {
        async spawn({ tag }) {
          options.onSpawn?.();
          const exited = new Promise<WorkerEnd>((resolve) => exits.set(tag, resolve));
          return {
            process: { pid: ++pid, started: 'then' },
            exited,
            begin: ({ token, socketPath }) => {
              const die = (end = killed) => exits.get(tag)?.(end);
              const { dieAtBirth } = options;
              const death = typeof dieAtBirth === 'function' ? dieAtBirth(socketPath) : dieAtBirth;
              if (death) die(death);
              else void host.#work(admitted.get(token) ?? 0, die);
            },
          };
        },
      },
      ender: {
        async end({ process, tag }) {
          options.onEnd?.(tag);
          host.endedProcesses.push(tag);
          host.endedPids.push(process?.pid);
          exits.get(tag)?.({ code: 0, signal: null, outputTail: '' });
          return 1;
        },
        isAlive: async () => false,
        self: async () => ({ pid: 1, started: 'now' }),
      },
      commands: {
        async run(command, signal) {
          const slot = Number(command.cwd.split('/').at(-1));
          const given = options.check?.(command, workspace, slot) ?? {};
          if (given.durationMs) await sleep(clock, given.durationMs, signal);
          return {
            exitCode: 0,
            timedOut: false,
            aborted: signal?.aborted ?? false,
            durationMs: 1,
            outputTail: '',
            outputBytes: 0,
            ...given,
          };
        },
      },
      allowedCommands: () => options.allowedCommands ?? [],
      secretFiles: () => options.secretFiles ?? [],
      surroundings: () => ({
        shell: '/bin/sh',
        withheld: [],
        isOutside: () => false,
        ...options.surroundings,
      }),
      redactor: options.redactor ?? new Redactor(),
      withheld: () => [],
      secrets: async () => ({
        offline: { ok: true, turns: [] },
        ownChecklists: options.ownChecklists?.() ?? [],
      }),
      admit: (token, fence) => void admitted.set(token, fence),
      onOutput: () => {},
      onBroken: (cause) => {
        host.broken = cause;
      },
    });
    const host: SimulatedHost = new SimulatedHost(engine, clock, workspace, options);
    engine.log.onStored((events) => void host.events.push(...events));
    await engine.begin({ epoch: disk.epoch, process: { pid: 1, started: 'now' }, face: 'cli' });
    await engine.loadBacklog(specsOf(options.backlog));
    return host;
  }

  /** Starts a run and lets time pass until it is finished, or `limitMs` is over. */
  async run(limitMs = 3_600_000): Promise<void> {
    await this.start();
    for (let passed = 0; passed < limitMs && this.engine.snapshot.run?.status !== 'finished'; passed += 100) {
      await this.clock.advance(100);
    }
  }

  async start(): Promise<void> {
    const started = await this.engine.runs.start({
      ...defaultRunSettings,
      ...(this.options.asNamed ? {} : { model: 'offline' as const }),
      verifyCommand: 'check',
      ...this.options.settings,
    });
    if (!started.ok) throw new Error(started.error.message);
    this.engine.goOn();
    await settle();
  }

  statusOf(id: number): string {
    return this.engine.snapshot.features[id]?.state.status ?? 'none';
  }

  /** The run as lines: time since its start, type, and who or what it was about. */
  transcript(...types: readonly Event['type'][]): readonly string[] {
    const start = this.events.find((e) => e.type === 'run.started')?.at ?? 0;
    return this.events
      .filter((e) => types.length === 0 || types.includes(e.type))
      .map((e) => {
        const about = ['featureId', 'slot', 'path', 'cause', 'limit'].flatMap((k) =>
          k in e ? [`${k}=${String(e[k as keyof Event])}`] : [],
        );
        return `${String(e.at - start).padStart(6)} ${e.type} ${about.join(' ')}`.trimEnd();
      });
  }

  /** A worker keeps its claim alive while it waits for the verdict. */
  async #submit(fence: number): ReturnType<AgentDesk['submit']> {
    const { desk } = this.engine;
    let cancel = () => {};
    const renew = () => {
      cancel = this.clock.after(renewEveryMs, () => {
        if (isLive(this.engine, fence)) desk.renew(fence);
        renew();
      });
    };
    renew();
    try {
      return await desk.submit(fence, 'done');
    } finally {
      cancel();
    }
  }

  async #work(fence: number, die: Hands['die']): Promise<void> {
    const { desk } = this.engine;
    try {
      const assignment = await desk.hello(fence);
      await desk.copyReady(fence);
      this.asked.push({ feature: assignment.name, slot: assignment.slot, atMs: this.clock.now() });
      const { slot } = assignment;
      const read = (path: string) => this.workspace.placeOf(slot).get(path);
      await (this.options.agents?.(assignment) ?? doASecond)({
        assignment,
        desk,
        fence,
        read,
        die,
        wait: (ms) => sleep(this.clock, ms),
        write: async (path, content) => {
          const lock = await desk.files.lockFile(fence, path);
          if (!lock.ok) return lock;
          const old = read(path);
          return desk.files.writeFile(fence, {
            path,
            baseHash: old === undefined ? null : hashOf(old),
            content,
          });
        },
        handIn: () => this.#submit(fence),
        submit: async () => {
          const { workspace } = this;
          const isIdle = (await workspace.changes(slot)).length === 0;
          if (isIdle) workspace.placeOf(slot).set(`work/${assignment.featureId}.txt`, `${fence}`);
          return this.#submit(fence);
        },
      });
    } catch (error) {
      if (!Failure.is(error, 'closed')) this.bugs.push(error);
    }
  }
}

function isLive({ snapshot }: Engine, fence: number): boolean {
  return liveAttempts(snapshot).some((one) => one.fence === fence);
}

export function specsOf(backlog: readonly Record<string, unknown>[]): readonly FeatureSpec[] {
  const parsed = atOnce(parseBacklog(backlog));
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => p.message).join('\n'));
  return parsed.specs;
}

function sleep(clock: SimulatedClock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    signal?.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
