// How fast one account is asked, by the calls that go and those that wait.
import { strict as assert } from 'node:assert';
import type { NewEvent } from '../../src/core/events/event';
import { Throttle } from '../../src/engine/throttle';
import { Throttles } from '../../src/engine/throttles';
import { SimulatedClock } from '../doubles/simulatedClock';

type Change = NewEvent & { type: 'throttle.changed' };

function open(agents = 5) {
  const clock = new SimulatedClock();
  const told: Change[] = [];
  const went: number[] = [];
  let fraction = 0;
  const throttle = new Throttle({
    account: 'grok',
    clock,
    asked: () => agents,
    chance: { fraction: () => fraction, token: () => '' },
    tell: (newEvent) => void (newEvent.type === 'throttle.changed' && told.push(newEvent)),
  });
  const ask = (...fences: number[]) => {
    for (const fence of fences) void throttle.permit(fence, 'm').then(() => went.push(fence));
  };
  /** One call that went well, after which the service keeps what all begin with. */
  const warm = async () => {
    ask(99);
    await clock.advance(1);
    throttle.succeeded(99);
    went.length = 0;
  };
  return { clock, told, went, throttle, ask, warm, jitter: (share: number) => (fraction = share) };
}

describe('Throttle', () => {
  it('lets the first of a model go alone until the service has read what all begin with', async () => {
    const { clock, went, throttle, ask } = open();
    ask(1, 2, 3);
    await clock.advance(1);
    assert.deepEqual(went, [1]);
    throttle.begun(1);
    await clock.advance(1);
    assert.deepEqual(went, [1, 2, 3]);
    ask(4);
    await clock.advance(1);
    assert.deepEqual(went, [1, 2, 3, 4], 'it is kept now');
  });

  it('does not have all wait for a first that is refused, is over, or is long in coming', async () => {
    const { clock, went, throttle, ask } = open();
    ask(1, 2, 3);
    await clock.advance(1);
    throttle.leave(1);
    await clock.advance(1);
    assert.deepEqual(went, [1, 2]);
    await clock.advance(15_000);
    assert.deepEqual(went, [1, 2, 3]);
  });

  it('holds all back for as long as the service says, whoever was told', async () => {
    const { clock, went, throttle, ask, warm } = open();
    await warm();
    ask(1, 2);
    await clock.advance(10);
    throttle.limited(1, 'slow down', { retryAfterMs: 20_000 });
    ask(1, 3);
    await clock.advance(19_000);
    assert.deepEqual(went, [1, 2]);
    throttle.succeeded(2);
    await clock.advance(2_000);
    assert.deepEqual(went.slice(2), [1], 'and then fewer than before');
  });

  it('takes refusals of calls that were under way together for one', async () => {
    const { clock, told, throttle, ask, warm } = open();
    await warm();
    ask(1, 2, 3, 4, 5);
    await clock.advance(10);
    for (const fence of [1, 2, 3, 4, 5]) throttle.limited(fence, 'slow down');
    assert.deepEqual(
      told.map(({ atOnce, untilAt }) => [atOnce, untilAt]),
      [[3, clock.now() + 1_000]],
    );
  });

  it('asks fewer at once after each refusal, and one more for each round that goes well', async () => {
    const { clock, told, throttle, ask, warm } = open();
    await warm();
    const round = async (...fences: number[]) => {
      ask(...fences);
      await clock.advance(60_000);
      for (const fence of fences) throttle.succeeded(fence);
    };
    ask(1, 2, 3, 4, 5);
    await clock.advance(10);
    throttle.limited(1, 'slow down', { retryAfterMs: 1_000 });
    for (const fence of [2, 3, 4, 5]) throttle.succeeded(fence);
    assert.equal(told.at(-1)?.atOnce, 3, 'what was under way before proves nothing');
    ask(1, 2, 3);
    await clock.advance(60_000);
    throttle.limited(1, 'slow down', { retryAfterMs: 1_000 });
    throttle.leave(2);
    throttle.leave(3);
    assert.equal(told.at(-1)?.atOnce, 2);
    await round(1, 2);
    await round(1, 2, 3);
    assert.equal(told.at(-1)?.atOnce, 4);
    await round(1, 2, 3, 4);
    assert.equal(told.at(-1)?.atOnce, null, 'as many as the user wants');
  });

  it('lets calls go one after the other while it is slow, so that they do not come on one beat', async () => {
    const { clock, went, throttle, ask, jitter } = open();
    ask(9);
    await clock.advance(3_000);
    throttle.succeeded(9); // took three seconds
    ask(1, 2, 3, 4, 5);
    await clock.advance(10);
    for (const fence of [1, 2, 3, 4, 5]) throttle.limited(fence, 'slow down', { retryAfterMs: 1_000 });
    went.length = 0;
    jitter(0.5);
    ask(1, 2, 3);
    const at: number[] = [];
    for (let ms = 0; ms < 6_000 && at.length < 3; ms += 50) {
      await clock.advance(50);
      while (at.length < went.length) at.push(ms);
    }
    const [first = 0, second = 0, third = 0] = at;
    assert.ok(second - first >= 400 && third - second >= 400, `${at}`);
  });

  it('waits by itself where the service says that nothing is left for now', async () => {
    const { clock, went, told, throttle, ask, warm } = open();
    await warm();
    ask(1);
    await clock.advance(10);
    throttle.succeeded(1, 7_000);
    ask(2);
    await clock.advance(6_900);
    assert.deepEqual(went, [1]);
    await clock.advance(200);
    assert.deepEqual(went, [1, 2]);
    assert.deepEqual(
      told.map(({ atOnce }) => atOnce),
      [null],
      'all may go at once after that',
    );
  });

  it('says what is waited for where that is a refusal, or a turn among fewer, and not for the first of a model', async () => {
    const { clock, throttle, ask, warm } = open(2);
    ask(1, 2);
    assert.equal(throttle.whyWaiting(2), undefined, 'only until the first is read');
    throttle.leave(1);
    throttle.leave(2);
    await warm();
    ask(1);
    assert.equal(throttle.whyWaiting(1), undefined, 'it may go');
    throttle.limited(1, 'slow down', { retryAfterMs: 20_000 });
    ask(1, 2);
    assert.equal(throttle.whyWaiting(1), 'slow down');
    await clock.advance(20_000);
    assert.equal(throttle.whyWaiting(1), undefined, 'it has gone');
    assert.equal(throttle.whyWaiting(2), 'slow down', 'one at a time');
    throttle.succeeded(1);
    await clock.advance(1);
    throttle.succeeded(2);
    await clock.advance(300_000);
    ask(1, 2);
    assert.equal(throttle.whyWaiting(2), undefined, 'that is long over');
  });

  it('asks a service that is away every half minute at least', async () => {
    const { clock, throttle, ask, warm, went } = open();
    await warm();
    for (let n = 0; n < 10; n++) {
      ask(1);
      await clock.advance(30_000);
      assert.equal(went.length, n + 1);
      throttle.limited(1, 'no way', { isOutage: true });
    }
  });

  it('lets go whoever waits when its attempt is over', async () => {
    const { clock, went, throttle, ask, warm } = open();
    await warm();
    throttle.limited(1, 'slow down', { retryAfterMs: 60_000 });
    ask(2);
    await clock.advance(10);
    throttle.leave(2);
    await clock.advance(1);
    assert.deepEqual(went, [2]);
  });

  const hour = 3_600_000;
  /** How long the next call waits. */
  const waitOf = async ({ clock, went, ask }: ReturnType<typeof open>, fence: number): Promise<number> => {
    const [begun, before] = [clock.monotonic(), went.length];
    ask(fence);
    await clock.advance(0);
    while (went.length === before && clock.monotonic() - begun < 2 * hour) await clock.advance(100);
    return clock.monotonic() - begun;
  };

  it('takes a short wait at its word twice, and then waits longer each time', async () => {
    const world = open();
    await world.warm();
    const waits: number[] = [];
    world.ask(1);
    await world.clock.advance(0);
    for (let n = 0; n < 4; n++) {
      world.throttle.limited(1, 'slow down', { retryAfterMs: 500 });
      waits.push(await waitOf(world, 1));
    }
    assert.deepEqual(waits, [500, 500, 4_000, 8_000]);
  });

  it('begins anew with a second after a call that went well', async () => {
    const world = open(1);
    await world.warm();
    world.ask(1);
    await world.clock.advance(0);
    for (const waits of [1_000, 2_000, 4_000]) {
      world.throttle.limited(1, 'slow down');
      assert.equal(await waitOf(world, 1), waits);
    }
    world.throttle.succeeded(1);
    world.ask(1);
    await world.clock.advance(1_000);
    world.throttle.limited(1, 'slow down');
    assert.equal(await waitOf(world, 1), 1_000);
  });

  it('spreads the end of a wait by two seconds at most, and a shorter one within it by nothing', async () => {
    const world = open();
    await world.warm();
    world.jitter(1);
    world.ask(1, 2);
    await world.clock.advance(0);
    world.throttle.limited(1, 'slow down', { retryAfterMs: 600_000 });
    await world.clock.advance(300_000);
    world.throttle.limited(2, 'slow down', { retryAfterMs: 301_900 });
    assert.equal(await waitOf(world, 3), 302_000);
  });

  it('tells a longer wait that one of those says who were under way together, and no shorter one', async () => {
    const { clock, told, throttle, ask, warm } = open();
    await warm();
    ask(1, 2, 3);
    await clock.advance(1);
    throttle.limited(1, 'one', { retryAfterMs: 1_000 });
    throttle.limited(2, 'two', { retryAfterMs: 60_000 });
    throttle.limited(3, 'three', { retryAfterMs: 1_000 });
    assert.deepEqual(
      told.map(({ reason }) => reason),
      ['one', 'two'],
    );
  });

  it('counts calls that went well anew after each refusal', async () => {
    const { clock, told, throttle, ask, warm } = open();
    await warm();
    ask(1, 2, 3, 4, 5);
    await clock.advance(1);
    for (const fence of [1, 2, 3, 4, 5]) throttle.limited(fence, 'slow down', { retryAfterMs: 1_000 });
    assert.equal(told.at(-1)?.atOnce, 3);
    ask(1, 2, 3);
    await clock.advance(2_000);
    throttle.succeeded(1);
    throttle.succeeded(2);
    ask(4, 5);
    await clock.advance(2_000);
    for (const fence of [3, 4, 5]) throttle.limited(fence, 'slow down', { retryAfterMs: 1_000 });
    assert.equal(told.at(-1)?.atOnce, 2);
    ask(1);
    await clock.advance(5_000);
    throttle.succeeded(1);
    assert.equal(told.at(-1)?.atOnce, 2, 'one is not yet a round');
    ask(2);
    await clock.advance(5_000);
    throttle.succeeded(2);
    const { atOnce, untilAt } = told.at(-1) ?? assert.fail();
    assert.deepEqual([atOnce, untilAt], [3, null]);
  });

  it('waits for what headers say an hour at most, never shorter than it was told, and tells no short wait', async () => {
    const world = open();
    await world.warm();
    world.ask(1);
    await world.clock.advance(0);
    world.throttle.succeeded(1, 500);
    assert.deepEqual(world.told, []);
    world.ask(1, 2);
    await world.clock.advance(1_000);
    world.throttle.succeeded(1, 20_000);
    world.throttle.succeeded(2, 2_000);
    assert.equal(await waitOf(world, 1), 20_000);
    world.throttle.succeeded(1, 10 * hour);
    assert.equal(await waitOf(world, 1), hour);
  });

  it('lets all go when it is disposed', async () => {
    const { clock, went, throttle, ask, warm } = open();
    await warm();
    throttle.limited(1, 'slow down', { retryAfterMs: 60_000 });
    ask(1, 2);
    throttle.dispose();
    await clock.advance(0);
    assert.deepEqual(went, [1, 2]);
    assert.equal(clock.pending, 0);
  });
});

describe('Throttles', () => {
  it('has one for each account, and none where a script is played', () => {
    const chance = { fraction: () => 0, token: () => '' };
    const throttles = new Throttles({ clock: new SimulatedClock(), chance, asked: () => 1, tell: () => {} });
    assert.equal(throttles.of({ model: 'offline' }), undefined);
    assert.equal(throttles.of({ model: 'grok/grok-4' })?.account, 'grok');
    assert.equal(throttles.of({ model: 'grok/grok-4' }), throttles.of({ model: 'grok/other' }));
    assert.equal(throttles.of({ model: 'agent/codex' })?.account, 'agent/codex');
  });
});
