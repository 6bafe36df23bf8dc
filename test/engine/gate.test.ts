// The gate: one thing at a time, and what may go on beside it.
import { strict as assert } from 'node:assert';
import { Gate } from '../../src/engine/gate';
import { settle } from '../doubles/simulatedClock';

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
}

describe('the gate', () => {
  it('lets one in at a time, in order, and goes on after a failure', async () => {
    const gate = new Gate();
    const first = held();
    const order: string[] = [];
    const one = gate.run(() => first.work().then(() => Promise.reject(new Error('first'))));
    const two = gate.run(async () => void order.push('second'));
    await settle();
    assert.deepEqual(order, []);
    first.end();
    await assert.rejects(one, /first/);
    await two;
    assert.deepEqual(order, ['second']);
  });

  it('tells of work beside it that nothing came between', async () => {
    const gate = new Gate();
    await gate.run(async () => {});
    await settle();
    assert.equal(await gate.beside(async () => {}), true);
  });

  it('tells when something was in it at the beginning, or came meanwhile', async () => {
    const gate = new Gate();
    const before = held();
    const earlier = gate.run(before.work);
    const beside = held();
    const first = gate.beside(beside.work);
    before.end();
    await earlier;
    beside.end();
    assert.equal(await first, false);

    const during = held();
    const second = gate.beside(during.work);
    await gate.run(async () => {});
    during.end();
    assert.equal(await second, false);
  });
});
