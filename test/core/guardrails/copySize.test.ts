// Which folders are named of a project that is too large to copy, and in what words.
import { strict as assert } from 'node:assert';
import { type FileSizes, largestParts, tooLargeToCopy } from '../../../src/core/guardrails/copySize';

const gb = 1e9;
/** So many files of a folder, each of that size. */
const files = (folder: string, count: number, bytes: number): [string, number][] =>
  Array.from({ length: count }, (_, k) => [`${folder}${k}`, bytes]);

const table: readonly (readonly [what: string, sizes: FileSizes, named: readonly string[]])[] = [
  ['nothing', [], []],
  ['the folder that has it all', files('data/models/', 9, 0.9 * gb), ['data/models 8.1 GB']],
  [
    'as deep as there is little else, with what is beside it',
    [...files('data/models/big/', 9, 0.9 * gb), ['data/index', 1000], ...files('node_modules/p/', 20, 1e8)],
    ['data/models/big 8.1 GB', 'node_modules/p 2 GB'],
  ],
  [
    'two in one folder, not the folder',
    [...files('data/models/', 10, 0.5 * gb), ...files('data/raw/', 10, 0.4 * gb), ['data/x', 1]],
    ['data/models 5 GB', 'data/raw 4 GB'],
  ],
  [
    'the folder of many',
    Array.from({ length: 50 }, (_, k) => [`node_modules/p${k}/index.js`, 0.2 * gb] as const),
    ['node_modules 10 GB'],
  ],
  ['the folder of many files, not its files', files('assets/', 12, gb), ['assets 12 GB']],
  [
    'three at most, the largest first',
    ['a', 'b', 'c', 'd', 'e'].flatMap((name, k) => files(`${name}/x/`, 10, (k + 1) * 1e8)),
    ['e/x 5 GB', 'd/x 4 GB', 'c/x 3 GB'],
  ],
  [
    'files that lie at the top',
    [...files('dump-', 4, gb), ['src/a.ts', 10_000]],
    ['dump-0 1 GB', 'dump-1 1 GB', 'dump-2 1 GB'],
  ],
  [
    'no file by itself below the top',
    [
      ['a/b/huge.bin', gb],
      ['a/c', 1],
    ],
    ['a/b 1 GB'],
  ],
];

describe('largestParts', () => {
  for (const [what, sizes, named] of table) {
    it(`names ${what}`, () =>
      assert.deepEqual(
        largestParts(sizes).map(([path, bytes]) => `${path} ${Number((bytes / gb).toFixed(2))} GB`),
        named,
      ));
  }

  it('takes no longer than a look at a large project', () => {
    const many = Array.from(
      { length: 100_000 },
      (_, k) => [`a/b${k % 100}/c${k % 1000}/d/e/f${k}`, k] as const,
    );
    const before = process.cpuUsage();
    largestParts(many);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 1_500, `${(user + system) / 1000} ms`);
  });
});

describe('tooLargeToCopy', () => {
  const sizes = [...files('data/models/', 9, 0.9 * gb), ...files('src/', 10, 0.39 * gb)];

  it('says nothing up to the limit', () => {
    assert.equal(tooLargeToCopy(sizes, 12 * gb), undefined);
    assert.equal(tooLargeToCopy(files('a/', 10, gb), 10 * gb), undefined);
  });

  it('says size, limit, the largest, and the settings that help', () => {
    assert.equal(
      tooLargeToCopy(sizes, 10 * gb),
      'The project is 12 GB, and at most 10 GB are copied (parallelAgents.copies.maxGb). The largest in it: "data/models" (8.1 GB), "src" (3.9 GB). Leave out what agents can do without (parallelAgents.copies.exclude, from the next start on), have what they only read linked (parallelAgents.copies.readOnlyLinks), or raise the limit.',
    );
  });

  it('does not say that a size is above itself', () =>
    assert.match(
      tooLargeToCopy([...sizes, ['x', 1]], 12 * gb) ?? '',
      /^The project is a little above 12 GB, and/,
    ));

  it('shows no control characters of a name', () =>
    assert.equal(tooLargeToCopy([['a\u001b[31m/b', 2]], 1)?.includes('\u001b'), false));
});
