// Keeps a client in step with its host's events: each once, in order, and none left out, also when the host left some out
// because the client was too slow to take them.
import type { Event } from '../core/events/event';
import { Failure } from '../ports/failure';

export interface EventFollowerOptions {
  /** Stored events after `since`, oldest first. */
  readonly ask: (since: number, limit: number) => Promise<readonly Event[]>;
  /** The number of the last event taken. */
  readonly seq: () => number;
  /** Gets events that follow on that one without a gap. */
  readonly take: (events: readonly Event[]) => void;
  /** Nothing more will be taken: what is missing cannot be had. */
  readonly onFailure: (why: Failure) => void;
}

/** Asked for together when some are missing. */
const pageLength = 1_000;

export class EventFollower {
  /** What was heard while something before it was missing; undefined when nothing is. */
  #held: Event[] | undefined = [];

  constructor(private readonly options: EventFollowerOptions) {}

  /** The host told these. Before `begin` they are kept. */
  hear(events: readonly Event[]): void {
    if (this.#held) this.#held.push(...events);
    else this.#follow(events);
  }

  /** The snapshot to start from is there. */
  begin(): void {
    this.#release();
  }

  #release(): void {
    const events = this.#held ?? [];
    this.#held = undefined;
    this.#follow(events);
  }

  #follow(events: readonly Event[]): void {
    const seq = this.options.seq();
    const fresh = events.filter((event) => event.seq > seq);
    const gapAt = fresh.findIndex((event, at) => event.seq !== seq + 1 + at);
    const next = gapAt < 0 ? fresh : fresh.slice(0, gapAt);
    if (next.length > 0) this.options.take(next);
    if (gapAt < 0) return;
    this.#held = fresh.slice(gapAt);
    this.#fillGap().catch((error: unknown) =>
      this.options.onFailure(Failure.is(error) ? error : new Failure('badResponse', String(error))),
    );
  }

  async #fillGap(): Promise<void> {
    for (;;) {
      const since = this.options.seq();
      const page = await this.options.ask(since, pageLength);
      if (page[0]?.seq !== since + 1)
        throw new Failure('badResponse', `The host has no event ${since + 1}, and told later ones.`);
      this.options.take(page);
      if (page.length < pageLength) return this.#release();
    }
  }
}
