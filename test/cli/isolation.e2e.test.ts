// Agents beside each other in real processes: what one has half done, or what its commands did, is not another's.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, readTree, runCli, startCli, userWith } from '../support/cli';
import { type Gate, gateFor } from '../support/gate';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

const wholeSuite = 'node --test test/*.test.js';
const sound = 'export const answer = () => 42;\n';
const broken = 'export const answer = () => { throw new Error(\n';
const mended = 'export const answer = () => 6 * 7;\n';
const test = (name: string, body: string) => `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
test('${name}', async () => { ${body} });
`;

/** @param first what the other agent does before anything else */
function sharedModule(breaker: readonly unknown[], first: readonly unknown[] = []): SmallProject {
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
        ...first,
        call('run_command', { command: wholeSuite }),
        call('write_file', { path: 'src/other.js', content: 'export const other = 1;\n' }),
        finish,
      ],
    },
  };
}

interface Held {
  readonly gate: Gate;
  readonly until: (events: readonly ExternalEvent[]) => boolean;
}

describe('agents beside each other', () => {
  const cleanUp = cleanUpAfterEach();

  /** @param held the gates that agents of the project wait at, each until the events so far are enough */
  async function run(project: SmallProject, ...held: readonly Held[]) {
    const { dir, remove } = await writeProject(project);
    cleanUp.push(remove);
    const commands = held.map(({ gate }) => gate.command);
    const env = commands.length > 0 ? userWith({ 'commands.allow': commands }) : {};
    const run = startCli(['run', '--project-dir', dir, '--json'], env);
    run.onLine(() => {
      for (const { gate, until } of held) if (until(parseEvents(run.lines))) gate.open();
    });
    const { code } = await run.ended;
    return { dir, code, notes: run.notes, events: parseEvents(run.lines) };
  }

  const breakIt = call('edit_file', { path: 'src/shared.js', edits: [{ old: sound, new: broken }] });
  const mendIt = call('edit_file', { path: 'src/shared.js', edits: [{ old: broken, new: mended }] });

  it('verify one while a shared module is broken by another: both pass', async () => {
    const [broke, verified] = [await gateFor(cleanUp), await gateFor(cleanUp)];
    const isBreak = (e: ExternalEvent) => e.type === 'file.changed' && e.path === 'src/shared.js';
    const isVerified = (e: ExternalEvent) => e.type === 'verify.finished' && e.featureId === 2;
    const { code, events, notes } = await run(
      sharedModule([breakIt, verified.wait, mendIt, finish], [broke.wait]),
      { gate: broke, until: (seen) => seen.some(isBreak) },
      { gate: verified, until: (seen) => seen.some(isVerified) },
    );
    assert.equal(code, 0, notes.join('\n'));
    const [brokeAt, verifiedAt] = [events.findIndex(isBreak), events.findIndex(isVerified)];
    assert.ok(
      brokeAt < verifiedAt && verifiedAt < events.findLastIndex(isBreak),
      'it was verified meanwhile',
    );
    const used = events.filter((e) => e.type === 'tool.used' && e.target === wholeSuite);
    assert.deepEqual(
      used.map((e) => e.ok),
      [true],
    );
  });

  it('fail only the one that leaves the shared module broken, which nobody ever sees', async () => {
    const broke = await gateFor(cleanUp);
    const { dir, code, events } = await run(sharedModule([breakIt, finish], [broke.wait]), {
      gate: broke,
      until: (seen) => seen.some((e) => e.type === 'file.changed'),
    });
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

  it('settle what a command wrote over a file that another held, before anything of it is published', async () => {
    const gate = await gateFor(cleanUp);
    const project = {
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
        // Handed in for the first time it waits for the holder, whose text then stands where its own was.
        generator: [call('run_command', { command: 'node gen.js' }), finish, finish],
        holder: [call('write_file', { path: 'held.txt', content: 'theirs' }), gate.wait, finish],
      },
    };
    const generated = (e: ExternalEvent) => e.type === 'tool.used' && e.target === 'node gen.js';
    const { dir, code, events } = await run(project, { gate, until: (seen) => seen.some(generated) });
    assert.equal(code, 0);
    assert.equal(await readFile(path.join(dir, 'out.txt'), 'utf8'), 'made');
    assert.equal(await readFile(path.join(dir, 'held.txt'), 'utf8'), 'theirs');
    assert.equal(events.find(generated)?.ok, true);
    const told = events.filter((e) => e.type === 'file.conflicted' || e.type === 'feature.returned');
    assert.deepEqual(
      told.map((e) => [e.type, e.featureId]),
      [
        ['file.conflicted', 1],
        ['feature.returned', 1],
      ],
    );
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
      events.filter((e) => e.type === 'file.changed'),
      [],
    );
  });

  it('are told, as people are, of a repository that a command began in their copy, whose files alone come in', async () => {
    const clone = 'node clone.js';
    const { dir, remove } = await writeProject({
      files: {
        'clone.js':
          "const fs = require('node:fs'); fs.mkdirSync('lib/.git', { recursive: true });" +
          "fs.writeFileSync('lib/.git/HEAD', 'ref: refs/heads/main'); fs.writeFileSync('lib/x.txt', 'x')",
      },
      features: [{ name: 'A', verify: 'test -f lib/x.txt && test ! -e lib/.git' }],
      script: { A: [call('run_command', { command: clone }), finish] },
    });
    cleanUp.push(remove);
    const args = ['run', '--project-dir', dir, '--json'];
    const { code, lines, notes } = await runCli(args, userWith({ 'commands.allow': [clone] }));
    assert.equal(code, 0, notes.join('\n'));
    const denied = parseEvents(lines).flatMap((e) => (e.type === 'file.denied' ? [[e.path, e.why]] : []));
    const why = 'It is what Git, or we, keep records in, and the project has none there;';
    assert.deepEqual(denied, [
      ['lib/.git', `"lib/.git" was put back. ${why} the files beside it are brought over without it.`],
    ]);
    const tree = await readTree(dir);
    assert.deepEqual(
      Object.keys(tree).filter((file) => file.startsWith('lib/')),
      ['lib/x.txt'],
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
    const diff = await runCli(['diff', '1', '--project-dir', dir]);
    assert.deepEqual(
      [diff.code, ...diff.lines.slice(0, 4)],
      [0, 'diff --git a/AGENTS.md b/AGENTS.md', 'new file mode 100644', '--- /dev/null', '+++ b/AGENTS.md'],
      diff.notes.join('\n'),
    );
    assert.equal((await runCli(['confirm', '1', '--project-dir', dir])).code, 0);
    const judged = await runCli(['diff', '1', '--project-dir', dir]);
    assert.deepEqual(
      [judged.code, judged.lines, judged.notes.at(-1)],
      [2, [], 'Feature 1 does not wait for your check; it is passing.'],
    );
    const status = await runCli(['status', '--project-dir', dir]);
    const proof = 'passing, proved by test -f AGENTS.md and confirmed by you';
    assert.deepEqual([status.code, status.lines.at(-2)], [0, `✅   1 guide - ${proof}`]);
  });

  it('change a hot file at once, each in its copy: what passes comes in, what fails does not, and nobody waits', async () => {
    const gate = await gateFor(cleanUp);
    const log = '# Changes\n\n<!-- one -->\n<!-- two -->\n';
    const note = (name: string) => [
      call('edit_file', {
        path: 'CHANGELOG.md',
        edits: [{ old: `<!-- ${name} -->\n`, new: `<!-- ${name} -->\n- ${name}\n` }],
      }),
      gate.wait,
      finish,
    ];
    const project = {
      files: { 'CHANGELOG.md': log },
      features: [
        { name: 'one', verify: 'grep -q "^- one$" CHANGELOG.md && ! grep -q "^- two$" CHANGELOG.md' },
        { name: 'two', verify: 'false' },
      ],
      script: { one: note('one'), two: note('two') },
    };
    const edited = (events: readonly ExternalEvent[]) =>
      new Set(events.flatMap((e) => (e.type === 'file.changed' ? [e.featureId] : [])));
    const { dir, code, events } = await run(project, { gate, until: (seen) => edited(seen).size === 2 });
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
    const before = events.slice(0, passed).filter((e) => e.type === 'file.changed');
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

  it('are queued again all at once, those that failed and no other', async () => {
    const write = (path: string) => [call('write_file', { path, content: 'x' }), finish];
    const { dir, remove } = await writeProject({
      features: [
        { name: 'one', verify: 'test -e fixed' },
        { name: 'two', verify: 'test -e fixed' },
        { name: 'three', verify: 'true' },
      ],
      script: { one: write('1.txt'), two: write('2.txt'), three: write('3.txt') },
    });
    cleanUp.push(remove);
    const once = userWith({ 'limits.max_retries': 0 });
    assert.equal((await runCli(['run', '--project-dir', dir], once)).code, 1);
    const { code, lines, notes } = await runCli(['retry', '--all', '--project-dir', dir], once);
    assert.equal(code, 0, notes.join('\n'));
    assert.match(
      lines.join('\n'),
      /^Feature 1 - one is queued again\.\nFeature 2 - two .*\n2 queued again; start a run/,
    );
    await writeFile(path.join(dir, 'fixed'), '');
    assert.equal((await runCli(['run', '--project-dir', dir], once)).code, 0);
    const none = await runCli(['retry', '--all', '--project-dir', dir], once);
    assert.deepEqual(
      [none.code, none.lines],
      [0, ['No feature has failed; there is nothing to queue again.']],
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
