// The names of resources as people write them: which are one, and which are none.
import { strict as assert } from 'node:assert';
import { parseBacklog } from '../../../src/core/features/featureList';
import { atOnce } from '../../../src/core/shared/steps';

const read = (...lists: unknown[]) =>
  atOnce(parseBacklog(lists.map((resources, k) => ({ name: `F${k + 1}`, resources }))));

describe('resources', () => {
  const good: [written: unknown, read: readonly string[] | undefined][] = [
    [undefined, undefined],
    [[], undefined],
    [
      ['port 3000', 'dev database'],
      ['port 3000', 'dev database'],
    ],
    [['  port\t 3000 '], ['port 3000']],
    [['Port 3000', 'port 3000', 'PORT  3000'], ['Port 3000']],
    [['Cafe\u0301'], ['Caf\u00e9']],
    [
      ['src/a.ts', '../x', 'C:', '*'],
      ['src/a.ts', '../x', 'C:', '*'],
    ],
    [Array.from({ length: 100 }, (_, k) => `r${k}`), Array.from({ length: 100 }, (_, k) => `r${k}`)],
  ];
  for (const [written, expected] of good) {
    it(`${JSON.stringify(written)?.slice(0, 60)} are ${JSON.stringify(expected)?.slice(0, 60)}`, () => {
      const parsed = read(written);
      assert.ok(parsed.ok);
      assert.deepEqual(parsed.specs[0]?.resources, expected);
    });
  }

  const bad: [written: unknown, place: string, message: RegExp][] = [
    [
      'port 3000',
      '0.resources',
      /must be a list of names, such as \["port 3000"\], not the string port 3000/,
    ],
    [{ port: 3000 }, '0.resources', /must be a list of names.* not an object/],
    [['a', 3000], '0.resources.1', /must be a name, not the number 3000/],
    [['a', ' \u200b'], '0.resources.1', /must not be empty; take it out/],
    [['x'.repeat(201)], '0.resources.0', /has 201 characters; the most is 200/],
    [
      Array.from({ length: 101 }, (_, k) => `r${k}`),
      '0.resources',
      /has 101 names; the most is 100\. Give one/,
    ],
  ];
  for (const [written, place, message] of bad) {
    it(`${JSON.stringify(written).slice(0, 60)} is refused at ${place}`, () => {
      const parsed = read(written);
      assert.ok(!parsed.ok);
      assert.deepEqual(
        parsed.problems.map(({ path }) => path.join('.')),
        [place],
      );
      assert.match(parsed.problems[0]?.message ?? '', message);
    });
  }

  it('of two features that nobody could tell apart are told with what differs', () => {
    const parsed = read(['port 3000'], ['PORT 3000'], ['p\u043ert 3000']);
    assert.ok(!parsed.ok);
    assert.deepEqual(
      parsed.problems.map(({ path, message }) => [path.join('.'), message]),
      [
        [
          '2.resources',
          '"p\u043ert 3000" looks like the resource "port 3000" of another feature, but has "\u043e" (U+043E) where that has "o" (U+006F); write both the same.',
        ],
      ],
    );
  });
});
