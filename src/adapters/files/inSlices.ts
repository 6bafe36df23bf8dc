// Work on many things in memory, without holding up the process for long.
import { setImmediate } from 'node:timers/promises';
import { eachInSteps, type Steps } from '../../core/shared/steps';

/** Milliseconds before others get their turn. */
const sliceMs = 8;

export async function stepsInSlices<T>(steps: Steps<T>): Promise<T> {
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < sliceMs) continue;
    await setImmediate();
    since = performance.now();
  }
}

export function inSlices<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  return stepsInSlices(eachInSteps(all, work));
}
