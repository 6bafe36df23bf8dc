// When something happened, told twice: by the wall clock, to be shown, and by monotonic clocks, to be measured with.
import type { EpochMs } from './ids';

export interface Moment {
  /** The wall clock's word; it may be set back and forth between two of them. */
  readonly at: EpochMs;
  /**
   * Milliseconds that hosts had been at work on the workspace until then, each by its own monotonic clock; the next host
   * counts on from the last event of the one before, so the time between two hosts is not in it. It never falls. Absent
   * in what earlier versions stored.
   */
  readonly elapsedMs?: number;
}

/** Milliseconds from one moment to a later one; by the wall clock where one of them is all we have, and never below 0. */
export function msBetween(from: Moment, to: Moment): number {
  if (from.elapsedMs === undefined || to.elapsedMs === undefined) return Math.max(0, to.at - from.at);
  return Math.max(0, to.elapsedMs - from.elapsedMs);
}
