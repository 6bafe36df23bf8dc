// What the page has seen of a run: when each attempt began and ended, and when it stood and waited for a file.
import type { Event } from '../../src/core/events/event';
import type { AttemptRow } from '../../src/core/events/runReport';
import type { Run } from '../../src/core/events/snapshot';
import type { EpochMs, FeatureId, Fence, Slot } from '../../src/core/shared/ids';

/** Grows with events; the same events told again change nothing. */
export interface Timeline {
  readonly runId: number;
  readonly runStartedAt: EpochMs;
  readonly attempts: ReadonlyMap<Fence, SeenAttempt>;
  /** By the number of the event that began them. */
  readonly waits: ReadonlyMap<number, SeenWait>;
  /** When the newest event happened, by the host's clock, which need not be ours. */
  readonly lastAt: EpochMs;
  /** The run's beginning was seen, and so everything since. */
  readonly isWhole: boolean;
}

export interface SeenAttempt {
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly attempt: number;
  readonly startAt: EpochMs;
  /** Absent while it is at work. */
  readonly endAt?: EpochMs;
  readonly end: AttemptRow['end'];
}

export interface SeenWait {
  readonly fence: Fence;
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly path: string;
  readonly fromAt: EpochMs;
  readonly toAt?: EpochMs;
}

/** `timeline` where it is of `run`, else an empty one for it. */
export function timelineOf(run: Run | null, timeline?: Timeline): Timeline {
  const [runId, runStartedAt] = [run?.id ?? 0, run?.startedAt ?? 0];
  if (timeline?.runId === runId && timeline.runStartedAt === runStartedAt) return timeline;
  return { runId, runStartedAt, attempts: new Map(), waits: new Map(), lastAt: runStartedAt, isWhole: false };
}

/** The timeline after `events` of its run; those of earlier runs are for the caller to leave out. */
export function followTimeline(timeline: Timeline, events: readonly Event[]): Timeline {
  const attempts = new Map(timeline.attempts);
  const waits = new Map(timeline.waits);
  let { lastAt, isWhole } = timeline;
  for (const event of events) {
    lastAt = Math.max(lastAt, event.at);
    const { at } = event;
    if (event.type === 'run.started') isWhole = true;
    if (event.type === 'feature.claimed') {
      const { slot, featureId, attempt, fence } = event;
      if (!attempts.has(fence)) attempts.set(fence, { slot, featureId, attempt, startAt: at, end: 'open' });
    } else if (event.type === 'lock.waiting') {
      const { slot, featureId, fence, path } = event;
      if (!waits.has(event.seq)) waits.set(event.seq, { slot, featureId, fence, path, fromAt: at });
    } else if (event.type === 'lock.granted' || event.type === 'lock.released') {
      for (const [seq, wait] of waits) {
        const isIt = wait.fence === event.fence && wait.path === event.path && seq < event.seq;
        if (isIt && wait.toAt === undefined) waits.set(seq, { ...wait, toAt: at });
      }
    } else {
      const end = endings.get(event.type);
      const fence = 'fence' in event ? event.fence : undefined;
      const attempt = fence === undefined ? undefined : attempts.get(fence);
      if (end !== undefined && fence !== undefined && attempt && attempt.endAt === undefined) {
        attempts.set(fence, { ...attempt, endAt: at, end });
      }
    }
  }
  return { ...timeline, attempts, waits, lastAt, isWhole };
}

const endings: ReadonlyMap<Event['type'], AttemptRow['end']> = new Map([
  ['feature.passed', 'passed'],
  ['feature.failed', 'failed'],
  ['feature.retried', 'retried'],
  ['feature.yielded', 'yielded'],
  ['feature.unconfirmed', 'unconfirmed'],
] as const);
