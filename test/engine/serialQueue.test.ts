// One thing at a time, and what may go on beside it.
import { strict as assert } from 'node:assert';
import { SerialQueue } from '../../src/ports/serialQueue';
import { settle } from '../doubles/simulatedClock';

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
}

describe('a serial queue', () => {
  it('lets one in at a time, in order, and goes on after a failure', async () => {
    const queue = new SerialQueue();
    const first = held();
    const order: string[] = [];
    const one = queue.run(() => first.work().then(() => Promise.reject(new Error('first'))));
    const two = queue.run(async () => void order.push('second'));
    await settle();
    assert.deepEqual(order, []);
    first.end();
    await assert.rejects(one, /first/);
    await two;
    assert.deepEqual(order, ['second']);
  });

  it('tells of work beside it that nothing came between', async () => {
    const queue = new SerialQueue();
    await queue.run(async () => {});
    await settle();
    assert.equal(await queue.beside(async () => {}), true);
  });

  it('tells when something was in it at the beginning, or came meanwhile', async () => {
    const queue = new SerialQueue();
    const before = held();
    const earlier = queue.run(before.work);
    const beside = held();
    const first = queue.beside(beside.work);
    before.end();
    await earlier;
    beside.end();
    assert.equal(await first, false);

    const during = held();
    const second = queue.beside(during.work);
    await queue.run(async () => {});
    during.end();
    assert.equal(await second, false);
  });
});
