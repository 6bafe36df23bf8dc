// A service that is away for a while: agents with work wait for it with their clocks stopped, nothing new is started, nothing is
// counted, and all goes on by itself.
import { strict as assert } from 'node:assert';
import { type Turn, takeTurn } from '../../src/agent/modelTurn';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { Coordinator } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import type { ModelProvider, TurnRequest } from '../../src/ports/models';
import { type Behaviour, type Hands, SimulatedHost } from '../doubles/simulatedHost';

const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
const done: Turn = { type: 'turn', content: [], stop: 'done', usage };
const first: TurnRequest = { system: '', tools: [], messages: [], maxOutputTokens: 1 };
const later: TurnRequest = { ...first, messages: [{ role: 'assistant', content: [] }] };
const minute = 60_000;
/** Little more than an attempt takes without an outage. */
const limits = { ...defaultLimits, attemptMs: { ...defaultLimits.attemptMs, haiku: 6 * minute } };

/** A service that is away from one moment to another. */
class Service {
  away: { from: number; until: number; why: Failure } | undefined;
  readonly asked: number[] = [];

  constructor(private readonly host: () => SimulatedHost) {}

  provider(wait: Hands['wait']): ModelProvider {
    const { asked } = this;
    const away = () => {
      const now = this.host().clock.now();
      return this.away && now >= this.away.from && now < this.away.until ? this.away.why : undefined;
    };
    const { clock } = this.host();
    return {
      async *runTurn() {
        asked.push(clock.now());
        await wait(1_000);
        const why = away();
        if (!why) return yield done;
        await wait(19_000); // nobody answers, until that is long enough
        throw why;
      },
    };
  }

  /** Ten turns of the model, half a minute of other work after each. */
  readonly agent: Behaviour = async ({ desk, fence, wait, submit }) => {
    const { clock } = this.host();
    let isOver = false;
    void (async () => {
      for (; !isOver; await wait(10_000)) desk.renew(fence);
    })().catch(() => undefined);
    const coordinator = {
      modelPermit: () => desk.modelPermit(fence),
      modelCalled: (call: Parameters<typeof desk.modelCalled>[1]) => desk.modelCalled(fence, call),
      modelLimited: (limit: Parameters<typeof desk.modelLimited>[1]) => desk.modelLimited(fence, limit),
      modelBegun: () => desk.modelBegun(fence),
      log: () => {},
    } as unknown as Coordinator; // of all that it can be asked, what a turn asks
    const ports = { coordinator, clock, provider: this.provider(wait) };
    try {
      for (let n = 0; n < 10; n++) {
        const answer = await takeTurn(n === 0 ? first : later, ports, new AbortController().signal);
        if (answer.kind === 'outside') return await desk.handBack(fence, answer.trouble);
        await wait(30_000);
      }
      await submit();
    } finally {
      isOver = true;
    }
  };
}

async function open(names: readonly string[]) {
  const service: Service = new Service(() => host);
  const host: SimulatedHost = await SimulatedHost.open({
    backlog: names.map((name) => ({ name })),
    agents: () => service.agent,
    settings: { maxAgents: 2, model: 'haiku', limits },
    asNamed: true,
  });
  const away = (why: Failure, from: number, minutes: number) => {
    const now = host.clock.now();
    service.away = { from: now + from, until: now + from + minutes * minute, why };
  };
  return { host, service, away };
}

const told = (host: SimulatedHost) =>
  host.events.flatMap((e) => (e.type.startsWith('breaker.') ? [e.type.slice('breaker.'.length)] : []));
const counted = (host: SimulatedHost) =>
  host.events.filter((e) => /^feature\.(failed|retried|skipped|yielded)$/.test(e.type));
const stepsOf = (host: SimulatedHost) =>
  host.events.flatMap((e) => (e.type === 'agent.progress' ? [`${e.status}: ${e.step}`] : []));
const noNetwork = new Failure('noConnection', 'No way to it.');

