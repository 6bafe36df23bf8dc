// Who is in the way, in words for people.
import { strict as assert } from 'node:assert';
import { describeBlockers } from '../../../src/core/locks/describeBlockers';
import type { Blocker } from '../../../src/core/locks/lockTable';

const agent: Blocker = { kind: 'agent', slot: 2, featureId: 5, fence: 9, path: 'a' };
const human: Blocker = { kind: 'human', path: 'a' };

describe('describeBlockers', () => {
  const cases: [blockers: readonly Blocker[], says: string][] = [
    [[], 'which is free now'],
    [[agent, human], 'held by agent 2 (feature 5)'],
    [[human, agent], 'which you are editing'],
  ];
  for (const [blockers, says] of cases) it(says, () => assert.equal(describeBlockers(blockers), says));
});
