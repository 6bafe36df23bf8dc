// One thing at a time.

/** Runs what it is given one after the other, in the order it came. A failure is its own caller's only. */
export class SerialQueue {
  /** Never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  /** Works that have come so far, and how many of them are through. */
  #come = 0;
  #through = 0;

  /** Whoever comes now has to wait. */
  get isBusy(): boolean {
    return this.#through !== this.#come;
  }

  /** Settles when all that has come so far is through. */
  get idle(): Promise<unknown> {
    return this.#last;
  }

  run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#come += 1;
    const done = this.#last.then(work);
    const leave = () => {
      this.#through += 1;
    };
    this.#last = done.then(leave, leave);
    return done;
  }

  /** Runs `work` beside the queue; returns whether nothing was in it from beginning to end. */
  async beside(work: () => Promise<void>): Promise<boolean> {
    const before = this.#come;
    const wasEmpty = !this.isBusy;
    await work();
    return wasEmpty && this.#come === before;
  }
}
