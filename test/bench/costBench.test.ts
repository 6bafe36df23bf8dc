// That prompts come from the cache, and that each lever is worth something by itself.
import { strict as assert } from 'node:assert';
import { levers, madeSample, spend } from './costBench';

describe('what prompts cost', () => {
  const all = spend(madeSample());

  it('is read from the cache for the most part after the first turn', () => {
    assert.ok(all.fromCache >= 0.85, `${all.fromCache}`);
  });

  for (const lever of levers) {
    it(`is more without "${lever}"`, () => {
      assert.ok(spend(madeSample(), lever).usd > all.usd);
    });
  }
});
