// What a backlog is expected to cost, from attempts like those to come.
import { strict as assert } from 'node:assert';
import { type History, learn } from '../../../src/core/events/history';
import { knownProviders } from '../../../src/core/models/providers';
import { costOutlook, describeCost } from '../../../src/core/scheduler/costEstimates';
import { featureIn } from '../sampleFeatures';

const backend = (id: number, model?: string) =>
  featureIn('pending', id, { category: 'backend', ...(model !== undefined && { model }) });
const lessons = (...costs: readonly (readonly [category: string, model: string, costUsd?: number])[]) =>
  costs.reduce<History>((known, [category, model, costUsd]) => {
    const lesson = { category, model, tookMs: 60_000, files: [] };
    return learn(known, costUsd === undefined ? lesson : { ...lesson, costUsd });
  }, []);
const told = (experience: History, ...features: ReturnType<typeof backend>[]) =>
  describeCost(costOutlook(features, experience, {}, knownProviders));

describe('the cost of a backlog', () => {
  const three = lessons(['backend', 'sonnet', 0.1], ['backend', 'sonnet', 0.2], ['backend', 'sonnet', 0.3]);

  it('is a range with its basis, wider the fewer attempts there were', () => {
    assert.equal(
      told(three, backend(1), backend(2)),
      '2 features: about $0.21-0.59, from 3 attempts like them',
    );
    const one = lessons(['backend', 'sonnet', 0.2]);
    assert.equal(told(one, backend(1), backend(2)), '2 features: about $0.09-0.71, from 1 attempt like them');
  });

  it('is taken from other categories on the same model where there is none of its own', () => {
    const others = lessons(
      ['database', 'sonnet', 0.2],
      ['product', 'sonnet', 0.2],
      ['product', 'sonnet', 0.2],
    );
    assert.equal(told(others, backend(1)), '1 feature: about $0.20, from 3 attempts like them');
    assert.match(
      told(lessons(['backend', 'haiku', 0.2]), backend(1)) ?? '',
      /^1 feature: none like it was built/,
    );
  });

  it('is not guessed: neither of what is new here, nor where no price is known', () => {
    assert.equal(
      told(three, backend(1), backend(2, 'opus'), backend(3, 'grok/grok-4')),
      '1 feature: about $0.08-0.32, from 3 attempts like them; 1 other feature: none like it was built here yet, so what it costs is not known; no price is known of grok/grok-4 (parallelAgents.providers takes prices)',
    );
    assert.match(told(lessons(['backend', 'sonnet']), backend(1)) ?? '', /none like it/);
  });

  it('is not spoken of where nobody is paid', () => assert.equal(told([], backend(1, 'offline')), undefined));
});
