// The folder of sockets cleaned away under a running host: the run goes on, and later commands find it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { awaitOwner } from '../../src/hub/discovery';
import { locate, userFolders } from '../../src/hub/runtimeFolder';
import { cleanUpAfterEach } from '../support/cleanUp';
import { cliPath, type ExternalEvent, parseEvents, runCli, startCli } from '../support/cli';
import { call, finish, withWork, writeProject } from '../support/smallProject';

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
});

/** A machine whose /tmp is the test's own, and a user who is nobody else. */
describe('a run whose folder of sockets has become somebody else’s', function () {
  this.timeout(120_000);
  const cleanUp = cleanUpAfterEach();
  const uid = 54_322;
  let tmp: string;
  let inside: readonly string[];
  before(function () {
    const asked = spawnSync(bubblewrap, [
      ...asUser('/tmp'),
      process.execPath,
      '-e',
      `process.exit(process.getuid() === ${uid} ? 0 : 1)`,
    ]);
    if (asked.error || asked.status !== 0) this.skip();
  });
  beforeEach(async () => {
    tmp = await mkdtemp('/tmp/pa-tmp-');
    inside = asUser(tmp);
    cleanUp.push(() => rm(tmp, { recursive: true, force: true }));
    const others = userFolders({ uid }).filter(
      (folder) => folder.includes(`${uid}`) && !folder.startsWith('/tmp/'),
    );
    for (const folder of [...others, `/run/user/${uid}`])
      cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  });

  function asUser(own: string): readonly string[] {
    const user = ['--unshare-user', '--uid', `${uid}`, '--gid', `${uid}`];
    return ['--dev-bind', '/', '/', '--bind', own, '/tmp', ...user];
  }

  /** Four features one after the other. @param lastMs how long the last one's agent takes until it may hurry */
  async function project(lastMs = 500) {
    const names = ['A', 'B', 'C', 'D'];
    const script = (ms: number) =>
      withWork(
        Object.fromEntries(
          names.map((name) => [name, [call('list_files', {}, name === 'D' ? ms : 500), finish]]),
        ),
      );
    const { dir: made } = await writeProject({
      features: names.map((name, k) => ({ name, verify: 'true', depends_on: names.slice(k - 1, k) })),
      script: script(lastMs),
    });
    const dir = path.join(tmp, 'project');
    await rename(made, dir);
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
    const place = () => readFile(path.join(dir, '.parallel-agents/owner.json'), 'utf8').then(placeIn);
    const hurry = () => writeFile(path.join(dir, 'offline-script.json'), JSON.stringify(script(0)));
    return { command, env, place, hurry };
  }

  function begin([program, args]: readonly [string, readonly string[]], env: NodeJS.ProcessEnv) {
    const run = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const events: ExternalEvent[] = [];
    let told = '';
    run.stderr.on('data', (text: Buffer) => {
      told += text.toString();
    });
    const ended = new Promise<number | null>((resolve) => run.on('close', resolve));
    const kill = async () => {
      run.kill('SIGKILL');
      await ended;
    };
    cleanUp.push(kill);
    const passed = new Promise<void>((resolve) => {
      createInterface({ input: run.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as ExternalEvent;
        events.push(event);
        if (event.type === 'feature.passed') resolve();
      });
    });
    return { events, ended, kill, passed, told: () => told };
  }

  async function takeName(): Promise<string> {
    const own = path.join(tmp, `parallel-agents-${uid}`);
    await rename(own, path.join(tmp, 'away'));
    await writeFile(own, '');
    return own;
  }

  it('goes on in another place, and is found there', async () => {
    const { command, env } = await project();
    const { passed, ended, events } = begin(command('run', '--json'), env);
    await passed;
    await takeName();
    const status = spawnSync(...command('status'), { env, encoding: 'utf8' });
    assert.match(status.stdout, /Run 1: running/, status.stderr);
    assert.equal(await ended, 0);
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

  for (const isFree of [false, true]) {
    it(`is gone on with at once after a kill -9, the name ${isFree ? 'free again' : 'still taken'}`, async () => {
      const { command, env, place, hurry } = await project(600_000);
      const first = begin(command('run', '--json'), env);
      await first.passed;
      const before = await place();
      const own = await takeName();
      while ((await place()) === before) await pause(50);
      await first.kill();
      assert.ok(!first.events.some(({ type }) => type === 'run.finished'));
      if (isFree) await rm(own);
      await hurry();
      const second = begin(command('run', '--json'), env);
      assert.equal(await second.ended, 0, second.told());
      assert.doesNotMatch(second.told(), /another machine/);
    });
  }
});

function placeIn(sign: string): unknown {
  return sign.trim() === '' ? '' : (JSON.parse(sign) as { readonly place?: unknown }).place;
}
