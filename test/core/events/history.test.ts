// What a pass teaches, and what it does not.
import { strict as assert } from 'node:assert';
import type { NewEvent } from '../../../src/core/events/event';
import { type History, learn } from '../../../src/core/events/history';
import { projectAll } from '../../../src/core/events/project';
import { eventsAt, featureIn, workspaceOf } from '../sampleFeatures';

const attempt = { slot: 1, featureId: 1, attempt: 1, fence: 8 };
const evidence = { kind: 'check', command: 'x', exitCode: 0, outputTail: '', durationMs: 1 } as const;
const claim: NewEvent = { type: 'feature.claimed', model: 'haiku', ...attempt };
const submit: NewEvent = { type: 'feature.submitted', summary: '', ...attempt };
const pass: NewEvent = { type: 'feature.passed', evidence, featureId: 1, slot: 1, fence: 8 };
const lock = (path: string, kind: 'file' | 'folder' = 'file'): NewEvent => ({
  type: 'lock.granted',
  path,
  kind,
  how: 'request',
  ...attempt,
});

const taughtBy = (...story: (readonly [number, NewEvent])[]): History =>
  projectAll(workspaceOf([featureIn('pending', 1, { category: 'api' })]), eventsAt(story)).experience;

describe('a pass', () => {
  it('teaches how long the attempt took on its model, and the files it held', () => {
    const story = [
      [100, claim],
      [200, lock('a')],
      [300, lock('docs', 'folder')],
      [900, submit],
      [1_100, pass],
    ] as const;
    assert.deepEqual(taughtBy(...story), [
      {
        category: 'api',
        passed: 1,
        models: [{ model: 'haiku', count: 1, totalMs: 1_000 }],
        files: [{ path: 'a', count: 1 }],
      },
    ]);
  });

  it('teaches nothing when it was the word of the user', () => {
    const open: NewEvent = { type: 'feature.unconfirmed', why: 'no check', ...attempt };
    const yes: NewEvent = { type: 'feature.passed', evidence: { kind: 'user' }, featureId: 1 };
    assert.deepEqual(taughtBy([0, claim], [1, submit], [2, open], [99, yes]), []);
  });

  it('is the only thing that teaches', () => {
    const retry: NewEvent = {
      type: 'feature.retried',
      by: 'policy',
      reason: '',
      featureId: 1,
      fence: 8,
      slot: 1,
    };
    assert.deepEqual(taughtBy([0, claim], [1, lock('a')], [2, retry]), []);
  });
});

describe('learn', () => {
  const lesson = { model: 'haiku', tookMs: 1_000, files: [] };

  it('adds up by category and model', () => {
    const learned = [
      { ...lesson, category: 'api' },
      { ...lesson, category: 'ui' },
      { ...lesson, category: 'api', model: 'opus' },
      { ...lesson, category: 'api', tookMs: 3_000 },
    ].reduce(learn, [] as History);
    assert.deepEqual(
      learned.map(({ category, passed, models }) => [category, passed, models]),
      [
        ['ui', 1, [{ model: 'haiku', count: 1, totalMs: 1_000 }]],
        [
          'api',
          3,
          [
            { model: 'opus', count: 1, totalMs: 1_000 },
            { model: 'haiku', count: 2, totalMs: 4_000 },
          ],
        ],
      ],
    );
  });

  it('forgets the category not heard of for longest, and the rarest files', () => {
    const many = Array.from({ length: 501 }, (_, k) => ({ ...lesson, category: `c${k}` })).reduce(
      learn,
      [] as History,
    );
    assert.equal(many.length, 500);
    assert.equal(many[0]?.category, 'c1');
    const often = { ...lesson, category: 'api', files: ['often'] };
    const rare = { ...often, files: Array.from({ length: 30 }, (_, k) => `rare${k}`) };
    const [api] = [often, often, rare].reduce(learn, [] as History);
    assert.equal(api?.files.length, 20);
    assert.deepEqual(api?.files[0], { path: 'often', count: 2 });
  });
});
