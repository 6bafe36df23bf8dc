// What faces order of a run: to start, go on, pause and stop it; and its end, with the report.
import type { RunSettings } from '../core/events/runSettings';
import type { Run } from '../core/events/snapshot';
import { reportRun } from '../core/scheduler/reportRun';
import { ok, type Result, refuse } from '../core/shared/result';
import type { AgentPool } from './agentPool';
import type { BreakerKeeper } from './breakerKeeper';
import { outdatedProofs } from './checkAgain';
import type { EventLog } from './eventLog';
import { eventsSince } from './eventsSince';
import type { Insistence } from './insistence';

export interface RunControlParts {
  readonly log: EventLog;
  readonly pool: AgentPool;
  readonly breaker: BreakerKeeper;
  readonly insistence: Insistence;
  readonly cores: { readonly count: number };
  /** Throws away what nothing needs any more. */
  readonly tidy: () => Promise<void>;
}

export class RunControl {
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
    const note = 'You stopped the run; its work was given up.';
    await Promise.all(
      this.parts.pool.live.map((live) =>
        this.parts.pool.end(live, { kind: 'yielded', cause: 'stopped', note }),
      ),
    );
    return ok({});
  }

  /** Ends the run and tells how it went. */
  async finish(outcome: 'complete' | 'incomplete' | 'stopped'): Promise<void> {
    const { run } = this.parts.log.head;
    if (!run) return;
    const events = await eventsSince(this.parts.log, run.startedSeq);
    // Asked for while the events were read: the run may have changed hands or gone on.
    const now = this.parts.log.head.run;
    if (now?.id !== run.id || now.status === 'finished') return;
    const report = reportRun(this.parts.log.head, now, events, this.parts.log.now(), this.parts.cores.count);
    await this.parts.log.append([{ type: 'run.finished', runId: run.id, outcome, report }]);
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
