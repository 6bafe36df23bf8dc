// A run as a Gantt chart, before it is drawn: lanes, bars, waits and the chain that decided, in milliseconds.
import { oneLine } from '../../src/core/events/describe';
import type { AttemptRow, ChainLink } from '../../src/core/events/runReport';
import { liveAttempts, runTime, type Snapshot } from '../../src/core/events/snapshot';
import type { FeatureId, Slot } from '../../src/core/shared/ids';
import type { Timeline } from './timeline';

export interface RunChart {
  /** The agents from top to bottom, also those that had nothing to do. */
  readonly lanes: readonly Slot[];
  /** From the run's start to its end, or to now. */
  readonly spanMs: number;
  /** In the order they began. */
  readonly bars: readonly Bar[];
  /** Bars that decided how long the run took, as indices, first to last. */
  readonly chain: readonly number[];
}

export interface Bar extends AttemptRow {
  /** The same for the same attempt, during the run and after it. */
  readonly key: string;
  readonly name: string;
  readonly waits: readonly BarWait[];
  /** Why it began when it did, where it decided. */
  readonly because?: ChainLink['because'];
}

export interface BarWait {
  readonly path: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** More empty lanes than this say no more than these. */
const mostEmptyLanes = 5;

/** From the report where the run has one, else from what was seen of it so far. */
export function runChartOf(snapshot: Snapshot, timeline: Timeline): RunChart {
  const { run, features } = snapshot;
  if (run === null) return { lanes: [], spanMs: 0, bars: [], chain: [] };
  const report = run.status === 'finished' ? run.report : undefined;
  const nowMs = timeline.lastMs;
  const rows = report?.rows ?? rowsSeen(snapshot, timeline, nowMs);
  const chain = new Map(report?.chain?.map((link) => [keyOf(link), link]));
  const waits = waitsByFeature(timeline, nowMs);
  const bars = rows.map((row): Bar => {
    const { featureId, slot, startMs, endMs } = row;
    const because = chain.get(keyOf(row))?.because;
    return {
      ...row,
      key: `${slot} ${keyOf(row)}`,
      name: oneLine(features[featureId]?.spec.name ?? `feature ${featureId}`),
      waits: (waits.get(featureId) ?? []).filter((w) => w.startMs >= startMs && w.startMs < endMs),
      ...(because === undefined ? {} : { because }),
    };
  });
  const used = bars.map(({ slot }) => slot);
  const empty = Math.min(report?.maxAgents ?? run.settings.maxAgents, mostEmptyLanes);
  const lanes = new Set([...used, ...Array.from({ length: empty }, (_, k) => k + 1)]);
  return {
    lanes: [...lanes].sort((a, b) => a - b),
    spanMs: Math.max(report?.wallMs ?? nowMs, ...bars.slice(-1).map(({ endMs }) => endMs)),
    bars,
    chain: bars.flatMap(({ because }, k) => (because === undefined ? [] : [k])),
  };
}

/** Attempts whose beginning was seen, and those at work now. */
function rowsSeen(snapshot: Snapshot, timeline: Timeline, nowMs: number): readonly AttemptRow[] {
  const seen = [...timeline.attempts].map(([fence, { endMs = nowMs, ...rest }]) => ({
    ...rest,
    fence,
    endMs,
  }));
  const timeOf = runTime({ startedAt: timeline.runStartedAt, startedMs: timeline.runStartedMs });
  const unseen = liveAttempts(snapshot).filter(({ fence }) => !timeline.attempts.has(fence));
  const live = unseen.flatMap(({ slot, featureId, attempt }) => {
    const state = snapshot.features[featureId]?.state;
    if (state?.status !== 'claimed') return [];
    const startMs = timeOf({ at: state.claim.claimedAt, elapsedMs: state.claim.claimedMs });
    return [{ slot, featureId, attempt, startMs, endMs: Math.max(startMs, nowMs), end: 'open' as const }];
  });
  return [...seen.map(({ fence: _, ...row }) => row), ...live].sort((a, b) => a.startMs - b.startMs);
}

function waitsByFeature({ waits }: Timeline, nowMs: number) {
  const byFeature = new Map<FeatureId, BarWait[]>();
  for (const { featureId, path, fromMs, toMs = nowMs } of waits.values()) {
    const wait = { path, startMs: fromMs, endMs: toMs };
    byFeature.set(featureId, [...(byFeature.get(featureId) ?? []), wait]);
  }
  return byFeature;
}

function keyOf({ featureId, startMs }: Pick<AttemptRow, 'featureId' | 'startMs'>): string {
  return `${featureId} ${startMs}`;
}
