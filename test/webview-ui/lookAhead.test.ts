// What is said beside the slider: how long it would take with so many agents, and how much of that is guessed.
import { strict as assert } from 'node:assert';
import type { Snapshot } from '../../src/core/events/snapshot';
import { lookAhead } from '../../webview-ui/src/lookAhead';
import { specOf } from '../support/history';
import { claim, example, finish, loaded, passed, run } from '../vscode/scenes';

const minutes = 60;

/** `history` with one feature passing that took ten minutes, so that others of its kind are no guess. */
function learned() {
  const history = loaded(
    specOf('a', { category: 'x' }),
    specOf('b', { category: 'x' }),
    specOf('c', { category: 'y' }),
  );
  run(history);
  const attempt = claim(history, 1, 1);
  history.wait(12 * minutes - 2);
  finish(history, attempt, passed(1));
  return history.snapshot;
}

/** An agent at work on a feature of 20 minutes, another feature of 5 waiting for it. */
function atWork(elapsed: number, only?: number[]): { snapshot: Snapshot } {
  const history = loaded(
    specOf('a', { estimate: 20 }),
    specOf('b', { estimate: 5, dependsOn: ['a'] }),
    specOf('c', { estimate: 50 }),
  );
  run(history, only ? { only } : {});
  claim(history, 1, 1);
  const { snapshot } = history;
  return { snapshot: { ...snapshot, elapsedMs: snapshot.elapsedMs + elapsed * minutes * 1000 } };
}

describe('the forecast beside the slider', () => {
  const chain = loaded(
    specOf('auth', { estimate: 12 }),
    specOf('profile', { estimate: 8, dependsOn: ['auth'] }),
    specOf('help', { estimate: 10 }),
  ).snapshot;
  const cases: {
    of: string;
    snapshot: Snapshot;
    agents?: number;
    says: string;
    guesses?: string;
  }[] = [
    {
      of: 'fewer agents than there could be',
      snapshot: chain,
      agents: 1,
      says: '1 agent: about 30 min; 5: 20 min, the chain auth → profile decides',
    },
    {
      of: 'all there could be',
      snapshot: chain,
      agents: 5,
      says: '5 agents: about 20 min, the chain auth → profile decides',
    },
    {
      of: 'guesses only',
      snapshot: example().snapshot,
      agents: 5,
      says: '5 agents: about 10 min',
      guesses: 'no durations known yet: guessed at 10 min each',
    },
    {
      of: 'what was learned',
      snapshot: learned(),
      agents: 5,
      says: '5 agents: about 12 min, b alone decides',
    },
    {
      of: 'what is left of a feature at work',
      ...atWork(15, [1, 2]),
      says: '5 agents: about 10 min, the chain a → b decides',
      agents: 5,
    },
    {
      of: 'a feature that takes longer than expected',
      ...atWork(90, [1, 2]),
      says: '5 agents: about 7 min, the chain a → b decides',
      agents: 5,
    },
    {
      of: 'all, where the run is about all',
      ...atWork(0),
      says: '5 agents: about 50 min, c alone decides',
      agents: 5,
    },
    { of: 'nothing', snapshot: loaded().snapshot, says: '' },
  ];
  for (const { of, snapshot, agents = 3, says, guesses } of cases) {
    it(`speaks of ${of}`, () => {
      const ahead = lookAhead({ snapshot, agents, most: 5 });
      assert.equal(ahead.text, says);
      if (guesses !== undefined) assert.equal(ahead.guesses, guesses);
    });
  }

  it('counts the guesses where only some are', () => {
    const { snapshot } = loaded(specOf('a', { estimate: 5 }), specOf('b'), specOf('c'));
    assert.equal(lookAhead({ snapshot, agents: 1, most: 1 }).guesses, '2 of 3 durations are guesses');
  });

  it('knows a rest from the whole', () => {
    assert.equal(lookAhead({ snapshot: chain, agents: 1, most: 1 }).isRest, false);
    assert.equal(lookAhead({ ...atWork(1), agents: 1, most: 1 }).isRest, true);
  });
});
