// Time that moves only when a test says so, firing what is due in order.
import type { Clock } from '../../src/ports/system';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

export class SimulatedClock implements Clock {
  #nowMs = 1_000_000;
  /** By how much the wall clock was set: nothing else here may hear of that. */
  #setMs = 0;
  #order = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#nowMs + this.#setMs;
  }

  /** Sets the wall clock forward, or back where `ms` is below 0. */
  setWall(ms: number): void {
    this.#setMs += ms;
  }

  /** Counts from another zero, as a real one does. */
  monotonic(): number {
    return this.#nowMs - 999_000;
  }

  /** Everything has its turn by itself here, as nothing takes time. */
  async giveWay(): Promise<void> {}

  after(delayMs: number, wake: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, order: this.#order++, wake };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Moves on by `ms`, firing what falls due, each with everything that follows from it done before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#timers = this.#timers.filter((t) => t !== next);
      next.wake();
      await settle();
    }
    this.#nowMs = end;
  }

  /** Jumps as a sleeping machine does: everything that fell due meanwhile fires late, at the end. */
  async jump(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.advance(0);
  }

  #next(end: number): Timer | undefined {
    const due = this.#timers.filter((t) => t.dueMs <= end);
    return due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}

/** Lets every promise that can go on go on; simulated work uses no real input or output. */
export async function settle(): Promise<void> {
  for (let k = 0; k < 20; k++) await new Promise<void>((resolve) => setImmediate(resolve));
}
