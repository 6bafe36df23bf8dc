// What a person who edits the backlog during a run reads of it.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { describeEdit } from '../../src/cli/followBacklog';
import type { LoadedBacklog } from '../../src/protocol/hubValues';

describe('an edit of the backlog during a run', () => {
  const loaded = (counts: Partial<Extract<LoadedBacklog, { kind: 'loaded' }>>): LoadedBacklog => ({
    kind: 'loaded',
    features: 9,
    added: 0,
    edited: 0,
    removed: 0,
    deferred: 0,
    seq: 1,
    notices: [],
    ...counts,
  });
  const file = path.resolve('features.json');
  const bad = (n: number): LoadedBacklog => ({
    kind: 'bad',
    problems: Array.from({ length: n }, (_, k) => ({ file, line: k + 1, column: 2, message: 'is wrong' })),
  });
  const cases: [what: string, reading: LoadedBacklog, wasUsable: boolean, lines: readonly string[]][] = [
    ['that asks for nothing else', loaded({}), true, []],
    [
      'that adds, edits and removes',
      loaded({ added: 2, edited: 1, removed: 3 }),
      true,
      ['📄 features.json was changed; features: 2 added, 1 edited, 3 removed.'],
    ],
    [
      'of what is at work',
      loaded({ edited: 1, deferred: 2 }),
      true,
      ['📄 features.json was changed; features: 1 edited, 2 at work, changed when the attempt ends.'],
    ],
    [
      'that mends it and asks for nothing else',
      loaded({}),
      false,
      ['📄 features.json can be used again, and asks for nothing new.'],
    ],
    [
      'that mends it and asks for more',
      loaded({ added: 1 }),
      false,
      ['📄 features.json was changed; features: 1 added.'],
    ],
    [
      'that takes it away',
      { kind: 'none', file },
      true,
      ['⚠️ features.json is not there any more; what was read before stays in force.'],
    ],
    [
      'that is wrong',
      bad(2),
      true,
      [
        '⚠️ features.json was changed and cannot be used as it is; what was read before stays in force:',
        '   features.json:1:2: is wrong',
        '   features.json:2:2: is wrong',
      ],
    ],
  ];
  for (const [what, reading, wasUsable, lines] of cases)
    it(`${what} is told`, () => assert.deepEqual(describeEdit('features.json', reading, wasUsable), lines));

  it('that is wrong in many places is told by the first of them', () => {
    const lines = describeEdit('features.json', bad(1_000), true);
    assert.deepEqual([lines.length, lines.at(-1)], [12, '   … and 990 more']);
  });
});
