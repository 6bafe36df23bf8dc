// Which features that pass a change of files may break.
import { strict as assert } from 'node:assert';
import { type Feature, newFeature } from '../../../src/core/features/feature';
import { parseBacklog } from '../../../src/core/features/featureList';
import { endangeredBy } from '../../../src/core/scheduler/endangered';
import { atOnce } from '../../../src/core/shared/steps';

interface Given {
  readonly [key: string]: unknown;
  readonly name: string;
  readonly built?: readonly string[];
}

/** All of them pass, but for those whose name begins with `not`. */
function featuresOf(given: readonly Given[]): Readonly<Record<number, Feature>> {
  const parsed = atOnce(parseBacklog(given.map(({ built: _, ...entry }) => entry)));
  assert.ok(parsed.ok);
  return Object.fromEntries(
    parsed.specs.map((spec, k): [number, Feature] => {
      const evidence = { kind: 'check', command: 'x', exitCode: 0, outputTail: '', durationMs: 1 } as const;
      const built = given[k]?.built;
      const passing = { status: 'passing', evidence, at: 0, ...(built && { built }) } as const;
      const feature = newFeature(k + 1, spec);
      return [k + 1, spec.name.startsWith('not') ? feature : { ...feature, state: passing }];
    }),
  );
}

describe('endangeredBy', () => {
  const cases: readonly (readonly [
    fact: string,
    given: readonly Given[],
    changed: readonly string[],
    ids: readonly number[],
  ])[] = [
    [
      'what built the file',
      [
        { name: 'a', built: ['src/f.ts'] },
        { name: 'b', built: ['g'] },
      ],
      ['src/f.ts'],
      [1],
    ],
    ['what built it in other letters', [{ name: 'a', built: ['SRC/f.ts'] }], ['src/F.ts'], [1]],
    [
      'what declares it',
      [
        { name: 'a', files: ['src/f.ts'] },
        { name: 'b', files: ['src/g.ts'] },
      ],
      ['src/f.ts'],
      [1],
    ],
    ['what declares its folder', [{ name: 'a', files: ['src/'] }], ['src/deep/f.ts'], [1]],
    [
      'what declares it by a glob',
      [
        { name: 'a', files: ['src/*.ts'] },
        { name: 'b', files: ['src/*.js'] },
      ],
      ['src/f.ts'],
      [1],
    ],
    [
      'what names it in its check',
      [{ name: 'a', verify: 'node test/a.js' }, { name: 'b' }],
      ['test/a.js'],
      [1],
    ],
    [
      'what names it, and not what names another with it in its name',
      [
        { name: 'a', verify: 'node ./a.js --date' },
        { name: 'b', verify: 'node data.js' },
        { name: 'c', verify: 'node a.json' },
        { name: 'd', verify: 'cat "a.js"; node b' },
        { name: 'e', verify: 'node x-a.js a.js-old a.js.map' },
      ],
      ['a.js'],
      [1, 4],
    ],
    [
      'what builds on it, over any number of steps',
      [
        { name: 'd', depends_on: ['c'] },
        { name: 'a', built: ['f'] },
        { name: 'b', depends_on: ['a'] },
        { name: 'c', depends_on: ['b'] },
        { name: 'e' },
      ],
      ['f'],
      [1, 2, 3, 4],
    ],
    [
      'nothing that does not pass',
      [
        { name: 'not yet', files: ['f'] },
        { name: 'b', depends_on: ['not yet'] },
      ],
      ['f'],
      [],
    ],
    ['nothing for no change', [{ name: 'a', files: ['**'], built: ['f'] }], [], []],
  ];
  for (const [fact, given, changed, ids] of cases)
    it(`is ${fact}`, () => assert.deepEqual(endangeredBy(featuresOf(given), changed), ids));
});
