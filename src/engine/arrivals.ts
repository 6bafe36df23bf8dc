// What has come into an attempt's copy while it worked, put into words for its agent, and into events where it collides.
import { attemptOf, type NewEvent } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import type { Arrival, Arrivals, Isolation, Overlap } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';
import { placeOf } from './placeOf';
import type { Publications } from './publications';

/** Of an agent's own text that did not go together with another's, so much is shown to it again: characters. */
const mostShown = 20_000;

export interface Arrived {
  /** For the agent; empty where nothing concerns what it has changed. */
  readonly notes: readonly string[];
  readonly overlaps: boolean;
  /** All files that came in. */
  readonly paths: readonly string[];
}

/** Handed back to its agent, who goes on with the same attempt. */
export interface Returned {
  readonly kind: 'returned';
  /** For the agent. */
  readonly why: string;
}

export function returned({ notes }: Arrived): Returned {
  return { kind: 'returned', why: notes.join('\n\n') };
}

export class Arriving {
  constructor(
    private readonly log: EventLog,
    private readonly isolation: Isolation,
    private readonly publications: Publications,
  ) {}

  /** Brings the attempt's copy up to date, and tells of what both sides have changed. @param paths only those */
  async bring(live: LiveAttempt, paths?: readonly string[]): Promise<Arrived> {
    return this.tell(live, await placeOf(this.isolation, live).bringUpToDate(live.attempt.slot, paths));
  }

  async tell(live: LiveAttempt, { taken, merged, overlaps }: Arrivals): Promise<Arrived> {
    const newEvents = [...merged, ...overlaps].flatMap((one) => this.#newEvents(live, one));
    if (newEvents.length > 0) await this.log.append(newEvents);
    for (const { path } of overlaps) live.changed.delete(path);
    return {
      notes: [
        ...merged.map(
          ({ path, theirs }) => `${this.#who(path, theirs)} changed ${path} as well; your copy has both now.`,
        ),
        ...overlaps.map((one) => this.#overlapNote(one)),
      ],
      overlaps: overlaps.length > 0,
      paths: [...taken, ...[...merged, ...overlaps].map(({ path }) => path)],
    };
  }

  #newEvents({ attempt }: LiveAttempt, one: Arrival | Overlap): readonly NewEvent[] {
    const { path, theirs } = one;
    const own = attemptOf(attempt);
    const isHuman = !this.publications.isOurs(path, theirs);
    const newEvents: NewEvent[] = [];
    if (isHuman) newEvents.push({ type: 'lock.conflicted', path, ...own });
    const why = `${this.#who(path, theirs)} changed the same lines; the agent is to fit its change to them.`;
    if ('ours' in one) newEvents.push({ type: 'file.conflicted', path, why, ...own });
    return newEvents;
  }

  #overlapNote({ path, theirs, ours }: Overlap): string {
    const now =
      theirs === null ? 'They removed it, and it is gone from your copy.' : 'Your copy has theirs now.';
    const shown = ours !== null && ours.length > mostShown ? `${ours.slice(0, mostShown)}…` : ours;
    const yours = shown === null ? '' : `\nWhat you had made of it:\n${shown}`;
    return `${this.#who(path, theirs)} changed ${path} at the same place as you. ${now} Look at it, and make your change again so that it fits.${yours}`;
  }

  #who(path: string, hash: string | null): string {
    if (!this.publications.isOurs(path, hash)) return 'The user';
    return liveAttempts(this.log.head).length > 1 ? 'Another agent' : 'An earlier feature';
  }
}
