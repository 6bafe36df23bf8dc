// When two locks meet: files by their paths, resources by their names, and never one with the other.
import { strict as assert } from 'node:assert';
import { parseWorkspacePath } from '../../../src/core/locks/lockPath';
import {
  includes,
  isResourceKey,
  type LockScope,
  lockName,
  overlaps,
  scopeKey,
} from '../../../src/core/locks/lockScope';

const file = (path: string): LockScope => ({ kind: 'file', path });
const folder = (path: string): LockScope => ({ kind: 'folder', path });
const resource = (name: string): LockScope => ({ kind: 'resource', resource: name });

describe('overlaps', () => {
  const cases: [LockScope, LockScope, boolean][] = [
    [file('a.ts'), file('a.ts'), true],
    [file('a.ts'), file('A.TS'), true],
    [file('caf\u00e9'), file('CAFE\u0301'), true],
    [file('ΑΣ.ts'), file('ας.ts'), true],
    [file('ΑΣ.ts'), file('ασ.ts'), true],
    [file('straße'), file('STRASSE'), true],
    [file('ẞ'), file('ß'), true],
    [file('İ'), file('i\u0307'), true],
    [file('a.ts'), file('b.ts'), false],
    [file('a'), file('a/b'), false],
    [folder('src'), file('src/a.ts'), true],
    [folder('src'), file('SRC/a.ts'), true],
    [folder('src'), file('src'), true],
    [folder('src'), file('src2/a.ts'), false],
    [folder('src'), folder('src/x'), true],
    [folder('src/x'), folder('src/y'), false],
    [folder(''), file('anything'), true],
    [folder(''), folder('any/thing'), true],
    [resource('port 3000'), resource('port 3000'), true],
    [resource('port 3000'), resource('Port 3000'), true],
    [resource('port 3000'), resource('port 3001'), false],
    [resource('src'), resource('src/a'), false],
    [resource('src/a.ts'), file('src/a.ts'), false],
    [resource('src/a.ts'), folder('src'), false],
    [resource('src'), file('src/a.ts'), false],
    [resource('dev database'), folder(''), false],
  ];
  for (const [a, b, expected] of cases) {
    it(`${a.kind} ${lockName(a)} and ${b.kind} ${lockName(b)}: ${expected}`, () => {
      assert.equal(overlaps(a, b), expected);
      assert.equal(overlaps(b, a), expected);
    });
  }
});

describe('includes', () => {
  const cases: [whole: LockScope, scope: LockScope, expected: boolean][] = [
    [folder('src'), file('src/a'), true],
    [folder('src'), folder('src/x'), true],
    [file('src'), folder('src'), false],
    [folder(''), resource('src'), false],
    [resource('A'), resource('a'), true],
    [resource('a'), file('a'), false],
  ];
  for (const [whole, scope, expected] of cases) {
    it(`${lockName(scope)} in ${whole.kind} ${lockName(whole)}: ${expected}`, () =>
      assert.equal(includes(whole, scope), expected));
  }
});

describe('scopeKey', () => {
  it('of a resource is that of no path, whatever its name', () => {
    for (const name of ['src/a.ts', 'a', 'port 3000', ':A', '']) {
      const key = scopeKey({ resource: name });
      assert.ok(isResourceKey(key));
      assert.equal(parseWorkspacePath(key).ok, false);
      assert.equal(isResourceKey(scopeKey({ path: name.replace(':', '') })), false);
    }
  });
});
