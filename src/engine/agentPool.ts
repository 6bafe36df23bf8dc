// The attempts at work: starts each one's worker, watches over its life, and brings every one to exactly one end.

import { leaseMs } from '../core/claims/claim';
import type { Attempt, NewEvent } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { type Feature, isCheckedFirst } from '../core/features/feature';
import type { Trouble } from '../core/guardrails/breaker';
import { timeLimit } from '../core/guardrails/budget';
import type { Limits } from '../core/guardrails/limits';
import { type AccountId, accountOf } from '../core/models/accounts';
import { modelOf } from '../core/models/models';
import { routeModel, type WhyNot } from '../core/routing/routeModel';
import type { Choice } from '../core/scheduler/selectBatch';
import type { FeatureId, Fence } from '../core/shared/ids';
import { describeUnread, unreadOf } from '../core/shared/unread';
import { Failure, troubleOf } from '../ports/failure';
import type { Isolation } from '../ports/isolation';
import type { Chance, Clock } from '../ports/system';
import {
  nobodyThereCode,
  type ProcessTerminator,
  type WorkerEnd,
  type WorkerSpawner,
} from '../ports/workers';
import { type Ending, LiveAttempt } from './attempt';
import type { BreakerKeeper } from './breakerKeeper';
import { expertsOf } from './checklists';
import { changeFor } from './endChange';
import { describeDeath, endCause, endNote, howEnded, isRefusedThread, messageOf } from './endText';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import type { EndStep, Insistence } from './insistence';
import type { MachineWatch } from './machineWatch';
import { attemptIsOver } from './placeOf';
import type { PlaceSetUp } from './placeSetUp';
import { type Publications, publishedEvents } from './publications';
import { TimeLimit } from './timeLimit';

/** How long a worker that was asked to end may take before it is ended by force: a command that was is gone within 5 s. */
export const endGraceMs = 2_000;

/** So often in a row somebody may take away the folder in which workers find this host. */
const mostWorkers = 3;

const endingProcesses: EndStep = {
  doing: 'Ending the processes of an attempt',
  mend: 'End those it names, or see to what keeps them from being found.',
};

export interface PoolParts {
  readonly log: EventLog;
  readonly locks: FileLocks;
  readonly publications: Publications;
  readonly isolation: Isolation;
  readonly setUp: PlaceSetUp;
  readonly insistence: Insistence;
  readonly breaker: BreakerKeeper;
  readonly machine: MachineWatch;
  readonly spawner: WorkerSpawner;
  readonly ender: ProcessTerminator;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Where workers reach this host now. Throws `Failure` when they cannot. */
  readonly address: () => Promise<string>;
  /** Why a model's provider cannot be asked. */
  readonly whyNot: WhyNot;
  /** The mark in the environment of every process of an attempt; the same again after a crash. */
  readonly tagOf: (attempt: Attempt) => string;
  /** Brings an attempt that has no agent from its copy to its end; never rejects for what the machine refuses. */
  readonly checkAgain: (live: LiveAttempt) => Promise<void>;
  /** Lets a worker with this token in, for this attempt. */
  readonly admit: (token: string, fence: Fence) => void;
  /** Something that was not expected, told and survived. */
  readonly report: (where: string, error: unknown, featureId?: FeatureId) => void;
}

export class AgentPool {
  readonly #live = new Map<Fence, LiveAttempt>();
  readonly #leases = new Map<Fence, () => void>();
  readonly #afterwork = new Set<Promise<unknown>>();
  #saidUnread: string | undefined;

  constructor(private readonly parts: PoolParts) {}

  /** The attempt of this fence while it is at work; undefined once it has an ending. */
  find(fence: Fence): LiveAttempt | undefined {
    const live = this.#live.get(fence);
    return live?.isOver ? undefined : live;
  }

