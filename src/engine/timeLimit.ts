// The time an attempt may take, which stands still while it waits for its turn.
import type { Clock } from '../ports/system';

export class TimeLimit {
  #leftMs: number;
  #sinceMs = 0;
  #cancel: (() => void) | undefined;
  #isOver = false;

  /** Runs from now. */
  constructor(
    private readonly clock: Clock,
    limitMs: number,
    private readonly onOver: () => void,
  ) {
    this.#leftMs = limitMs;
    this.goOn();
  }

  /** The time until `goOn` does not count. */
  hold(): void {
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#leftMs -= this.clock.monotonic() - this.#sinceMs;
  }

  goOn(): void {
    if (this.#cancel || this.#isOver) return;
    this.#sinceMs = this.clock.monotonic();
    this.#cancel = this.clock.after(Math.max(0, this.#leftMs), () => {
      this.dispose();
      this.onOver();
    });
  }

  /** May be called twice. */
  dispose(): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
