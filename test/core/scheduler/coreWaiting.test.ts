// How much of a command's time was waiting for a core, for loads whose answer is known by thinking.
import { strict as assert } from 'node:assert';
import { waitedForCore } from '../../../src/core/scheduler/coreWaiting';

describe('waitedForCore', () => {
  // Each of 100 s on two cores; `rate` is what a fair scheduler gave it.
  const cases: [what: string, wanted: number, rate: number, waited: number][] = [
    ['alone with one thread', 1, 1, 0],
    ['alone with as many threads as cores', 2, 2, 0],
    ['alone with four times as many: it waits for itself, and would anyway', 8, 2, 0],
    ['of one thread beside another like it', 2, 1, 0],
    ['of one thread, one of three: alone it had a core, now two thirds', 3, 2 / 3, 100 / 3],
    ['of two threads beside two others: half of its time', 4, 1, 50],
    ['of two threads, one of three such', 6, 2 / 3, 200 / 3],
    ['of two threads beside one: two thirds of the cores', 3, 4 / 3, 100 / 3],
    ['of one thread beside two: two thirds of a core', 3, 2 / 3, 100 / 3],
    ['that sleeps while others fill the cores', 6, 0, 0],
    // A tenth of a core while five want two: a quarter of the time it wants one, and gets 0.4 of it then.
    ['that mostly sleeps', 5, 0.1, 15],
  ];
  for (const [what, wanted, rate, waited] of cases) {
    it(`of a command ${what}`, () => {
      const found = waitedForCore([{ wanted, ms: 100_000 }], rate, 2) / 1000;
      assert.ok(Math.abs(found - waited) < 0.01, `${found} s`);
    });
  }

  it('adds up over the time it ran', () => {
    const loads = [
      { wanted: 4, ms: 1000 },
      { wanted: 1, ms: 5000 },
    ];
    assert.equal(waitedForCore(loads, 1, 2), 500);
    assert.equal(waitedForCore([], 1, 2), 0);
  });
});
