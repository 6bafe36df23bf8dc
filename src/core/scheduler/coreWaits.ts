// How long attempts of a run stood waiting for a core that our other commands had: never more than those used themselves.
import type { Event } from '../events/event';
import type { Moment } from '../shared/moment';
import { kindOf } from '../tools/toolTable';

/** The end of a check, or of a command that an agent ran. */
export type Ran = Extract<Event, { type: 'verify.finished' | 'tool.used' }>;

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export function isEndOfCommand(event: Event): event is Ran {
  return event.type === 'verify.finished' || (event.type === 'tool.used' && kindOf(event.tool) === 'command');
}

export function spanOf(event: Ran, timeOf: (when: Moment) => number): Span {
  const endMs = timeOf(event);
  return { startMs: Math.max(0, endMs - event.durationMs), endMs };
}

/**
 * The waiting that each event tells of, in milliseconds. What was measured while a command ran tells only that cores were
 * wanted, by its own threads and other programs too: no more of it was for our commands than the CPU time these took then.
 */
export function coreWaits(
  events: readonly Event[],
  timeOf: (when: Moment) => number,
): (event: Event) => number {
  const spans = events
    .filter(isEndOfCommand)
    .map((event) => ({ event, ...spanOf(event, timeOf), othersCpuMs: 0 }))
    .sort((a, b) => a.startMs - b.startMs);
  spans.forEach((one, k) => {
    for (let at = k + 1; at < spans.length; at++) {
      const other = spans[at];
      if (!other || other.startMs >= one.endMs) break;
      const ms = Math.min(one.endMs, other.endMs) - other.startMs;
      one.othersCpuMs += cpuWithin(other, ms);
      other.othersCpuMs += cpuWithin(one, ms);
    }
  });
  const bounds = new Map<Event, number>(spans.map(({ event, othersCpuMs }) => [event, othersCpuMs]));
  return (event) => {
    // Checks of other features stand and wait side by side: that is one wait, and not known how long.
    if ('guards' in event) return 0;
    if (event.type === 'verify.started') return event.waitedMs ?? 0;
    if (event.type !== 'verify.finished' && event.type !== 'tool.used') return 0;
    return Math.min(event.coreWaitMs ?? 0, bounds.get(event) ?? 0);
  };
}

/** Where a system did not tell, there is no bound. */
function cpuWithin({ event, startMs, endMs }: Span & { readonly event: Ran }, ms: number): number {
  if (event.cpuMs === undefined) return Number.POSITIVE_INFINITY;
  return endMs > startMs ? (event.cpuMs * ms) / (endMs - startMs) : 0;
}
