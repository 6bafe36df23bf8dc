// An attempt's end that the machine refuses: tried again until it works, told once, and never in the way of a stop.
import { strict as assert } from 'node:assert';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { Failure } from '../../src/ports/failure';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk } from '../doubles/memoryStore';
import { settle } from '../doubles/simulatedClock';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const settings = { limits: { ...defaultLimits, maxRetries: 0 } };

/** Changes two files and hands in. */
const doesWork: Behaviour = async ({ write, submit }) => {
  await write('f', 'after');
  await write('g', 'after');
  await submit();
};

/** Changes a file, and is at it for long. */
const isAtWork: Behaviour = async ({ write, wait }) => {
  await write('f', 'half');
  await wait(60_000);
};

/** A workspace into which nothing can be put while `why` says so. */
class Refusing extends MemoryIsolation {
  why: unknown;
  /** Only this file; else all. */
  path: string | undefined;

  constructor() {
    super();
    for (const path of ['f', 'g']) this.put(path, 'before');
    this.beforePut = (path) => {
      if (this.why !== undefined && (this.path ?? path) === path) throw this.why;
    };
  }
}

const denied = () => new Failure('denied', 'Could not write "f": EACCES');

async function open(workspace: Refusing, options: Partial<SimulatedHostOptions> = {}) {
  return SimulatedHost.open({
    backlog: [{ name: 'a' }],
    workspace,
    settings,
    agents: () => doesWork,
    ...options,
  });
}

/** One of the two files is in the workspace, the other refused. */
async function halfPublished() {
  const [workspace, disk] = [new Refusing(), new MemoryDisk()];
  workspace.why = denied();
  workspace.path = 'g';
  const host = await open(workspace, { disk });
  await host.start();
  await host.clock.advance(100);
  assert.deepEqual(Object.fromEntries(workspace.files), { f: 'after', g: 'before' });
  return { workspace, disk, host };
}

const told = ({ events }: SimulatedHost) =>
  events.flatMap((e) => (e.type === 'error.occurred' ? [`${e.where}: ${e.message}`] : []));

const before = { f: 'before', g: 'before' };
const after = { f: 'after', g: 'after' };

describe('a publication that is refused', () => {
  for (const [name, why] of Object.entries({
    denied: denied(),
    io: new Failure('io', 'Could not write "f": EIO'),
    'a bug': new TypeError('undefined is no file'),
  })) {
    it(`holds its files, is told once, and is completed when it can be (${name})`, async () => {
      const workspace = new Refusing();
      workspace.why = why;
      const host = await open(workspace);
      await host.start();
      await host.clock.advance(30_000);
      assert.equal(host.statusOf(1), 'claimed');
      assert.equal(host.engine.snapshot.locks.holds.length, 2);
      assert.equal(host.engine.snapshot.breaker, null, 'others are let start');
      assert.deepEqual(told(host), [
        `Putting the files of a feature that passed into the workspace: ${why.message}. Make the place one that you can read and write. It is tried again by itself.`,
      ]);
      workspace.why = undefined;
      await host.clock.advance(64_000);
      assert.equal(host.statusOf(1), 'passing');
      assert.deepEqual(Object.fromEntries(workspace.files), after);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
      assert.deepEqual(host.bugs, []);
    });
  }

  it('is tried at once when the run is stopped, which waits for it', async () => {
    const workspace = new Refusing();
    workspace.why = denied();
    const host = await open(workspace);
    await host.start();
    await host.clock.advance(30_000); // the next try is 55 s off
    let isStopped = false;
    const stop = () =>
      host.engine.runs.stop().then(() => {
        isStopped = true;
      });
    const stopped = stop();
    await settle();
    assert.equal(isStopped, false);
    workspace.why = undefined;
    await Promise.all([stop(), stopped]);
    assert.deepEqual(Object.fromEntries(workspace.files), after);
    await settle();
    assert.deepEqual([host.statusOf(1), host.engine.snapshot.run?.status], ['passing', 'finished']);
  });

  it('is completed by the next host where this one closes in the middle of it', async () => {
    const { workspace, disk, host } = await halfPublished();
    await host.engine.close();
    await settle();
    assert.match(told(host)[0] ?? '', /"f": EACCES\. .* It is tried again by itself\.$/);
    assert.equal(host.statusOf(1), 'claimed');
    workspace.why = undefined;
    const next = await open(workspace, { disk });
    assert.deepEqual(Object.fromEntries(workspace.files), after);
    assert.equal(next.statusOf(1), 'passing');
    assert.deepEqual(disk.publications, new Map());
  });

  it('is taken back as a whole by the next host where somebody has changed one of its files since', async () => {
    const { workspace, disk, host } = await halfPublished();
    await host.engine.close();
    workspace.why = undefined;
    workspace.put('g', 'by hand');
    const next = await open(workspace, { disk });
    assert.deepEqual(Object.fromEntries(workspace.files), { f: 'before', g: 'by hand' });
    assert.equal(next.statusOf(1), 'pending');
  });
});

