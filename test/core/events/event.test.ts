// Events as other programs read them.
import { strict as assert } from 'node:assert';
import { attemptOf, toExternal } from '../../../src/core/events/event';

describe('toExternal', () => {
  it('puts number, time and type first, and the agent by name', () => {
    const external = toExternal({
      type: 'feature.submitted',
      summary: 's',
      slot: 2,
      featureId: 4,
      attempt: 1,
      fence: 9,
      at: 5,
      seq: 3,
    });
    assert.equal(
      JSON.stringify(external),
      '{"seq":3,"at":5,"type":"feature.submitted","agentId":"agent-2","summary":"s","slot":2,"featureId":4,"attempt":1,"fence":9}',
    );
  });

  it('names no agent where there is none', () => {
    assert.deepEqual(toExternal({ type: 'feature.freed', featureId: 4, at: 5, seq: 3 }), {
      seq: 3,
      at: 5,
      type: 'feature.freed',
      featureId: 4,
    });
  });
});

describe('attemptOf', () => {
  it('takes from a larger thing what names the attempt', () => {
    const large = { slot: 1, featureId: 2, attempt: 3, fence: 4, model: 'haiku' };
    assert.deepEqual(attemptOf(large), { slot: 1, featureId: 2, attempt: 3, fence: 4 });
  });
});