describe('ten minutes without network', () => {
  it('cost the agents at work neither their work nor an attempt nor time, and start nobody', async () => {
    const { host, service, away } = await open(['a', 'b', 'c']);
    away(noNetwork, minute, 10);
    await host.start();
    await host.clock.advance(10 * minute);
    const { accounts, agents } = host.engine.snapshot;
    assert.equal(accounts.anthropic?.breaker?.cause, 'network');
    assert.match(accounts.anthropic?.breaker?.mend ?? '', /this machine's network/);
    assert.equal(host.events.filter((e) => e.type === 'feature.claimed').length, 2);
    for (const { step } of Object.values(agents))
      assert.match(step, /^(waiting for Anthropic: No way to it\.|asking Anthropic again)$/);
    assert.deepEqual([...new Set(stepsOf(host).slice(-6))].sort(), [
      'running: asking Anthropic again',
      'waiting: waiting for Anthropic: No way to it.',
    ]);
    const before = service.asked.length;
    assert.ok(before < 40, `asked ${before} times`);
    await host.clock.advance(minute + 20_000 + 34_000);
    assert.deepEqual(
      told(host),
      ['opened', 'closed'],
      'on within half a minute after the last call that met it',
    );
    assert.equal(
      Object.values(host.engine.snapshot.agents).some(({ status }) => status === 'running'),
      true,
    );
    await host.clock.advance(20 * minute);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(counted(host), []);
    assert.equal(host.events.filter((e) => e.type === 'feature.claimed').length, 3);
  });

  it('at a start are told at once, and looked for by one agent at a time, which needs nobody', async () => {
    const { host, away } = await open(['a', 'b', 'c']);
    away(noNetwork, 0, 10);
    await host.start();
    await host.clock.advance(41_000);
    assert.equal(told(host)[0], 'opened');
    for (let passed = 0; passed < 9 * minute; passed += 5_000) {
      await host.clock.advance(5_000);
      const claimed = [1, 2, 3].filter((id) => host.statusOf(id) === 'claimed');
      assert.ok(claimed.length <= 1, `${claimed}`);
    }
    await host.clock.advance(2 * minute);
    assert.equal(told(host).at(-1), 'closed');
    await host.clock.advance(20 * minute);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(
      host.events.filter((e) => /^feature\.(failed|retried|skipped)$/.test(e.type)),
      [],
    );
  });
});

describe('a service that breaks off its answers', () => {
  it('is waited for with its words on the card, and once more asked with none of the attempt\u2019s time gone', async () => {
    const { host, away } = await open(['a']);
    away(new Failure('unreachable', 'the model service ended its answer in the middle'), minute, 12);
    await host.start();
    await host.clock.advance(minute + 30_000);
    assert.equal(
      stepsOf(host)[0],
      'waiting: waiting for Anthropic: the model service ended its answer in the middle',
    );
    assert.deepEqual(told(host), [], 'as yet it may be a busy minute');
    await host.clock.advance(3 * minute);
    assert.deepEqual(told(host), ['opened']);
    await host.clock.advance(20 * minute);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(counted(host), []);
  });
});

describe('the card of an agent', () => {
  it('says that it thinks again once it was answered, and may ask in its turn', async () => {
    const host: SimulatedHost = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, submit }) => {
          await desk.modelPermit(fence);
          desk.modelBegun(fence);
          if (name === 'b') await wait(100);
          await desk.modelLimited(fence, { reason: 'slow down', retryAfterMs: 1_000 });
          for (let n = 0; n < 2; n++) {
            await desk.modelPermit(fence);
            await wait(500);
            await desk.modelCalled(fence, { usage, durationMs: 500 });
          }
          await submit();
        },
      settings: { maxAgents: 3, model: 'haiku' },
      asNamed: true,
    });
    await host.run();
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(
      [...new Set(stepsOf(host))],
      ['waiting: waiting for Anthropic: slow down', 'running: asking Anthropic again', 'running: thinking'],
    );
  });
});
