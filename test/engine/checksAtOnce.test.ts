// Checks of several agents at once: no more than there are cores for, and what waiting for that costs: nothing but time.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const backlog = ['a', 'b', 'c', 'd'].map((name) => ({ name }));

/** Four agents that hand in at once, and nothing that others would have to be checked with; each check takes 10 s. */
function open(more: Partial<SimulatedHostOptions> = {}): Promise<SimulatedHost> {
  return SimulatedHost.open({
    backlog,
    agents:
      () =>
      ({ handIn }) =>
        handIn(),
    check: () => ({ durationMs: 10_000 }),
    cores: { count: 2, wanted: () => undefined },
    ...more,
    settings: { maxAgents: 4, ...more.settings },
  });
}

const card = (host: SimulatedHost, slot: number) => {
  const agent = host.engine.snapshot.agents[slot];
  return `${agent?.status}: ${agent?.step}`;
};

describe('checks at the same time', () => {
  it('are as many as there are cores; who waits says so, and is next', async () => {
    const host = await open();
    await host.start();
    await host.clock.advance(5_000);
    assert.deepEqual(
      [1, 2, 3, 4].map((slot) => card(host, slot)),
      [
        'verifying: check',
        'verifying: check',
        'waiting: waiting for a core: 2 checks are running',
        'waiting: waiting for a core: 2 checks are running',
      ],
    );
    await host.clock.advance(5_000);
    assert.deepEqual([card(host, 3), card(host, 4)], ['verifying: check', 'verifying: check']);
    await host.clock.advance(11_000);
    const { report } = host.engine.snapshot.run ?? {};
    assert.equal(host.transcript('feature.unconfirmed').length, 4);
    assert.equal(report?.waitingMs.core, 20_000);
    assert.deepEqual([report?.attemptMs, report?.wallMs], [60_000, 20_000]);
    const waits = host.events.flatMap((e) => (e.type === 'verify.started' ? [e.waitedMs] : []));
    assert.deepEqual(waits, [undefined, undefined, 10_000, 10_000]);
  });

  it('are as many as verify.parallel says', async () => {
    const host = await open({ settings: { checksAtOnce: 1 } });
    await host.start();
    await host.clock.advance(5_000);
    assert.equal(card(host, 2), 'waiting: waiting for a core: 1 check is running');
    await host.clock.advance(36_000);
    assert.equal(host.engine.snapshot.run?.report?.wallMs, 40_000);
  });

  it('are one at a time, with what agents run for themselves, where verify.exclusive says so', async () => {
    let atOnce = 0;
    let most = 0;
    const run = async (work: () => Promise<unknown>) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await work();
      atOnce -= 1;
    };
    const attemptMs = { ...defaultLimits.attemptMs, other: 15_000 };
    const host = await open({
      settings: { exclusiveChecks: true, limits: { ...defaultLimits, attemptMs } },
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, handIn }) => {
          if (name === 'a' || name === 'b') {
            await desk.commands.begin(fence, 'check');
            await run(() => wait(3_000));
            await desk.commands.end(fence, { durationMs: 3_000, printed: '' });
          }
          await handIn();
        },
    });
    await host.start();
    await host.clock.advance(1_000);
    assert.match(card(host, 2), /^waiting: waiting for a turn, since one of them is to run alone: 1 command/);
    for (let s = 0; s < 60; s++) await host.clock.advance(1_000);
    assert.equal(most, 1);
    assert.equal(
      host.engine.snapshot.run?.report?.wallMs,
      46_000,
      'two commands of 3 s, four checks of 10 s',
    );
    assert.deepEqual(host.transcript('limit.reached', 'feature.retried'), [], 'waiting uses up no time');
    assert.equal(host.transcript('feature.unconfirmed').length, 4);
  });

  it('wait without using up the time of attempt or check', async () => {
    const attemptMs = { ...defaultLimits.attemptMs, other: 15_000 };
    const limits = { ...defaultLimits, attemptMs, verifyMs: 12_000 };
    const host = await open({ settings: { checksAtOnce: 1, limits } });
    await host.start();
    for (let s = 0; s < 41; s++) await host.clock.advance(1_000);
    assert.equal(host.transcript('feature.unconfirmed').length, 4);
    assert.deepEqual(host.transcript('limit.reached'), []);
  });

  it('still end with the time of the attempt that has its turn', async () => {
    const limits = {
      ...defaultLimits,
      maxRetries: 0,
      attemptMs: { ...defaultLimits.attemptMs, other: 8_000 },
    };
    const host = await open({ settings: { limits } });
    await host.start();
    for (let s = 0; s < 20; s++) await host.clock.advance(1_000);
    assert.deepEqual(
      host.transcript('limit.reached').map((line) => line.trim().split(' ')[0]),
      ['8000', '8000', '16000', '16000'],
    );
  });

  it('are not waited for by a run that is stopped', async () => {
    const host = await open({ settings: { checksAtOnce: 1 } });
    await host.start();
    await host.clock.advance(1_000);
    const stopped = host.engine.runs.stop();
    await host.clock.advance(6_000);
    await stopped;
    assert.equal(host.engine.snapshot.run?.outcome, 'stopped');
    assert.equal(host.transcript('verify.started').length, 1);
    assert.deepEqual(host.bugs, []);
  });
});

describe('what a command took of the cores', () => {
  it('is stored with the check, and with the call of the tool that ran it', async () => {
    const host = await open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      cores: { count: 2, wanted: () => 4 },
      check: () => ({ durationMs: 10_000, cpuMs: 10_000 }),
      agents:
        () =>
        async ({ desk, fence, wait, handIn }) => {
          const call = { tool: 'run_command', fingerprint: 'x' };
          await desk.toolBegin(fence, call);
          await desk.commands.begin(fence, 'check');
          await wait(4_000);
          await desk.commands.end(fence, { durationMs: 4_000, cpuMs: 4_000, printed: '' });
          await desk.toolEnd(fence, { ...call, ok: true, durationMs: 4_000, summary: '' });
          await desk.toolEnd(fence, { ...call, tool: 'read_file', ok: true, durationMs: 1, summary: '' });
          await handIn();
        },
    });
    await host.run();
    const uses = host.events.flatMap((e) =>
      (e.type === 'tool.used' || e.type === 'verify.finished') && e.featureId === 1
        ? [[e.type, e.cpuMs, e.coreWaitMs]]
        : [],
    );
    assert.deepEqual(uses, [
      ['tool.used', 4_000, 2_000],
      ['tool.used', undefined, undefined],
      ['verify.finished', 10_000, 5_000],
    ]);
    assert.deepEqual(host.engine.snapshot.run?.report?.cores, {
      count: 2,
      cpuMs: 28_000,
      busyMs: 14_000,
      isWhole: true,
    });
  });
});
