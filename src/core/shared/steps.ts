// Long work in short steps, so that whoever does it can let others have their turn in between.

/** Each step is some 1,000 looks or fewer, about a millisecond; the work is done when it returns. */
export type Steps<T> = Generator<void, T, void>;

/** So many entries of a list make a step. */
export const stepSize = 256;

/** All steps one after the other. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** `work` on each of `all`, in steps. */
export function* eachInSteps<T>(all: Iterable<T>, work: (one: T, at: number) => void): Steps<void> {
  let at = 0;
  for (const one of all) {
    work(one, at++);
    if (at % stepSize === 0) yield;
  }
}
