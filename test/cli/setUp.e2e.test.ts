// The user's set-up command in whole runs: run where a place is new or a lockfile changed, and in nobody's own folder.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli } from '../support/cli';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

describe('the set-up command of copies', function () {
  this.timeout(60_000);
  const cleanUp = cleanUpAfterEach();
  /** What it "installs" is what the lockfile names; each time it ran is told beside the project. */
  const install =
    'mkdir -p node_modules && cp package-lock.json node_modules/installed && echo ran >> "$RAN"';
  const has = (version: string) => `grep -q ${version} node_modules/installed`;

  async function run(project: SmallProject, setUp = install, own: Record<string, unknown> = {}) {
    const settings = {
      'parallelAgents.limits.max_retries': 0,
      'parallelAgents.copies.exclude': ['node_modules'],
      'parallelAgents.copies.setup': setUp,
    };
    const files = { 'package-lock.json': 'one\n', '.vscode/settings.json': JSON.stringify(settings) };
    const made = await writeProject({ ...project, files: { ...files, ...project.files } });
    cleanUp.push(made.remove);
    const ran = `${made.dir}.ran`;
    const user = `${made.dir}.user`;
    cleanUp.push(() => rm(ran, { force: true }));
    cleanUp.push(() => rm(user, { recursive: true, force: true }));
    await mkdir(path.join(user, 'parallel-agents'), { recursive: true });
    await writeFile(
      path.join(user, 'parallel-agents/settings.json'),
      JSON.stringify({ 'parallelAgents.commands.env': ['RAN'], ...own }),
    );
    const args = ['run', '--project-dir', made.dir, '--max-agents', '1', '--json'];
    const { code, lines, notes } = await runCli(args, { RAN: ran, XDG_CONFIG_HOME: user });
    const times = (await readFile(ran, 'utf8').catch(() => '')).split('\n').length - 1;
    return { dir: made.dir, code, events: parseEvents(lines), notes, times };
  }

  it('is run once for a copy that later attempts find as it was left, and never in the project', async () => {
    const features = ['A', 'B', 'C'].map((name) => ({ name, verify: has('one') }));
    const script = Object.fromEntries(features.map(({ name }) => [name, [finish]]));
    const { dir, code, times } = await run({ features, script });
    assert.deepEqual([code, times], [0, 1]);
    assert.ok(!(await readdir(dir)).includes('node_modules'));
  });

  it('is run again where a lockfile changed: for its agent, before the check, and in the copies of others', async () => {
    const lock = [
      call('read_file', { path: 'package-lock.json' }),
      call('write_file', { path: 'package-lock.json', content: 'two\n' }),
      finish,
    ];
    const features = [
      { name: 'Upgrade', verify: has('two'), files: ['package-lock.json'] },
      { name: 'Uses it', verify: has('two'), depends_on: ['Upgrade'] },
    ];
    const { code, events, notes } = await run({
      features,
      script: { Upgrade: lock, 'Uses it': [finish] },
    });
    assert.equal(code, 0, JSON.stringify(events.filter((e) => e.type === 'feature.failed')));
    const told = notes.filter((line) => line.startsWith('📦'));
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^📦 package-lock\.json changed: your own packages want `mkdir -p node_mod/);
  });

  it('is run in the project as well, once for a run, where the user wants that always', async () => {
    const turns = [
      call('read_file', { path: 'package-lock.json' }),
      call('write_file', { path: 'package-lock.json', content: 'two\n' }),
      finish,
    ];
    const { dir, code } = await run(
      { features: [{ name: 'A', verify: has('two') }], script: { A: turns } },
      install,
      { 'parallelAgents.workspace.setup': 'always' },
    );
    assert.equal(code, 0);
    assert.equal(await readFile(path.join(dir, 'node_modules/installed'), 'utf8'), 'two\n');
  });

  it('fails the work whose lockfile it cannot go by, with what it said', async () => {
    const turns = [
      call('read_file', { path: 'package-lock.json' }),
      call('write_file', { path: 'package-lock.json', content: 'broken\n' }),
      finish,
    ];
    const strict = `! grep broken package-lock.json && ${install}`;
    const { code, events } = await run(
      { features: [{ name: 'A', verify: 'true # never reached' }], script: { A: turns } },
      strict,
    );
    assert.equal(code, 1);
    const failed = events.find((e) => e.type === 'feature.failed');
    assert.match(String(failed?.reason), /The set-up of the copy, `! grep broken.*exited with 1\.\nbroken/s);
  });
});

describe('what commands leave in $PARALLEL_AGENTS_ARTIFACTS', function () {
  this.timeout(60_000);
  const cleanUp = cleanUpAfterEach();

  it('is kept for people, of agents’ commands and of checks, and is no part of the work', async () => {
    const leave = (name: string) => `echo ${name} > "$PARALLEL_AGENTS_ARTIFACTS/${name}.txt"`;
    const check = `test -z "$(ls -A "$PARALLEL_AGENTS_ARTIFACTS")" && ${leave('check')}`;
    const made = await writeProject({
      files: { '.vscode/settings.json': '{"parallelAgents.limits.max_retries": 0}' },
      features: [{ name: 'A', verify: check }],
      script: { A: [call('run_command', { command: check }), finish] },
    });
    cleanUp.push(made.remove);
    const args = ['run', '--project-dir', made.dir, '--max-agents', '1', '--json'];
    const { code, lines } = await runCli(args, {});
    const stored = parseEvents(lines).filter((e) => e.type === 'artifact.stored');
    // The command changed nothing, so the work waits for the user's approval; what it left is there all the same.
    assert.deepEqual([code, stored.length], [1, 2]);
    for (const { folder, files } of stored) {
      assert.deepEqual(files, [{ path: 'check.txt', bytes: 6 }]);
      assert.equal(await readFile(path.join(made.dir, String(folder), 'check.txt'), 'utf8'), 'check\n');
    }
  });
});
