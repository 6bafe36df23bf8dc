// How many warm workers a workspace wants, by table.
import { strict as assert } from 'node:assert';
import type { Run } from '../../src/core/events/snapshot';
import type { Stage } from '../../src/core/features/featureMachine';
import { warmWorkers } from '../../src/host/warmWorkers';
import { featureIn, workspaceOf } from '../core/sampleFeatures';

describe('warmWorkers', () => {
  const cases: readonly [what: string, stages: readonly Stage[], maxAgents: number, spares: number][] = [
    ['one for every slot', ['working', 'verifying', 'pending', 'waiting'], 2, 2],
    ['three at most', ['working', 'waiting', 'waiting', 'waiting', 'waiting'], 5, 3],
    ['no more than features can still be claimed', ['working', 'waiting', 'passing', 'failed'], 3, 1],
    ['none for the last ones at work', ['working', 'working', 'unconfirmed', 'skipped'], 3, 0],
  ];
  for (const [what, stages, maxAgents, idle] of cases) {
    it(`are ${what}`, () => {
      const features = stages.map((stage, k) => featureIn(stage, k + 1));
      assert.equal(warmWorkers(workspaceOf(features, { maxAgents })), idle);
    });
  }

  const pending = [1, 2, 3].map((id) => featureIn('pending', id));

  it('are counted over the features that are meant', () => {
    assert.equal(warmWorkers(workspaceOf(pending, { maxAgents: 3, only: [2] })), 1);
  });

  for (const status of ['paused', 'stopping', 'finished'] satisfies Run['status'][]) {
    it(`are none while a run is ${status}`, () => {
      assert.equal(warmWorkers(workspaceOf(pending, {}, { status })), 0);
    });
  }
});
