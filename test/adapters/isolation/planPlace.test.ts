// What is done to a place by what it and the workspace hold, and which parts can be copied whole.
import { strict as assert } from 'node:assert';
import type { Base } from '../../../src/adapters/isolation/manifest';
import { planPlace, straysOf } from '../../../src/adapters/isolation/planPlace';
import type { Stamp } from '../../../src/adapters/isolation/stamp';
import type { Found } from '../../../src/adapters/isolation/survey';
import { wholeParts } from '../../../src/adapters/isolation/wholeParts';

const now = 1_000_000;
const stamp: Stamp = { size: 3, mtimeMs: 1000, ctimeMs: 2000, ino: 7, mode: 0o644, unsettled: false };
const ours: Stamp = { ...stamp, ino: 8, ctimeMs: 3000 };
const file: Found = { kind: 'file', stamp };
const copy: Found = { kind: 'file', stamp: ours };
const folder: Found = { kind: 'folder', mode: 0o755 };
const link: Found = { kind: 'link', to: 'a' };
const base: Base = { kind: 'file', theirs: stamp, ours };
const large = (ctimeMs: number): Found => ({ kind: 'file', stamp: { ...stamp, size: 9e6, ctimeMs } });
const largeBase: Base = { kind: 'file', theirs: { ...stamp, size: 9e6 }, ours: { ...ours, size: 9e6 } };
const largeCopy: Found = { kind: 'file', stamp: { ...ours, size: 9e6 } };

type Case = readonly [
  fact: string,
  theirs: Found | undefined,
  ours: Found | undefined,
  base: Base | undefined,
  done: readonly string[],
];

const cases: readonly Case[] = [
  ['a file that is known on both sides stays', file, copy, base, []],
  ['a file that is not there is copied', file, undefined, undefined, ['files']],
  ['a file that nothing is known of is copied', file, copy, undefined, ['files']],
  [
    'a file that changed in the workspace is copied',
    { kind: 'file', stamp: { ...stamp, ctimeMs: 2001 } },
    copy,
    base,
    ['files'],
  ],
  [
    'a file that changed in the place is copied',
    file,
    { kind: 'file', stamp: { ...ours, ctimeMs: 3001 } },
    base,
    ['files'],
  ],
  [
    'a file looked at within a tick of its change is copied',
    file,
    copy,
    { ...base, theirs: { ...stamp, unsettled: true } } as Base,
    ['files'],
  ],
  ['a merged file is copied', file, copy, { kind: 'file', theirs: stamp, ours: null }, ['files']],
  ['a file that the workspace does not have goes', undefined, copy, base, ['strays']],
  ['a pipe in the workspace is not wanted', { kind: 'other' }, undefined, undefined, []],
  ['a pipe in the place goes', undefined, { kind: 'other' }, undefined, ['strays']],
  ['what is kept apart is nothing to plan', { kind: 'apart' }, { kind: 'apart' }, undefined, []],
  ['a folder in the stead of a file goes, and the file is copied', file, folder, base, ['strays', 'files']],
  [
    'a file in the stead of a folder goes, and the folder is made',
    folder,
    copy,
    { ...folder },
    ['strays', 'others', 'modes'],
  ],
  ['a folder that is there stays', folder, folder, { ...folder }, []],
  ['a folder of another mode gets its own', folder, { ...folder, mode: 0o700 }, { ...folder }, ['modes']],
  [
    'a folder that is closed to its owner is closed again',
    { ...folder, mode: 0o555 },
    { ...folder, mode: 0o555 },
    { ...folder, mode: 0o555 },
    ['modes'],
  ],
  [
    'a link that is as it was put stays',
    link,
    { kind: 'link', to: '/b' },
    { kind: 'link', to: 'a', put: '/b' },
    [],
  ],
  [
    'a link that leads elsewhere is put again',
    link,
    { kind: 'link', to: '/c' },
    { kind: 'link', to: 'a', put: '/b' },
    ['others'],
  ],
  [
    'a file above 1 GiB is named',
    { kind: 'file', stamp: { ...stamp, size: 2 ** 30 + 1 } },
    undefined,
    undefined,
    ['tooLarge'],
  ],
  [
    'one that has grown above it goes',
    { kind: 'file', stamp: { ...stamp, size: 2 ** 30 + 1 } },
    copy,
    base,
    ['strays', 'tooLarge'],
  ],
  [
    'a large file that is being written stays as it was',
    large(now - 9_000),
    largeCopy,
    largeBase,
    ['restless'],
  ],
  ['a large file that has come to rest is copied', large(now - 11_000), largeCopy, largeBase, ['files']],
  [
    'a large file that is being written is copied where a command changed it',
    large(now - 9_000),
    { kind: 'file', stamp: { ...ours, size: 9e6, ctimeMs: 3001 } },
    largeBase,
    ['files'],
  ],
  ['a large file whose time lies ahead is copied', large(now + 60_000), largeCopy, largeBase, ['files']],
  [
    'a large file that is being written is copied at first',
    large(now - 9_000),
    undefined,
    undefined,
    ['files'],
  ],
];

