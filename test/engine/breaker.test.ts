// Trouble that is no feature's: one message, nothing counted, one probe at a time, and on again when it is over.
import { strict as assert } from 'node:assert';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { excerptOf } from '../../src/core/shared/longText';
import { Failure, type FailureReason } from '../../src/ports/failure';
import { nobodyThereCode } from '../../src/ports/workers';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk } from '../doubles/memoryStore';
import { type Behaviour, SimulatedHost } from '../doubles/simulatedHost';

const backlog = [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd', depends_on: ['a'] }];
const noRetries = { limits: { ...defaultLimits, maxRetries: 0, maxLosses: 1 } };
const unanswered = { cause: 'key', message: 'The model service refused the key: no.' } as const;
const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** A service that refuses its key while it is told to; every agent asks it once. */
class Service {
  isRefusing = true;
  requests = 0;

  readonly agent: Behaviour = async ({ desk, fence, wait, submit }) => {
    await wait(100);
    this.requests += 1;
    if (this.isRefusing) return desk.handBack(fence, unanswered);
    await desk.modelCalled(fence, { usage, durationMs: 5 });
    await wait(1000);
    await submit();
  };
}

const told = (host: SimulatedHost) =>
  host.events.flatMap((e) => (e.type.startsWith('breaker.') ? [e.type.slice('breaker.'.length)] : []));
const judged = (host: SimulatedHost) =>
  host.events.filter((e) => ['feature.failed', 'feature.retried', 'feature.skipped'].includes(e.type));

describe('trouble from outside', () => {
  it('is told once, costs a request for each agent at work, and fails nothing', async () => {
    const service = new Service();
    const host = await SimulatedHost.open({ backlog, agents: () => service.agent, settings: noRetries });
    await host.start();
    await host.clock.advance(59_000);
    assert.deepEqual(told(host), ['opened']);
    assert.equal(service.requests, 3);
    assert.deepEqual(
      [1, 2, 3, 4].map((id) => host.statusOf(id)),
      ['pending', 'pending', 'pending', 'waiting'],
    );
    assert.deepEqual(judged(host), []);
    assert.equal(host.engine.snapshot.run?.status, 'running');
    assert.match(host.engine.snapshot.breaker?.mend ?? '', /^Give a key/);
    assert.deepEqual(
      Object.values(host.engine.snapshot.features).map(({ failures, losses }) => failures + losses),
      [0, 0, 0, 0],
    );
  });

  it('is told of a request that the service calls wrong once it says so of different features', async () => {
    let isRefusing = true;
    const host = await SimulatedHost.open({
      backlog,
      agents:
        () =>
        async ({ desk, fence, wait, submit }) => {
          await wait(100 * fence);
          if (isRefusing) return desk.giveUp(fence, `tools.${fence} is wrong`, { by: 'service' });
          await desk.modelCalled(fence, { usage, durationMs: 5 });
          await submit();
        },
    });
    await host.start();
    await host.clock.advance(300_000);
    assert.deepEqual(told(host), ['opened', 'rescheduled', 'rescheduled']);
    assert.equal(judged(host).length, 1, 'the first may be its own fault');
    assert.match(host.engine.snapshot.breaker?.message ?? '', /tools\.\d is wrong/);
    isRefusing = false;
    await host.clock.advance(3_600_000);
    assert.deepEqual(
      [1, 2, 3, 4].map((id) => host.statusOf(id)),
      ['passing', 'passing', 'passing', 'passing'],
    );
  });

  it('fails a feature at once and for good whose attempts would all come to the same', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      agents:
        () =>
        ({ desk, fence }) =>
          desk.giveUp(fence, 'the conversation has become too long', { final: true }),
    });
    await host.start();
    await host.clock.advance(60_000);
    assert.deepEqual(
      judged(host).map(({ type }) => type),
      ['feature.failed'],
    );
    assert.equal(host.events.filter((e) => e.type === 'feature.claimed').length, 1);
  });

  it('is not told for what the service calls wrong of one feature alone, or of several in other words', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, submit }) => {
          await wait(100);
          if (name !== 'c') return desk.giveUp(fence, `${name} is wrong`, { by: 'service' });
          await submit();
        },
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
    });
    await host.start();
    await host.clock.advance(60_000);
    assert.deepEqual(told(host), []);
    assert.deepEqual(
      [1, 2, 3].map((id) => host.statusOf(id)),
      ['failed', 'failed', 'passing'],
    );
  });

  it('is probed by one agent at a time, less and less often, and goes on by itself when it is over', async () => {
    const service = new Service();
    const host = await SimulatedHost.open({ backlog, agents: () => service.agent, settings: noRetries });
    await host.start();
    await host.clock.advance(60_000 + 120_000 + 240_000 + 1_000);
    assert.equal(service.requests, 3 + 3);
    assert.deepEqual(told(host), ['opened', 'rescheduled', 'rescheduled', 'rescheduled']);
    service.isRefusing = false;
    await host.clock.advance(480_000 + 10_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.equal(told(host).at(-1), 'closed');
    assert.deepEqual(judged(host), []);
  });

  for (const mend of ['a new key', 'a resume', 'another start'] as const) {
    it(`is probed at once after ${mend}`, async () => {
      const service = new Service();
      const host = await SimulatedHost.open({ backlog, agents: () => service.agent, settings: noRetries });
      await host.start();
      await host.clock.advance(1_000);
      service.isRefusing = false;
      if (mend === 'a new key') await host.engine.runs.mended();
      else if (mend === 'a resume') await host.engine.runs.resume();
      else await host.start();
      await host.clock.advance(3_500);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    });
  }

  it('can be stopped, and the next run knows nothing of it', async () => {
    const service = new Service();
    const host = await SimulatedHost.open({ backlog, agents: () => service.agent, settings: noRetries });
    await host.start();
    await host.clock.advance(1_000);
    await host.engine.runs.stop();
    await host.clock.advance(0);
    assert.equal(host.engine.snapshot.run?.outcome, 'stopped');
    service.isRefusing = false;
    await host.run();
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('outlives its host: the next one waits as the last one did', async () => {
    const service = new Service();
    const [disk, workspace] = [new MemoryDisk(), new MemoryIsolation()];
    const options = { backlog, disk, workspace, agents: () => service.agent, settings: noRetries };
    const first = await SimulatedHost.open(options);
    await first.start();
    await first.clock.advance(1_000);
    const second = await SimulatedHost.open({ ...options, clock: first.clock });
    second.engine.goOn();
    await second.clock.advance(30_000);
    assert.equal(service.requests, 3);
    service.isRefusing = false;
    await second.clock.advance(60_000);
    assert.equal(second.engine.snapshot.run?.outcome, 'complete');
  });

  it('gives up what its attempts had begun', async () => {
    const workspace = new MemoryIsolation();
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      workspace,
      agents:
        () =>
        async ({ write, desk, fence }) => {
          await write('made.txt', 'half');
          await desk.handBack(fence, unanswered);
        },
    });
    await host.start();
    await host.clock.advance(100);
    assert.deepEqual([...workspace.files], []);
  });

  it('lets agents that do not meet it finish what they do', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, submit }) => {
          if (name === 'a') return desk.handBack(fence, unanswered);
          await wait(5_000);
          await submit();
        },
    });
    await host.start();
    await host.clock.advance(6_000);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['pending', 'passing'],
    );
    assert.deepEqual(told(host), ['opened'], 'one that was at work before proves nothing');
  });

  describe('of this machine', () => {
    const reasons: [reason: FailureReason, cause: string][] = [
      ['spawn', 'spawn'],
      ['tooManyOpen', 'files'],
    ];
    for (const [reason, cause] of reasons) {
      it(`waits when no worker can be started (${reason})`, async () => {
        let isRefused = true;
        let starts = 0;
        const host = await SimulatedHost.open({
          backlog,
          settings: noRetries,
          onSpawn: () => {
            starts += 1;
            if (isRefused) throw new Failure(reason, 'Could not start a worker: no room');
          },
        });
        await host.start();
        await host.clock.advance(4_900);
        assert.equal(starts, 3);
        assert.equal(host.engine.snapshot.breaker?.cause, cause);
        assert.equal(host.engine.snapshot.breaker?.message, 'Could not start a worker: no room.');
        isRefused = false;
        await host.clock.advance(10_000);
        assert.equal(host.engine.snapshot.run?.outcome, 'complete');
        assert.deepEqual(judged(host), []);
        assert.deepEqual(told(host), ['opened', 'closed']);
        assert.equal(host.transcript('error.occurred').length, 0);
      });
    }

    for (const [reason, cause] of [
      ['noCopy', 'workspace'],
      ['copyRefused', 'copies'],
      ['diskFull', 'disk'],
    ] as const) {
      it(`waits when no copy can be made (${reason})`, async () => {
        const workspace = new MemoryIsolation();
        workspace.beforePrepare = () => Promise.reject(new Failure(reason, 'no copy'));
        const host = await SimulatedHost.open({ backlog, workspace, settings: noRetries });
        await host.start();
        await host.clock.advance(4_000);
        assert.equal(host.engine.snapshot.breaker?.cause, cause);
        workspace.beforePrepare = () => {};
        await host.clock.advance(10_000);
        assert.equal(host.engine.snapshot.run?.outcome, 'complete');
        assert.deepEqual(judged(host), []);
      });
    }

    it('waits when workers die before they have said hello', async () => {
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        dieAtBirth: { code: 1, signal: null, outputTail: 'at x\nError: Cannot find module worker.js\nat y' },
      });
      await host.start();
      await host.clock.advance(1_000);
      assert.equal(host.statusOf(1), 'pending');
      assert.equal(
        host.engine.snapshot.breaker?.message,
        "An agent's process did not begin. Its process ended with code 1. It last said: Error: Cannot find module worker.js",
      );
      assert.deepEqual(judged(host), []);
    });

    it('waits while no worker could reach it, and says why', async () => {
      let isTaken = true;
      const host = await SimulatedHost.open({
        backlog,
        settings: noRetries,
        address: async () => {
          if (isTaken)
            throw new Failure('noMeeting', 'Agents cannot reach this process any more. /tmp/x is no folder');
          return '/hub';
        },
      });
      await host.start();
      await host.clock.advance(4_000);
      const { breaker } = host.engine.snapshot;
      assert.equal(breaker?.message, 'Agents cannot reach this process any more. /tmp/x is no folder.');
      assert.match(breaker.mend, /be yours alone/);
      isTaken = false;
      await host.clock.advance(10_000);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
      assert.deepEqual(judged(host), []);
      assert.deepEqual(told(host), ['opened', 'closed']);
    });

    it('says of workers who find nobody that they cannot reach it', async () => {
      let isTaken = false;
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        dieAtBirth: { code: 1, signal: null, outputTail: 'No host answers.' },
        address: async () => {
          if (isTaken) throw new Failure('noMeeting', 'Taken.');
          isTaken = true; // right after the worker was told
          return '/hub';
        },
      });
      await host.start();
      await host.clock.advance(1_000);
      assert.equal(host.engine.snapshot.breaker?.message, 'Taken.');
    });

    it('tells another worker where it is found now, for one that came too late, and waits for nothing', async () => {
      let [moved, times] = ['/first', 0];
      const nobody = { code: nobodyThereCode, signal: null, outputTail: 'No host answers.' };
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        address: async () => moved,
        dieAtBirth: (socketPath) => {
          if (socketPath === '/first') [moved, times] = ['/second', times + 1];
          return socketPath === '/first' ? nobody : undefined;
        },
      });
      await host.start();
      await host.clock.advance(3_000);
      assert.equal(times, 1);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
      assert.deepEqual(told(host), []);
      assert.deepEqual(judged(host), []);
      assert.equal(host.engine.snapshot.features[1]?.losses, 0);
    });

    it('says so where no worker finds anybody, however often it is told', async () => {
      let births = 0;
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        dieAtBirth: () => {
          births++;
          return { code: nobodyThereCode, signal: null, outputTail: 'No host answers.' };
        },
      });
      await host.start();
      await host.clock.advance(1_000);
      assert.equal(births, 3);
      assert.match(
        host.engine.snapshot.breaker?.message ?? '',
        /did not begin\. .* It last said: No host answers\.$/,
      );
      assert.deepEqual(judged(host), []);
    });

    it('says what such a worker said, and not where in the program it was', async () => {
      const stack = '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)';
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        dieAtBirth: {
          code: 1,
          signal: null,
          outputTail: `Failure: No host answers.\n${stack}\n    at async main\n`,
        },
      });
      await host.start();
      await host.clock.advance(1_000);
      assert.match(host.engine.snapshot.breaker?.message ?? '', /It last said: Failure: No host answers\.$/);
    });

    it('waits when the check cannot be started', async () => {
      let isRefused = true;
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        settings: noRetries,
        check: () => {
          if (isRefused) throw new Failure('spawn', 'Could not start the command guard: spawn EAGAIN');
          return {};
        },
      });
      await host.start();
      await host.clock.advance(3_000);
      assert.equal(host.statusOf(1), 'pending');
      assert.equal(host.engine.snapshot.breaker?.cause, 'spawn');
      isRefused = false;
      await host.clock.advance(10_000);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
      assert.deepEqual(judged(host), []);
    });

    it('tries to publish until a full disk lets it, and holds the file so long', async () => {
      const workspace = new MemoryIsolation();
      workspace.put('f', 'before');
      workspace.beforePut = () => {
        throw new Failure('diskFull', 'no space');
      };
      const host = await SimulatedHost.open({
        backlog: [{ name: 'a' }],
        workspace,
        settings: noRetries,
        agents:
          () =>
          async ({ write, submit }) => {
            await write('f', 'after');
            await submit();
          },
      });
      await host.start();
      await host.clock.advance(3_000);
      assert.equal(host.statusOf(1), 'claimed');
      assert.equal(host.engine.snapshot.breaker?.cause, 'disk');
      assert.equal(host.engine.snapshot.locks.holds.length, 1);
      workspace.beforePut = () => {};
      await host.clock.advance(20_000);
      assert.equal(workspace.files.get('f'), 'after');
      assert.equal(host.statusOf(1), 'passing');
    });
  });
});

