// Every way of writing a file's name: to one canonical path, or refused with the reason.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  covers,
  type PathScope,
  parseFoundPath,
  parseLockScope,
  parseWorkspacePath,
  unfitForWindows,
} from '../../../src/core/locks/lockPath';

const file = (path: string): PathScope => ({ kind: 'file', path });
const folder = (path: string): PathScope => ({ kind: 'folder', path });

describe('parseFoundPath', () => {
  for (const path of ['a', 'cafe\u0301/a\\b', 'tab\t/line\n', '.../..a', ' '])
    it(`takes ${JSON.stringify(path)} as it is`, () =>
      assert.deepEqual(parseFoundPath(path), { ok: true, value: path }));
  for (const path of ['', '/', '/a', 'a/', 'a//b', '..', 'a/../b', './a', 'a\0', '\ud800', 'x'.repeat(4097)])
    it(`refuses ${JSON.stringify(path.slice(0, 20))}`, () => assert.equal(parseFoundPath(path).ok, false));
});

describe('parseWorkspacePath', () => {
  const same: [text: string, path: string][] = [
    ['src/a.ts', 'src/a.ts'],
    ['./src/a.ts', 'src/a.ts'],
    ['src/../src/a.ts', 'src/a.ts'],
    ['src//a.ts', 'src/a.ts'],
    ['src/./a.ts/', 'src/a.ts'],
    ['src\\a.ts', 'src/a.ts'],
    ['src\\..\\src/a.ts', 'src/a.ts'],
    ['cafe\u0301.ts', 'caf\u00e9.ts'],
    ['Src/A.ts', 'Src/A.ts'],
    ['.env', '.env'],
    ['.github/workflows/ci.yml', '.github/workflows/ci.yml'],
    ['a/...b/..c', 'a/...b/..c'],
    ['console.log', 'console.log'],
    ['com10.txt', 'com10.txt'],
    ['a b/(c) [d].ts', 'a b/(c) [d].ts'],
    ['__proto__', '__proto__'],
    ['🚀.ts', '🚀.ts'],
    [`${'x/'.repeat(2047)}y`, `${'x/'.repeat(2047)}y`],
  ];
  for (const [text, path] of same) {
    it(`reads ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.deepEqual(parseWorkspacePath(text), { ok: true, value: path });
    });
  }

  const denied: [text: string, why: RegExp][] = [
    ['', /names the workspace itself/],
    ['.', /names the workspace itself/],
    ['a/..', /names the workspace itself/],
    ['..', /leads out/],
    ['../x', /leads out/],
    ['a/../../x', /leads out/],
    ['a\\..\\..\\x', /leads out/],
    ['/etc/passwd', /is absolute/],
    ['\\Windows', /is absolute/],
    ['//server/share', /is absolute/],
    ['\\\\server\\share', /is absolute/],
    ['\\\\?\\C:\\x', /is absolute/],
    ['\\\\.\\pipe\\x', /is absolute/],
    ['C:\\x', /is absolute/],
    ['./c:/x', /is absolute/],
    ['a\nb', /control characters/],
    ['a\u0000b', /control characters/],
    ['a\u001b[31m', /control characters/],
    ['a\u007f', /control characters/],
    ['a\u009b31m', /control characters/],
    ['a\ud800', /half of a character/],
    ['\udc00a', /half of a character/],
    ['x'.repeat(4097), /longer than 4096/],
  ];
  for (const [text, why] of denied) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      const path = parseWorkspacePath(text);
      assert.ok(!path.ok, path.ok ? path.value : '');
      assert.equal(path.error.code, 'pathDenied');
      assert.match(path.error.message, why);
      assert.ok(path.error.message.length < 300);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
      assert.doesNotMatch(path.error.message, /[\u0000-\u001f\u007f-\u009f]/);
    });
  }

  it('gives, of any text, a path that stays inside and is its own canonical form', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', 'B.ts', 'C:', 'nul', 'x ', 'e\u0301'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    const text = fc
      .array(fc.tuple(part, fc.constantFrom('/', '\\', '//')))
      .map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, (anyText) => {
        const path = parseWorkspacePath(anyText);
        if (!path.ok) return;
        assert.deepEqual(parseWorkspacePath(path.value), path);
        assert.ok(!path.value.split('/').some((p) => p === '' || p === '.' || p === '..'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('unfitForWindows', () => {
  const unfit: [text: string, why: RegExp][] = [
    ['c:x', /drive or a stream/],
    ['a.txt:stream', /drive or a stream/],
    ['a.txt::$DATA', /drive or a stream/],
    ['a./b', /Windows reads as another name/],
    ['a.ts.', /Windows reads as another name/],
    ['a.ts ', /Windows reads as another name/],
    ['src /a.ts', /Windows reads as another name/],
    ['...', /Windows reads as another name/],
    ...['NUL', 'nul', 'con.txt', 'a/AUX/b', 'prn.tar.gz', 'COM1', 'lpt9.x', 'src/aux.c'].map(
      (text): [string, RegExp] => [text, /Windows reads as another name/],
    ),
  ];
  for (const [text, why] of unfit)
    it(`names what keeps ${JSON.stringify(text)} from Windows, and from nowhere else`, () => {
      assert.match(unfitForWindows(text) ?? '', why);
      assert.deepEqual(parseWorkspacePath(text), { ok: true, value: text });
    });

  it('has nothing to say of other names', () => {
    for (const text of ['src/a.ts', '.gitignore', 'auxiliary.c', 'a b/c', 'com10'])
      assert.equal(unfitForWindows(text), undefined);
  });
});

describe('parseLockScope', () => {
  const cases: [declared: string, scope: PathScope | RegExp][] = [
    ['src/a.ts', file('src/a.ts')],
    ['src', file('src')],
    ['src/', folder('src')],
    ['src\\', folder('src')],
    ['src/**', folder('src')],
    ['src/*.ts', folder('src')],
    ['src\\*.ts', folder('src')],
    ['./src/x/*.ts', folder('src/x')],
    ['src/a*.ts', folder('src')],
    ['src/{a,b}.ts', folder('src')],
    ['app/[id]/page.tsx', folder('app')],
    ['src/a?.ts', folder('src')],
    ['*.ts', folder('')],
    ['**', folder('')],
    ['', /names the workspace itself/],
    ['./', /names the workspace itself/],
    ['../**', /leads out/],
    ['src/*/../../../x', /".." behind a wildcard|leads out/],
    ['src/*/../x', /".." behind a wildcard/],
    ['/**', /is absolute/],
    ['C:/*', /is absolute/],
    ['src/*\n', /control characters/],
    [`src/*${'x'.repeat(5_000)}`, /longer than 4096/],
  ];
  for (const [declared, expected] of cases) {
    it(`${JSON.stringify(declared.slice(0, 40))} → ${expected instanceof RegExp ? 'refused' : `${expected.kind} "${expected.path}"`}`, () => {
      const scope = parseLockScope(declared);
      if (!(expected instanceof RegExp)) return assert.deepEqual(scope, { ok: true, value: expected });
      assert.ok(!scope.ok);
      assert.match(scope.error.message, expected);
    });
  }
});

describe('covers', () => {
  it('is a folder all below it, and a file itself', () => {
    assert.equal(covers(folder('src'), 'src/a.ts'), true);
    assert.equal(covers(file('src/a.ts'), 'src'), false);
  });
});
