// A run without an engine: decisions carried out at once, attempts that end as chance says, the rules checked throughout.

import { strict as assert } from 'node:assert';
import { type Attempt, attemptOf, type Event, type NewEvent } from '../../../src/core/events/event';
import { projectAll } from '../../../src/core/events/project';
import { emptySnapshot, liveAttempts, type Snapshot } from '../../../src/core/events/snapshot';
import type { FeatureSpec } from '../../../src/core/features/feature';
import { reconcile } from '../../../src/core/features/reconcile';
import { afterFailure, afterLoss } from '../../../src/core/guardrails/failurePolicy';
import { grantable, lockedBy, request } from '../../../src/core/locks/lockTable';
import { Board } from '../../../src/core/scheduler/board';
import { decide } from '../../../src/core/scheduler/decide';
import { reportedOf } from '../../../src/core/scheduler/reportedEvents';
import { reportRun } from '../../../src/core/scheduler/reportRun';
import type { Choice } from '../../../src/core/scheduler/selectBatch';
import { defaultLimits, defaultRunSettings } from '../../../src/core/settings/runSettings';
import { atOnce } from '../../../src/core/shared/steps';
import { brokenRestRules, brokenStepRules } from './runRules';

const check = { kind: 'check', command: 'npm test', exitCode: 0, outputTail: '', durationMs: 1 } as const;

/** How an attempt may end; each picked as often as it stands here. */
const endings = ['pass', 'pass', 'pass', 'pass', 'fail', 'lose', 'leave open', 'hand back'] as const;

export class SimulatedRun {
  readonly events: Event[] = [];
  snapshot: Snapshot = emptySnapshot;
  finishedRuns = 0;
  #at = 1_000;
  readonly #board = new Board();
  #specs: readonly FeatureSpec[];

  constructor(
    specs: readonly FeatureSpec[],
    private readonly maxAgents: number,
  ) {
    this.#specs = specs;
    this.#load();
    this.start();
  }

  start(): void {
    const limits = { ...defaultLimits, maxRetries: 1, maxLosses: 2 };
    const settings = { ...defaultRunSettings, maxAgents: this.maxAgents, limits };
    this.#tell({ type: 'run.started', runId: this.finishedRuns + 1, settings });
    this.settle();
  }

  /** One thing that happens, told by the parts of `choice`: mostly to an attempt, at times by the user. */
  step(choice: number): void {
    this.#at += choice % 97;
    const what = Math.floor(choice / 100) % 40;
    const which = Math.floor(choice / 4_000);
    const live = liveAttempts(this.snapshot);
    const attempt = live[which % Math.max(1, live.length)];
    if (this.snapshot.run?.status === 'finished') this.start();
    else if (what < 7) this.#user(what, which);
    else if (!attempt) this.#tell({ type: 'run.resumed', runId: this.snapshot.run?.id ?? 0 });
    else if (what < 20) this.#ask(attempt, `f${which % 5}`);
    else this.#end(attempt, endings[what % endings.length] ?? 'pass');
    this.settle();
  }

  /** From here on everything goes well: how many attempts it takes until the run is over. */
  drain(): number {
    if (this.snapshot.run?.status === 'paused')
      this.#tell({ type: 'run.resumed', runId: this.snapshot.run.id });
    this.settle();
    let attempts = 0;
    while (this.snapshot.run?.status !== 'finished') {
      const standing = new Set(this.snapshot.locks.waits.map((w) => w.fence));
      const attempt = liveAttempts(this.snapshot).find((a) => !standing.has(a.fence));
      assert.ok(attempt, 'the run is open, but nobody can go on');
      this.#end(attempt, 'pass');
      this.settle();
      attempts++;
    }
    return attempts;
  }

