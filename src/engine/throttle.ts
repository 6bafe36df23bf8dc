// How fast one account is asked, by all agents together: when it asks to slow down all do, fewer at a time, and step by step
// more again.
import type { NewEvent } from '../core/events/event';
import type { AccountId } from '../core/models/accounts';
import type { Fence } from '../core/shared/ids';
import type { Chance, Clock } from '../ports/system';

/** The wait when the provider names none: doubled with each refusal in a row, up to the cap. */
const firstBackoffMs = 1_000;
const maxBackoffMs = 120_000;
/** Where nobody is reached, whoever asks burdens nobody; and work goes on so soon when it is over. */
const maxOutageMs = 30_000;
/** No service is busy for longer than an hour without saying so again: then it is asked whether it still is. */
const longestWaitMs = 3_600_000;
/** After a refusal so many of those that asked at once may, for its wait is over: then one more for every round that goes well. */
const decrease = 0.7;
/** The first after a wait goes up to so much later, so that many hosts on one account do not ask on one beat. */
const spread = 0.1;
const longestSpreadMs = 2_000;
/** So long others wait for the first to have what all requests begin with kept by the service. */
const firstReadMs = 15_000;
/** So long a service keeps that after it was used last; it says five minutes. */
const keptMs = 4 * 60_000;
/** A shorter wait that the service's count tells is not worth a line. */
const shortestToldMs = 1_000;

export interface ThrottleParts {
  readonly account: AccountId;
  readonly clock: Clock;
  readonly chance: Chance;
  /** As many agents as the user wants. */
  readonly asked: () => number;
  readonly tell: (newEvent: NewEvent) => void;
}

interface Call {
  readonly fence: Fence;
  /** Calls of one model begin alike. */
  readonly model: string;
  readonly go: () => void;
}

export class Throttle {
  readonly #queue: Call[] = [];
  /** Calls under way, and when each was let go. */
  readonly #under = new Map<Fence, { readonly since: number; readonly model: string }>();
  /** By model, whose call is the first, and until when the others wait for it. */
  readonly #firsts = new Map<string, { readonly fence: Fence; readonly until: number }>();
  readonly #readAt = new Map<string, number>();
  #untilAt = 0;
  #refusals = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Undefined: as many as want to. */
  #atOnce: number | undefined;
  /** What it last said when it refused. */
  #why: string | undefined;
  #good = 0;
  #callMs = 0;
  #nextAt = 0;
  #cancelAlarm = () => {};

  constructor(private readonly parts: ThrottleParts) {}

  get account(): AccountId {
    return this.parts.account;
  }

  /** Resolves when the next call of this attempt may go, or when the attempt has left. */
  permit(fence: Fence, model: string): Promise<void> {
    this.leave(fence); // whatever it asked before is over
    return new Promise((go) => {
      this.#queue.push({ fence, model, go });
      this.#letGo();
    });
  }