  get live(): readonly LiveAttempt[] {
    return [...this.#live.values()];
  }

  /** Whose account the next attempt at it would ask; undefined: nobody's. */
  accountOf(feature: Feature): AccountId | undefined {
    const { run } = this.parts.log.head;
    if (!run || isCheckedFirst(feature)) return undefined;
    return accountOf(routeModel(feature, run.settings, this.parts.whyNot).model);
  }

  /** Claims the chosen features with all their locks, each in one step, and starts their workers. */
  async start(choices: readonly Choice[]): Promise<void> {
    await Promise.all(choices.map((choice) => this.#claim(choice)));
  }

  /** A sign of life: the lease runs from now. */
  renew(live: LiveAttempt): void {
    this.#leases.get(live.attempt.fence)?.();
    if (!live.isOver) this.#watchLease(live);
  }

  /** As `find`, and renewed by being asked for; throws `closed` for an attempt that is over. */
  present(fence: Fence): LiveAttempt {
    const live = this.find(fence);
    if (!live) throw attemptIsOver();
    this.renew(live);
    return live;
  }

  /** The attempt, once its copy is there to be worked in. */
  async ready(fence: Fence): Promise<LiveAttempt> {
    await this.present(fence).copyReady.catch(() => undefined); // then it is over, as the next line says
    return this.present(fence);
  }

  /**
   * Brings the attempt to its end: its worker ended, its locks released, its feature moved on; what it did in its copy is
   * nothing, unless it is published or kept. The first ending wins, and a publication under way comes before any other.
   * The answer resolves when all of that is on disk, for whoever asks. What the machine refuses meanwhile is tried again
   * until it works, or until nobody may wait any longer: then it rejects, and all is left to the next host.
   */
  async end(live: LiveAttempt, ending: Ending): Promise<void> {
    if (live.ending === undefined && ending.kind !== 'passed') await live.publishing;
    if (live.ending !== undefined) return live.ended;
    live.ending = ending;
    live.ended = this.#bringToEnd(live, ending);
    return live.ended;
  }

  async #bringToEnd(live: LiveAttempt, ending: Ending): Promise<void> {
    const { attempt } = live;
    const { publications, locks, log, breaker } = this.parts;
    this.#leases.get(attempt.fence)?.();
    live.dispose();
    locks.abandon(attempt.fence);
    const keeps = ending.kind === 'passed' || ending.kind === 'unconfirmed';
    if (keeps) this.#follow(this.#leaveInPeace(live));
    else await this.#endProcess(live, ending.kind === 'lost' ? 0 : endGraceMs);
    live.turn?.giveBack();
    if (!keeps && publications.of(attempt.fence))
      throw new Failure('closed', 'Its files may be in the workspace in part; the next host sees to it.');
    const newEvents: NewEvent[] = [
      ...(ending.kind === 'limit' ? live.reached(ending.hit) : []),
      ...(ending.kind === 'passed' ? publishedEvents(attempt, ending.files) : []),
      ...locks.releaseEvents(attempt),
      changeFor(live, ending, log.head),
      { type: 'agent.ended', cause: endCause(ending), note: endNote(ending), ...attemptOf(attempt) },
    ];
    this.#live.delete(attempt.fence);
    const stored =
      ending.kind === 'unconfirmed'
        ? publications.keep(attempt, ending.files, ending.check, newEvents)
        : publications.close(attempt.fence, newEvents);
    const isWork = keeps && !isCheckedFirst(live.feature);
    const isOwn = isWork || ending.kind === 'failed' || ending.kind === 'limit';
    await Promise.all([stored, isOwn && breaker.proved('work', live.asker)]);
  }

  /** Ends an attempt for a trouble that is no feature's: undone, nothing counted; new ones are not started until it is over. */
  async handBack(live: LiveAttempt, trouble: Trouble): Promise<void> {
    if (live.isOver) return;
    const met = this.parts.breaker.meet(trouble, live.asker);
    await Promise.all([met, this.end(live, { kind: 'yielded', cause: 'outside', note: trouble.message })]);
  }

  /** Ends an attempt for whom something could not be done: for a trouble from outside if it is one, else as lost, and told. */
  async broke(live: LiveAttempt, where: string, error: unknown): Promise<void> {
    const trouble = troubleOf(error);
    if (trouble) return this.handBack(live, trouble);
    this.parts.report(where, error, live.attempt.featureId);
    await this.end(live, { kind: 'lost', note: `${where} failed: ${messageOf(error)}` });
  }

  /** Resolves when every worker process that was asked to end is gone. */
  async settled(): Promise<void> {
    while (this.#afterwork.size > 0) await Promise.all(this.#afterwork);
  }

  async #claim({ featureId, slot, scopes }: Choice): Promise<void> {
    const { log, chance, admit } = this.parts;
    const feature = log.head.features[featureId];
    const run = log.head.run;
    if (!feature || !run) return;
    const { model, reason: modelWhy } = routeModel(feature, run.settings, this.parts.whyNot);
    const attempt: Attempt = {
      slot,
      featureId,
      attempt: feature.failures + 1,
      fence: log.head.lastFence + 1,
    };
    const { verify } = feature.spec;
    const check = verify === undefined ? Promise.resolve(run.settings.verifyCommand) : log.text(verify);
    const live = new LiveAttempt(attempt, feature, model, this.parts.tagOf(attempt), chance.token(), check);
    this.#live.set(attempt.fence, live);
    await log.append([
      { type: 'feature.claimed', model, modelWhy, ...expertsOf(feature), ...attemptOf(attempt) },
      ...scopes.map(
        (scope): NewEvent => ({ type: 'lock.granted', ...scope, how: 'claim', ...attemptOf(attempt) }),
      ),
    ]);
    live.copyReady = this.#prepareCopy(live);
    live.copyReady.catch((error: unknown) =>
      this.#follow(this.broke(live, 'Preparing the copy of the workspace', error)),
    );
    if (isCheckedFirst(feature)) return void this.#follow(this.parts.checkAgain(live));
    admit(live.token, attempt.fence);
    this.#watchTime(live, run.settings.limits);
    this.#watchLease(live);
    await this.#spawn(live);
  }

  async #prepareCopy(live: LiveAttempt): Promise<void> {
    const { unread } = await this.parts.isolation.prepare(live.attempt.slot);
    live.unread = unreadOf(unread);
    await this.#tellUnread(live);
    await this.parts.setUp.begin(live);
  }

  /** The next agents would lack the same; nobody needs to hear of it from each. */
  async #tellUnread({ unread, attempt }: LiveAttempt): Promise<void> {
    const said = unread && describeUnread(unread);
    if (said === this.#saidUnread) return;
    this.#saidUnread = said;
    if (unread) await this.parts.log.append([{ type: 'copy.incomplete', ...unread, ...attemptOf(attempt) }]);
  }

  /** @param tries how many workers this attempt has had with this one */
  async #spawn(live: LiveAttempt, tries = 1): Promise<void> {
    const { spawner, log, machine, address } = this.parts;
    const { slot, fence, featureId } = live.attempt;
    try {
      const able = await machine.begin(slot, featureId);
      const worker = await spawner.spawn({ slot, fence, tag: live.tag });
      live.worker = worker;
      if (live.isOver) return void this.#follow(this.#endProcess(live, 0));
      live.begun = able;
      void worker.exited.then((end) => live.isOver || this.#follow(this.#exited(live, end, tries)));
      await log.append([{ type: 'agent.started', process: worker.process, ...attemptOf(live.attempt) }]);
      worker.begin({ socketPath: await address(), token: live.token });
    } catch (error) {
      this.#follow(this.broke(live, 'Starting a worker', error));
    }
  }

  /** One that came where this host was found until a moment ago has done nothing; another is told where it is now. */
  #exited(live: LiveAttempt, end: WorkerEnd, tries: number): Promise<void> {
    const isLate = end.code === nobodyThereCode && !live.isGreeted && tries < mostWorkers;
    return isLate ? this.#spawn(live, tries + 1) : this.mourn(live, deathOf(end));
  }

