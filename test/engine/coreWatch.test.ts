// The watch over commands on a simulated clock: what each saw of the cores while it ran, and nothing after.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoreWatch } from '../../src/engine/coreWatch';
import { SimulatedClock } from '../doubles/simulatedClock';

/** A watch over two cores, of which so many are wanted as `want` says. */
function watchOn(first: number | undefined) {
  const clock = new SimulatedClock();
  let wanted = first;
  const watch = new CoreWatch({ count: 2, wanted: () => wanted }, clock);
  const want = (next: number) => {
    wanted = next;
  };
  return { clock, watch, want };
}

describe('the watch over the cores', () => {
  it('tells each command what others cost it while it ran', async () => {
    const { clock, watch, want } = watchOn(1);
    const first = watch.begin();
    await clock.advance(1_000);
    want(4);
    const second = watch.begin();
    await clock.advance(1_000);
    const inHalf = second.end(1_000, 1_000);
    want(1);
    await clock.advance(1_000);
    const inAll = first.end(3_000, 3_000);
    // Two threads each: while both ran, each had one core of the two it could use.
    assert.deepEqual(inHalf, { cpuMs: 1_000, coreWaitMs: 500 });
    assert.deepEqual(inAll, { cpuMs: 3_000, coreWaitMs: 500 });
    assert.equal(clock.pending, 0);
  });

  it('books nothing as waiting for others while no other command of ours runs, whoever else wants the cores', async () => {
    const { clock, watch } = watchOn(8);
    const alone = watch.begin();
    await clock.advance(1_000);
    assert.deepEqual(alone.end(1_000, 500), { cpuMs: 500, coreWaitMs: 0 });
  });

  it('leaves out what it cannot know', async () => {
    const blind = watchOn(undefined);
    const command = blind.watch.begin();
    await blind.clock.advance(500);
    assert.deepEqual(command.end(500, 400), { cpuMs: 400 });
    const { watch, clock } = watchOn(4);
    assert.deepEqual(watch.begin().end(500, undefined), {});
    assert.equal(clock.pending, 0);
  });
});
