// Kept changes as a diff: what a person reads, what Git takes, and what has no end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { changesText, type DiffBounds } from '../../../src/adapters/diff/changesText';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { Redactor } from '../../../src/core/guardrails/redactor';
import type { FileTexts } from '../../../src/ports/isolation';

interface Side {
  readonly text: string | Buffer;
  readonly mode?: number | null;
}
interface Change {
  readonly path: string;
  readonly before?: string | Side;
  readonly after?: string | Side;
}

const sideOf = (side: string | Side | undefined): Side | undefined =>
  typeof side === 'string' ? { text: side } : side;

function stateOf(side: Side | undefined) {
  if (side === undefined) return { hash: null, mode: null };
  return { hash: hashOf(Buffer.from(side.text)), mode: side.mode === undefined ? 0o644 : side.mode };
}

/** As the isolation reads it: in `\n` lines, and empty where it is none. */
function textOf(side: Side | undefined): string | null {
  if (side === undefined) return null;
  return typeof side.text === 'string' ? side.text.replaceAll('\r\n', '\n') : '';
}

function diffOf(changes: readonly Change[], bounds?: DiffBounds, redact = (text: string) => text) {
  const all = changes.map(({ path, before, after }) => {
    const [old, now] = [sideOf(before), sideOf(after)];
    const texts: FileTexts = { before: textOf(old), after: textOf(now) };
    return { file: { path, before: stateOf(old), after: stateOf(now) }, texts };
  });
  return changesText(
    {
      files: all.map(({ file }) => file),
      textsOf: async (file) => all.find((one) => one.file === file)?.texts ?? { before: '', after: '' },
      redact,
    },
    bounds,
  );
}

const binary = Buffer.from([0, 1, 2, 255]);
const lines = (count: number, word: string) =>
  Array.from({ length: count }, (_, k) => `${word} ${k}\n`).join('');