describe('an attempt whose end is refused', () => {
  for (const reason of ['io', 'denied', 'tooManyOpen'] as const) {
    it(`waits for its processes to be ended (${reason})`, async () => {
      let isRefused = true;
      const host = await open(new Refusing(), {
        agents:
          () =>
          ({ desk, fence }) =>
            desk.giveUp(fence, 'cannot'),
        onEnd: () => {
          if (isRefused) throw new Failure(reason, 'Could not list the processes');
        },
      });
      await host.start();
      await host.clock.advance(3_000);
      assert.equal(host.statusOf(1), 'claimed');
      const isTrouble = reason === 'tooManyOpen';
      assert.equal(host.engine.snapshot.breaker?.cause, isTrouble ? 'files' : undefined);
      assert.equal(told(host).length, isTrouble ? 0 : 1);
      isRefused = false;
      await host.clock.advance(20_000);
      assert.equal(host.statusOf(1), 'failed');
    });
  }

  it('sweeps up after one that passed until it can', async () => {
    let isRefused = true;
    const host = await open(new Refusing(), {
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
    let tries = 0;
    const host = await open(new Refusing(), {
      agents:
        () =>
        ({ desk, fence }) =>
          desk.handBack(fence, { cause: 'key', message: 'no.' }),
      onEnd: () => {
        tries += 1;
        throw new Failure('diskFull', 'no space');
      },
    });
    await host.start();
    await host.clock.advance(30_000);
    assert.ok(tries > 1);
    assert.equal(host.engine.snapshot.breaker?.cause, 'key');
    assert.equal(told(host).length, 1);
    assert.match(told(host)[0] ?? '', /no space\..* It is tried again by itself\.$/);
  });

  it('leaves nothing of its work in the workspace when the host closes', async () => {
    const [workspace, disk] = [new Refusing(), new MemoryDisk()];
    const host = await open(workspace, { disk, agents: () => isAtWork });
    await host.start();
    await host.clock.advance(100);
    await host.engine.close();
    assert.deepEqual(Object.fromEntries(workspace.files), before);
    assert.equal(host.statusOf(1), 'pending');
  });

  it('keeps no host open when the machine does not answer at all', async () => {
    const workspace = new Refusing();
    workspace.publish = () => new Promise(() => {});
    const host = await open(workspace);
    await host.start();
    await host.clock.advance(100);
    const closed = host.engine.close();
    await host.clock.advance(20_000);
    await closed;
  });
});

describe('a round of the scheduler that meets an error', () => {
  it('is held again by itself, and told once', async () => {
    const workspace = new MemoryIsolation();
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

  it('holds the queue with one message and its mend where that is trouble, and goes on when it is over', async () => {
    const workspace = new MemoryIsolation();
    const expand = workspace.expand.bind(workspace);
    workspace.expand = () => Promise.reject(new Failure('gitSilent', 'Git does not answer'));
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a', files: ['src/*'] }],
      workspace,
      settings,
    });
    const before = [
      'Scheduling: Git does not answer. Let Git answer there: take away what it waits for, or its name out of the settings. It is tried again by itself.',
    ];
    await host.clock.advance(10_000);
    assert.deepEqual(told(host), before); // there is no queue to hold
    await host.start();
    await host.clock.advance(30_000);
    const { cause, message, mend } = host.engine.snapshot.breaker ?? assert.fail();
    assert.deepEqual({ cause, message }, { cause: 'git', message: 'Git does not answer.' });
    assert.match(mend, /^Let Git answer there: .* It is tried again by itself\.$/);
    assert.equal(host.events.filter(({ type }) => type.startsWith('breaker.')).length, 1);
    assert.deepEqual(told(host), before);
    workspace.expand = expand;
    await host.clock.advance(70_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(
      host.events.flatMap(({ type }) => (type.startsWith('breaker.') ? [type] : [])),
      ['breaker.opened', 'breaker.closed'],
    );
  });
});

describe('an error that nobody expected while work is handed in', () => {
  it('is told as a bug, costs no attempt, and the feature is built once more', async () => {
    class Breaking extends MemoryIsolation {
      isBroken = true;
      override async changes(slot: number) {
        if (!this.isBroken) return super.changes(slot);
        this.isBroken = false;
        throw new TypeError('x is not a function');
      }
    }
    const workspace = new Breaking();
    const works: Behaviour = async ({ write, handIn }) => {
      await write('f', 'after');
      await handIn();
    };
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      workspace,
      settings,
      agents: () => works,
    });
    await host.run();
    assert.deepEqual(told(host), ['Running the check: x is not a function']);
    assert.deepEqual([host.statusOf(1), host.engine.snapshot.features[1]?.failures], ['passing', 0]);
    assert.equal(host.transcript('feature.claimed').length, 2);
    assert.deepEqual(host.transcript('feature.failed', 'feature.retried'), []);
  });
});
