// The time an attempt may take: what of it counts.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { TimeLimit } from '../../src/engine/timeLimit';
import { SimulatedClock } from '../doubles/simulatedClock';

describe('the time limit of an attempt', () => {
  const begin = () => {
    const clock = new SimulatedClock();
    let isOver = false;
    const limit = new TimeLimit(clock, 10_000, () => {
      isOver = true;
    });
    return { clock, limit, isOver: () => isOver };
  };

  it('stands still from hold to goOn', async () => {
    const { clock, limit, isOver } = begin();
    await clock.advance(4_000);
    limit.hold();
    await clock.advance(60_000);
    limit.goOn();
    await clock.advance(5_999);
    assert.equal(isOver(), false);
    await clock.advance(1);
    assert.equal(isOver(), true);
  });

  it('stands still until the last of several has gone on', async () => {
    const { clock, limit, isOver } = begin();
    limit.hold();
    limit.hold();
    limit.goOn();
    await clock.advance(60_000);
    assert.equal(isOver(), false);
    limit.goOn();
    await clock.advance(10_000);
    assert.equal(isOver(), true);
  });

  it('gives back what came to nothing, also while it stands still', async () => {
    const { clock, limit, isOver } = begin();
    await clock.advance(8_000);
    limit.giveBack(3_000);
    limit.hold();
    limit.giveBack(2_000);
    await clock.advance(60_000);
    limit.goOn();
    await clock.advance(6_999);
    assert.equal(isOver(), false);
    await clock.advance(1);
    assert.equal(isOver(), true);
  });

  it('is never over once it is disposed', async () => {
    const { clock, limit, isOver } = begin();
    limit.hold();
    limit.dispose();
    limit.goOn();
    await clock.advance(60_000);
    assert.equal(isOver(), false);
  });
});
