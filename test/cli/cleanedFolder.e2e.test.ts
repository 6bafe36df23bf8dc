// The folder of sockets cleaned away under a running host: the run goes on, and later commands find it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'mocha';
import { awaitOwner } from '../../src/hub/discovery';
import { locate, userFolders } from '../../src/hub/runtimeFolder';
import { cleanUpAfterEach } from '../support/cleanUp';
import { cliPath, type ExternalEvent, parseEvents, runCli, startCli } from '../support/cli';
import { call, finish, writeProject } from '../support/smallProject';

const bubblewrap = 'bwrap';

describe('a run whose folder of sockets is cleaned away', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();

  it('starts workers and answers commands as before, and no feature fails of it', async () => {
    const names = ['A', 'B', 'C', 'D'];
    const { dir, remove } = await writeProject({
      features: names.map((name, k) => ({ name, verify: 'true', depends_on: names.slice(k - 1, k) })),
      script: Object.fromEntries(names.map((name) => [name, [call('list_files', {}, 500), finish]])),
    });
    cleanUp.push(remove);
    const run = startCli(['run', '--project-dir', dir, '--json']);
    const folder = await locate(dir);
    await new Promise<void>((resolve) => {
      run.onLine((line) => {
        if ((JSON.parse(line) as ExternalEvent).type === 'feature.passed') resolve();
      });
    });
    const before = await awaitOwner(folder);
    // In one step: its owner puts it back while it is emptied, and in the end it would not be empty.
    const away = await mkdtemp(path.join(path.dirname(folder), 'away-'));
    await rename(folder, path.join(away, 'folder'));
    await rm(away, { recursive: true });
    const after = await awaitOwner(await locate(dir));
    assert.deepEqual(after, before);
    const status = await runCli(['status', '--project-dir', dir]);
    assert.match(status.lines.join('\n'), /D/);
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    assert.equal(events.filter((e) => e.type === 'owner.changed').length, 0);
    // A worker that came in the gap may have found nobody; that counts against nothing.
    const passed = events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId);
    assert.deepEqual([...passed].sort(), [1, 2, 3, 4]);
    assert.equal(events.filter((e) => e.type === 'feature.failed' || e.type === 'feature.retried').length, 0);
  });

  it('goes on in another place, and is found there, when somebody else has taken its name', async function () {
    // A machine whose /tmp is the test's own, and a user who is nobody else.
    const uid = 54_322;
    const tmp = await mkdtemp('/tmp/pa-tmp-');
    cleanUp.push(() => rm(tmp, { recursive: true, force: true }));
    const others = userFolders({ uid }).filter(
      (folder) => folder.includes(`${uid}`) && !folder.startsWith('/tmp/'),
    );
    for (const folder of [...others, `/run/user/${uid}`])
      cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const inside = [
      '--dev-bind',
      '/',
      '/',
      '--bind',
      tmp,
      '/tmp',
      '--unshare-user',
      '--uid',
      `${uid}`,
      '--gid',
      `${uid}`,
    ];
    const asked = spawnSync(bubblewrap, [
      ...inside,
      process.execPath,
      '-e',
      'process.exit(process.getuid() === 54322 ? 0 : 1)',
    ]);
    if (asked.error || asked.status !== 0) return this.skip();

    const names = ['A', 'B', 'C', 'D'];
    const project = await writeProject({
      features: names.map((name, k) => ({ name, verify: 'true', depends_on: names.slice(k - 1, k) })),
      script: Object.fromEntries(names.map((name) => [name, [call('list_files', {}, 500), finish]])),
    });
    const dir = path.join(tmp, 'project');
    await rename(project.dir, dir);
    await mkdir(path.join(tmp, 'home'));
    const env = {
      PATH: process.env.PATH,
      XDG_CACHE_HOME: '/tmp/home/cache',
      XDG_CONFIG_HOME: '/tmp/home/config',
    };
    const command = (...args: readonly string[]) =>
      [
        bubblewrap,
        [...inside, '--die-with-parent', process.execPath, cliPath, ...args, '--project-dir', '/tmp/project'],
      ] as const;

    const run = spawn(...command('run', '--json'), { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const ended = new Promise<number | null>((resolve) => run.on('close', resolve));
    cleanUp.push(async () => {
      run.kill('SIGKILL');
      await ended;
    });
    const passed = new Promise<void>((resolve) => {
      createInterface({ input: run.stdout }).on('line', (line) => {
        lines.push(line);
        if ((JSON.parse(line) as ExternalEvent).type === 'feature.passed') resolve();
      });
    });
    await passed;
    const own = path.join(tmp, `parallel-agents-${uid}`);
    await rename(own, path.join(tmp, 'away'));
    await writeFile(own, '');
    const status = spawnSync(...command('status'), { env, encoding: 'utf8' });
    assert.match(status.stdout, /Run 1: running/, status.stderr);
    assert.equal(await ended, 0);
    const events = parseEvents(lines);
    assert.deepEqual(
      events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId),
      [1, 2, 3, 4],
    );
    const losses = ['owner.changed', 'breaker.opened', 'feature.failed', 'feature.retried'];
    assert.deepEqual(
      events.filter((e) => losses.includes(e.type)),
      [],
    );
  });
});
