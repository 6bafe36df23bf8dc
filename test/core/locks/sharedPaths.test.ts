// Which paths the globs of `locks.shared` name.
import { strict as assert } from 'node:assert';
import { pathMatcher, usualSharedLocks } from '../../../src/core/locks/sharedPaths';
import { withinCpu } from '../../support/cpuTime';

describe('pathMatcher', () => {
  const rows: [glob: string, yes: readonly string[], no: readonly string[]][] = [
    [
      'CHANGELOG.md',
      ['CHANGELOG.md', 'packages/a/changelog.md'],
      ['CHANGELOG.md/x', 'aCHANGELOG.md', 'CHANGELOGxmd'],
    ],
    ['/CHANGELOG.md', ['CHANGELOG.md'], ['docs/CHANGELOG.md']],
    ['./docs/*.md', ['docs/a.md', 'docs/.md'], ['docs/a/b.md', 'a/docs/b.md', 'docs/a.mdx']],
    [
      'src/**/index.ts',
      ['src/index.ts', 'src/a/b/index.ts'],
      ['index.ts', 'src/a/index.tsx', 'src/aindex.ts'],
    ],
    ['**/barrel.*', ['barrel.ts', 'a/b/barrel.js'], ['a/barrel', 'abarrel.ts']],
    ['generated/', ['generated/a', 'x/generated/b/c'], ['generated.ts', 'a/generatedb/c']],
    ['a/**', ['a/b', 'a/b/c'], ['b/a/c']],
    ['*.{lock,lockb}', ['yarn.lock', 'a/bun.lockb'], ['lock', 'a.lockc']],
    ['{a,b/{c,d}}.md', ['a.md', 'b/c.md', 'b/d.md'], ['c.md', 'b.md', 'x/a.md']],
    ['v?.txt', ['v1.txt', 'vé.txt', 'v😀.txt'], ['v.txt', 'v12.txt']],
    ['[id].ts', ['[id].ts'], ['i.ts']],
    ['a{b', ['a{b'], ['ab']],
    ['', [], ['', 'a']],
  ];
  for (const [glob, yes, no] of rows) {
    it(`reads ${JSON.stringify(glob)}`, () => {
      const matches = pathMatcher([glob]);
      for (const path of yes) assert.ok(matches(path), path);
      for (const path of no) assert.ok(!matches(path), path);
    });
  }

  it('takes no longer for a glob made to take long', () => {
    const matches = pathMatcher([
      `**/${'*a'.repeat(200)}b`,
      `${'**/'.repeat(100)}x`,
      `${'{a,b}'.repeat(40)}`,
    ]);
    assert.ok(!withinCpu(500, () => matches(`${'a/'.repeat(500)}${'a'.repeat(2_000)}`)));
  });

  it('shares lockfiles and changelogs, unless the user says otherwise', () => {
    const matches = pathMatcher(usualSharedLocks);
    for (const path of ['package-lock.json', 'web/package-lock.json', 'CHANGELOG.md'])
      assert.ok(matches(path), path);
    for (const path of ['package.json', 'src/index.ts', 'README.md']) assert.ok(!matches(path), path);
  });
});
