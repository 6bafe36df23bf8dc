// What the page has seen of a run: when each attempt began and ended, and when it stood and waited for a file.
import type { Event } from '../../src/core/events/event';
import type { AttemptRow } from '../../src/core/events/runReport';
import { type Run, runTime } from '../../src/core/events/snapshot';
import type { EpochMs, FeatureId, Fence, Slot } from '../../src/core/shared/ids';

/** Grows with events; the same events told again change nothing. */
export interface Timeline {
  readonly runId: number;
  readonly runStartedAt: EpochMs;
  readonly runStartedMs: number | undefined;
  readonly attempts: ReadonlyMap<Fence, SeenAttempt>;
  /** By the number of the event that began them. */
  readonly waits: ReadonlyMap<number, SeenWait>;
  /** When the newest event happened. All times here are milliseconds from the run's start. */
  readonly lastMs: number;
  /** The run's beginning was seen, and so everything since. */
  readonly isWhole: boolean;
}

export interface SeenAttempt {
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly attempt: number;
  readonly startMs: number;
  /** Absent while it is at work. */
  readonly endMs?: number;
  readonly end: AttemptRow['end'];
}

export interface SeenWait {
  readonly fence: Fence;
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly path: string;
  readonly fromMs: number;
  readonly toMs?: number;
}

/** `timeline` where it is of `run`, else an empty one for it. */
export function timelineOf(run: Run | null, timeline?: Timeline): Timeline {
  const [runId, runStartedAt] = [run?.id ?? 0, run?.startedAt ?? 0];
  if (timeline?.runId === runId && timeline.runStartedAt === runStartedAt) return timeline;
  return {
    runId,
    runStartedAt,
    runStartedMs: run?.startedMs,
    attempts: new Map(),
    waits: new Map(),
    lastMs: 0,
    isWhole: false,
  };
}

/** The timeline after `events` of its run; those of earlier runs are for the caller to leave out. */
export function followTimeline(timeline: Timeline, events: readonly Event[]): Timeline {
  const attempts = new Map(timeline.attempts);
  const waits = new Map(timeline.waits);
  const timeOf = runTime({ startedAt: timeline.runStartedAt, startedMs: timeline.runStartedMs });
  let { lastMs, isWhole } = timeline;
  for (const event of events) {
    const ms = timeOf(event);
    lastMs = Math.max(lastMs, ms);
    if (event.type === 'run.started') isWhole = true;
    if (event.type === 'feature.claimed') {
      const { slot, featureId, attempt, fence } = event;
      if (!attempts.has(fence)) attempts.set(fence, { slot, featureId, attempt, startMs: ms, end: 'open' });
    } else if (event.type === 'lock.waiting') {
      const { slot, featureId, fence, path } = event;
      if (!waits.has(event.seq)) waits.set(event.seq, { slot, featureId, fence, path, fromMs: ms });
    } else if (event.type === 'lock.granted' || event.type === 'lock.released') {
      for (const [seq, wait] of waits) {
        const isIt =
          wait.fence === event.fence && 'path' in event && wait.path === event.path && seq < event.seq;
        if (isIt && wait.toMs === undefined) waits.set(seq, { ...wait, toMs: ms });
      }
    } else {
      const end = endings.get(event.type);
      const fence = 'fence' in event ? event.fence : undefined;
      const attempt = fence === undefined ? undefined : attempts.get(fence);
      if (end !== undefined && fence !== undefined && attempt && attempt.endMs === undefined) {
        attempts.set(fence, { ...attempt, endMs: ms, end });
      }
    }
  }
  return { ...timeline, attempts, waits, lastMs, isWhole };
}

const endings: ReadonlyMap<Event['type'], AttemptRow['end']> = new Map([
  ['feature.passed', 'passed'],
  ['feature.failed', 'failed'],
  ['feature.retried', 'retried'],
  ['feature.yielded', 'yielded'],
  ['feature.unconfirmed', 'unconfirmed'],
] as const);