  /** Ends an attempt whose agent has died. Where the machine was not able to let it live, that is no loss of the feature's. */
  async mourn(live: LiveAttempt, { what, note, printed, endedFor }: Death): Promise<void> {
    const output = this.parts.log.redactor.text(printed);
    const judged = await Promise.resolve(live.begun?.judge({ what, output, ...(endedFor && { endedFor }) }))
      .then((said = []) => [note, ...said].join(' '))
      .catch((error: unknown) => troubleOf(error) ?? note);
    if (live.isOver) return;
    await (typeof judged === 'string' ? this.#lose(live, judged) : this.handBack(live, judged));
  }

  /** A worker that never said hello has not seen the feature: it is not the feature that undid it. */
  async #lose(live: LiveAttempt, note: string): Promise<void> {
    if (live.isGreeted) return this.end(live, { kind: 'lost', note });
    const unreached = await this.parts.address().then(() => undefined, troubleOf);
    const unborn = { cause: 'spawn', message: `An agent's process did not begin. ${note}` } as const;
    await this.handBack(live, unreached ?? unborn);
  }

  #watchTime(live: LiveAttempt, limits: Limits): void {
    const hit = timeLimit(modelOf(live.model).tier, limits);
    live.timeLimit = new TimeLimit(this.parts.clock, hit.bound, () =>
      this.#follow(this.end(live, { kind: 'limit', hit })),
    );
  }

  #watchLease(live: LiveAttempt): void {
    const { clock } = this.parts;
    const dueAt = clock.monotonic() + leaseMs;
    const cancel = live.keepTimer(
      clock.after(leaseMs, () => {
        // The whole machine may have slept: then everyone is late, and everyone gets one more lease to say so.
        if (clock.monotonic() - dueAt > leaseMs / 2) return this.renew(live);
        this.#follow(this.#lose(live, `No sign of life for ${leaseMs / 1000} s.`));
      }),
    );
    this.#leases.set(live.attempt.fence, () => {
      cancel();
      this.#leases.delete(live.attempt.fence);
    });
  }

  /** A worker that has its verdict ends by itself; only what it left behind is swept up. */
  async #leaveInPeace(live: LiveAttempt): Promise<void> {
    const { clock } = this.parts;
    let cancel = () => {};
    const tooLong = new Promise<void>((resolve) => {
      cancel = clock.after(endGraceMs, resolve);
    });
    await Promise.race([live.worker?.exited, tooLong]);
    cancel();
    await this.#endProcess(live, 0);
  }

  async #endProcess(live: LiveAttempt, graceMs: number): Promise<void> {
    const { ender } = this.parts;
    const end = () => ender.end({ process: live.worker?.process, tag: live.tag, graceMs });
    await this.parts.insistence.until(live.attempt, endingProcesses, end);
  }

  /** Work that nobody waits for: kept, so that closing can wait for it, and told when it fails. */
  #follow(work: Promise<unknown>): void {
    const kept: Promise<unknown> = work
      .catch((error: unknown) => {
        if (!Failure.is(error, 'closed')) this.parts.report('Ending an attempt', error);
      })
      .finally(() => this.#afterwork.delete(kept));
    this.#afterwork.add(kept);
  }
}

/** How what worked on an attempt came to its end. */
interface Death {
  /** The subject of a sentence about the machine. */
  readonly what: string;
  /** In sentences for people. */
  readonly note: string;
  readonly printed: string;
  readonly endedFor?: 'processes';
}

function deathOf(end: WorkerEnd): Death {
  return {
    what: `An agent's process, which ${howEnded(end)},`,
    note: describeDeath(end),
    printed: end.outputTail,
    ...(isRefusedThread(end) && { endedFor: 'processes' as const }),
  };
}
