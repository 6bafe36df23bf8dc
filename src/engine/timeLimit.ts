// The time an attempt may take, which stands still while it waits for its turn.
import type { Clock } from '../ports/system';

/** The time that `work` takes does not count. */
export async function held<T>(limit: TimeLimit | undefined, work: () => Promise<T>): Promise<T> {
  limit?.hold();
  try {
    return await work();
  } finally {
    limit?.goOn();
  }
}

export class TimeLimit {
  #leftMs: number;
  #sinceMs = 0;
  #cancel: (() => void) | undefined;
  #isOver = false;
  /** Who waits may do so within another wait. */
  #holds = 0;

  /** Runs from now. */
  constructor(
    private readonly clock: Clock,
    limitMs: number,
    private readonly onOver: () => void,
  ) {
    this.#leftMs = limitMs;
    this.#run();
  }

  /** The time until `goOn` does not count. Of several it is the last that counts: each is to be followed by one. */
  hold(): void {
    this.#holds += 1;
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#leftMs -= this.clock.monotonic() - this.#sinceMs;
  }

  goOn(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#run();
  }

  /** What came to nothing by no fault of the attempt's takes none of its time, in milliseconds. */
  giveBack(ms: number): void {
    this.hold();
    this.#leftMs += ms;
    this.goOn();
  }

  #run(): void {
    if (this.#isOver) return;
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
