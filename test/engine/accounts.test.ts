// Two providers in one run: the trouble and the speed of one account are not those of the other.
import { strict as assert } from 'node:assert';
import { openBreakers } from '../../src/core/events/accounts';
import { describeBreaker } from '../../src/core/events/describe';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { MemoryDisk } from '../doubles/memoryStore';
import { type Behaviour, SimulatedHost } from '../doubles/simulatedHost';

const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
const backlog = [
  ...['a', 'b', 'c'].map((name) => ({ name, model: 'grok/grok-4' })),
  ...['d', 'e', 'f'].map((name) => ({ name, model: 'gemini/pro' })),
];
const asNamed = true as const;
const settings = { limits: { ...defaultLimits, maxRetries: 0, maxLosses: 1 }, maxAgents: 2 };
const noCredit = { cause: 'credit', message: 'The model service wants to be paid first: no.' } as const;

/** Returns those who ask gemini, and grok's with no credit while it has none. */
class Services {
  grokHasCredit = false;
  readonly asked: string[] = [];

  readonly agent: Behaviour = async ({ desk, fence, wait, submit, assignment }) => {
    await desk.modelPermit(fence);
    await wait(100);
    this.asked.push(assignment.name);
    if (assignment.model.startsWith('grok/') && !this.grokHasCredit) return desk.handBack(fence, noCredit);
    await desk.modelCalled(fence, { usage, durationMs: 5 });
    await wait(1000);
    await submit();
  };
}

const statuses = (host: SimulatedHost) => [1, 2, 3, 4, 5, 6].map((id) => host.statusOf(id));
const pending = ['pending', 'pending', 'pending'];
const passing = ['passing', 'passing', 'passing'];