  /** Carries out decisions until there are none left. */
  settle(): void {
    const most = 10 + 4 * Object.keys(this.snapshot.features).length;
    for (let round = 0; round < most; round++) {
      const waits = grantable(this.snapshot.locks);
      this.#tell(
        ...waits.map(
          (w): NewEvent => granted(attemptOf({ ...this.#attemptOf(w.fence) }), w.scope, 'request'),
        ),
      );
      const { decisions, wakeAt } = decide(this.snapshot, this.#at, this.#board);
      if (decisions.length === 0 && wakeAt !== undefined) this.#at = wakeAt;
      else if (decisions.length === 0) {
        assert.deepEqual(brokenRestRules(this.snapshot), []);
        return;
      }
      for (const decision of decisions) {
        if (decision.kind === 'change') this.#tell(decision.change);
        else if (decision.kind === 'claim') this.#claim(decision.choice);
        else this.#finish(decision.outcome);
      }
    }
    assert.fail(`not settled after ${most} rounds`);
  }

  #claim({ featureId, slot, scopes }: Choice): void {
    const feature = this.snapshot.features[featureId];
    assert.ok(feature);
    const attempt = { featureId, slot, attempt: feature.failures + 1, fence: this.snapshot.lastFence + 1 };
    const locks = scopes.map((scope) => granted(attempt, scope, 'claim'));
    this.#tell({ type: 'feature.claimed', model: 'offline', ...attempt }, ...locks);
  }

  #ask(attempt: Attempt, path: string): void {
    const scope = { kind: 'file', path } as const;
    const phase = this.snapshot.features[attempt.featureId]?.state;
    if (phase?.status !== 'claimed' || phase.phase !== 'working') return;
    if (this.snapshot.locks.waits.some((w) => w.fence === attempt.fence)) return;
    const answer = request(this.snapshot.locks, scope, attempt);
    if (answer.kind === 'granted') this.#tell(granted(attempt, scope, 'request'));
    else if (answer.kind === 'wait')
      this.#tell({ type: 'lock.waiting', ...scope, blockers: answer.blockers, ...attempt });
    else if (answer.kind === 'yield')
      this.#over(attempt, { type: 'feature.yielded', cause: 'lock', note: '', path, ...attempt });
  }

  #end(attempt: Attempt, how: (typeof endings)[number]): void {
    const { featureId, fence, slot } = attempt;
    const feature = this.snapshot.features[featureId];
    const limits = this.snapshot.run?.settings.limits;
    assert.ok(feature && limits);
    const failed: NewEvent = { type: 'feature.failed', reason: 'no', featureId, fence, slot };
    switch (how) {
      case 'pass':
        this.#tell({ type: 'feature.submitted', summary: '', ...attempt });
        this.#over(attempt, { type: 'feature.passed', evidence: check, featureId, fence, slot });
        return;
      case 'leave open':
        this.#tell({ type: 'feature.submitted', summary: '', ...attempt });
        this.#over(attempt, { type: 'feature.unconfirmed', why: 'no check', ...attempt });
        return;
      case 'fail':
        this.#over(
          attempt,
          afterFailure(feature.failures, limits) === 'fail'
            ? failed
            : { type: 'feature.retried', by: 'policy', reason: 'no', featureId, fence, slot },
        );
        return;
      case 'lose':
        this.#over(
          attempt,
          afterLoss(feature.losses, limits) === 'fail'
            ? failed
            : { type: 'feature.yielded', cause: 'lost', note: '', ...attempt },
        );
        return;
      case 'hand back':
        this.#over(attempt, { type: 'feature.yielded', cause: 'recovered', note: '', ...attempt });
        return;
      default:
        how satisfies never;
    }
  }

  /** The end of an attempt is one step: its feature, its locks, its agent; then what was put off until it. */
  #over(attempt: Attempt, change: NewEvent): void {
    const released = lockedBy(this.snapshot.locks, attempt.fence).map(
      (locked): NewEvent => ({ type: 'lock.released', ...locked, ...attempt }),
    );
    const isLost = change.type === 'feature.yielded' && change.cause === 'lost';
    const cause = isLost ? 'lost' : 'done';
    this.#tell(change, ...released, { type: 'agent.ended', cause, note: '', ...attempt });
    this.#load();
  }

  #user(what: number, which: number): void {
    const features = Object.values(this.snapshot.features);
    const { run } = this.snapshot;
    const feature = features[which % features.length];
    if (!feature || !run) return;
    const { id: featureId, state } = feature;
    const runId = run.id;
    if (what === 0 && run.status === 'paused') this.#tell({ type: 'run.resumed', runId });
    else if (what === 0) this.#tell({ type: 'run.paused', runId, stopping: false });
    else if (what === 1) this.#tell({ type: 'run.configured', runId, maxAgents: 1 + (which % 5) });
    else if (what === 2 && which % 8 === 0) this.#stop(runId);
    else if (what === 3) this.#edit(which);
    else if (state.status === 'failed') this.#tell({ type: 'feature.retried', by: 'user', featureId });
    else if (state.status === 'skipped') this.#tell({ type: 'feature.unskipped', featureId });
    else if (state.status === 'passing' && what === 6)
      this.#tell({ type: 'feature.regressed', by: 'user', featureId });
    else if (state.status === 'pending' || state.status === 'waiting')
      this.#tell({ type: 'feature.skipped', featureId, because: { kind: 'user' } });
    else if (state.status === 'claimed' && state.phase === 'unconfirmed') {
      const rejected = { type: 'feature.failed', reason: 'You rejected it.', featureId } as const;
      this.#tell(which % 2 ? { type: 'feature.passed', evidence: { kind: 'user' }, featureId } : rejected);
      this.#load();
    }
  }

  #stop(runId: number): void {
    this.#tell({ type: 'run.paused', runId, stopping: true });
    for (const attempt of liveAttempts(this.snapshot)) {
      this.#over(attempt, { type: 'feature.yielded', cause: 'stopped', note: '', ...attempt });
    }
  }

  /** A feature gets other dependencies, files and resources; they always lie before it in the file, so no circle comes of it. */
  #edit(which: number): void {
    const at = which % this.#specs.length;
    const spec = this.#specs[at];
    if (!spec) return;
    const dependsOn = at === 0 ? [] : [this.#specs[(which * 7) % at]?.name ?? ''];
    this.#specs = this.#specs.with(at, {
      ...spec,
      dependsOn,
      files: [`f${which % 3}`],
      ...(which % 2 === 0 && { resources: ['port'] }),
      priority: 1 + (which % 3),
    });
    this.#load();
  }

  #load(): void {
    this.#tell(
      ...atOnce(reconcile(this.snapshot.features, this.snapshot.lastFeatureId, this.#specs)).changes,
    );
  }

  #finish(outcome: 'complete' | 'incomplete' | 'stopped'): void {
    const { run } = this.snapshot;
    assert.ok(run);
    const ofRun = this.events.slice(run.startedSeq - 1);
    const report = reportRun(this.snapshot, run, ofRun, { at: this.#at }, 2);
    const middle = ofRun.length >> 1;
    const reported = [ofRun.slice(0, middle), ofRun.slice(middle)].flatMap(reportedOf);
    assert.deepEqual(reportRun(this.snapshot, run, reported, { at: this.#at }, 2), report);
    assert.ok(report.bestPossibleMs <= report.oneAgentMs, JSON.stringify(report));
    // A feature that is given other dependencies or built again was not bound by them the first time.
    const isSteady = !this.events.some((e) => e.type === 'feature.edited' || e.type === 'feature.regressed');
    if (isSteady) assert.ok(report.bestPossibleMs <= report.wallMs + 1e-6, JSON.stringify(report));
    this.#tell({ type: 'run.finished', runId: run.id, outcome, report });
    this.finishedRuns++;
  }

  #attemptOf(fence: number): Attempt {
    const attempt = liveAttempts(this.snapshot).find((a) => a.fence === fence);
    assert.ok(attempt, `fence ${fence} waits, but is over`);
    return attempt;
  }

  #tell(...newEvents: readonly NewEvent[]): void {
    const before = this.snapshot;
    const events = newEvents.map(
      (newEvent, k): Event => ({ ...newEvent, seq: before.seq + 1 + k, at: this.#at }),
    );
    this.snapshot = projectAll(before, events);
    this.events.push(...events);
    assert.deepEqual(brokenStepRules(before, events, this.snapshot), []);
  }
}

function granted(attempt: Attempt, scope: Choice['scopes'][number], how: 'claim' | 'request'): NewEvent {
  return { type: 'lock.granted', ...scope, how, ...attempt };
}
