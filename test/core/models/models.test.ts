// What calls cost, worked out by hand from the price table.
import { strict as assert } from 'node:assert';
import {
  costUsd,
  isModelName,
  type ModelName,
  modelOf,
  promptRoom,
  type Usage,
} from '../../../src/core/models/models';
import { knownProviders } from '../../../src/core/models/providers';

const provider = knownProviders.anthropic ?? assert.fail();

const usage = (inputTokens: number, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0): Usage => ({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
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
      assert.ok(
        Math.abs((costUsd(model, used, knownProviders) ?? Number.NaN) - usd) < 1e-12,
        String(costUsd(model, used, knownProviders)),
      );
    });
  }
});

describe('the names of models', () => {
  const good = [
    'haiku',
    'sonnet',
    'opus',
    'offline',
    'anthropic/claude-sonnet-5-5',
    'ollama/qwen3-coder:30b',
    'openrouter/meta-llama/llama-4',
  ];
  const bad = [
    '__proto__',
    'constructor',
    'toString',
    'Haiku',
    'gpt',
    '',
    'a/',
    '/a',
    'a//b',
    'A/b',
    'a/b c',
    'a/b\u202ec',
    `a/${'b'.repeat(201)}`,
    'offline/offline',
    'a/b\n',
  ];
  it('are an alias, or a provider with its own name for the model', () => {
    assert.deepEqual([...good, ...bad].filter(isModelName), good);
  });

  it('lead to the provider and what it calls the model', () => {
    const found = (
      ['sonnet', 'offline', 'openrouter/meta-llama/llama-4', 'anthropic/claude-opus-5-5'] as const
    ).map(modelOf);
    assert.deepEqual(found, [
      { provider: 'anthropic', apiName: 'claude-sonnet-5-5', tier: 'sonnet' },
      { provider: 'offline', apiName: 'offline', tier: 'other' },
      { provider: 'openrouter', apiName: 'meta-llama/llama-4', tier: 'other' },
      { provider: 'anthropic', apiName: 'claude-opus-5-5', tier: 'opus' },
    ]);
  });
});

describe('the price of a model', () => {
  const million = usage(1_000_000, 1_000_000);

  it('is not guessed where nobody has said it', () => {
    for (const name of ['openai/gpt-5', 'nobodys/model', 'constructor/x'] as const)
      assert.equal(costUsd(name, million, knownProviders), undefined);
  });

  it('is nothing where the user’s own machine runs it', () => {
    assert.equal(costUsd('ollama/qwen3-coder', million, knownProviders), 0);
  });

  it('is what the user says, also of a model that is known', () => {
    const price = { input: 1, output: 5, cacheRead: 1, cacheWrite: 1 };
    const anthropic = { ...provider, prices: { 'claude-sonnet-5-5': price } };
    assert.equal(costUsd('sonnet', million, { anthropic }), 6);
    assert.equal(costUsd('opus', million, { anthropic }), 24);
  });
});

describe('the room of a prompt', () => {
  it('has no bound where a script is played, which is found by all that was said', () => {
    assert.equal(promptRoom('offline'), Number.POSITIVE_INFINITY);
    assert.ok(promptRoom('sonnet') < 1_000_000);
  });
});
