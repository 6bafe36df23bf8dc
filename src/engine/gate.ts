// One thing at a time: a queue through which writes to the workspace and readings of it as a whole must pass.

/** Runs what it is given one after the other, in the order it came. A failure is its own caller's only. */
export class Gate {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
