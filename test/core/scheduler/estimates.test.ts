// What is expected of a feature: its estimate before what was learned, what was learned before a guess.
import { strict as assert } from 'node:assert';
import { type History, learn } from '../../../src/core/events/history';
import { grant, noLocks } from '../../../src/core/locks/lockTable';
import { estimatesFrom } from '../../../src/core/scheduler/estimates';
import { selectBatch } from '../../../src/core/scheduler/selectBatch';
import { featureIn } from '../sampleFeatures';
import { boardOf } from './boardOf';

const lesson = (category: string, model: string, minutes: number, ...files: string[]) => ({
  category,
  model,
  files,
  tookMs: minutes * 60_000,
});
const taught = (...lessons: ReturnType<typeof lesson>[]): History => lessons.reduce(learn, []);

describe('outlookFrom', () => {
  const past = taught(
    lesson('api', 'sonnet', 4),
    lesson('api', 'sonnet', 8),
    lesson('api', 'haiku', 2),
    lesson('ui', 'haiku', 10),
  );
  const cases: [what: string, experience: History, spec: object, minutes: number, from: string][] = [
    ['the estimate before all else', past, { category: 'api', estimate: 3 }, 3, 'estimate'],
    ['the mean of its category on its model', past, { category: 'api' }, 6, 'experience'],
    ['another model by name', past, { category: 'api', model: 'haiku' }, 2, 'experience'],
    ['the mean of its category when its model has none', past, { category: 'ui' }, 10, 'experience'],
    ['the mean of all for a new category', past, { category: 'docs' }, 6, 'experience'],
    ['a guess when nothing was built yet', [], {}, 10, 'guess'],
    [
      'a guess when what was built took no time',
      taught(lesson('api', 'sonnet', 0)),
      { category: 'api' },
      10,
      'guess',
    ],
    ['a category with the name of something built in', past, { category: '__proto__' }, 6, 'experience'],
  ];
  for (const [what, experience, spec, minutes, from] of cases) {
    it(`takes ${what}`, () => {
      assert.deepEqual(estimatesFrom(experience, {}).minutesOf(featureIn('pending', 1, spec)), {
        minutes,
        from,
      });
    });
  }

  it('takes the model of the run above all', () => {
    const feature = featureIn('pending', 1, { category: 'api' });
    assert.equal(estimatesFrom(past, { model: 'haiku' }).minutesOf(feature).minutes, 2);
  });

  it('names files that many of a category held, once enough were built', () => {
    const two = taught(lesson('api', 'haiku', 1, 'a'), lesson('api', 'haiku', 1, 'a'));
    assert.deepEqual(estimatesFrom(two, {}).likelyFiles.get('api'), []);
    const four = [lesson('api', 'haiku', 1, 'b'), lesson('api', 'haiku', 1, 'a')].reduce(learn, two);
    assert.deepEqual(estimatesFrom(four, {}).likelyFiles.get('api'), [{ path: 'a', share: 0.75 }]);
  });
});

describe('files that similar features held', () => {
  const api = [1, 2, 3].map(() => lesson('api', 'sonnet', 10, 'src/api.ts'));
  const holder = featureIn('working', 9);
  const busy = grant(noLocks, {
    scope: { kind: 'file', path: 'src/api.ts' },
    fence: 7,
    slot: 2,
    featureId: 9,
    since: 0,
  });
  const unsure = featureIn('pending', 1, { category: 'api' });
  const other = featureIn('pending', 2, { category: 'ui' });
  const choose = (ready: (typeof other)[], locks = busy) =>
    selectBatch(boardOf([holder, ...ready], taught(...api)), { mayStart: () => true }, locks, [1], {
      startedAt: 0,
    }).chosen.map((c) => [c.featureId, c.scopes]);

  it('order the choice while they are busy', () => {
    assert.deepEqual(choose([unsure, other], noLocks), [[1, []]]);
    assert.deepEqual(choose([unsure, other]), [[2, []]]);
  });

  it('never lock, and never keep a slot empty', () => assert.deepEqual(choose([unsure]), [[1, []]]));

  it('do not outweigh urgency', () => {
    assert.deepEqual(choose([{ ...unsure, spec: { ...unsure.spec, priority: 1 } }, other]), [[1, []]]);
  });
});
