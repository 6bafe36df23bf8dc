// What of a run's events its report is made of, so that a long run's need not all be in memory at once.
import type { Event } from '../events/event';
import { mapTexts } from '../events/longTexts';
import { isEndOfCommand } from './coreWaits';

/** From a stretch of a run's events those that `reportRun` asks for, without their texts. */
export function reportedOf(events: readonly Event[]): readonly Event[] {
  return events.flatMap((event, k) => {
    const next = events[k + 1];
    // How long there was no host is counted from the last event before it; the next stretch may begin with its end.
    const isBeforeGap = next === undefined || next.type === 'owner.changed';
    return isBeforeGap || isReported(event) ? [mapTexts(event, () => '')] : [];
  });
}

/** Turns and edits are most of what happens, and no figure of a report comes from them. */
function isReported(event: Event): boolean {
  if (/^(?:feature|lock|run|breaker)\./.test(event.type) || isEndOfCommand(event)) return true;
  if (event.type === 'verify.started') return (event.waitedMs ?? 0) > 0;
  if (event.type === 'verify.awaited') return true;
  return event.type === 'owner.changed' || event.type === 'throttle.changed';
}
