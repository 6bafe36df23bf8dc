// Whole runs on a simulated clock: the real `decide` and the real reducer with its lock table, and nothing of the policy here.
import type { Attempt, Event, NewEvent } from '../../src/core/events/event';
import type { History } from '../../src/core/events/history';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import type { FeatureSpec } from '../../src/core/features/feature';
import { lockedBy } from '../../src/core/locks/lockTable';
import { Board } from '../../src/core/scheduler/board';
import { decide } from '../../src/core/scheduler/decide';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import type { FeatureId } from '../../src/core/shared/ids';

export interface BenchFeature {
  readonly spec: FeatureSpec;
  /** How long it will really take. */
  readonly ms: number;
}

export interface BenchRun {
  readonly wallMs: number;
  /** Not every feature passed: the run stood still before. */
  readonly isStuck: boolean;
  /** Start of each feature, in the order they were given. */
  readonly startsMs: readonly number[];
}

const evidence = { kind: 'check', command: 'true', exitCode: 0, outputTail: '', durationMs: 0 } as const;

export function specOf(name: string, part: Partial<FeatureSpec> = {}): FeatureSpec {
  return { name, category: 'default', priority: 3, description: '', dependsOn: [], files: [], ...part };
}

/** @param experience what earlier runs taught */
export function simulate(
  features: readonly BenchFeature[],
  maxAgents: number,
  experience: History = [],
): BenchRun {
  const host = new SimulatedBench({ ...emptySnapshot, experience });
  host.tell(
    0,
    features.map(({ spec }, k) => ({ type: 'feature.added', featureId: k + 1, spec })),
  );
  host.tell(0, [
    { type: 'run.started', runId: 1, settings: { ...defaultRunSettings, maxAgents, model: 'offline' } },
  ]);
  const startsMs = features.map(() => 0);
  let live: { readonly attempt: Attempt; readonly endMs: number }[] = [];
  let nowMs = 0;
  for (;;) {
    for (const attempt of host.settle(nowMs)) {
      startsMs[attempt.featureId - 1] = nowMs;
      live.push({ attempt, endMs: nowMs + (features[attempt.featureId - 1]?.ms ?? 0) });
    }
    if (live.length === 0) break;
    nowMs = live.reduce((next, { endMs }) => Math.min(next, endMs), Number.POSITIVE_INFINITY);
    const over = live.filter(({ endMs }) => endMs <= nowMs);
    live = live.filter(({ endMs }) => endMs > nowMs);
    for (const { attempt } of over) host.pass(nowMs, attempt);
  }
  const isStuck = Object.values(host.snapshot.features).some((f) => f.state.status !== 'passing');
  return { wallMs: nowMs, isStuck, startsMs };
}

class SimulatedBench {
  readonly #board = new Board();

  constructor(public snapshot: Snapshot) {}

  tell(atMs: number, newEvents: readonly NewEvent[]): void {
    const { seq } = this.snapshot;
    this.snapshot = projectAll(
      this.snapshot,
      newEvents.map((h, k): Event => ({ ...h, seq: seq + k + 1, at: atMs })),
    );
  }

  /** Carries out what is decided until nothing is left, and answers the attempts that began. */
  settle(atMs: number): readonly Attempt[] {
    const begun: Attempt[] = [];
    for (;;) {
      const { decisions } = decide(this.snapshot, atMs, this.#board);
      const newEvents = decisions.flatMap((decision): NewEvent[] => {
        if (decision.kind === 'finishRun') return [];
        if (decision.kind === 'change') return [decision.change];
        const { featureId, slot, scopes } = decision.choice;
        const attempt = { featureId, slot, attempt: 1, fence: this.snapshot.lastFence + begun.length + 1 };
        begun.push(attempt);
        const locks = scopes.map((s): NewEvent => ({ type: 'lock.granted', ...s, how: 'claim', ...attempt }));
        return [{ type: 'feature.claimed', model: 'offline', ...attempt }, ...locks];
      });
      if (newEvents.length === 0) return begun;
      this.tell(atMs, newEvents);
      if (begun.length > 0) return begun;
    }
  }

  pass(atMs: number, attempt: Attempt): void {
    const { featureId, slot, fence } = attempt;
    const released = lockedBy(this.snapshot.locks, fence).map(
      (locked): NewEvent => ({ type: 'lock.released', ...locked, ...attempt }),
    );
    this.tell(atMs, [
      { type: 'feature.submitted', summary: '', ...attempt },
      { type: 'feature.passed', evidence, featureId: featureId as FeatureId, slot, fence },
      ...released,
    ]);
  }
}
