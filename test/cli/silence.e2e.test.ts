// Nothing ends in silence: what is taken away, refused or stopped under a command, and what the command says and does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, it } from 'mocha';
import { claimOwnership } from '../../src/host/ownership';
import { createHubServer } from '../../src/hub/server';
import { busyFrom } from '../support/busyThread';
import { type CliRun, type ExternalEvent, exitCodeOf, parseEvents, runCli, startCli } from '../support/cli';
import { noneHolding, tagOf, written } from '../support/processes';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';
import { stuckAtDisk } from '../support/stuckDisk';

const sh = promisify(execFile);

/** One feature that changes a file and then thinks for a while, and one after it. */
const project: SmallProject = {
  files: { 'old.txt': 'before\n' },
  features: [
    { name: 'First', verify: 'true' },
    { name: 'Second', verify: 'true', depends_on: ['First'] },
  ],
  script: {
    First: [
      call('write_file', { path: 'new.txt', content: 'new' }),
      { say: 'thinks', delayMs: 5_000 },
      finish,
    ],
    Second: [finish],
  },
};

/** 5 s is what is promised; tests share the machine with each other, and without the promise it would be far longer. */
const soonMs = 10_000;
/** Well before the end that comes by itself. */
const atOnceMs = 3_000;

describe('a command under which something breaks', function () {
  this.timeout(120_000);
  const cleanUp: (() => Promise<unknown>)[] = [];
  const runs: CliRun[] = [];

  afterEach(async () => {
    for (const { child } of runs.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    for (const clean of cleanUp.splice(0)) await clean();
  });

  async function folder(of: SmallProject = project): Promise<string> {
    const { dir, remove } = await writeProject(of);
    cleanUp.push(remove);
    return dir;
  }

  function start(dir: string, ...args: readonly string[]): CliRun {
    return startWith({}, 'run', '--project-dir', dir, '--json', ...args);
  }

  function startWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): CliRun {
    const run = startCli(args, env);
    runs.push(run);
    return run;
  }

  /** A run whose first feature has changed its file and thinks. */
  async function atWork(dir: string): Promise<CliRun> {
    const run = start(dir);
    await eventSeen(run, (e) => e.type === 'file.changed');
    return run;
  }

  const stateFolder = (dir: string) => path.join(dir, '.parallel-agents');

  describe('whose work cannot be kept', () => {
    /** One whose first feature has passed its check, and of whose files nothing can be kept. */
    async function stuck(block: (obstacle: string) => Promise<unknown> = file): Promise<{
      readonly dir: string;
      readonly run: CliRun;
      readonly obstacle: string;
    }> {
      const dir = await folder({
        ...project,
        script: {
          First: [
            call('read_file', { path: 'old.txt' }),
            call('write_file', { path: 'old.txt', content: 'after\n' }),
            { ...finish, delayMs: 1_000 },
          ],
          Second: [finish],
        },
      });
      const run = await atWork(dir);
      const obstacle = path.join(stateFolder(dir), 'blobs');
      await rm(obstacle, { recursive: true, force: true });
      await block(obstacle);
      await eventSeen(run, (e) => e.type === 'breaker.opened');
      return { dir, run, obstacle };
    }
    const file = (obstacle: string) => writeFile(obstacle, '');
    const told = (run: CliRun) =>
      parseEvents(run.lines).flatMap((e) => (e.type === 'breaker.opened' ? [String(e.message)] : []));
    const textIn = (dir: string) => readFile(path.join(dir, 'old.txt'), 'utf8');

    for (const [what, words] of [
      ['a file', 'is not a folder'],
      ['a link to a folder', 'is a link'],
    ] as const) {
      it(`says once that there is ${what}, counts it against no feature, and goes on when it can`, async () => {
        const outside = await mkdtemp(path.join(tmpdir(), 'pa-outside-'));
        cleanUp.push(() => rm(outside, { recursive: true, force: true }));
        await writeFile(path.join(outside, 'theirs'), 'precious');
        const { dir, run, obstacle } = await stuck(what === 'a file' ? file : (at) => symlink(outside, at));
        assert.equal(told(run)[0], `"${obstacle}" ${words}; move it away and start again.`);
        assert.equal(await textIn(dir), 'before\n');
        await rm(obstacle);
        assert.equal((await run.ended).code, 0, run.notes.join('\n'));
        assert.equal(await textIn(dir), 'after\n');
        assert.equal(told(run).length, 1);
        assert.deepEqual(await readdir(outside), ['theirs']);
        const types = parseEvents(run.lines).map((e) => e.type);
        assert.ok(!types.some((type) => ['feature.failed', 'feature.retried'].includes(type)), String(types));
      });
    }

    it('ends soon after Ctrl+C, with nothing of it in the folder, and the next run completes it', async () => {
      const { dir, run, obstacle } = await stuck();
      run.child.kill('SIGINT');
      const sinceMs = performance.now();
      assert.equal((await run.ended).code, 1, 'the run was stopped in good order');
      assert.ok(performance.now() - sinceMs < soonMs);
      assert.equal(await textIn(dir), 'before\n');
      await rm(obstacle);
      assert.equal((await runCli(['run', '--project-dir', dir])).code, 0);
      assert.equal(await textIn(dir), 'after\n');
    });
  });

  describe('whose state folder is taken away', () => {
    const ways: Record<string, (dir: string) => Promise<unknown>> = {
      removed: (dir) => rm(stateFolder(dir), { recursive: true }),
      'removed and made again': async (dir) => {
        await rm(stateFolder(dir), { recursive: true });
        await mkdir(stateFolder(dir));
      },
      'replaced by another': async (dir) => {
        await rename(stateFolder(dir), path.join(dir, 'elsewhere'));
        await cp(path.join(dir, 'elsewhere'), stateFolder(dir), { recursive: true });
      },
    };
    for (const [how, take] of Object.entries(ways)) {
      it(`ends within 5 s with words when it was ${how}, and the next run finishes`, async () => {
        const dir = await folder();
        const run = await atWork(dir);
        const takenAt = Date.now();
        await take(dir);
        const { code } = await run.ended;
        assert.equal(code, 1);
        assert.ok(Date.now() - takenAt < soonMs, `it took ${Date.now() - takenAt} ms`);
        assert.match(run.notes.join('\n'), /\.parallel-agents was taken away while it was in use\./);
        assert.equal(existsSync(path.join(dir, 'new.txt')), false, 'unfinished work stayed');
        await noneHolding(tagOf(dir), soonMs);
        assert.equal((await runCli(['run', '--project-dir', dir])).code, 0);
      });
    }

    for (const name of ['owner.json', 'agents.db', 'agents.journal', '']) {
      it(`ends soon, and writes nothing, where ${name || 'all of it'} has become a link`, async () => {
        const dir = await folder();
        const run = await atWork(dir);
        const at = path.join(stateFolder(dir), name);
        const moved = path.join(dir, 'moved');
        const theirs = path.join(dir, 'theirs');
        if (name === '') await mkdir(theirs);
        else await writeFile(theirs, 'precious\n'.repeat(300));
        run.child.kill('SIGSTOP'); // in between it would find nothing, which is another case
        await rename(at, moved);
        await symlink(theirs, at);
        run.child.kill('SIGCONT');
        const since = Date.now();
        assert.equal((await run.ended).code, 1);
        assert.ok(Date.now() - since < soonMs, `it took ${Date.now() - since} ms`);
        const words = run.notes.filter((note) =>
          note.includes(`"${at.replace(/\/$/, '')}" is a link; move it away`),
        );
        assert.equal(words.length, 1, run.notes.join('\n'));
        if (name === '') assert.deepEqual(await readdir(theirs), []);
        else assert.equal(await readFile(theirs, 'utf8'), 'precious\n'.repeat(300));
        await rm(at);
        await rename(moved, at);
        assert.equal((await runCli(['run', '--project-dir', dir])).code, 0);
      });
    }

    for (const name of ['agents.journal', 'agents.db']) {
      it(`goes on when only ${name} was removed, and stores all of it`, async () => {
        const dir = await folder();
        const run = await atWork(dir);
        await rm(path.join(stateFolder(dir), name));
        assert.equal((await run.ended).code, 0, run.notes.join('\n'));
        assert.equal((await runCli(['status', '--project-dir', dir])).code, 0);
      });
    }
  });

  describe('whose disk refuses', () => {
    it('waits with one message, fails no feature for it, and goes on by itself', async function () {
      const disk = await stubbornDisk();
      if (!disk) return this.skip(); // root to whom the machine gives no disk of its own
      cleanUp.push(disk.remove);
      const run = await atWork(disk.dir);
      await disk.refuse();
      await noteSeen(run, disk.says);
      await noneHolding(tagOf(disk.dir), soonMs); // its workers have ended
      await disk.obey();
      assert.equal((await run.ended).code, 0, run.notes.join('\n'));
      assert.equal(run.notes.filter((note) => /Could not/.test(note)).length, 1, run.notes.join('\n'));
      const types = parseEvents(run.lines).map((e) => e.type);
      assert.equal(types.filter((type) => type === 'feature.passed').length, 2);
      assert.ok(!types.includes('feature.failed'));
    });

    it('says so at the start, too, and leaves it at that', async () => {
      const dir = await folder();
      assert.equal((await runCli(['run', '--project-dir', dir])).code, 0);
      await refuseDisk(dir);
      const startedAt = Date.now();
      const { code, notes } = await runCli(['run', '--project-dir', dir, '--json']);
      assert.equal(code, 1);
      assert.ok(Date.now() - startedAt < soonMs, `it took ${Date.now() - startedAt} ms`);
      assert.match(notes.join('\n'), /❌ .*agents\.db\.tmp" is not a file; move it away and start again\.$/m);
    });

    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      it(`ends at ${signal} while it waits`, async () => {
        const dir = await folder();
        const run = await atWork(dir);
        await refuseDisk(dir);
        await noteSeen(run, /Could not/);
        const askedAt = Date.now();
        run.child.kill(signal);
        assert.equal(exitCodeOf(await run.ended), exitCode, run.notes.join('\n'));
        assert.ok(Date.now() - askedAt < soonMs);
      });
    }
  });

  describe('whose owner is another process that does not answer', () => {
    async function beside(dir: string) {
      const owner = await atWork(dir);
      cleanUp.unshift(async () => void owner.child.kill('SIGCONT'));
      return owner;
    }

    it('says so with the process to end, to every command that comes, within 5 s of their start', async () => {
      const dir = await folder();
      const owner = await beside(dir);
      owner.child.kill('SIGSTOP');
      for (const command of [['run'], ['stop'], ['retry', '1']]) {
        const startedAt = Date.now();
        const { code, notes } = await runCli([...command, '--project-dir', dir]);
        assert.equal(code, 1, command.join(' '));
        assert.ok(Date.now() - startedAt < soonMs, `${command} took ${Date.now() - startedAt} ms`);
        const pid = owner.child.pid;
        assert.match(
          notes.join('\n'),
          new RegExp(`Process ${pid}, started .* does not answer.*kill -9 ${pid}`),
        );
      }
      const status = await runCli(['status', '--project-dir', dir]);
      assert.equal(status.code, 1);
      assert.match(status.notes.join('\n'), /does not answer.*What follows is what was last stored\./);
      assert.match(status.lines.join('\n'), /1 First/);
    });

    it('says so when it lives and its start takes no end, and ends at SIGTERM', async () => {
      const dir = await folder();
      const owner = await claimOwnership(dir);
      assert.ok(owner.kind === 'owner');
      const { listener, token } = owner;
      const nothing = () => {};
      const hub = createHubServer({
        listener,
        hostToken: token,
        onWorker: nothing,
        onClient: nothing,
        onDenied: nothing,
        ready: new Promise(nothing),
      });
      cleanUp.unshift(() => hub.close(), owner.withdraw);
      await mkdir(stateFolder(dir));
      await writeFile(path.join(stateFolder(dir), 'agents.db'), ''); // for `status`, which asks whether there was a run
      for (const run of [start(dir), startWith({}, 'status', '--project-dir', dir)]) {
        await noteSeen(run, /⏳ Opening .* takes long/);
        await noteSeen(run, /⏳ Opening .* goes on; it has taken \d+ s/);
        run.child.kill('SIGTERM');
        assert.equal(exitCodeOf(await run.ended), 143);
      }
    });

    it('says so in the midst of a run, and follows it on when the owner answers again', async () => {
      const dir = await folder();
      const owner = await beside(dir);
      const second = start(dir);
      await noteSeen(second, /Another window or command works on this folder/);
      const stoppedAt = Date.now();
      owner.child.kill('SIGSTOP');
      await noteSeen(second, /does not answer/);
      assert.ok(Date.now() - stoppedAt < soonMs);
      owner.child.kill('SIGCONT');
      assert.equal((await second.ended).code, 0, second.notes.join('\n'));
      assert.equal((await owner.ended).code, 0);
    });

    it('says so in the logs of its workers', async () => {
      const dir = await folder();
      const owner = await beside(dir);
      owner.child.kill('SIGSTOP');
      await written(path.join(stateFolder(dir), 'logs', 'worker-1.log'), /The host does not answer/);
      owner.child.kill('SIGCONT');
      await written(path.join(stateFolder(dir), 'logs', 'worker-1.log'), /The host answers again/);
      assert.equal((await owner.ended).code, 0);
    });

    it('takes over once the owner was ended', async () => {
      const dir = await folder();
      const owner = await beside(dir);
      const second = start(dir);
      await noteSeen(second, /Another window or command works on this folder/);
      owner.child.kill('SIGSTOP');
      await noteSeen(second, /does not answer/);
      owner.child.kill('SIGKILL');
      assert.equal((await second.ended).code, 0, second.notes.join('\n'));
      assert.match(second.notes.join('\n'), /The process that ran this folder is gone; this one goes on/);
    });

    it('ends at SIGTERM all the same', async () => {
      const dir = await folder();
      const owner = await beside(dir);
      const second = start(dir);
      await noteSeen(second, /Another window or command works on this folder/);
      owner.child.kill('SIGSTOP');
      const askedAt = Date.now();
      second.child.kill('SIGTERM');
      assert.equal(exitCodeOf(await second.ended), 143);
      assert.ok(Date.now() - askedAt < soonMs);
    });
  });

  describe('that is told to end', () => {
    /** One whose check cannot be asked to end, only forced, which takes its time. */
    async function deafRun(): Promise<{ readonly dir: string; readonly run: CliRun }> {
      const deaf = `node -e "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf')"`;
      const dir = await folder({
        features: [{ name: 'First', verify: deaf }],
        script: { First: [finish] },
      });
      const run = start(dir);
      await eventSeen(run, (e) => e.type === 'verify.started');
      return { dir, run };
    }

    it('is gone within 5 s though what it runs is deaf to SIGTERM, and leaves nothing behind', async () => {
      const { dir, run } = await deafRun();
      const askedAt = Date.now();
      run.child.kill('SIGTERM');
      const { code } = await run.ended;
      assert.ok(Date.now() - askedAt < soonMs, `it took ${Date.now() - askedAt} ms`);
      assert.equal(code, 1, run.notes.join('\n'));
      await noneHolding(tagOf(dir), soonMs);
    });

    it('is gone within 5 s though its own thread is busy for longer', async () => {
      const dir = await folder();
      const run = startWith(busyFrom('stopping'), 'run', '--project-dir', dir, '--json');
      await eventSeen(run, (e) => e.type === 'file.changed');
      const askedAt = Date.now();
      run.child.kill('SIGINT');
      assert.equal(exitCodeOf(await run.ended), 130, run.notes.join('\n'));
      assert.ok(Date.now() - askedAt < soonMs, `it took ${Date.now() - askedAt} ms`);
      assert.match(run.notes.join('\n'), /busy$/);
    });

    it('is gone within 5 s though its own thread has not even a turn to stop listening', async () => {
      const dir = await folder();
      const run = startWith(busyFrom('signal'), 'run', '--project-dir', dir, '--json');
      await eventSeen(run, (e) => e.type === 'file.changed');
      const askedAt = Date.now();
      run.child.kill('SIGINT');
      assert.equal((await run.ended).signal, 'SIGKILL', run.notes.join('\n'));
      assert.ok(Date.now() - askedAt < soonMs, `it took ${Date.now() - askedAt} ms`);
      assert.match(run.notes.join('\n'), /busy$/);
    });

    it('is gone at once at the second signal though its own thread is busy', async () => {
      const dir = await folder();
      const run = startWith(busyFrom('stopping'), 'run', '--project-dir', dir, '--json');
      await eventSeen(run, (e) => e.type === 'file.changed');
      run.child.kill('SIGINT');
      await noteSeen(run, /^busy$/);
      const askedAt = Date.now();
      run.child.kill('SIGINT');
      assert.equal(exitCodeOf(await run.ended), 130, run.notes.join('\n'));
      assert.ok(Date.now() - askedAt < atOnceMs, `it took ${Date.now() - askedAt} ms`);
    });

    describe('while its disk does not answer', () => {
      it('is gone within 5 s though all it does has ended in good order', async () => {
        const run = startWith(stuckAtDisk(), 'run', '--project-dir', await folder(), '--json');
        await eventSeen(run, (e) => e.type === 'file.changed');
        const askedAt = Date.now();
        run.child.kill('SIGTERM');
        assert.equal(exitCodeOf(await run.ended), 143, run.notes.join('\n'));
        assert.ok(Date.now() - askedAt < soonMs, `it took ${Date.now() - askedAt} ms`);
        assert.ok(parseEvents(run.lines).some((e) => e.type === 'run.finished'));
      });

      it('says that it is done, and is gone at once at a signal', async () => {
        const dir = await folder({
          features: [{ name: 'First', verify: 'true' }],
          script: { First: [finish] },
        });
        const run = startWith(stuckAtDisk(), 'run', '--project-dir', dir);
        await noteSeen(run, /All is done, but a disk does not answer/);
        const askedAt = Date.now();
        run.child.kill('SIGINT');
        assert.equal(exitCodeOf(await run.ended), 130);
        assert.ok(Date.now() - askedAt < atOnceMs, `it took ${Date.now() - askedAt} ms`);
      });

      it('says at its end what it waits for, and is gone within 5 s at a signal', async () => {
        const dir = await folder({
          features: [{ name: 'First', verify: 'true' }],
          script: { First: [finish] },
        });
        const run = startWith(stuckAtDisk('close'), 'run', '--project-dir', dir, '--json');
        await eventSeen(run, (e) => e.type === 'run.finished');
        const endedAt = Date.now();
        await noteSeen(run, /^⏳ Closing .* takes long: there is much to write, or its disk does not answer/);
        assert.ok(Date.now() - endedAt < soonMs, `it took ${Date.now() - endedAt} ms`);
        run.child.kill('SIGTERM');
        assert.equal(exitCodeOf(await run.ended), 143, run.notes.join('\n'));
        assert.ok(Date.now() - endedAt < 2 * soonMs, `it took ${Date.now() - endedAt} ms`);
      });
    });

    for (const command of [['run', '--estimate'], ['graph'], ['status']])
      it(`is gone at once at ${command.join(' ')}, which begins nothing, though its thread is busy`, async () => {
        const run = startWith(busyFrom('start'), ...command, '--project-dir', await folder());
        await noteSeen(run, /^busy$/);
        const askedAt = Date.now();
        run.child.kill('SIGTERM');
        assert.equal(exitCodeOf(await run.ended), 143, run.notes.join('\n'));
        assert.ok(Date.now() - askedAt < atOnceMs, `it took ${Date.now() - askedAt} ms`);
      });

    it('is gone at once at the second signal', async () => {
      const { run } = await deafRun();
      // Of another kind, for two of one kind may be taken for one; a stop in good order would end with 1.
      run.child.kill('SIGINT');
      run.child.kill('SIGTERM');
      assert.match(String(exitCodeOf(await run.ended)), /^(130|143)$/);
    });
  });

  it('does not pass when a feature that came during the run does not', async () => {
    const dir = await folder();
    const run = await atWork(dir);
    const features = [...project.features, { name: 'Third', verify: 'false' }];
    await writeFile(path.join(dir, 'features.json'), JSON.stringify(features));
    const script = { ...project.script, Third: [finish] };
    await writeFile(path.join(dir, 'offline-script.json'), JSON.stringify(script));
    await runCli(['run', '--project-dir', dir]); // reads the backlog again
    assert.equal((await run.ended).code, 1, run.lines.join('\n'));
  });

  it('goes on and ends with the right code though nobody reads what it prints', async () => {
    const dir = await folder();
    const run = start(dir);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    assert.equal((await run.ended).code, 0);
    assert.equal((await runCli(['status', '--project-dir', dir])).code, 0);
  });
});

