// What is looked up in the picture.
import { strict as assert } from 'node:assert';
import { liveAttempts } from '../../../src/core/events/snapshot';
import type { Stage } from '../../../src/core/features/featureMachine';
import { featureIn, workspaceOf } from '../sampleFeatures';

describe('liveAttempts', () => {
  const live: Record<Stage, boolean> = {
    pending: false,
    waiting: false,
    working: true,
    verifying: true,
    unconfirmed: false,
    passing: false,
    failed: false,
    skipped: false,
  };
  for (const [stage, isLive] of Object.entries(live) as [Stage, boolean][]) {
    it(`${isLive ? 'has' : 'has not'} a feature that is ${stage}`, () => {
      assert.equal(liveAttempts(workspaceOf([featureIn(stage)])).length, isLive ? 1 : 0);
    });
  }
});
