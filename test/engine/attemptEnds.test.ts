// An attempt's end that the machine refuses: tried again until it works, told once, and never in the way of a stop.
import { strict as assert } from 'node:assert';
import { defaultLimits } from '../../src/core/guardrails/limits';
import { Failure } from '../../src/ports/failure';
import { MemoryDisk } from '../doubles/memoryStore';
import { MemoryWorkspace } from '../doubles/memoryWorkspace';
import { settle } from '../doubles/simulatedClock';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const settings = { limits: { ...defaultLimits, maxRetries: 0 } };

/** Changes two files and gives up. */
const leavesWork: Behaviour = async ({ write, desk, fence }) => {
  await write('f', 'half');
  await write('g', 'half');
  await desk.giveUp(fence, 'cannot');
};

/** A workspace in which nothing can be put back while `why` says so. */
class Refusing extends MemoryWorkspace {
  why: unknown;
  /** Only this file; else all. */
  path: string | undefined;

  override async undo(edit: Parameters<MemoryWorkspace['undo']>[0]) {
    if (this.why !== undefined && (this.path ?? edit.path) === edit.path) throw this.why;
    return super.undo(edit);
  }
}

const denied = () => new Failure('denied', 'Could not undo the changes of "f": EACCES');

async function open(workspace: Refusing, options: Partial<SimulatedHostOptions> = {}) {
  for (const path of ['f', 'g']) if (!workspace.files.has(path)) workspace.put(path, 'before');
  return SimulatedHost.open({
    ...{ backlog: [{ name: 'a' }], workspace, settings, agents: () => leavesWork },
    ...options,
  });
}

const told = ({ events }: SimulatedHost) =>
  events.flatMap((e) => (e.type === 'error.occurred' ? [`${e.where}: ${e.message}`] : []));

