// Work on many things in memory, without holding up the process for long.
import { setImmediate } from 'node:timers/promises';

/** Milliseconds before others get their turn. */
const sliceMs = 8;
const betweenLooks = 64;

export async function inSlices<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  let since = performance.now();
  let done = 0;
  for (const one of all) {
    work(one);
    done += 1;
    if (done % betweenLooks !== 0 || performance.now() - since < sliceMs) continue;
    await setImmediate();
    since = performance.now();
  }
}
