// An event that is said to concern no decision leaves the decisions as they are, in any history.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { project } from '../../../src/core/events/project';
import { emptySnapshot } from '../../../src/core/events/snapshot';
import { concernsDecision } from '../../../src/core/scheduler/concernsDecision';
import { decide } from '../../../src/core/scheduler/decide';
import { type History, storyOfARun } from '../../support/history';
import { historyFrom } from '../../support/randomHistory';

describe('concernsDecision', () => {
  /** Returns how many events concerned no decision. */
  function check({ events }: History): number {
    let before = emptySnapshot;
    let passedOver = 0;
    for (const event of events) {
      const after = project(before, event);
      if (!concernsDecision(event)) {
        passedOver += 1;
        const told = `${event.seq} ${event.type}`;
        assert.deepEqual(decide(after, event.at).decisions, decide(before, event.at).decisions, told);
      }
      before = after;
    }
    return passedOver;
  }

  it('passes over nothing that changes a decision, in a story of a run', () => {
    assert.ok(check(storyOfARun()) >= 6);
  });

  it('passes over nothing that changes a decision, in any history', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (numbers) => void check(historyFrom(numbers))),
    );
  });
});
