// Many events at once: each told with the state after it, at the cost of one copy of the features.
import { strict as assert } from 'node:assert';
import type { Event } from '../../../src/core/events/event';
import { project, projectAll } from '../../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../../src/core/events/snapshot';
import { storyOfARun } from '../../support/history';
import { specOf } from '../sampleFeatures';

describe('a snapshot brought forward by many events', () => {
  const { events } = storyOfARun();

  it('is told after each as one brought forward by one after the other', () => {
    let one: Snapshot = emptySnapshot;
    const all = projectAll(emptySnapshot, events, (event, after) => {
      one = project(one, event);
      assert.deepEqual({ ...after }, one);
    });
    assert.deepEqual(all, one);
  });

  it('copies the features once, however many of them change', () => {
    const copies = new Set<unknown>();
    const before = projectAll(emptySnapshot, events.slice(0, 3));
    projectAll(before, events.slice(3), (_, { features }) => copies.add(features));
    copies.delete(before.features);
    assert.equal(copies.size, 1);
  });

  it('copies them once, too, when all of them go', () => {
    const at = { seq: 1, at: 1 };
    const ids = Array.from({ length: 100 }, (_, k) => k + 1);
    const before = projectAll(
      emptySnapshot,
      ids.map((featureId) => ({ type: 'feature.added', featureId, spec: specOf(`F${featureId}`), ...at })),
    );
    const copies = new Set<unknown>();
    const gone = ids.map((featureId): Event => ({ type: 'feature.removed', featureId, ...at }));
    const after = projectAll(before, gone, (_, { features }) => copies.add(features));
    assert.deepEqual([copies.size, Object.keys(after.features).length], [1, 0]);
  });
});
