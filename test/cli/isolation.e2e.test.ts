// Agents beside each other in real processes: what one has half done, or what its commands did, is not another's.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { parseEvents, readTree, runCli } from '../support/cli';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

const wholeSuite = 'node --test test/*.test.js';
const sound = 'export const answer = () => 42;\n';
const broken = 'export const answer = () => { throw new Error(\n';
const test = (name: string, body: string) => `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
test('${name}', async () => { ${body} });
`;

function sharedModule(breaker: readonly unknown[]): SmallProject {
  return {
    files: {
      'package.json': '{ "type": "module" }',
      'src/shared.js': sound,
      'test/shared.test.js': test('shared', "assert.equal((await import('../src/shared.js')).answer(), 42);"),
    },
    features: [
      { name: 'breaker', verify: wholeSuite },
      { name: 'other', verify: wholeSuite },
    ],
    script: {
      breaker,
      other: [
        call('run_command', { command: wholeSuite }, 700),
        call('write_file', { path: 'src/other.js', content: 'export const other = 1;\n' }),
        { ...finish, delayMs: 300 },
      ],
    },
  };
}

describe('agents beside each other', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  async function run(project: SmallProject, ...more: string[]) {
    const { dir, remove } = await writeProject(project);
    cleanUp.push(remove);
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--json', ...more]);
    return { dir, code, notes, events: parseEvents(lines) };
  }

  const breakIt = call('edit_file', { path: 'src/shared.js', edits: [{ old: sound, new: broken }] });
  const mendIt = call('edit_file', { path: 'src/shared.js', edits: [{ old: broken, new: sound }] }, 10_000);

  it('verify one while a shared module is broken by another: both pass', async () => {
    const { code, events, notes } = await run(sharedModule([breakIt, mendIt, finish]));
    assert.equal(code, 0, notes.join('\n'));
    const broke = events.find((e) => e.type === 'file.edited' && e.path === 'src/shared.js');
    const mended = events.findLast((e) => e.type === 'file.edited' && e.path === 'src/shared.js');
    const verified = events.find((e) => e.type === 'verify.finished' && e.featureId === 2);
    assert.ok(
      broke && mended && verified && broke.seq < verified.seq && verified.seq < mended.seq,
      'it was verified meanwhile',
    );
    const used = events.filter((e) => e.type === 'tool.used' && e.tool === 'run_command');
    assert.deepEqual(
      used.map((e) => e.ok),
      [true],
    );
  });

  it('fail only the one that leaves the shared module broken, and put it back', async () => {
    const { dir, code, events } = await run(sharedModule([breakIt, { ...finish, delayMs: 2_500 }]));
    assert.equal(code, 1);
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId),
      [2],
    );
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.failed').map((e) => e.featureId),
      [1],
    );
    assert.equal(await readFile(path.join(dir, 'src/shared.js'), 'utf8'), sound);
  });

  it('keep what their commands wrote to their own copy until it came in under a lock', async () => {
    const { dir, code, events } = await run({
      files: {
        'package.json': '{ "type": "module" }',
        'gen.js':
          "import fs from 'node:fs'; fs.writeFileSync('out.txt', 'made'); fs.writeFileSync('held.txt', 'mine');",
      },
      features: [
        { name: 'generator', verify: 'node gen.js' },
        { name: 'holder', files: ['held.txt'], verify: 'test -f held.txt' },
      ],
      script: {
        generator: [call('run_command', { command: 'node gen.js' }, 500), finish],
        holder: [call('write_file', { path: 'held.txt', content: 'theirs' }), { ...finish, delayMs: 2_500 }],
      },
    });
    assert.equal(code, 0);
    assert.equal(await readFile(path.join(dir, 'out.txt'), 'utf8'), 'made');
    assert.equal(await readFile(path.join(dir, 'held.txt'), 'utf8'), 'theirs');
    const used = events.find((e) => e.type === 'tool.used' && e.tool === 'run_command');
    assert.equal(used?.ok, true);
  });

  it('cannot write what grants power, nor run what nobody allowed', async () => {
    const forbidden = [
      '.git/hooks/pre-commit',
      '.vscode/tasks.json',
      'features.json',
      'offline-script.json',
      '.parallel-agents/x',
      'node_modules/new/index.js',
      '.npmrc',
      'AGENTS.md',
      '.github/workflows/ci.yml',
      'lefthook.yml',
      '.env',
      '../out.txt',
      '/tmp/pa-out.txt',
    ];
    const { dir, events } = await run({
      files: { 'a.txt': 'a' },
      features: [{ name: 'intruder', verify: 'true' }],
      script: {
        intruder: [
          ...forbidden.map((file) => call('write_file', { path: file, content: 'x' })),
          call('run_command', { command: 'true; touch pwned' }),
          call('run_command', { command: 'curl http://127.0.0.1' }),
          finish,
        ],
      },
    });
    const before = ['a.txt', 'features.json', 'offline-script.json'];
    assert.deepEqual(Object.keys(await readTree(dir)), before);
    const used = events.filter((e) => e.type === 'tool.used' && e.tool !== 'finish');
    assert.deepEqual(
      used.map((e) => e.ok),
      used.map(() => false),
    );
    assert.equal(used.length, forbidden.length + 2);
    assert.deepEqual(
      events.filter((e) => e.type === 'file.edited'),
      [],
    );
  });

  it('change what others obey only where it is declared, and then wait for the user beside the check', async () => {
    const { dir, code, events } = await run({
      features: [{ name: 'guide', files: ['AGENTS.md'], verify: 'test -f AGENTS.md' }],
      script: {
        guide: [
          call('write_file', { path: 'AGENTS.md', content: 'Be kind.\n' }),
          call('write_file', { path: 'CLAUDE.md', content: 'Be kind.\n' }),
          finish,
        ],
      },
    });
    assert.equal(code, 1);
    assert.match(
      String(events.find((e) => e.type === 'feature.unconfirmed')?.why),
      /"AGENTS\.md", which tells/,
    );
    assert.deepEqual(
      events.filter((e) => e.type === 'file.denied').map((e) => e.path),
      ['CLAUDE.md'],
    );
    assert.equal((await runCli(['confirm', '1', '--project-dir', dir])).code, 0);
    const status = await runCli(['status', '--project-dir', dir]);
    const proof = 'passing, proved by test -f AGENTS.md and confirmed by you';
    assert.deepEqual([status.code, status.lines.at(-2)], [0, `✅   1 guide - ${proof}`]);
  });

  it('change a hot file by turns: what passes stays in it, what fails is taken out again, and nobody waits', async () => {
    const log = '# Changes\n\n<!-- one -->\n<!-- two -->\n';
    const note = (name: string) => [
      call('edit_file', {
        path: 'CHANGELOG.md',
        edits: [{ old: `<!-- ${name} -->\n`, new: `<!-- ${name} -->\n- ${name}\n` }],
      }),
      { ...finish, delayMs: 700 },
    ];
    const { dir, code, events } = await run({
      files: { 'CHANGELOG.md': log },
      features: [
        { name: 'one', verify: 'grep -q "^- one$" CHANGELOG.md && ! grep -q "^- two$" CHANGELOG.md' },
        { name: 'two', verify: 'false' },
      ],
      script: { one: note('one'), two: note('two') },
    });
    assert.equal(code, 1);
    assert.equal(
      await readFile(path.join(dir, 'CHANGELOG.md'), 'utf8'),
      log.replace('<!-- one -->\n', '<!-- one -->\n- one\n'),
    );
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId),
      [1],
    );
    const passed = events.findIndex((e) => e.type === 'feature.passed');
    const before = events.slice(0, passed).filter((e) => e.type === 'file.edited');
    assert.deepEqual(
      before
        .map((e) => e.featureId)
        .sort()
        .slice(0, 2),
      [1, 2],
      'both were at it at the same time',
    );
    assert.deepEqual(
      events.filter((e) => e.type === 'lock.waiting'),
      [],
    );
  });

  it('are asked about by name when there is no check, and never pass by themselves', async () => {
    const { dir, code, events } = await run({
      features: [{ name: 'unproved' }],
      script: { unproved: [call('write_file', { path: 'a.txt', content: 'a' }), finish] },
    });
    assert.equal(code, 1);
    assert.equal(events.find((e) => e.type === 'feature.unconfirmed')?.featureId, 1);
    const rejected = await runCli(['reject', '1', '--project-dir', dir]);
    assert.equal(rejected.code, 0, rejected.notes.join('\n'));
    assert.equal('a.txt' in (await readTree(dir)), false);
    assert.equal((await runCli(['retry', '1', '--project-dir', dir])).code, 0);
    assert.equal((await runCli(['run', '--project-dir', dir])).lines.at(-1), '⚠️ 0 of 1 features completed');
    assert.equal((await runCli(['confirm', '1', '--project-dir', dir])).code, 0);
    const status = await runCli(['status', '--project-dir', dir]);
    assert.deepEqual([status.code, status.lines.at(-2)], [0, '✅   1 unproved - passing, confirmed by you']);
  });
});