describe('an attempt whose end is refused', () => {
  for (const [name, why] of Object.entries({
    denied: denied(),
    io: new Failure('io', 'Could not undo the changes of "f": EIO'),
    'a bug': new TypeError('undefined is no file'),
  })) {
    it(`holds its files, is told once, and ends when it can (${name})`, async () => {
      const workspace = new Refusing();
      workspace.why = why;
      const host = await open(workspace);
      await host.start();
      await host.clock.advance(30_000);
      assert.equal(host.statusOf(1), 'claimed');
      assert.equal(host.engine.snapshot.locks.holds.length, 2);
      assert.equal(host.engine.snapshot.breaker, null, 'others are let start');
      assert.deepEqual(told(host), [
        `Putting back what an attempt changed: ${why.message}. Make the place one that you can read and write. It is tried again by itself.`,
      ]);
      workspace.why = undefined;
      await host.clock.advance(64_000);
      assert.equal(host.statusOf(1), 'failed');
      assert.deepEqual(Object.fromEntries(workspace.files), { f: 'before', g: 'before' });
      assert.equal(host.engine.snapshot.run?.outcome, 'incomplete');
      assert.deepEqual(host.bugs, []);
    });
  }

  it('puts back all the same what can be', async () => {
    const workspace = new Refusing();
    workspace.why = denied();
    workspace.path = 'g'; // the last it changed is the first to be put back
    const host = await open(workspace);
    await host.start();
    await host.clock.advance(0);
    assert.deepEqual(Object.fromEntries(workspace.files), { f: 'before', g: 'half' });
  });

  for (const reason of ['io', 'denied', 'tooManyOpen'] as const) {
    it(`waits for its processes to be ended (${reason})`, async () => {
      let isRefused = true;
      const workspace = new Refusing();
      const host = await open(workspace, {
        onEnd: () => {
          if (isRefused) throw new Failure(reason, 'Could not list the processes');
        },
      });
      await host.start();
      await host.clock.advance(3_000);
      assert.equal(host.statusOf(1), 'claimed');
      assert.equal(workspace.files.get('f'), 'half', 'not put back while somebody may be at it');
      const isTrouble = reason === 'tooManyOpen';
      assert.equal(host.engine.snapshot.breaker?.cause, isTrouble ? 'files' : undefined);
      assert.equal(told(host).length, isTrouble ? 0 : 1);
      isRefused = false;
      await host.clock.advance(20_000);
      assert.equal(host.statusOf(1), 'failed');
      assert.equal(workspace.files.get('f'), 'before');
    });
  }

  it('sweeps up after one that passed until it can', async () => {
    let isRefused = true;
    const host = await open(new Refusing(), {
      agents:
        () =>
        ({ submit }) =>
          submit(),
      onEnd: () => {
        if (isRefused) throw new Failure('io', 'Could not list the processes');
      },
    });
    await host.start();
    await host.clock.advance(5_000);
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(host.endedProcesses, []);
    isRefused = false;
    await host.clock.advance(20_000);
    assert.deepEqual(host.endedProcesses, ['test-1']);
  });

  it('is told also while another trouble is', async () => {
    const workspace = new Refusing();
    workspace.why = new Failure('diskFull', 'no space');
    const host = await open(workspace, {
      agents:
        () =>
        async ({ write, desk, fence }) => {
          await write('f', 'half');
          await desk.handBack(fence, { cause: 'key', message: 'no.' });
        },
    });
    await host.start();
    await host.clock.advance(30_000);
    assert.equal(host.engine.snapshot.breaker?.cause, 'key');
    assert.equal(told(host).length, 1);
    assert.match(told(host)[0] ?? '', /no space\..* It is tried again by itself\.$/);
  });

  it('is tried at once when the run is stopped, which waits for it', async () => {
    const workspace = new Refusing();
    workspace.why = denied();
    const host = await open(workspace);
    await host.start();
    await host.clock.advance(30_000); // the next try is 55 s off
    let isStopped = false;
    const stop = () =>
      host.engine.stopRun().then(() => {
        isStopped = true;
      });
    const stopped = stop();
    await settle();
    assert.equal(isStopped, false);
    workspace.why = undefined;
    await Promise.all([stop(), stopped]);
    assert.equal(workspace.files.get('f'), 'before');
    await settle();
    assert.equal(host.engine.snapshot.run?.outcome, 'stopped');
  });

  it('is left to the next host when this one closes, and named', async () => {
    const [workspace, disk] = [new Refusing(), new MemoryDisk()];
    workspace.why = denied();
    const host = await open(workspace, {
      disk,
      agents:
        () =>
        async ({ write, wait }) => {
          await write('f', 'half');
          await wait(60_000);
        },
    });
    await host.start();
    await host.clock.advance(100);
    await host.engine.close();
    await settle();
    assert.match(told(host)[0] ?? '', /"f": EACCES\. .* The next start does it\.$/);
    workspace.why = undefined;
    await open(workspace, { disk });
    assert.equal(workspace.files.get('f'), 'before');
  });

  it('keeps no host open when the disk does not answer at all', async () => {
    const workspace = new Refusing();
    workspace.undo = () => new Promise(() => {});
    const host = await open(workspace, {
      agents:
        () =>
        async ({ write, wait }) => {
          await write('f', 'half');
          await wait(60_000);
        },
    });
    await host.start();
    await host.clock.advance(100);
    const closed = host.engine.close();
    await host.clock.advance(20_000);
    await closed;
  });
});

describe('a round of the scheduler that meets an error', () => {
  it('is held again by itself, and told once', async () => {
    const workspace = new MemoryWorkspace();
    const expand = workspace.expand.bind(workspace);
    workspace.expand = () =>
      Promise.reject(new Failure('denied', 'Could not list the files of globs: EACCES'));
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a', files: ['src/*'] }],
      workspace,
      settings,
    });
    await host.start();
    await host.clock.advance(30_000);
    assert.equal(host.statusOf(1), 'pending');
    assert.deepEqual(told(host), [
      'Scheduling: Could not list the files of globs: EACCES. It is tried again by itself.',
    ]);
    workspace.expand = expand;
    await host.clock.advance(70_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });
});
