// Time and chance as the platform gives them.
import { strict as assert } from 'node:assert';
import { stat } from 'node:fs/promises';
import { createNodeChance, createNodeClock } from '../../../src/adapters/system/nodeSystem';

describe('the clock', () => {
  const clock = createNodeClock();

  it('tells the wall time and a time that only rises', () => {
    assert.ok(Math.abs(clock.now() - Date.now()) < 1000);
    const first = clock.monotonic();
    assert.ok(clock.monotonic() >= first);
  });

  it('wakes once after the delay', async () => {
    const keepAlive = setInterval(() => undefined, 1000); // the clock's own timers do not
    const startedAt = clock.monotonic();
    await new Promise<void>((resolve) => clock.after(20, resolve));
    assert.ok(clock.monotonic() - startedAt >= 19);
    clearInterval(keepAlive);
  });

  it('lets what came over a socket or from the disk have its turn, however long the work goes on', async () => {
    let isTold = false;
    void stat('.').then(() => {
      isTold = true;
    });
    // As long work does: each slice takes longer than any timer.
    for (let slice = 0; slice < 20 && !isTold; slice++) {
      for (const since = clock.monotonic(); clock.monotonic() - since < 8; );
      await clock.giveWay();
    }
    assert.ok(isTold);
  });

  const cases: [what: string, delayMs: number][] = [
    ['a cancelled wake', 0],
    ['a delay longer than a timer can hold', 2 ** 31],
    ['a delay of a year', 365 * 24 * 3600 * 1000],
  ];
  for (const [what, delayMs] of cases)
    it(`does not wake at once for ${what}`, async () => {
      let isAwake = false;
      const cancel = clock.after(delayMs, () => {
        isAwake = true;
      });
      if (delayMs === 0) cancel();
      await new Promise((resolve) => setTimeout(resolve, 5)); // later than a timer that overflowed, which fires after 1 ms
      cancel();
      assert.equal(isAwake, false);
    });
});

describe('chance', () => {
  const chance = createNodeChance();

  it('is a fraction below one', () => {
    const fractions = Array.from({ length: 1000 }, chance.fraction);
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
    assert.ok(new Set(fractions).size > 900);
  });

  it('makes tokens of 256 bits, never the same', () => {
    const tokens = Array.from({ length: 1000 }, chance.token);
    assert.ok(tokens.every((token) => /^[0-9a-f]{64}$/.test(token)));
    assert.equal(new Set(tokens).size, tokens.length);
  });
});
