// A run's own events, page by page, for its report.
import type { Event } from '../core/events/event';
import { reportedOf } from '../core/scheduler/reportedEvents';
import type { EventLog } from './eventLog';

const page = 5_000;

/**
 * Those a report needs, from the event of this number on. Some may be missing where a part of the history was lost, so the
 * next are asked for by number.
 */
export async function eventsSince(log: EventLog, seq: number): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (let since = seq - 1; ; ) {
    const next = await log.events(since, page);
    for (const event of reportedOf(next)) events.push(event);
    if (next.length < page) return events;
    since = next.at(-1)?.seq ?? since;
  }
}
