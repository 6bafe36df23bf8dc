// When the provider asks to slow down, every agent does: one shared moment before which nobody calls the model.
import type { Happening } from '../core/events/event';
import type { Chance, Clock } from '../ports/system';

/** The wait when the provider names none: doubled with each refusal in a row, up to the cap. */
const firstBackoffMs = 1_000;
const maxBackoffMs = 120_000;
/** No service is busy for longer than an hour without saying so again: then it is asked whether it still is. */
const longestWaitMs = 3_600_000;
/** What agents are told within this of each other is one word of the provider's, told once. */
const sameWordMs = 1_000;
/** Agents are let go spread over this share of the wait, so that they do not all call on one beat. */
const spread = 0.25;

export class Throttle {
  #untilAt = 0;
  #refusals = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly tell: (happening: Happening) => void,
  ) {}

  /** Resolves when the next call may go. Rejects with nothing: an attempt that ends in between just never asks again. */
  async permit(): Promise<void> {
    for (let wait = this.#waitMs(); wait > 0; wait = this.#waitMs()) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(wait * (1 + spread * this.chance.fraction()), done);
        const waiting = this.#waiting;
        function done() {
          cancel();
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
  }

  /**
   * The provider refused a call. Its own word on how long to wait is kept, for all; but one that says "at once", or a time
   * that is over, and refuses again all the same is waited for as if it had said nothing.
   */
  limited(reason: string, retryAfterMs: number | undefined): void {
    this.#refusals += 1;
    const backoff = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (this.#refusals - 1));
    const now = this.clock.monotonic();
    const named = retryAfterMs ?? backoff;
    const isNoWait = named < firstBackoffMs && this.#refusals > 1;
    const until = now + Math.min(longestWaitMs, isNoWait ? backoff : named);
    const isSame = this.#untilAt > now && until - this.#untilAt < sameWordMs;
    this.#untilAt = Math.max(until, this.#untilAt);
    if (isSame) return;
    this.tell({ type: 'throttle.changed', untilAt: Math.round(this.clock.now() + this.#waitMs()), reason });
  }

  /** A call went through: full speed again. */
  succeeded(): void {
    if (this.#refusals === 0) return;
    this.#refusals = 0;
    this.tell({ type: 'throttle.changed', untilAt: null, reason: 'The provider answers again.' });
  }

  /** Lets everyone go, for the attempts they belong to are over. */
  dispose(): void {
    this.#untilAt = 0;
    for (const done of [...this.#waiting]) done();
  }

  #waitMs(): number {
    return Math.max(0, this.#untilAt - this.clock.monotonic());
  }
}
