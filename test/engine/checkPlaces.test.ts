// Places for checks: never more taken than there are, in the order they were asked for, and given up while waiting.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CheckPlaces } from '../../src/engine/checkPlaces';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function placesFor(most: number) {
  const state = { most, waits: [] as number[], taken: [] as string[] };
  const places = new CheckPlaces(() => state.most);
  const ask = (name: string, signal = new AbortController().signal) =>
    places
      .take(signal, (running) => void state.waits.push(running))
      .then((giveBack) => {
        state.taken.push(giveBack ? name : `${name} left`);
        return giveBack ?? (() => {});
      });
  return { state, ask };
}

describe('places for checks', () => {
  it('are given in the order they were asked for', async () => {
    const { state, ask } = placesFor(2);
    const [a, b] = [await ask('a'), await ask('b')];
    void ask('c');
    void ask('d');
    await settle();
    assert.deepEqual(
      [state.taken, state.waits],
      [
        ['a', 'b'],
        [2, 2],
      ],
    );
    b();
    b(); // gives back no more than it has
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c']);
    a();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c', 'd']);
  });

  it('are not given to who has left, before or while waiting', async () => {
    const { state, ask } = placesFor(1);
    const a = await ask('a');
    const leaving = new AbortController();
    void ask('b', leaving.signal);
    void ask('c');
    leaving.abort();
    await settle();
    void ask('d', leaving.signal);
    await settle();
    a();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b left', 'd left', 'c']);
  });

  it('are as many as are allowed by then', async () => {
    const { state, ask } = placesFor(1);
    const a = await ask('a');
    for (const name of ['b', 'c']) void ask(name);
    state.most = 2;
    a();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c']);
  });
});
