// Sizes as people read them.
import { strict as assert } from 'node:assert';
import { notShown, sizeText } from '../../../src/core/shared/size';

describe('sizes in words', () => {
  const sizes: [bytes: number, words: string][] = [
    [0, '0 bytes'],
    [300, '300 bytes'],
    [999, '999 bytes'],
    [1000, '1 KB'],
    [9_940, '9.9 KB'],
    [9_960, '10 KB'],
    [58_300_000, '58 MB'],
    [999_600, '1 MB'],
    [200 * 2 ** 30, '215 GB'],
    [2 ** 62, '4612 PB'],
    [-1, '0 bytes'],
  ];
  for (const [bytes, words] of sizes)
    it(`are ${words} for ${bytes}`, () => assert.equal(sizeText(bytes), words));

  it('stand on a line of their own where something is not shown', () =>
    assert.equal(notShown(58e6), '\n[… 58 MB not shown …]\n'));
});
