// How many checks run at the same time: more than there are cores for only stand in each other's way.

/** First come, first served. */
export class CheckPlaces {
  #taken = 0;
  /** Each takes its place when it is called. */
  readonly #waiting: (() => void)[] = [];

  /** @param most asked anew for every check, for it may change with the run */
  constructor(private readonly most: () => number) {}

  /**
   * Resolves once there is a place, with the way to give it back; with undefined when `signal` fires before that.
   * @param onWait called at once when there is none, with how many checks are running
   */
  async take(signal: AbortSignal, onWait: (running: number) => void): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#taken < this.most() && this.#waiting.length === 0) this.#taken += 1;
    else {
      const served = this.#wait(signal);
      onWait(this.#taken);
      if (!(await served)) return undefined;
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken -= 1;
      this.#serve();
    };
  }

  /** Resolves with true once the place is taken; with false when the signal came first. */
  #wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const take = () => {
        signal.removeEventListener('abort', leave);
        this.#taken += 1;
        resolve(true);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(take);
    });
  }

  #serve(): void {
    while (this.#taken < this.most()) {
      const take = this.#waiting.shift();
      if (!take) return;
      take();
    }
  }
}
