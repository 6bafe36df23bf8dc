// Turns of commands: never more checks than are allowed, in the order they were asked for, and alone where one has to be.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CommandTurns, type TurnKind } from '../../src/engine/commandTurns';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function turnsFor(most: number, isExclusive = false) {
  const state = { most, waits: [] as string[], taken: [] as string[] };
  const turns = new CommandTurns(
    () => state.most,
    () => isExclusive,
  );
  const ask = (name: string, kind: TurnKind = 'check', signal = new AbortController().signal) =>
    turns
      .take(kind, signal, (wait) => void state.waits.push(`${name}: ${wait.why} ${wait.running}`))
      .then((turn) => {
        state.taken.push(turn ? name : `${name} left`);
        return { end: () => turn?.giveBack(), hadCompany: () => turn?.hadCompany };
      });
  return { state, ask };
}

describe('turns of checks', () => {
  it('are given in the order they were asked for', async () => {
    const { state, ask } = turnsFor(2);
    const [a, b] = [await ask('a'), await ask('b')];
    void ask('c');
    void ask('d');
    await settle();
    assert.deepEqual(
      [state.taken, state.waits],
      [
        ['a', 'b'],
        ['c: most 2', 'd: most 2'],
      ],
    );
    b.end();
    b.end(); // gives back no more than it has
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c']);
    a.end();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c', 'd']);
  });

  it('are not given to who has left, before or while waiting', async () => {
    const { state, ask } = turnsFor(1);
    const a = await ask('a');
    const leaving = new AbortController();
    void ask('b', 'check', leaving.signal);
    void ask('c');
    leaving.abort();
    await settle();
    void ask('d', 'check', leaving.signal);
    await settle();
    a.end();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b left', 'd left', 'c']);
  });

  it('are as many as are allowed by then', async () => {
    const { state, ask } = turnsFor(1);
    const a = await ask('a');
    for (const name of ['b', 'c']) void ask(name);
    state.most = 2;
    a.end();
    await settle();
    assert.deepEqual(state.taken, ['a', 'b', 'c']);
  });
});

describe('turns of what agents run for themselves', () => {
  it('are no checks: they neither wait for the most of them nor count', async () => {
    const { state, ask } = turnsFor(1);
    await ask('check');
    void ask('second check');
    await ask('command', 'command');
    await settle();
    assert.deepEqual(state.taken, ['check', 'command']);
    assert.deepEqual(state.waits, ['second check: most 1']);
  });

  it('are one at a time with the checks where that is asked for, in their order', async () => {
    const { state, ask } = turnsFor(3, true);
    const check = await ask('check');
    const command = ask('command', 'command');
    void ask('second check');
    await settle();
    assert.deepEqual(state.taken, ['check']);
    assert.deepEqual(state.waits, ['command: alone 1', 'second check: alone 1']);
    check.end();
    await settle();
    assert.deepEqual(state.taken, ['check', 'command']);
    (await command).end();
    await settle();
    assert.deepEqual(state.taken, ['check', 'command', 'second check']);
    assert.equal(check.hadCompany(), false);
  });
});

describe('a turn alone', () => {
  it('begins when nothing runs, and nothing begins beside it or before it', async () => {
    const { state, ask } = turnsFor(3);
    const check = await ask('check');
    const command = await ask('command', 'command');
    const alone = ask('alone', 'alone');
    void ask('later', 'command');
    void ask('last');
    check.end();
    await settle();
    assert.deepEqual(state.taken, ['check', 'command'], 'a command runs yet');
    command.end();
    await settle();
    assert.deepEqual(state.taken, ['check', 'command', 'alone']);
    assert.equal((await alone).hadCompany(), false);
    (await alone).end();
    await settle();
    assert.deepEqual(state.taken, ['check', 'command', 'alone', 'later', 'last']);
    assert.deepEqual(state.waits, ['alone: alone 2', 'later: alone 2', 'last: alone 2']);
  });

  it('keeps nobody waiting once it is not wanted any more', async () => {
    const { state, ask } = turnsFor(3);
    await ask('check');
    const leaving = new AbortController();
    void ask('alone', 'alone', leaving.signal);
    void ask('command', 'command');
    leaving.abort();
    await settle();
    assert.deepEqual(state.taken.sort(), ['alone left', 'check', 'command']);
  });
});

describe('company', () => {
  it('has whoever ran at the same time as another, for however short', async () => {
    const { ask } = turnsFor(3);
    const before = await ask('before');
    before.end();
    const one = await ask('one');
    const other = await ask('other', 'command');
    other.end();
    const after = [before, one, other].map((turn) => turn.hadCompany());
    assert.deepEqual(after, [false, true, true]);
  });
});
