// The lanes that all tests run in: so many pieces at a time, in order, and whatever becomes of one is counted.
import { strict as assert } from 'node:assert';
import { inLanes } from '../../scripts/testing/lanes.mjs';

const passed = { passed: 1, failed: 0, skipped: 0, failures: [] };

describe('lanes', () => {
  it('have as many pieces at a time as there are lanes, the first first, and the next where one has ended', async () => {
    const began: string[] = [];
    const ends = new Map<string, () => void>();
    const pieces = ['a', 'b', 'c', 'd'].map((title) => ({
      title,
      run: () =>
        new Promise<typeof passed>((resolve) => {
          began.push(title);
          ends.set(title, () => resolve(passed));
        }),
    }));
    const end = async (title: string) => {
      ends.get(title)?.();
      await new Promise(setImmediate);
    };
    const total = inLanes(pieces, 2);
    assert.deepEqual(began, ['a', 'b']);
    await end('b');
    assert.deepEqual(began, ['a', 'b', 'c']);
    await end('c');
    await end('a');
    assert.deepEqual(began, ['a', 'b', 'c', 'd']);
    await end('d');
    assert.deepEqual(await total, { passed: 4, failed: 0, skipped: 0, failures: [] });
  });

  it('add up what became of the pieces, and name what failed by its piece, in the order of the pieces', async () => {
    const pieces = [
      { title: 'late', run: () => new Promise<typeof passed>((resolve) => setImmediate(resolve, passed)) },
      { title: 'bad', run: async () => ({ passed: 2, failed: 2, skipped: 3, failures: ['x y', 'x z'] }) },
      { title: 'none', run: async () => Promise.reject(new Error('planted: it cannot run')) },
    ];
    assert.deepEqual(await inLanes(pieces, 3), {
      passed: 3,
      failed: 3,
      skipped: 3,
      failures: ['bad: x y', 'bad: x z', 'none: could not run'],
    });
  });
});
