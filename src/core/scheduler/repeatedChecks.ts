// How long attempts had their own check run again only because others were at work beside them.
import type { Event } from '../events/event';
import type { Fence } from '../shared/ids';

/**
 * In milliseconds by attempt, without what `coreWaitOf` tells of them. A green that was not the last came to nothing, since
 * others' work had come in meanwhile; so did a red that was the neighbours'.
 */
export function repeatedChecks(
  events: readonly Event[],
  coreWaitOf: (event: Event) => number,
): ReadonlyMap<Fence, number> {
  const repeated = new Map<Fence, number>();
  /** Checks that a next one of the same attempt would show to have come to nothing. */
  const last = new Map<Fence, number>();
  for (const event of events) {
    // With what came in the agent had more to do, and that is new work to be checked.
    if (event.type === 'feature.returned') last.delete(event.fence);
    if (event.type !== 'verify.finished' || event.guards !== undefined || event.trial) continue;
    const { fence, durationMs, passed, doubt } = event;
    repeated.set(fence, (repeated.get(fence) ?? 0) + (last.get(fence) ?? 0));
    const isOthers = passed || doubt === 'portTaken' || doubt === 'neighbour';
    if (isOthers) last.set(fence, Math.max(0, durationMs - coreWaitOf(event)));
    else last.delete(fence);
  }
  return repeated;
}
