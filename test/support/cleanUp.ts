// What a test has begun and somebody has to end, whatever becomes of the test.
import { afterEach } from 'mocha';

/** For a `describe`: what is pushed here is done after each of its tests, the last one first. */
export function cleanUpAfterEach(): { push(end: () => unknown): void } {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  return { push: (end) => void ends.push(end) };
}