  /** The service has begun to answer: it has read what all requests of this model begin with. */
  begun(fence: Fence): void {
    const call = this.#under.get(fence);
    if (!call || this.#firsts.get(call.model)?.fence !== fence) return;
    this.#readAt.set(call.model, this.parts.clock.monotonic());
    this.#firsts.delete(call.model);
    this.#letGo();
  }

  /**
   * The provider refused a call. Its own word on how long to wait is kept, for all; but one that says "at once", or a time
   * that is over, and refuses again all the same is waited for as if it had said nothing. Calls that were under way when it
   * first said so say the same, and count once.
   * @param isOutage nobody was reached, or none of the service
   * @returns how long the call was under way, in milliseconds
   */
  limited(
    fence: Fence,
    reason: string,
    { retryAfterMs, isOutage = false }: { readonly retryAfterMs?: number; readonly isOutage?: boolean } = {},
  ): number {
    const now = this.parts.clock.monotonic();
    const since = this.#under.get(fence)?.since ?? now;
    const isNews = since >= this.#refusedAt;
    const together = this.#under.size;
    if (isNews) this.#refusals += 1;
    const most = isOutage ? maxOutageMs : maxBackoffMs;
    const backoff = Math.min(most, firstBackoffMs * 2 ** Math.max(0, this.#refusals - 1));
    const named = retryAfterMs ?? backoff;
    const isNoWait = named < firstBackoffMs && this.#refusals > (named > 0 ? 2 : 1);
    const wait = Math.min(longestWaitMs, isNoWait ? backoff : named);
    const jitter = this.parts.chance.fraction() * Math.min(longestSpreadMs, wait * spread);
    const isLonger = now + wait > this.#untilAt + (isNews ? 0 : longestSpreadMs);
    this.#untilAt = Math.max(this.#untilAt, now + wait + (isLonger ? jitter : 0));
    if (isNews) {
      this.#refusedAt = now;
      this.#good = 0;
      this.#atOnce = Math.max(1, Math.floor(Math.min(this.#most(), Math.max(together, 1)) * decrease));
    }
    this.#isOver(fence);
    this.#why = reason;
    if (isNews || isLonger) this.#tell(reason);
    this.#letGo();
    return now - since;
  }

  /** Why the call has to wait that this attempt has asked a permit for; undefined where it may go, or others let it go soon. */
  whyWaiting(fence: Fence): string | undefined {
    const isSlow = this.#atOnce !== undefined || this.#untilAt > this.parts.clock.monotonic();
    return isSlow && this.#queue.some((call) => call.fence === fence) ? this.#why : undefined;
  }

  /**
   * A call went through: step by step full speed again.
   * @param restMs until the service gives more, where it says that nothing is left now
   */
  succeeded(fence: Fence, restMs = 0): void {
    const { clock } = this.parts;
    const now = clock.monotonic();
    const call = this.#under.get(fence);
    if (call) {
      const took = now - call.since;
      this.#callMs = this.#callMs === 0 ? took : this.#callMs * 0.8 + took * 0.2;
      this.#readAt.set(call.model, now);
    }
    if (restMs > 0) this.#rest(now, Math.min(longestWaitMs, restMs));
    if (call && call.since >= this.#refusedAt) this.#speedUp();
    this.#isOver(fence);
    this.#letGo();
  }

  /** The attempt asks nothing now: its call came to nothing, or it is over itself. */
  leave(fence: Fence): void {
    const at = this.#queue.findIndex((call) => call.fence === fence);
    if (at >= 0) this.#queue.splice(at, 1)[0]?.go();
    if (!this.#under.has(fence)) return;
    this.#isOver(fence);
    this.#letGo();
  }

  /** Lets everyone go, for the attempts they belong to are over. */
  dispose(): void {
    this.#cancelAlarm();
    for (const { go } of this.#queue.splice(0)) go();
  }

  #speedUp(): void {
    this.#refusals = 0;
    if (this.#atOnce === undefined) return;
    this.#good += 1;
    if (this.#good < this.#atOnce) return;
    this.#good = 0;
    this.#atOnce += 1;
    if (this.#atOnce >= this.parts.asked()) this.#atOnce = undefined;
    this.#tell('The provider answers again.');
  }

  #rest(now: number, ms: number): void {
    if (now + ms <= this.#untilAt) return;
    this.#untilAt = now + ms;
    this.#why = 'What it gives for now is used up.';
    if (ms >= shortestToldMs) this.#tell(this.#why);
  }

  #most(): number {
    return this.#atOnce ?? Math.max(1, this.parts.asked());
  }

  #isOver(fence: Fence): void {
    const call = this.#under.get(fence);
    this.#under.delete(fence);
    if (call && this.#firsts.get(call.model)?.fence === fence) this.#firsts.delete(call.model);
  }

  #letGo(): void {
    const { clock, chance } = this.parts;
    this.#cancelAlarm();
    this.#cancelAlarm = () => {};
    for (;;) {
      const now = clock.monotonic();
      for (const [model, { until }] of this.#firsts) if (until <= now) this.#firsts.delete(model);
      if (this.#queue.length === 0 || this.#under.size >= (this.#atOnce ?? Number.POSITIVE_INFINITY)) return;
      const at = this.#queue.findIndex(({ model }) => !this.#firsts.has(model));
      const wait = Math.max(this.#untilAt, this.#atOnce === undefined ? 0 : this.#nextAt) - now;
      const firstsEnd = Math.min(...[...this.#firsts.values()].map(({ until }) => until));
      if (wait > 0 || at < 0) {
        this.#wakeIn(wait > 0 ? wait : firstsEnd - now);
        return;
      }
      const [call] = this.#queue.splice(at, 1);
      if (!call) return;
      this.#under.set(call.fence, { since: now, model: call.model });
      if (now - (this.#readAt.get(call.model) ?? Number.NEGATIVE_INFINITY) > keptMs)
        this.#firsts.set(call.model, { fence: call.fence, until: now + firstReadMs });
      // While it is slow, calls begin one after the other, as many in a call's time as may be under way.
      this.#nextAt = now + (this.#callMs / this.#most()) * (0.5 + 0.5 * chance.fraction());
      call.go();
    }
  }

  #wakeIn(ms: number): void {
    this.#cancelAlarm = this.parts.clock.after(Math.ceil(ms), () => this.#letGo());
  }

  #tell(reason: string): void {
    const { account, clock, tell } = this.parts;
    const wait = this.#untilAt - clock.monotonic();
    const untilAt = wait > 0 ? Math.round(clock.now() + wait) : null;
    tell({ type: 'throttle.changed', account, untilAt, atOnce: this.#atOnce ?? null, reason });
  }
}
