// Which model works on a feature, and why.
import { strict as assert } from 'node:assert';
import type { FeatureSpec } from '../../../src/core/features/feature';
import type { ModelName } from '../../../src/core/models/models';
import { routeModel } from '../../../src/core/routing/routeModel';
import { specOf } from '../sampleFeatures';

describe('routeModel', () => {
  const whyNot = (provider: string) => (provider === 'mine' ? 'nobody knows it' : undefined);
  const cases: [
    spec: Partial<FeatureSpec>,
    runModel: ModelName | undefined,
    model: ModelName,
    reason: string,
  ][] = [
    [{}, undefined, 'sonnet', 'the default'],
    [{ category: 'backend' }, undefined, 'sonnet', 'the default'],
    [{ category: 'testing' }, undefined, 'haiku', 'category testing'],
    [{ category: 'documentation' }, undefined, 'haiku', 'category documentation'],
    [{ category: 'testing', model: 'opus' }, undefined, 'opus', 'named by the feature'],
    [{ category: 'testing', model: 'opus' }, 'offline', 'offline', 'chosen for this run'],
    [{ model: 'gpt' }, undefined, 'sonnet', 'the default; "gpt" is not a known model'],
    [
      { category: 'testing', model: '__proto__' },
      undefined,
      'haiku',
      'category testing; "__proto__" is not a known model',
    ],
    [{ category: 'constructor' }, undefined, 'sonnet', 'the default'],
    [{ model: 'gemini/pro' }, undefined, 'gemini/pro', 'named by the feature'],
    [{ model: 'gemini/pro' }, 'ollama/a', 'ollama/a', 'chosen for this run'],
    [{ model: 'mine/a' }, undefined, 'sonnet', 'the default; not "mine/a": nobody knows it'],
  ];
  for (const [spec, runModel, model, reason] of cases) {
    it(`${JSON.stringify(spec)}${runModel ? ` in a run with ${runModel}` : ''} → ${model}`, () => {
      assert.deepEqual(routeModel(specOf('A', spec), runModel, whyNot), { model, reason });
    });
  }
});
