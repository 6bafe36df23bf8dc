// How often a feature is tried again: three retries are four attempts, and three lost agents are enough.
import { strict as assert } from 'node:assert';
import { afterFailure, afterLoss, restMs, type Verdict } from '../../../src/core/guardrails/failurePolicy';
import { defaultLimits } from '../../../src/core/settings/runSettings';

describe('failurePolicy', () => {
  const failures: [before: number, maxRetries: number, verdict: Verdict][] = [
    [0, 3, 'retry'],
    [2, 3, 'retry'],
    [3, 3, 'fail'],
    [4, 3, 'fail'],
    [0, 0, 'fail'],
    [0, 1, 'retry'],
    [1, 1, 'fail'],
  ];
  for (const [before, maxRetries, verdict] of failures) {
    it(`failure ${before + 1} with ${maxRetries} retries: ${verdict}`, () => {
      assert.equal(afterFailure(before, { ...defaultLimits, maxRetries }), verdict);
    });
  }

  const losses: [before: number, maxLosses: number, verdict: Verdict][] = [
    [0, 3, 'retry'],
    [1, 3, 'retry'],
    [2, 3, 'fail'],
    [3, 3, 'fail'],
    [0, 1, 'fail'],
  ];
  for (const [before, maxLosses, verdict] of losses) {
    it(`loss ${before + 1} of ${maxLosses}: ${verdict}`, () => {
      assert.equal(afterLoss(before, { ...defaultLimits, maxLosses }), verdict);
    });
  }

  it('lets what lost an agent rest, four times as long each time', () =>
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(restMs), [0, 1_000, 4_000, 16_000, 64_000, 64_000, 64_000]));
});
