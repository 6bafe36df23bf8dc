// What clients order of a run: to start, go on, pause and stop it; and its end, with the report.
import type { NewEvent, RunOutcome } from '../core/events/event';
import type { Run, Snapshot } from '../core/events/snapshot';
import { stageOf } from '../core/features/featureMachine';
import { isMeant } from '../core/scheduler/decide';
import { reportRun } from '../core/scheduler/reportRun';
import type { RunSettings } from '../core/settings/runSettings';
import { ok, type Result, refuse } from '../core/shared/result';
import type { AgentPool } from './agentPool';
import type { BreakerKeeper } from './breakerKeeper';
import { outdatedProofs } from './checkAgain';
import type { EventLog } from './eventLog';
import { eventsSince } from './eventsSince';
import type { Insistence } from './insistence';
import type { Regressions } from './regressions';

export interface RunControlParts {
  readonly log: EventLog;
  readonly pool: AgentPool;
  readonly breaker: BreakerKeeper;
  readonly insistence: Insistence;
  readonly regressions: Regressions;
  readonly cores: { readonly count: number };
  /** Throws away what nothing needs any more. */
  readonly tidy: () => Promise<void>;
}

export class RunControl {
  /** The run in which features were reopened at its end: agents get one chance to mend them. */
  #reopenedIn: number | undefined;

  constructor(private readonly parts: RunControlParts) {}

  /** Starts a run; while one is open, takes over its number of agents and goes on. */
  async start(settings: RunSettings): Promise<Result<{ runId: number }>> {
    const { run } = this.parts.log.head;
    if (run && run.status !== 'finished') {
      if (run.status === 'stopping')
        return refuse('notRunning', 'The last run is still being stopped; try again in a moment.');
      await this.configure(settings.maxAgents);
      await this.resume();
      return ok({ runId: run.id });
    }
    if (Object.keys(this.parts.log.head.features).length === 0)
      return refuse('badInput', 'The backlog is empty; add a feature first.');
    const unknown = settings.only?.find((id) => this.parts.log.head.features[id] === undefined);
    if (unknown !== undefined) return refuse('unknownFeature', `There is no feature with the id ${unknown}.`);
    const runId = (run?.id ?? 0) + 1;
    const { log } = this.parts;
    await log.append([{ type: 'run.started', runId, settings }, ...outdatedProofs(log, settings)]);
    return ok({ runId });
  }

  /** Changes the number of agents while a run is open; with fewer, those above finish what they do. */
  async configure(maxAgents: number): Promise<Result<object>> {
    const run = this.open();
    if (!run.ok) return run;
    if (run.value.settings.maxAgents === maxAgents) return ok({});
    await this.parts.log.append([{ type: 'run.configured', runId: run.value.id, maxAgents }]);
    return ok({});
  }

  async pause(): Promise<Result<object>> {
    const run = this.open();
    if (!run.ok) return run;
    if (run.value.status === 'running')
      await this.parts.log.append([{ type: 'run.paused', runId: run.value.id, stopping: false }]);
    return ok({});
  }

  async resume(): Promise<Result<object>> {
    const run = this.open();
    if (!run.ok) return run;
    if (run.value.status === 'stopping') return refuse('notRunning', 'The run is being stopped.');
    if (run.value.status === 'paused')
      await this.parts.log.append([{ type: 'run.resumed', runId: run.value.id }]);
    await this.mended();
    return ok({});
  }

  /** The user has given a key, or otherwise mended what stood in the way: that is tried at once. */
  mended(): Promise<void> {
    this.parts.insistence.tryNow();
    return this.parts.breaker.mended();
  }

  /** Ends every attempt, its work given up, its feature back in the queue; resolves when all of that is done. */
  async stop(): Promise<Result<object>> {
    const run = this.open();
    if (!run.ok) return run;
    if (run.value.status !== 'stopping')
      await this.parts.log.append([{ type: 'run.paused', runId: run.value.id, stopping: true }]);
    this.parts.insistence.tryNow();
    this.parts.regressions.stop();
    const note = 'You stopped the run; its work was given up.';
    await Promise.all(
      this.parts.pool.live.map((live) =>
        this.parts.pool.end(live, { kind: 'yielded', cause: 'stopped', note }),
      ),
    );
    return ok({});
  }

  /**
   * Ends the run and tells how it went, unless it goes on after all: for what passes no more on the workspace as it is now,
   * once in a run, or for what came meanwhile.
   */
  async finish(outcome: RunOutcome): Promise<void> {
    const { log, regressions } = this.parts;
    const { run } = log.head;
    if (!run) return;
    if (outcome === 'stopped') return this.#close(run, outcome);
    const broken = await regressions.look(run.settings);
    const { head } = log;
    const isOver = head.run?.id === run.id && head.run.status !== 'stopping' && !hasWork(head, run);
    if (broken === undefined || !isOver) return;
    if (broken.length === 0) return this.#close(run, outcome);
    if (this.#reopenedIn === run.id) return this.#close(run, 'incomplete', broken);
    this.#reopenedIn = run.id;
    await log.append(broken);
  }

  /** @param reopened stored in the same step, so that nobody begins with them */
  async #close(run: Run, outcome: RunOutcome, reopened: readonly NewEvent[] = []): Promise<void> {
    const events = await eventsSince(this.parts.log, run.startedSeq);
    // Asked for while the events were read: the run may have changed hands or gone on.
    const now = this.parts.log.head.run;
    if (now?.id !== run.id || now.status === 'finished') return;
    const { log, cores } = this.parts;
    const told = reportRun(log.head, now, events, log.now(), cores.count);
    const report = { ...told, passing: told.passing - reopened.length };
    await log.append([...reopened, { type: 'run.finished', runId: run.id, outcome, report }]);
    await this.parts.tidy();
  }

  /** The run that is open. */
  open(): Result<Run> {
    const { run } = this.parts.log.head;
    return run && run.status !== 'finished'
      ? ok(run)
      : refuse('notRunning', 'No run is open; start one first.');
  }
}

function hasWork({ features }: Snapshot, { settings: { only } }: Run): boolean {
  return Object.values(features).some(
    ({ id, state }) => isMeant(only, id) && ['pending', 'working', 'verifying'].includes(stageOf(state)),
  );
}
