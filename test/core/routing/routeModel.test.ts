// Which model works on a feature, and why.
import { strict as assert } from 'node:assert';
import type { FeatureSpec } from '../../../src/core/features/feature';
import { isModelName } from '../../../src/core/models/models';
import { type PresetName, presets, usualLadder } from '../../../src/core/routing/presets';
import { type Routing, routeModel, type WhyNot } from '../../../src/core/routing/routeModel';
import { specOf } from '../sampleFeatures';

const whyNot: WhyNot = (provider) => (provider === 'mine' ? 'nobody knows it' : undefined);

function route(spec: Partial<FeatureSpec>, routing: Routing = {}, failures = 0, why = whyNot) {
  return routeModel({ spec: specOf('A', spec), failures }, routing, why);
}

describe('routeModel', () => {
  const cases: readonly (readonly [Partial<FeatureSpec>, Routing, model: string, reason: string])[] = [
    [{}, {}, 'sonnet', 'the default'],
    [{ category: 'backend' }, {}, 'sonnet', 'the default'],
    [{ category: 'testing' }, {}, 'haiku', 'category testing (balanced)'],
    [{ category: 'documentation' }, {}, 'haiku', 'category documentation (balanced)'],
    [{ category: 'testing', model: 'opus' }, {}, 'opus', 'named by the feature'],
    [{ category: 'testing', model: 'opus' }, { model: 'offline' }, 'offline', 'chosen for this run'],
    [{ model: 'gpt' }, {}, 'sonnet', 'the default; "gpt" is not a known model'],
    [
      { category: 'testing', model: '__proto__' },
      {},
      'haiku',
      'category testing (balanced); "__proto__" is not a known model',
    ],
    [{ category: 'constructor' }, {}, 'sonnet', 'the default'],
    [{ model: 'gemini/pro' }, {}, 'gemini/pro', 'named by the feature'],
    [{ model: 'gemini/pro' }, { model: 'ollama/a' }, 'ollama/a', 'chosen for this run'],
    [{ model: 'mine/a' }, {}, 'sonnet', 'the default; not "mine/a": nobody knows it'],
    [{ category: 'api' }, { byCategory: { api: 'opus' } }, 'opus', 'category api, by your settings'],
    [
      { category: 'testing' },
      { byCategory: { testing: 'opus' } },
      'opus',
      'category testing, by your settings',
    ],
    [{ category: '__proto__' }, { byCategory: { api: 'opus' } }, 'sonnet', 'the default'],
    [
      { category: 'testing' },
      { byCategory: { testing: 'mine/a' } },
      'haiku',
      'category testing (balanced); not "mine/a": nobody knows it',
    ],
  ];
  for (const [spec, routing, model, reason] of cases) {
    it(`${JSON.stringify(spec)} with ${JSON.stringify(routing)} → ${model}`, () => {
      assert.deepEqual(route(spec, routing), { model, reason });
    });
  }

  const kinds = ['frontend', 'backend', 'database', 'testing', 'documentation', 'product', 'default'];
  const gemini = presets.specialists.forUi;
  const grok = presets.specialists.byCategory.product;
  const byPreset: Readonly<Record<PresetName, readonly (string | undefined)[]>> = {
    balanced: ['sonnet', 'sonnet', 'sonnet', 'haiku', 'haiku', 'sonnet', 'sonnet'],
    conservative: ['sonnet', 'sonnet', 'sonnet', 'sonnet', 'sonnet', 'sonnet', 'sonnet'],
    aggressive: ['haiku', 'sonnet', 'sonnet', 'haiku', 'haiku', 'haiku', 'haiku'],
    specialists: [gemini, 'sonnet', 'sonnet', 'haiku', gemini, grok, 'sonnet'],
  };
  for (const [preset, models] of Object.entries(byPreset) as [PresetName, string[]][]) {
    it(`sends each kind of work where ${preset} says`, () => {
      const sent = kinds.map((category) => route({ category }, { preset }).model);
      assert.deepEqual(sent, models);
    });
  }

  it('names models that there can be in every preset', () => {
    for (const { usual, byCategory, forUi = usual } of Object.values(presets))
      for (const model of [usual, forUi, ...Object.values(byCategory)]) assert.ok(isModelName(model), model);
  });

  const texts: readonly (readonly [string, boolean])[] = [
    ['A UI for notes', true],
    ['the user interface', true],
    ['Build a guide quickly', false],
    ['', false],
  ];
  for (const [description, isUi] of texts) {
    it(`${isUi ? 'takes' : 'does not take'} "${description}" for a user interface`, () => {
      const { model } = route({ category: 'backend', description }, { preset: 'specialists' });
      assert.equal(model, isUi ? gemini : 'sonnet');
    });
  }

  it('passes over a specialist without a key, and says so', () => {
    const { model, reason } = route({ category: 'frontend' }, { preset: 'specialists' }, 0, (provider) =>
      provider === 'gemini' ? 'there is no key for Google Gemini' : undefined,
    );
    assert.equal(model, 'sonnet');
    assert.match(reason, /^the default \(specialists\); not "gemini\/.*no key for Google Gemini$/);
  });

  const climbs: readonly (readonly [Partial<FeatureSpec>, Routing, readonly string[]])[] = [
    [{ category: 'testing' }, {}, ['haiku', 'sonnet', 'opus', 'opus']],
    [{}, {}, ['sonnet', 'opus', 'opus', 'opus']],
    [{}, { ladder: [] }, ['sonnet', 'sonnet']],
    [{}, { ladder: ['sonnet', 'mine/a', 'gemini/pro'] }, ['sonnet', 'gemini/pro', 'gemini/pro']],
    [{}, { ladder: ['haiku'] }, ['sonnet', 'sonnet']],
    // What a person named stays.
    [{ model: 'haiku' }, {}, ['haiku', 'haiku']],
    [{}, { model: 'haiku' }, ['haiku', 'haiku']],
    [{}, { byCategory: { default: 'haiku' } }, ['haiku', 'sonnet', 'opus']],
  ];
  for (const [spec, routing, models] of climbs) {
    it(`climbs ${models.join(', ')} for ${JSON.stringify(spec)} with ${JSON.stringify(routing)}`, () => {
      assert.deepEqual(
        models.map((_, failures) => route(spec, routing, failures).model),
        models,
      );
    });
  }

  it('says from where it climbed, and for what', () => {
    assert.equal(
      route({ category: 'testing' }, {}, 2).reason,
      'up from haiku after 2 failed attempts; category testing (balanced)',
    );
    assert.deepEqual(usualLadder, ['haiku', 'sonnet', 'opus']);
  });
});