describe('planPlace', () => {
  for (const [fact, theirs, found, known, done] of cases) {
    it(fact, () => {
      const [wanted, ours] = [mapOf(theirs), mapOf(found)];
      const plan = planPlace(wanted, ours, { manifest: mapOf(known), came: () => false, now });
      const strays = straysOf(wanted, ours, () => false);
      assert.deepEqual(
        Object.entries({ ...plan, strays })
          .flatMap(([name, all]) => (all.length > 0 ? [name] : []))
          .sort(),
        [...done].sort(),
      );
    });
  }

  it('has nothing to do for what has just come', () => {
    const plan = planPlace(new Map([['a', file]]), new Map(), {
      manifest: new Map(),
      came: (at) => at === 'a',
      now,
    });
    assert.deepEqual(plan.files, []);
  });
});

describe('straysOf', () => {
  it('are the outermost of what is not wanted', () => {
    const found = new Map<string, Found>([
      ['a', folder],
      ['a/b', folder],
      ['a/b/c', copy],
      ['ab', copy],
    ]);
    assert.deepEqual(
      straysOf(new Map([['ab', file]]), found, () => false),
      ['a'],
    );
  });
});

describe('wholeParts', () => {
  const theirs = new Map<string, Found>([
    ['lib', folder],
    ['lib/a', file],
    ['lib/b', folder],
    ['lib/b/c', file],
    ['top', file],
  ]);
  const parts = (
    more: readonly (readonly [string, Found])[],
    there: readonly string[] = [],
    missing: readonly string[] = [],
  ) => {
    const all = new Map([...theirs, ...more]);
    const found = new Map(there.map((at) => [at, folder] as const));
    return Object.fromEntries(wholeParts({ theirs: all, ours: found, missing }, { top: '/w', dir: '/p' }));
  };

  it('are the outermost entries, with how many are in each', () =>
    assert.deepEqual(parts([]), { lib: 4, top: 1 }));

  const mixed: readonly (readonly [string, Found])[] = [
    ['lib/s', { kind: 'other' }],
    ['lib/.git', { kind: 'apart' }],
    ['lib/l', { kind: 'link', to: '/w/top' }],
    ['lib/l', { kind: 'link', to: '../../out' }],
    ['lib/h', { kind: 'file', stamp: { ...stamp, size: 2 ** 30 + 1 } }],
  ];
  for (const [at, found] of mixed) {
    it(`go around ${JSON.stringify(found)}`, () =>
      assert.deepEqual(parts([[at, found]]), { 'lib/a': 1, 'lib/b': 2, top: 1 }));
  }

  it('hold links that lead to the same spot as they are', () =>
    assert.deepEqual(parts([['lib/l', { kind: 'link', to: '../top' }]]), { lib: 5, top: 1 }));

  it('go around what the place has, and what could not be looked at', () => {
    assert.deepEqual(parts([], ['lib', 'lib/b']), { 'lib/a': 1, 'lib/b/c': 1, top: 1 });
    assert.deepEqual(parts([], [], ['lib/shut/']), { 'lib/a': 1, 'lib/b': 2, top: 1 });
  });
});

function mapOf<T>(one: T | undefined): Map<string, T> {
  return new Map(one === undefined ? [] : [['a', one]]);
}
