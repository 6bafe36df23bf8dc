// What is told of this machine, and of control groups as Linux writes them.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countIn, readControlGroups } from '../../../src/adapters/system/controlGroups';
import { createNodeMachine } from '../../../src/adapters/system/nodeMachine';
import { tryToWrite } from '../../../src/adapters/system/tryLack';
import type { Lack } from '../../../src/core/guardrails/machineText';
import { judgeMachine } from '../../../src/core/guardrails/machineTrouble';

describe('the machine', () => {
  let dir: string;
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'machine-')));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const put = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      writeFileSync(path.join(dir, name), text);
    }
  };

  it('tells each disk once, by the first folder on it that is there', async () => {
    const temp = path.join(dir, 'temp');
    const machine = createNodeMachine(() => ({ temp, cache: path.join(dir, 'cache') }));
    const { disks } = await machine.room(path.join(dir, 'slot', 'copy'));
    assert.deepEqual(
      disks.map(({ folder }) => folder),
      [dir],
    );
    assert.ok((disks[0]?.freeBytes ?? 0) > 0);
  });

  it('is able as it stands, whatever an output says of it, and keeps nothing of what was tried', async () => {
    const machine = createNodeMachine(() => ({ temp: dir, cache: dir }));
    const before = await machine.room(dir);
    const words = ['No space left on device', 'Cannot fork', 'Too many open files', 'Out of memory'];
    const spoken: readonly Lack[] = ['disk', 'processes', 'files', 'memory'];
    for (const [k, output] of words.entries()) {
      const verdict = judgeMachine({ what: 'It', output }, before, await machine.shortage(dir, spoken[k]));
      assert.equal(verdict.kind, 'own', JSON.stringify(verdict));
      assert.match(verdict.kind === 'own' ? (verdict.said ?? '') : '', /^Its output speaks of .+\.$/);
    }
    assert.deepEqual(readdirSync(dir), []);
  });

  it('tells of shared memory, and how many files one program may open', async function () {
    if (process.platform !== 'linux') return this.skip();
    const { disks, opensEach } = await createNodeMachine().shortage('/proc/self', undefined);
    const shared = statSync('/dev/shm').dev;
    assert.ok(disks.some(({ folder }) => statSync(folder).dev === shared));
    const limit = spawnSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout.trim();
    assert.equal(opensEach, limit === 'unlimited' ? undefined : Number(limit));
  });

  it('says of a folder that cannot be written nothing about its disk', async () =>
    assert.equal(await tryToWrite([{ folder: path.join(dir, 'none'), freeBytes: 1 }]), undefined));

  it('counts what the groups of version 2 bound and count, also those around ours', async function () {
    if (process.platform !== 'linux') return this.skip();
    put({
      'a/b/memory.events': 'low 0\noom 3\noom_kill 2\noom_group_kill 0\n',
      'a/b/memory.max': 'max\n',
      'a/b/memory.current': '500\n',
      'a/memory.max': '1000\n',
      'a/memory.current': '700\n',
      'a/memory.stat': 'anon 10\ninactive_file 100\n',
      'a/b/memory.stat': 'anon 10\ninactive_file 100\n',
      'a/b/pids.events': 'max 7\n',
      'a/b/pids.max': '40\n',
      'a/b/pids.current': '30\n',
      'a/pids.max': '35\n',
      'a/pids.current': '32\n',
    });
    const machine = createNodeMachine(() => ({ temp: dir, cache: dir }), readControlGroups('0::/a/b\n', dir));
    const { memoryKills, refusedStarts, startsLeft, memoryBytes } = await machine.shortage(dir, undefined);
    assert.deepEqual([memoryKills, refusedStarts, startsLeft, memoryBytes], [2, 7, 3, 400]);
  });

  it('counts them in version 1, where the path may be one from outside the container', async function () {
    if (process.platform !== 'linux') return this.skip();
    put({
      'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n',
      'pids/pids.max': '20\n',
      'pids/pids.current': '15\n',
    });
    const groups = readControlGroups('8:pids:/docker/1\n4:memory:/docker/1\n0::/\n', dir);
    const machine = createNodeMachine(() => ({ temp: dir, cache: dir }), groups);
    const { memoryKills, startsLeft } = await machine.shortage(dir, undefined);
    assert.deepEqual([memoryKills, startsLeft], [5, 5]);
  });

  it('reads a count by its whole name', () => {
    assert.equal(countIn('oom_kill_disable 0\noom_kill 5\n', 'oom_kill'), 5);
    assert.equal(countIn('oom_kill_disable 0\n', 'oom_kill'), undefined);
    assert.equal(countIn(undefined, 'oom_kill'), undefined);
  });
});
