// Many things at once: each is done once, and a failure comes out when all that was begun has come to rest.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inParallel } from '../../src/engine/inParallel';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('inParallel', () => {
  it('does each once, at most 16 at a time', async () => {
    const seen: number[] = [];
    let busy = 0;
    let most = 0;
    await inParallel(
      Array.from({ length: 100 }, (_, k) => k),
      async (k) => {
        most = Math.max(most, ++busy);
        await turn();
        busy -= 1;
        seen.push(k);
      },
    );
    assert.deepEqual([new Set(seen).size, seen.length, most], [100, 100, 16]);
  });

  it('rejects with the first failure once nothing is at work any more, and begins no more', async () => {
    let busy = 0;
    let begun = 0;
    const work = async (k: number) => {
      begun += 1;
      busy += 1;
      for (let waits = 0; waits < k % 16; waits++) await turn();
      busy -= 1;
      if (k === 0) throw new Error('the disk is full');
    };
    await assert.rejects(
      inParallel(
        Array.from({ length: 100 }, (_, k) => k),
        work,
      ),
      /the disk is full/,
    );
    assert.equal(busy, 0);
    assert.ok(begun <= 16, `${begun} were begun`);
  });
});
