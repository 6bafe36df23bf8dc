// How a command knows that its run is over, and when it may say that all has passed.
import { strict as assert } from 'node:assert';
import { allPass, endOfRun, tellLink } from '../../src/cli/runEnd';
import { Failure } from '../../src/ports/failure';
import { specOf } from '../support/history';
import { claim, finish, loaded, passed, run, wholeRun, wholeRunSoFar } from '../vscode/scenes';
import { ScriptedSession } from '../vscode/scriptedSession';

const full = new Failure('diskFull', 'Could not write agents.journal in /x: the disk is full (ENOSPC).');

describe('the end of a run that a command follows', () => {
  it('is told with its outcome, also when it ended before anybody looked', async () => {
    const session = new ScriptedSession('/x', wholeRun());
    const id = session.snapshot.run?.id ?? assert.fail();
    assert.deepEqual(await endOfRun(session, id), { kind: 'finished', outcome: 'incomplete' });
  });

  it('is told when the database holds the run no more', async () => {
    const session = new ScriptedSession('/x', loaded(specOf('A')));
    assert.deepEqual(await endOfRun(session, 1), { kind: 'vanished' });
  });

  it('is not reached while its host is waited for, and is when there can be none', async () => {
    const session = new ScriptedSession('/x', wholeRunSoFar());
    let isOver = false;
    const end = endOfRun(session, session.snapshot.run?.id ?? assert.fail());
    void end.then(() => {
      isOver = true;
    });
    session.link = { kind: 'waiting', because: full };
    session.reset();
    await Promise.resolve();
    assert.equal(isOver, false);
    session.link = { kind: 'lost', because: new Failure('removed', '/x was taken away.') };
    session.reset();
    assert.deepEqual(await end, { kind: 'lost' });
  });
});

describe('all that is meant', () => {
  const history = loaded(specOf('A'), specOf('B'));
  run(history);
  finish(history, claim(history, 1, 1), passed(1));
  const { snapshot } = history;

  const cases = [
    { of: 'a feature that passes', only: [1], passes: true },
    { of: 'one that passes and one that does not', only: [1, 2], passes: false },
    { of: 'all features, while one does not pass', only: undefined, passes: false },
    { of: 'a feature that is gone', only: [9], passes: false },
    { of: 'nothing', only: [], passes: false },
  ];
  for (const { of, only, passes } of cases) {
    it(`${passes ? 'passes' : 'does not pass'} when it is ${of}`, () =>
      assert.equal(allPass(snapshot, only), passes));
  }
  it('does not pass where there are no features', () =>
    assert.equal(allPass(loaded().snapshot, undefined), false));
});

describe('the words about the host', () => {
  it('come once for one trouble, and say when it is over', () => {
    const session = new ScriptedSession('/x', wholeRunSoFar());
    const notes: string[] = [];
    const stop = tellLink(session, (line) => void notes.push(line));
    for (const because of [full, new Failure('diskFull', 'Could not open the database in /x: full.')]) {
      session.link = { kind: 'waiting', because };
      session.reset();
    }
    session.link = { kind: 'connected' };
    session.reset();
    session.link = { kind: 'lost', because: new Failure('removed', '/x was taken away.') };
    session.reset();
    stop();
    assert.deepEqual(notes, [
      '⏸️ Could not write agents.journal in /x: the disk is full (ENOSPC). Free some space on that disk. It goes on by itself.',
      '▶️ It goes on.',
      '❌ /x was taken away. The next start begins afresh.',
    ]);
  });
});
