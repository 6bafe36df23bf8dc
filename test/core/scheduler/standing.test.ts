// What a look at many features costs, told by the features that are looked at.
import { strict as assert } from 'node:assert';
import type { Feature } from '../../../src/core/features/feature';
import { graphById } from '../../../src/core/graph/readiness';
import { Board } from '../../../src/core/scheduler/board';
import { Standing } from '../../../src/core/scheduler/standing';
import { atOnce } from '../../../src/core/shared/steps';
import { featureIn, workspaceOf } from '../sampleFeatures';

const count = 5_000;
/** Each needs the one before it, and none is marked as waiting yet. */
const all = Array.from({ length: count }, (_, k) =>
  featureIn('pending', k + 1, { dependsOn: k > 0 ? [`F${k}`] : [], files: [`f${k}`] }),
);

/** @param look called at each look at one of the features */
function watched(features: Readonly<Record<number, Feature>>, look: () => void): typeof features {
  return new Proxy(features, {
    get: (target, id, receiver) => {
      look();
      return Reflect.get(target, id, receiver);
    },
  });
}

describe('changes of readiness among many features', () => {
  it('are found by looking at those alone that are asked for, with what they need', () => {
    let looks = 0;
    const { features } = workspaceOf(all);
    const standing = new Standing(atOnce(graphById(all, count)));
    standing.changed(
      all.map(({ id }) => id),
      watched(features, () => looks++),
    );
    looks = 0;
    const held = standing.changes(10).map(({ featureId }) => featureId);
    assert.deepEqual(held, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.ok(looks < 30, `looked ${looks} times`);
    assert.deepEqual(
      standing.changes(10).map(({ featureId }) => featureId),
      held,
      'as nothing has changed',
    );
  });
});

describe('a feature that rests', () => {
  it('rests no longer than its state says', () => {
    const [feature] = all;
    assert.ok(feature);
    const { features } = workspaceOf([feature]);
    const standing = new Standing(atOnce(graphById([feature], 1)));
    const inState = (state: Feature['state']) =>
      standing.changed([1], { ...features, 1: { ...feature, state } });
    inState({ status: 'pending', notBefore: 5_000 });
    assert.deepEqual([...standing.resting], [[1, 5_000]]);
    inState({ status: 'pending' }); // the user said so
    assert.deepEqual([...standing.resting], []);
  });
});

describe('a board that is made for many features', () => {
  it('is made in steps, none of which looks at more than a part of them', () => {
    let looks = 0;
    let most = 0;
    const workspace = workspaceOf(all);
    const making = new Board().seeing({ ...workspace, features: watched(workspace.features, () => looks++) });
    looks = 0;
    let steps = 0;
    for (const _ of making) {
      // The one look at all of them for what changed comes first, and takes no time.
      if (steps++ > 0) most = Math.max(most, looks);
      looks = 0;
    }
    assert.ok(steps > (count * 5) / 256, `${steps} steps`);
    assert.ok(most <= 600, `a step looked ${most} times`);
  });

  it('changes nothing of what it knew when it is left half way', () => {
    const board = new Board();
    const small = workspaceOf(all.slice(0, 3));
    board.see(small);
    const before = { order: board.order, standing: board.standing, features: board.features };
    board.seeing(workspaceOf(all)).next();
    assert.deepEqual({ order: board.order, standing: board.standing, features: board.features }, before);
  });
});
