// A machine that is not able: real full disks, refused processes, memory that runs out and a killed guard fail no feature.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type CliRun, type ExternalEvent, exitCodeOf, parseEvents, startCli, userWith } from '../support/cli';
import { processesHolding, written } from '../support/processes';
import { call, finish, writeProject } from '../support/smallProject';

const sh = promisify(execFile);

describe('a machine that is not able', function () {
  this.timeout(120_000);
  const cleanUp: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).toReversed()) await clean();
  });

  /** A run of one feature that has changed its file and hands in a moment later. @param check in words of a shell */
  async function start(check: string, env: NodeJS.ProcessEnv = {}): Promise<{ dir: string; run: CliRun }> {
    const { dir, remove } = await writeProject({
      files: { 's/check.sh': check },
      features: [{ name: 'First', verify: 'sh s/check.sh' }],
      script: {
        First: [call('write_file', { path: 'new.txt', content: 'new' }), { ...finish, delayMs: 2_000 }],
      },
    });
    cleanUp.push(remove);
    const run = startCli(['run', '--project-dir', dir, '--json'], env);
    cleanUp.push(() => run.child.kill('SIGKILL'));
    return { dir, run };
  }

  const opened = ({ type }: ExternalEvent) => type === 'breaker.opened';

  /** It was told once, cost nothing, and was over when the machine could. */
  async function goesOn(run: CliRun, said: RegExp): Promise<void> {
    assert.equal((await run.ended).code, 0, run.lines.concat(run.notes).join('\n'));
    const events = parseEvents(run.lines);
    const [told, ...more] = events.filter(opened);
    assert.match(String(told?.message), said);
    assert.deepEqual(more, []);
    const failures = events.filter(({ type }) => /^feature\.(?:failed|retried)$/.test(type));
    assert.deepEqual(failures, []);
  }

  it('has a check wait for a disk that is full', async function () {
    const disk = await mkdtemp(path.join(tmpdir(), 'pa-disk-'));
    cleanUp.push(() => rmdir(disk));
    const size = ['-t', 'tmpfs', '-o', 'size=12m,mode=700', 'tmpfs', disk];
    if (!(await works(sh('mount', size)))) return this.skip();
    cleanUp.push(() => sh('umount', ['-l', disk]));
    const copies = path.join(disk, 'copies');
    await mkdir(copies, { mode: 0o700 });
    const { run } = await start(
      'head -c 3000000 /dev/zero > out.bin && test -s new.txt',
      userWith({ 'copies.folder': copies }),
    );
    await eventSeen(run, ({ type }) => type === 'file.changed');
    const ballast = path.join(disk, 'ballast');
    await works(sh('sh', ['-c', `cat /dev/zero > "${ballast}"`])); // until it is full
    const file = await open(ballast, 'r+');
    await file.truncate((await file.stat()).size - 1_500_000); // what a copy needs
    await file.close();
    await eventSeen(run, opened);
    await rm(ballast);
    await goesOn(run, /^The check `sh s\/check\.sh` failed on a full disk: .*No space left on device"\)\.$/);
  });

  it('has a check wait for processes', async function () {
    const group = controlGroup('pids');
    if (!group) return this.skip();
    cleanUp.push(group.remove);
    const { run } = await start('for i in $(seq 60); do sleep 1 & done; wait; test -s new.txt');
    group.put('cgroup.procs', String(run.child.pid));
    group.put('pids.max', '70');
    await eventSeen(run, opened);
    group.put('pids.max', 'max');
    await goesOn(
      run,
      /^The check `sh s\/check\.sh` failed for want of processes: \d+ more may be started .*fork/i,
    );
  });

  it('ends a command at a signal also where no thread more can be had', async function () {
    const group = controlGroup('pids');
    if (!group) return this.skip();
    cleanUp.push(group.remove);
    const { run } = await start('true');
    group.put('cgroup.procs', String(run.child.pid));
    await eventSeen(run, ({ type }) => type === 'file.changed');
    group.put('pids.max', '1');
    run.child.kill('SIGINT');
    const code = exitCodeOf(await run.ended);
    const notes = run.notes.join('\n');
    assert.match(notes, /🛑 Stopping/);
    assert.doesNotMatch(notes, /EAGAIN/);
    assert.ok(code === 1 || code === 130, `${code}`); // by how far the stop came
  });

  it('has a check wait for memory', async function () {
    const group = controlGroup('memory');
    if (!group) return this.skip();
    cleanUp.push(group.remove);
    const greedy = `"${process.execPath}" -e 'Buffer.alloc(600e6, 1)' && test -s new.txt`;
    const { run } = await start(greedy);
    group.put('cgroup.procs', String(run.child.pid));
    group.put(group.isFirst ? 'memory.limit_in_bytes' : 'memory.max', '500000000');
    await eventSeen(run, opened);
    group.put(group.isFirst ? 'memory.limit_in_bytes' : 'memory.max', group.isFirst ? '-1' : 'max');
    await goesOn(run, /failed while the system ended a process for want of memory \(".*Killed.*"\)\.$/);
  });

  it('has a check run again whose guard was killed', async function () {
    if (process.platform !== 'linux') return this.skip();
    const marks = await mkdtemp(path.join(tmpdir(), 'pa-marks-'));
    cleanUp.push(() => rm(marks, { recursive: true }));
    const begun = path.join(marks, 'begun');
    const { dir, run } = await start(`echo > '${begun}'; sleep 2; test -s new.txt`);
    await written(begun);
    const guard = await guardBelow(run.child.pid ?? 0);
    process.kill(guard, 'SIGKILL');
    await eventSeen(run, opened);
    await goesOn(run, /ended from outside \(SIGKILL\), as the system does when memory runs out\.$/);
    assert.equal(readFileSync(path.join(dir, 'new.txt'), 'utf8'), 'new');
  });
});

function works(done: Promise<unknown>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}

/** A control group of our own, where this system lets us make one. */
function controlGroup(controller: 'memory' | 'pids') {
  for (const [isFirst, parent] of [
    [true, `/sys/fs/cgroup/${controller}`],
    [false, '/sys/fs/cgroup'],
  ] as const) {
    const dir = path.join(parent, `pa-test-${controller}-${process.pid}`);
    const put = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
    try {
      mkdirSync(dir);
    } catch {
      continue;
    }
    // What is still in it when its processes are gone, is gone soon.
    const remove = async () => {
      for (let tries = 0; tries < 100; tries++) {
        try {
          return rmdirSync(dir);
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    try {
      put(
        isFirst && controller === 'memory' ? 'memory.limit_in_bytes' : `${controller}.max`,
        isFirst && controller === 'memory' ? '-1' : 'max',
      );
      return { isFirst, put, remove };
    } catch {
      rmdirSync(dir); // the controller is not given to it
    }
  }
  return undefined;
}

/** The guard that this process has started. */
async function guardBelow(parent: number): Promise<number> {
  for (const { pid } of await processesHolding('guard.js')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''); // another's, gone meanwhile
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) return pid;
  }
  throw new Error('There is no guard.');
}

function eventSeen(run: CliRun, matches: (event: ExternalEvent) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (line: string) => matches(JSON.parse(line) as ExternalEvent) && resolve();
    run.onLine(look);
    for (const line of run.lines) look(line);
    run.ended.then(() => reject(new Error(`it ended first: ${run.notes.join('\n')}`)), reject);
  });
}
