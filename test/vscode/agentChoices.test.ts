// What Start N Agents says beside each number, for backlogs of different shapes.
import { strict as assert } from 'node:assert';
import type { Snapshot } from '../../src/core/events/snapshot';
import { agentChoices } from '../../src/vscode/agentChoices';
import { specOf } from '../support/history';
import { claim, example, finish, layers, loaded, passed, run } from './scenes';

function lines(snapshot: Snapshot, agentLimit = 3): string[] {
  const { choices } = agentChoices({ snapshot, remembered: 2, agentLimit, routing: {} });
  return choices.map(({ label, description, detail }) => [label, description, detail ?? '–'].join(' | '));
}

function placeholder(snapshot: Snapshot): string {
  return agentChoices({ snapshot, remembered: 2, agentLimit: 5, routing: {} }).placeholder;
}

const chained = () =>
  loaded(
    specOf('auth', { estimate: 12 }),
    specOf('profile', { estimate: 8, dependsOn: ['auth'] }),
    specOf('help', { estimate: 10 }),
    specOf('news', { estimate: 10 }),
  );

describe('the choices of Start N Agents', () => {
  const cases: { of: string; snapshot: Snapshot; says: string[] }[] = [
    {
      of: 'features that need each other',
      snapshot: chained().snapshot,
      says: [
        '1 agent | about 40 min | one feature after the other',
        '2 agents | about 20 min · as last time | work enough for all of them',
        '3 agents | about 20 min | no faster than 2: the chain auth → profile decides',
      ],
    },
    {
      of: 'features that change one file',
      snapshot: loaded(
        ...['a', 'b', 'c'].map((name) => specOf(name, { estimate: 30, files: ['src/app.ts'] })),
        specOf('d', { estimate: 20 }),
      ).snapshot,
      says: [
        '1 agent | about 1 h 50 min | one feature after the other',
        '2 agents | about 1 h 30 min · as last time | src/app.ts decides, which 3 features change',
        '3 agents | about 1 h 30 min | no faster than 2: src/app.ts decides, which 3 features change',
      ],
    },
    {
      of: 'a backlog with nothing left to build',
      snapshot: built().snapshot,
      says: ['1 agent |  | –', '2 agents | as last time | –', '3 agents |  | –'],
    },
  ];
  for (const { of, snapshot, says } of cases) {
    it(`tell of ${of}`, () => assert.deepEqual(lines(snapshot), says));
  }

  const guesses: { of: string; snapshot: Snapshot; says: RegExp }[] = [
    { of: 'nothing where all are known', snapshot: chained().snapshot, says: /time\?$/ },
    {
      of: 'that all are guessed',
      snapshot: example().snapshot,
      says: /\? No durations known yet: guessed at 10 min each\.$/,
    },
    {
      of: 'how many are guessed',
      snapshot: loaded(specOf('a', { estimate: 5 }), specOf('b')).snapshot,
      says: /\? 1 of 2 durations are guesses\.$/,
    },
  ];
  for (const { of, snapshot, says } of guesses) {
    it(`say of durations ${of}`, () => assert.match(placeholder(snapshot), says));
  }

  it('look ahead for the last choice only, where the backlog is very large', () => {
    const told = lines(layers(3_000).snapshot, 10).map((line) => line.includes('about'));
    assert.deepEqual(told, [false, true, ...Array(8).fill(false)]);
  });
});

function built() {
  const history = loaded(specOf('a'));
  run(history);
  finish(history, claim(history, 1, 1), passed(1));
  return history;
}