/** Without the journal, and with no way to write another: no host can be had until somebody sees to it. */
async function refuseDisk(dir: string): Promise<void> {
  const stateFolder = path.join(dir, '.parallel-agents');
  for (const name of ['agents.db.tmp', 'agents.journal.tmp']) await mkdir(path.join(stateFolder, name));
  await rm(path.join(stateFolder, 'agents.journal'));
}

/**
 * The project on a disk that refuses when it is told to: for root one of a few megabytes that is filled up, for others a
 * folder that may not be entered, which would not keep root out.
 */
async function stubbornDisk() {
  const { dir: made, remove } = await writeProject(project);
  if (process.getuid?.() !== 0) {
    const stateFolder = path.join(made, '.parallel-agents');
    const obey = () => chmod(stateFolder, 0o700);
    const says =
      /access was denied \(EACCES\)\. See to it that you may write there\. It goes on by itself\.$/;
    return { dir: made, says, refuse: () => chmod(stateFolder, 0), obey, remove: () => obey().then(remove) };
  }
  const dir = await mkdtemp(path.join(tmpdir(), 'pa-disk-'));
  const isMounted = await sh('mount', ['-t', 'tmpfs', '-o', 'size=14m', 'tmpfs', dir]).then(
    () => true,
    () => false,
  );
  if (!isMounted) {
    await Promise.all([rmdir(dir), remove()]);
    return undefined;
  }
  await cp(made, dir, { recursive: true });
  await remove();
  const ballast = path.join(dir, 'ballast');
  return {
    dir,
    says: /the disk is full \(ENOSPC\)\. Free some space on that disk\. It goes on by itself\.$/,
    refuse: () => sh('sh', ['-c', `cat /dev/zero > "${ballast}"`]).catch(() => undefined), // until it is full
    obey: () => rm(ballast),
    async remove() {
      await sh('umount', ['-l', dir]);
      await rmdir(dir);
    },
  };
}

function eventSeen(run: CliRun, matches: (event: ExternalEvent) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    run.onLine((line) => matches(JSON.parse(line) as ExternalEvent) && resolve());
    run.ended.then(() => reject(new Error(`it ended first: ${run.notes.join('\n')}`)), reject);
  });
}

function noteSeen(run: CliRun, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => run.notes.some((note) => wanted.test(note)) && resolve();
    run.onNote(look);
    look();
    run.ended.then(() => reject(new Error(`it ended first: ${run.notes.join('\n')}`)), reject);
  });
}
