// Whole runs in which agents of other makers work beside ours: processes of their own that edit and run by themselves, under
// our locks, limits and checks.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { findViewMaker } from '../../src/adapters/process/diskView';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, readTree, runCli, startCli } from '../support/cli';
import { eventsOf, externalProject, mine, scratchFolder } from '../support/externalProject';
import { gateFor } from '../support/gate';
import { noneHolding, tagOf } from '../support/processes';
import { repoRoot } from '../support/repoRoot';
import { call, finish } from '../support/smallProject';

describe('agents of other makers', () => {
  const cleanUp = cleanUpAfterEach();

  it('build features beside our own offline agent in one backlog, and leave no process', async () => {
    const { dir, env, args } = await externalProject(
      cleanUp,
      {
        features: [
          { name: 'A', verify: 'test -f a.txt', model: mine },
          { name: 'B', verify: 'test -f b.txt', model: 'offline' },
          { name: 'C', verify: 'grep -q two c.txt', model: mine, depends_on: ['A', 'B'] },
        ],
        script: { B: [call('write_file', { path: 'b.txt', content: 'b\n' }), finish] },
      },
      {
        A: [
          [{ say: 'I begin. ' }, { plan: [1, 2] }, { edit: 'a.txt', content: 'a\n' }, { say: 'A is built.' }],
        ],
        C: [
          [
            { edit: 'c.txt', content: 'one\n' },
            { run: 'grep -q two c.txt' },
            { edit: 'c.txt', content: 'two\n' },
          ],
        ],
      },
    );
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const events = parseEvents(lines);
    const claimed = eventsOf(events, 'feature.claimed').map((e) => `${e.featureId} ${e.model}`);
    assert.deepEqual(claimed.sort(), [`1 ${mine}`, '2 offline', `3 ${mine}`]);
    const first = eventsOf(events, 'feature.submitted').find((e) => e.featureId === 1);
    assert.equal(first?.summary, 'A is built.');
    assert.ok(eventsOf(events, 'agent.progress').some((e) => e.featureId === 1 && e.progress === 50));
    const used = eventsOf(events, 'tool.used').filter((e) => e.featureId === 3);
    assert.deepEqual(
      used.map((e) => [e.tool, e.ok]),
      [
        ['edit_file', true],
        ['run_command', false],
        ['edit_file', true],
      ],
    );
    const tree = await readTree(dir);
    assert.deepEqual([tree['a.txt'], tree['b.txt'], tree['c.txt']], ['a\n', 'b\n', 'two\n']);
    await noneHolding(tagOf(dir), 5_000);
  });

  it('wait inside their gate for a file that another holds, and start from what that one made of it', async () => {
    const held = await scratchFolder(cleanUp);
    const [open, isHeld] = [path.join(held, 'open'), path.join(held, 'held')];
    const { dir, env, args } = await externalProject(
      cleanUp,
      {
        files: { 'both.txt': 'old\n' },
        features: ['A', 'B'].map((name) => ({ name, verify: `grep -q ${name} both.txt`, model: mine })),
      },
      {
        A: [[{ edit: 'both.txt', content: 'A\n' }, { log: isHeld }, { waitFor: open }]],
        B: [[{ waitFor: isHeld }, { edit: 'both.txt', content: 'A\nB\n' }]],
      },
    );
    const run = startCli([...args, '--max-agents', '2'], env);
    run.onLine((line) => {
      if (JSON.parse(line).type === 'lock.waiting') writeFileSync(open, '');
    });
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    const [waiting] = eventsOf(events, 'lock.waiting');
    assert.deepEqual([waiting?.featureId, waiting?.path], [2, 'both.txt']);
    const order = events.flatMap((e) =>
      e.type === 'file.changed' || e.type === 'feature.passed' ? [`${e.type} ${e.featureId}`] : [],
    );
    assert.deepEqual(order, ['file.changed 1', 'feature.passed 1', 'file.changed 2', 'feature.passed 2']);
    assert.equal(await readFile(path.join(dir, 'both.txt'), 'utf8'), 'A\nB\n');
  });

  it('cannot write what grants power or holds secrets, nor run what nobody allowed, and are told why', async () => {
    const heard = path.join(await scratchFolder(cleanUp), 'heard');
    const forbidden = ['.git/hooks/pre-commit', '.env', '../out.txt', '/tmp/pa-out.txt'];
    const { dir, env, args } = await externalProject(
      cleanUp,
      { files: { 'a.txt': 'a\n' }, features: [{ name: 'A', verify: 'test -f b.txt', model: mine }] },
      {
        A: [
          [
            ...forbidden.map((edit) => ({ edit, content: 'x' })),
            { sneak: '.vscode/tasks.json', content: '{}' },
            { run: 'touch pwned' },
            { ask: { kind: 'fetch', title: 'Fetch a page' } },
            { read: '.env' },
          ],
          [{ log: heard }, { edit: 'b.txt', content: 'b\n' }],
        ],
      },
    );
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const tree = await readTree(dir);
    assert.deepEqual(Object.keys(tree), ['a.txt', 'b.txt', 'features.json', 'offline-script.json']);
    const events = parseEvents(lines);
    assert.deepEqual(
      eventsOf(events, 'tool.used').map((e) => [e.tool, e.ok]),
      [
        ...forbidden.map(() => ['edit_file', false]),
        ['run_command', false],
        ['fetch', false],
        ['read_file', true], // it did not ask
        ['edit_file', true],
      ],
    );
    const denied = eventsOf(events, 'file.denied').map((e) => e.path);
    assert.deepEqual(denied, ['.git/hooks/pre-commit', '.env', '.vscode/tasks.json']);
    const { text } = JSON.parse(await readFile(heard, 'utf8'));
    for (const words of [
      /pre-commit.*agents do not write it/,
      /"\.env" may hold secrets/,
      /out\.txt/,
      /"touch pwned" is not allowed/,
      /\.vscode\/tasks\.json/,
    ])
      assert.match(text, words);
  });

  it('cannot read what holds secrets, though the check can, where their copy is shown to them', async function () {
    const from = path.join(repoRoot, 'dist');
    if ((await findViewMaker(from, path.join(repoRoot, 'src'), process.env)) === undefined) this.skip();
    const tell = path.join(await scratchFolder(cleanUp), 'seen');
    const { env, args } = await externalProject(
      cleanUp,
      {
        files: {
          '.env': 'PASSWORD=hunter2hunter2\n',
          '.env.example': 'PASSWORD=sample\n',
          '.npmrc': '//registry.example.com/:_authToken=npm-hunter2\n',
          'sub/.npmrc': 'registry=https://registry.example.com/\n',
        },
        features: [
          { name: 'A', verify: 'grep -q hunter2hunter2 .env && grep -q hunter2 .npmrc', model: mine },
        ],
      },
      {
        A: [
          [
            { peek: '.env', tell },
            { peek: '.env.example', tell },
            { peek: '.npmrc', tell },
            { peek: 'sub/.npmrc', tell },
            { edit: 'a.txt', content: 'a' },
          ],
        ],
      },
    );
    const { code, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const seen = await readFile(tell, 'utf8');
    assert.equal(seen.includes('hunter2'), false);
    assert.match(seen, /PASSWORD=sample\n\w*registry=https/);
  });

  it('have us write for them where they leave it to us', async () => {
    const tell = path.join(await scratchFolder(cleanUp), 'answers');
    const { dir, env, args } = await externalProject(
      cleanUp,
      { files: { 'a.txt': 'a\r\n' }, features: [{ name: 'A', verify: 'grep -q mine a.txt', model: mine }] },
      {
        A: [
          [
            { write: 'a.txt', content: 'mine\n', tell },
            { write: 'new/b.txt', content: 'b\n', tell },
            { write: '.npmrc', content: 'x', tell },
          ],
        ],
      },
    );
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const answers = (await readFile(tell, 'utf8')).trim().split('\n');
    const told = answers.map((line): { error?: { message: string } } => JSON.parse(line));
    assert.deepEqual(
      told.map(({ error }) => error === undefined),
      [true, true, false],
    );
    assert.match(told[2]?.error?.message ?? '', /"\.npmrc"/);
    assert.equal(await readFile(path.join(dir, 'a.txt'), 'utf8'), 'mine\r\n');
    const locked = eventsOf(parseEvents(lines), 'lock.granted').map((e) => e.path);
    assert.deepEqual(locked, ['a.txt', 'new/b.txt']);
  });

  it('run the commands of their assignment, whose changes are theirs', async () => {
    const command = 'echo made > made.txt';
    const { dir, env, args } = await externalProject(
      cleanUp,
      { features: [{ name: 'A', verify: 'test -f made.txt', model: mine }] },
      { A: [[{ run: command }, { say: 'Made it.' }]] },
      { settings: { 'commands.allow': [command] } },
    );
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    const changed = eventsOf(parseEvents(lines), 'file.changed').map((e) => e.path);
    assert.deepEqual(changed, ['made.txt']);
    assert.equal(await readFile(path.join(dir, 'made.txt'), 'utf8'), 'made\n');
  });

  it('leave the workspace as it is until their work has passed', async () => {
    const { dir, env, args } = await externalProject(
      cleanUp,
      { files: { 'a.txt': 'a\n' }, features: [{ name: 'A', verify: 'false', model: mine }] },
      { A: [[{ edit: 'a.txt', content: 'changed\n' }]] },
      { settings: { 'limits.max_retries': 0 } },
    );
    assert.equal((await runCli(args, env)).code, 1);
    assert.equal(await readFile(path.join(dir, 'a.txt'), 'utf8'), 'a\n');
  });

  it('are prompted again with the reason when their work comes back', async () => {
    const folder = await scratchFolder(cleanUp);
    const [held, heard] = [path.join(folder, 'held'), path.join(folder, 'heard')];
    const gate = await gateFor(cleanUp);
    const mark = `touch '${held}'`;
    const { dir, env, args } = await externalProject(
      cleanUp,
      {
        features: [
          { name: 'A', verify: 'test -f own.txt', model: mine },
          { name: 'B', files: ['held.txt'], verify: 'test -f held.txt', model: 'offline' },
        ],
        script: {
          B: [
            call('write_file', { path: 'held.txt', content: 'theirs' }),
            call('run_command', { command: mark }),
            gate.wait,
            finish,
          ],
        },
      },
      {
        A: [
          [
            { waitFor: held },
            { sneak: 'held.txt', content: 'mine' },
            { edit: 'own.txt', content: 'own' },
            { say: 'First.' },
          ],
          [{ log: heard }, { edit: 'own.txt', content: 'own 2' }, { say: 'Second.' }],
        ],
      },
      { settings: { 'commands.allow': [mark, gate.command] } },
    );
    const run = startCli([...args, '--max-agents', '2'], env);
    run.onLine((line) => {
      if (JSON.parse(line).type === 'feature.submitted') gate.open();
    });
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const { text } = JSON.parse(await readFile(heard, 'utf8'));
    assert.match(text, /^Your work is not accepted as it is\..*held\.txt/s);
    const submitted = eventsOf(parseEvents(run.lines), 'feature.submitted');
    const told = submitted.filter((e) => e.featureId === 1).map((e) => e.summary);
    assert.deepEqual(told, ['First.', 'Second.']);
    assert.equal(await readFile(path.join(dir, 'held.txt'), 'utf8'), 'theirs');
    assert.equal(await readFile(path.join(dir, 'own.txt'), 'utf8'), 'own 2');
  });

  it('get the variables that their entry names and no other keys, and tell tokens and cost as far as they know', async () => {
    const seen = path.join(await scratchFolder(cleanUp), 'seen');
    const usage = { inputTokens: 10, outputTokens: 5, cachedReadTokens: 3, cachedWriteTokens: 2 };
    const { dir, env, args } = await externalProject(
      cleanUp,
      {
        features: [
          { name: 'A', verify: 'true', model: mine },
          { name: 'B', verify: 'true', model: mine, depends_on: ['A'] },
        ],
      },
      {
        A: [[{ log: seen }, { edit: 'a.txt', content: 'a' }, { cost: 0.25, usage }]],
        B: [[{ edit: 'b.txt', content: 'b' }]],
      },
    );
    const keys = {
      MINE_TOKEN: 'tok-0123456789',
      OTHER_TOKEN: 'tok-9876543210',
      ANTHROPIC_API_KEY: 'sk-ours-01234',
    };
    const { code, lines, notes } = await runCli(args, { ...env, ...keys });
    assert.equal(code, 0, notes.join('\n'));
    const { env: given, text } = JSON.parse(await readFile(seen, 'utf8'));
    assert.equal(given.MINE_TOKEN, keys.MINE_TOKEN);
    for (const name of ['OTHER_TOKEN', 'ANTHROPIC_API_KEY', 'PARALLEL_AGENTS_ARTIFACTS'])
      assert.equal(given[name], undefined, name);
    assert.ok(given.PARALLEL_AGENTS_TAG.includes(tagOf(dir)));
    assert.match(text, /# Feature 1: A/);
    assert.deepEqual(
      eventsOf(parseEvents(lines), 'model.called').map((e) => [e.model, e.usage, e.costUsd, e.isUnpriced]),
      [
        [
          mine,
          { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2 },
          0.25,
          undefined,
        ],
        [mine, { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }, 0, true],
      ],
    );
    assert.equal(JSON.stringify([lines, notes]).includes(keys.MINE_TOKEN), false);
  });
});