const table: readonly (readonly [what: string, changes: readonly Change[], expected: readonly string[]])[] = [
  [
    'changed lines with three of context',
    [{ path: 'a.txt', before: lines(20, 'x'), after: lines(20, 'x').replace('x 10\n', 'y\n') }],
    [
      'diff --git a/a.txt b/a.txt',
      '--- a/a.txt',
      '+++ b/a.txt',
      '@@ -8,7 +8,7 @@',
      ' x 7',
      ' x 8',
      ' x 9',
      '-x 10',
      '+y',
      ' x 11',
      ' x 12',
      ' x 13',
    ],
  ],
  [
    'a new file and a deleted one, by path',
    [
      { path: 'b', before: { text: 'old\n', mode: 0o755 } },
      { path: 'a', after: 'one\ntwo' },
    ],
    [
      'diff --git a/a b/a',
      'new file mode 100644',
      '--- /dev/null',
      '+++ b/a',
      '@@ -0,0 +1,2 @@',
      '+one',
      '+two',
      '\\ No newline at end of file',
      'diff --git a/b b/b',
      'deleted file mode 100755',
      '--- a/b',
      '+++ /dev/null',
      '@@ -1,1 +0,0 @@',
      '-old',
    ],
  ],
  [
    'empty files that come, and are filled',
    [
      { path: 'a', after: '' },
      { path: 'b', before: '', after: 'x\n' },
    ],
    [
      'diff --git a/a b/a',
      'new file mode 100644',
      'diff --git a/b b/b',
      '--- a/b',
      '+++ b/b',
      '@@ -0,0 +1,1 @@',
      '+x',
    ],
  ],
  [
    'a mode, alone and with a text; none where an old record does not tell',
    [
      { path: 'a', before: 'x\n', after: { text: 'x\n', mode: 0o755 } },
      { path: 'b', before: 'x\n', after: { text: 'y\n', mode: 0o755 } },
      { path: 'c', before: { text: 'x\n', mode: null }, after: 'y\n' },
    ],
    [
      'diff --git a/a b/a',
      'old mode 100644',
      'new mode 100755',
      'diff --git a/b b/b',
      'old mode 100644',
      'new mode 100755',
      '--- a/b',
      '+++ b/b',
      '@@ -1,1 +1,1 @@',
      '-x',
      '+y',
      'diff --git a/c b/c',
      '--- a/c',
      '+++ b/c',
      '@@ -1,1 +1,1 @@',
      '-x',
      '+y',
    ],
  ],
  [
    'what is no text, in words',
    [
      { path: 'a.png', before: { text: binary }, after: { text: Buffer.from([0, 7]) } },
      { path: 'b.png', after: { text: binary } },
    ],
    [
      '# a.png is no text, is above 8 MiB, or cannot be read any more.',
      'diff --git a/a.png b/a.png',
      'Binary files a/a.png and b/a.png differ',
      '# b.png is no text, is above 8 MiB, or cannot be read any more.',
      'diff --git a/b.png b/b.png',
      'new file mode 100644',
      'Binary files /dev/null and b/b.png differ',
    ],
  ],
  [
    'line ends that changed, in words',
    [
      { path: 'a', before: 'x\r\ny\r\n', after: 'x\r\nz\r\n' },
      { path: 'b', before: 'x\r\ny\r\n', after: 'x\ny\n' },
      { path: 'c', before: 'x\r\ny\n', after: 'x\ny\r\n' },
    ],
    [
      'diff --git a/a b/a',
      '--- a/a',
      '+++ b/a',
      '@@ -1,2 +1,2 @@',
      ' x',
      '-y',
      '+z',
      '# b: before, it had \\r\\n line ends; now it has \\n line ends.',
      '# c differs in line ends or encoding only.',
    ],
  ],
  [
    'an end of file without a line end',
    [{ path: 'a', before: 'x\ny', after: 'x\ny\n' }],
    [
      'diff --git a/a b/a',
      '--- a/a',
      '+++ b/a',
      '@@ -1,2 +1,2 @@',
      ' x',
      '-y',
      '\\ No newline at end of file',
      '+y',
    ],
  ],
  [
    'signs that would act on a terminal, to be seen',
    [{ path: 'a "b"', before: 'x\n', after: '\u001b[2Jx\ry\u202e\t\u009b\n' }],
    [
      'diff --git "a/a \\"b\\"" "b/a \\"b\\""',
      '--- "a/a \\"b\\""\t',
      '+++ "b/a \\"b\\""\t',
      '@@ -1,1 +1,1 @@',
      '-x',
      '+␛[2Jx␍y<U+202E>\t<U+009B>',
    ],
  ],
];