describe('a lost agent', () => {
  it('is told by its cause, and its feature and slot rest longer each time', async () => {
    const ends = [
      { code: null, signal: 'SIGKILL', outputTail: '' },
      {
        code: null,
        signal: 'SIGABRT',
        outputTail: 'FATAL ERROR: Reached heap limit\nJavaScript heap out of memory',
      },
      { code: 7, signal: null, outputTail: 'at work\nbye' },
    ];
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      settings: { maxAgents: 2 },
      agents:
        ({ name }) =>
        async ({ die, wait, submit }) => {
          if (name === 'a') return die(ends.shift());
          await wait(60_000);
          await submit();
        },
    });
    await host.start();
    await host.clock.advance(30_000);
    assert.deepEqual(host.transcript('feature.claimed').slice(0, 4), [
      '     0 feature.claimed featureId=1 slot=1',
      '     0 feature.claimed featureId=2 slot=2',
      '  1000 feature.claimed featureId=1 slot=1',
      '  5000 feature.claimed featureId=1 slot=1',
    ]);
    const { state } = host.engine.snapshot.features[1] ?? assert.fail();
    assert.equal(state.status, 'failed');
    assert.deepEqual(
      host.events.flatMap((e) => (e.type === 'agent.ended' && e.featureId === 1 ? [e.note] : [])),
      [
        'Its process was killed (SIGKILL); the system does that when memory runs out.',
        'Its process used up the memory that one process may have, and ended by SIGABRT.',
        'Its process ended with code 7. It last said: bye',
      ],
    );
    assert.deepEqual(told(host), []);
  });

  it('does not keep its slot from others for longer than the rest', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      settings: { maxAgents: 1 },
      agents:
        ({ name, attempt }) =>
        async ({ die, submit }) =>
          name === 'a' && attempt === 1 && host.asked.length === 1 ? die() : submit(),
    });
    await host.run();
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(host.transcript('feature.claimed')[1]?.slice(0, 6), '  1000');
  });
});

describe('what cannot be read', () => {
  it('is told once to people, to every agent, and beside a check that fails', async () => {
    const workspace = new MemoryIsolation();
    workspace.unread = ['keys/', 'secret.txt'];
    const asked: unknown[] = [];
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      workspace,
      settings: noRetries,
      check: ({ env }) => ({
        exitCode: env?.PARALLEL_AGENTS_FEATURE_ID === '2' ? 1 : 0,
        outputTail: 'no key',
      }),
      agents:
        () =>
        async ({ desk, fence, submit }) => {
          asked.push((await desk.copyReady(fence)).unread);
          return submit();
        },
    });
    await host.run();
    const unread = { count: 2, paths: ['keys/', 'secret.txt'] };
    assert.deepEqual(asked, [unread, unread]);
    assert.equal(host.transcript('copy.incomplete').length, 1);
    assert.equal(host.statusOf(1), 'passing');
    const { state } = host.engine.snapshot.features[2] ?? assert.fail();
    assert.ok(state.status === 'failed');
    assert.deepEqual(excerptOf(state.reason).split('\n'), [
      'The check `check` exited with 1.',
      '2 files or folders could not be read, are too large or still being written, and so are not in the copy or older there: keys/, secret.txt.',
      'no key',
    ]);
  });
});