describe('an account in trouble', () => {
  it('keeps none from work that ask another, and is told once, by its name and with its mend', async () => {
    const services = new Services();
    const host = await SimulatedHost.open({ backlog, agents: () => services.agent, settings, asNamed });
    await host.start();
    await host.clock.advance(59_000);
    assert.deepEqual(statuses(host), [...pending, ...passing]);
    const opened = host.events.filter((e) => e.type === 'breaker.opened');
    assert.equal(opened.length, 1);
    const [open, ...others] = openBreakers(host.engine.snapshot);
    assert.deepEqual(others, []);
    assert.match(
      open ? describeBreaker(open) : '',
      /^Waiting for xAI Grok: The model service wants to be paid first: no\. Add credit/,
    );
    assert.deepEqual(
      host.events.filter((e) => e.type === 'feature.failed'),
      [],
    );
    assert.equal(host.engine.snapshot.run?.status, 'running');
  });

  it('is probed by one agent at a time, after 60 s and then twice as long each time, up to 15 minutes', async () => {
    const services = new Services();
    const host = await SimulatedHost.open({ backlog, agents: () => services.agent, settings, asNamed });
    await host.start();
    await host.clock.advance(59_000);
    const before = services.asked.length;
    await host.clock.advance(2_000 + 121_000 + 241_000 + 481_000);
    assert.equal(services.asked.length - before, 4);
    await host.clock.advance(901_000);
    assert.equal(services.asked.length - before, 5);
    services.grokHasCredit = true;
    await host.clock.advance(901_000 + 60_000);
    assert.deepEqual(statuses(host), [...passing, ...passing]);
  });

  it('is tried at once when the user says so', async () => {
    const services = new Services();
    const host = await SimulatedHost.open({ backlog, agents: () => services.agent, settings, asNamed });
    await host.start();
    await host.clock.advance(10_000);
    services.grokHasCredit = true;
    await host.engine.runs.resume();
    await host.clock.advance(10_000);
    assert.deepEqual(statuses(host), [...passing, ...passing]);
    assert.equal(host.engine.snapshot.run?.status, 'finished');
  });

  it('stays so for the next host', async () => {
    const [services, disk] = [new Services(), new MemoryDisk()];
    const options = { backlog, agents: () => services.agent, settings, asNamed, disk };
    const host = await SimulatedHost.open(options);
    await host.start();
    await host.clock.advance(10_000);
    await host.engine.close();
    const next = await SimulatedHost.open({ ...options, clock: host.clock });
    next.engine.goOn();
    const before = services.asked.length;
    await next.clock.advance(10_000);
    assert.equal(services.asked.length, before);
    assert.equal(openBreakers(next.engine.snapshot)[0]?.account, 'grok');
  });

  it('does not slow down those who ask another when it asks to wait', async () => {
    let hasWaited = false;
    const agent: Behaviour = async ({ desk, fence, wait, submit, assignment }) => {
      await desk.modelPermit(fence);
      await wait(100);
      desk.modelBegun(fence);
      if (assignment.model.startsWith('grok/') && !hasWaited) {
        hasWaited = true;
        desk.modelLimited(fence, { reason: 'slow down', retryAfterMs: 40_000 });
        await desk.modelPermit(fence);
      }
      await desk.modelCalled(fence, { usage, durationMs: 5 });
      await submit();
    };
    const host = await SimulatedHost.open({
      backlog,
      agents: () => agent,
      settings: { ...settings, maxAgents: 4 },
      asNamed,
    });
    await host.start();
    await host.clock.advance(30_000);
    assert.deepEqual(statuses(host).slice(3), passing);
    assert.deepEqual(Object.keys(host.engine.snapshot.accounts), ['grok']);
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host), [...passing, ...passing]);
  });

  it('keeps no slot from those who ask another while it asks to wait', async () => {
    const agent: Behaviour = async ({ desk, fence, wait, submit, assignment }) => {
      await desk.modelPermit(fence);
      desk.modelBegun(fence);
      await wait(100);
      if (assignment.name === 'a')
        await desk.modelLimited(fence, { reason: 'slow down', retryAfterMs: 40_000 });
      if (assignment.name === 'a') await desk.modelPermit(fence);
      await desk.modelCalled(fence, { usage, durationMs: 5 });
      await wait(1_000);
      await submit();
    };
    const host = await SimulatedHost.open({ backlog, agents: () => agent, settings, asNamed });
    await host.start();
    await host.clock.advance(30_000);
    assert.deepEqual(statuses(host), ['claimed', 'passing', 'pending', ...passing]);
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host), [...passing, ...passing]);
  });
});

describe('what an account has shown', () => {
  const one = [
    { name: 'a', model: 'grok/grok-4' },
    { name: 'b', model: 'grok/grok-4' },
  ];

  it('is that also a trouble of everyone is over', async () => {
    let hasMet = false;
    const agent: Behaviour = async ({ desk, fence, wait, submit }) => {
      const trouble = { cause: 'spawn', message: 'No process is to be had.' } as const;
      if (!hasMet) {
        hasMet = true;
        return desk.handBack(fence, trouble);
      }
      await wait(100);
      await submit();
    };
    const host = await SimulatedHost.open({
      backlog: one.slice(0, 1),
      agents: () => agent,
      settings,
      asNamed,
    });
    await host.run();
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(host.engine.snapshot.breaker, null);
    assert.deepEqual(host.events.filter((e) => e.type === 'breaker.closed').length, 1);
  });

  it('is that what it called wrong of one feature is not said of all, once it has answered another', async () => {
    const agent: Behaviour = async ({ desk, fence, assignment, wait }) => {
      if (assignment.name === 'b') {
        await wait(1_000);
        await desk.modelCalled(fence, { usage, durationMs: 5 });
        await wait(1_000);
      }
      await desk.giveUp(fence, 'no such field', { by: 'service' });
    };
    const host = await SimulatedHost.open({ backlog: one, agents: () => agent, settings, asNamed });
    await host.run();
    assert.deepEqual(openBreakers(host.engine.snapshot), []);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['failed', 'failed'],
    );
  });
});