describe('changes as a diff', () => {
  for (const [what, changes, expected] of table)
    it(`shows ${what}`, async () => {
      assert.deepEqual((await diffOf(changes)).split('\n'), [...expected, '']);
    });

  it('is taken by Git, and makes of what was before what is after', async () => {
    const changes: Change[] = [
      {
        path: 'src/changed file.ts',
        before: lines(300, 'x'),
        after: lines(300, 'x').replace(/ (\d*)7\n/g, ' new$1\n'),
      },
      { path: 'new.sh', after: { text: '#!/bin/sh\necho 1', mode: 0o755 } },
      { path: 'gone.txt', before: lines(3, 'gone') },
      { path: 'mode.sh', before: 'x\n', after: { text: 'x\n', mode: 0o755 } },
      {
        path: 'rewritten.txt',
        before: `same\n${lines(3000, 'old')}end`,
        after: `same\n${lines(2500, 'new')}end`,
      },
      { path: 'tab\tand "quote".txt', before: 'x\n', after: 'y' },
      { path: 'empty.txt', before: 'x\n', after: '' },
    ];
    const dir = await mkdtemp(path.join(tmpdir(), 'pa-diff-'));
    try {
      for (const { path: name, before } of changes) {
        const side = sideOf(before);
        if (!side) continue;
        await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
        await writeFile(path.join(dir, name), side.text);
        await chmod(path.join(dir, name), side.mode ?? 0o644);
      }
      const input = await diffOf(changes);
      const stat_ = execFileSync('git', ['apply', '--stat'], { cwd: dir, input, encoding: 'utf8' });
      assert.match(stat_, /7 files changed/);
      execFileSync('git', ['apply', '--whitespace=nowarn'], { cwd: dir, input });
      for (const { path: name, after } of changes) {
        const side = sideOf(after);
        const text = await readFile(path.join(dir, name), 'utf8').catch(() => undefined);
        assert.equal(text, side?.text, name);
        if (side)
          assert.equal((await stat(path.join(dir, name))).mode & 0o111, (side.mode ?? 0) & 0o111, name);
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('is passed over by Git where it is in words only', async () => {
    const changes = [
      ...(table[4]?.[1] ?? []),
      ...(table[5]?.[1] ?? []),
      { path: 'z', before: 'x\n', after: 'y\n' },
    ];
    const input = await diffOf(changes);
    assert.match(execFileSync('git', ['apply', '--stat'], { input, encoding: 'utf8' }), /files? changed/);
  });

  it('shows what is wholly another as one replacement, and says of what is too long how much it is', async () => {
    const mib = (word: string) => lines(100_000, word); // above 1 MiB
    const files = [
      { path: 'a', before: lines(5_000, 'old'), after: lines(5_000, 'new') },
      { path: 'b', before: mib('old'), after: mib('new') },
      { path: 'c', after: mib('new') },
    ];
    const bounds = { fileChars: 200_000, totalChars: 1_000_000, totalMs: 60_000, named: 10 };
    const shown = await diffOf(files, bounds);
    assert.match(shown, /^diff --git a\/a b\/a\n--- a\/a\n\+\+\+ b\/a\n@@ -1,5000 \+1,5000 @@\n-old 0\n/);
    const tail = shown.slice(shown.indexOf('# '));
    assert.equal(
      tail,
      '# b is changed; 100000 lines come and 100000 go, too many to be shown.\n' +
        '# c is new; 100000 lines come and 0 go, too many to be shown.\n' +
        'diff --git a/c b/c\nnew file mode 100644\n',
    );
  });

  it('names files once it is long or late, and counts them at last', async () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, after: lines(10, path) }));
    const bounds = { fileChars: 1_000, totalChars: 100_000, totalMs: 60_000, named: 3 };
    const said = (path: string) => `# ${path} is new; not shown, since this is long enough already.\n`;
    const long = await diffOf(five, { ...bounds, totalChars: 100 });
    assert.match(long, /^diff --git a\/a b\/a\n/);
    assert.ok(long.endsWith(`\n+a 9\n${said('b')}${said('c')}# And 2 more files, not shown.\n`), long);
    assert.equal(
      await diffOf(five, { ...bounds, totalMs: 0 }),
      `${said('a')}${said('b')}${said('c')}# And 2 more files, not shown.\n`,
    );
  });

  it('holds no key, and is a diff all the same', async () => {
    const key = 'sk-ant-very-secret-key-0123456789';
    const redactor = new Redactor();
    redactor.add(key);
    const redact = (text: string) => redactor.text(text);
    const shown = await diffOf(
      [
        { path: 'a', before: 'x\n', after: `x\n${key}\n` },
        { path: 'b', before: `x\n${key.slice(0, 15)}\n${key.slice(15)}\ny`, after: 'x\ny' },
      ],
      undefined,
      redact,
    );
    assert.equal(
      shown,
      'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,1 +1,2 @@\n-x\n+x\n+[key]\n' +
        'diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1,3 +1,2 @@\n-x\n-[key]\n-y\n\\ No newline at end of file\n' +
        '+x\n+y\n\\ No newline at end of file\n',
    );
    assert.match(
      execFileSync('git', ['apply', '--stat'], { input: shown, encoding: 'utf8' }),
      /2 files changed/,
    );
  });
});
