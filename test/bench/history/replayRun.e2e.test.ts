// Real Git and the built command line on a small history of its own: that the bench `history` finds what it is to find.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../../support/cleanUp';
import { prepareHistory } from './realHistory';
import { replay } from './replayRun';

type Files = Readonly<Record<string, string | Buffer | null>>;

const check = 'node test/check.mjs';
const numbers = (ends: string, change: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 12 }, (_, k) => `${change[k] ?? `line ${k}`}${ends}`).join('');
const sumTest = `import assert from 'node:assert/strict';
import { sum } from '../src/sum.mjs';
assert.equal(sum(1, 2), 3);
`;

/** From the first state on, each a commit. */
const commits: readonly (readonly [string, Files])[] = [
  [
    'Begin',
    {
      'LICENSE.md': 'Do what you like.\n',
      '.gitignore': '/out\n',
      '.npmrc': 'package-lock=false\n',
      'docs/windows.txt': numbers('\r\n'),
      'docs/mixed.txt': `one\r\n${numbers('\n')}two\r\n`,
      'docs/list.txt': numbers('\n'),
      'docs/old.txt': numbers('\n', { 3: 'old' }),
      'docs/gone.txt': 'gone\n',
      'src/sum.mjs': 'export const sum = (a, b) => a + b;\n',
      'test/check.mjs': sumTest,
    },
  ],
  ['Change the first lines', { 'docs/list.txt': numbers('\n', { 1: 'one' }) }],
  ['Change the last lines', { 'docs/list.txt': numbers('\n', { 1: 'one', 10: 'ten' }) }],
  [
    'Edit what has other line ends',
    {
      'docs/windows.txt': numbers('\r\n', { 5: 'fünf' }),
      'docs/mixed.txt': `eins\r\n${numbers('\n', { 5: 'fünf' })}two\r\n`,
    },
  ],
  ['Add a picture', { 'docs/picture.png': Buffer.from([0x89, 0x50, 0, 0xff, 0x0d, 0x0a]) }],
  ['Ask for what is not there', { 'test/check.mjs': `${sumTest}import '../src/more.mjs';\n` }],
  ['Have it there', { 'src/more.mjs': 'export const more = 1;\n', '.gitignore': '/out\n/tmp\n' }],
  ['Add a tool', { 'tool.sh': '#!/bin/sh\n', '.npmrc': 'package-lock=true\n' }],
  ['Build it elsewhere, too', { '.github/workflows/ci.yml': 'on: push\n' }],
  ['Tidy up', { 'docs/gone.txt': null, 'docs/old.txt': null, 'notes/new.txt': numbers('\n', { 3: 'new' }) }],
];

describe('the replay of real history', () => {
  const cleanUp = cleanUpAfterEach();

  function makeRepository() {
    const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-history-')));
    cleanUp.push(() => rmSync(base, { recursive: true, force: true }));
    const repo = path.join(base, 'repo');
    mkdirSync(repo);
    const git = (...args: readonly string[]) => execFileSync('git', ['-C', repo, ...args], { stdio: 'pipe' });
    git('init', '-q');
    for (const [subject, files] of commits) {
      for (const [file, content] of Object.entries(files)) {
        const at = path.join(repo, file);
        mkdirSync(path.dirname(at), { recursive: true });
        if (content === null) rmSync(at);
        else writeFileSync(at, content, { mode: file.endsWith('.sh') ? 0o755 : 0o644 });
      }
      git('add', '-A');
      git('-c', 'user.name=A', '-c', 'user.email=a@example.invalid', 'commit', '-q', '-m', subject);
    }
    return { base, repo };
  }

  it('leads to the real tree, byte by byte, with the work of the user and Git left alone', async () => {
    const { base, repo } = makeRepository();
    const options = { repo, base, check, changes: commits.length - 1, rule: 'lines' } as const;
    const history = await prepareHistory(options);
    assert.deepEqual(history.byHand, ['.npmrc'], 'what no agent may write the user has done');
    const [first, second, , , joined] = history.features;
    assert.deepEqual([first?.dependsOn, second?.dependsOn], [[], []], 'other lines of a file need not wait');
    assert.deepEqual(
      [history.features.length, joined?.files],
      [commits.length - 2, ['.gitignore', 'src/more.mjs', 'test/check.mjs']],
      'what is red alone is one with what makes it green',
    );
    const run = { agents: 3, isDeclared: false, check, dir: path.join(base, 'run'), limitMs: 100_000 };
    const done = await replay(history, run);
    assert.deepEqual(done.wrong, []);
    assert.ok(
      done.yeses.some((why) => why.includes('.github/workflows/ci.yml')),
      done.yeses.join('\n'),
    );
  });

  it('tells of a byte that is not as it was in history, of a mode and of what should be gone', async () => {
    const { base, repo } = makeRepository();
    const history = await prepareHistory({ repo, base, check, changes: 1, rule: 'files' });
    const otherwise = new Map(history.last)
      .set('docs/list.txt', { mode: '100644', bytes: Buffer.from(numbers('\n', { 1: 'One', 10: 'ten' })) })
      .set('tool.sh', { mode: '100644', bytes: Buffer.from('#!/bin/sh\n') })
      .set('notes/new.txt', null);
    const run = { agents: 1, isDeclared: true, check, dir: path.join(base, 'run'), limitMs: 100_000 };
    const { wrong } = await replay({ ...history, last: otherwise }, run);
    assert.deepEqual(
      wrong.map((it) => it.split(':')[0]),
      ['docs/list.txt', 'notes', 'notes/new.txt', 'tool.sh'],
    );
  });
});
