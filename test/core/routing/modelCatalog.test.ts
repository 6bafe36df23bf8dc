// What calls cost, worked out by hand from the price table.
import { strict as assert } from 'node:assert';
import {
  costUsd,
  isModelName,
  type ModelName,
  modelCatalog,
  type Usage,
} from '../../../src/core/routing/modelCatalog';

const usage = (inputTokens: number, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0): Usage => ({
  ...{ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens },
});

describe('costUsd', () => {
  const million = 1_000_000;
  const cases: [what: string, model: ModelName, usage: Usage, usd: number][] = [
    ['nothing used', 'sonnet', usage(0), 0],
    ['a million in', 'sonnet', usage(million), 2],
    ['a million out', 'sonnet', usage(0, million), 10],
    ['a million read from the cache', 'sonnet', usage(0, 0, million), 0.1],
    ['a million written to the cache', 'sonnet', usage(0, 0, 0, million), 2.5],
    ['a million of each', 'opus', usage(million, million, million, million), 4 + 20 + 0.2 + 5],
    // 3,000 × 2 + 1,500 × 10 + 20,000 × 0.1 + 4,000 × 2.5 millionths
    ['a usual turn', 'sonnet', usage(3_000, 1_500, 20_000, 4_000), 0.033],
    ['a short prompt', 'haiku', usage(100_000), 0.01],
    ['one token more: the whole prompt at the long price', 'haiku', usage(100_001), 0.0500005],
    ['a prompt that is long by what the cache holds', 'haiku', usage(1, 0, 100_000), 0.0050005],
    ['a prompt that is long by what is written', 'haiku', usage(1, 0, 0, 100_000), 0.0625005],
    ['a long answer to a short prompt', 'haiku', usage(1_000, 200_000), 0.1001],
    ['the answer to a long prompt', 'haiku', usage(200_000, 1_000), 0.1025],
    ['a long prompt where there is one price', 'opus', usage(900_000), 3.6],
    ['the offline model', 'offline', usage(million, million, million, million), 0],
  ];
  for (const [what, model, used, usd] of cases) {
    it(`${model}, ${what}: $${usd}`, () => {
      assert.ok(Math.abs(costUsd(model, used) - usd) < 1e-12, String(costUsd(model, used)));
    });
  }
});

describe('modelCatalog', () => {
  it('knows its own names, and none that every object has', () => {
    assert.deepEqual(Object.keys(modelCatalog).filter(isModelName), ['haiku', 'sonnet', 'opus', 'offline']);
    for (const name of ['__proto__', 'constructor', 'toString', 'Haiku', 'gpt', ''])
      assert.equal(isModelName(name), false);
  });

  it('has a long price that is the dearer one', () => {
    const { price, longPrompt } = modelCatalog.haiku;
    for (const kind of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
      assert.ok(longPrompt.price[kind] > price[kind]);
    }
  });
});
