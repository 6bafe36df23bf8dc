// One thing at a time: a queue through which writes to the workspace and readings of it as a whole must pass.

/** Runs what it is given one after the other, in the order it came. A failure is its own caller's only. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve();
  /** Works that have come so far, and how many of them are through. */
  #come = 0;
  #through = 0;

  /** Whoever comes now has to wait. */
  get isBusy(): boolean {
    return this.#through !== this.#come;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#come += 1;
    const next = this.#last.then(work, work);
    this.#last = next
      .catch(() => undefined)
      .finally(() => {
        this.#through += 1;
      });
    return next;
  }

  /** Runs `work` beside the queue; answers whether nothing was in it from beginning to end. */
  async beside(work: () => Promise<void>): Promise<boolean> {
    const before = this.#come;
    const wasEmpty = !this.isBusy;
    await work();
    return wasEmpty && this.#come === before;
  }
}
