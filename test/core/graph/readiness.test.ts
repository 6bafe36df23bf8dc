// Who may start, who must wait and who never will, from the stage of each dependency.
import { strict as assert } from 'node:assert';
import type { Stage } from '../../../src/core/features/featureMachine';
import { featureGraph, graphById, readinessOf, withDependencies } from '../../../src/core/graph/readiness';
import { atOnce } from '../../../src/core/shared/steps';
import { featureIn } from '../sampleFeatures';

describe('readinessOf', () => {
  const ofOne: Record<Stage, 'ready' | 'missing' | 'blocked'> = {
    pending: 'missing',
    waiting: 'missing',
    working: 'missing',
    verifying: 'missing',
    unconfirmed: 'missing',
    passing: 'ready',
    failed: 'blocked',
    skipped: 'blocked',
  };
  for (const [stage, kind] of Object.entries(ofOne) as [Stage, string][]) {
    it(`of a feature whose one dependency is ${stage}: ${kind}`, () =>
      assert.equal(readinessOf([featureIn(stage, 1)]).kind, kind));
  }

  it('names all that is missing, and only that', () => {
    const needs = [featureIn('waiting', 3), featureIn('passing', 1), featureIn('working', 2)];
    assert.deepEqual(readinessOf(needs), { kind: 'missing', ids: [3, 2] });
  });

  it('names the dependency that failed above those that are missing', () => {
    const needs = [featureIn('working', 1), featureIn('failed', 2)];
    assert.deepEqual(readinessOf(needs), { kind: 'blocked', by: 2 });
  });

  it('takes a feature that needs nothing as ready', () =>
    assert.deepEqual(readinessOf([]), { kind: 'ready' }));
});

const diamond = {
  1: featureIn('pending', 1),
  2: featureIn('pending', 2, { dependsOn: ['F1'] }),
  3: featureIn('pending', 3, { dependsOn: ['F1', 'gone'] }),
  4: featureIn('pending', 4, { dependsOn: ['F2', 'F3'] }),
  5: featureIn('pending', 5),
};

describe('featureGraph', () => {
  it('joins features by name, each dependency once, without those that are gone', () => {
    assert.deepEqual(featureGraph(Object.values(diamond)).needs, [[], [0], [0], [1, 2], []]);
  });
});

describe('graphById', () => {
  it('does the same with ids, and nothing where no feature is', () => {
    const { 2: _, ...without } = diamond;
    assert.deepEqual(atOnce(graphById(Object.values(diamond), 6)).needs, [[], [], [1], [1], [2, 3], [], []]);
    assert.deepEqual(atOnce(graphById(Object.values(diamond), 6)).neededBy, [
      [],
      [2, 3],
      [4],
      [4],
      [],
      [],
      [],
    ]);
    assert.deepEqual(atOnce(graphById(Object.values(without), 5)).needs, [[], [], [], [1], [3], []]);
  });
});

describe('withDependencies', () => {
  const cases: [id: number, all: number[]][] = [
    [1, [1]],
    [2, [1, 2]],
    [4, [1, 2, 3, 4]],
    [5, [5]],
    [6, []],
  ];
  for (const [id, all] of cases) {
    it(`of ${id} is ${all.join(', ') || 'nothing'}`, () => {
      assert.deepEqual([...withDependencies(diamond, id)].toSorted(), all);
    });
  }

  it('ends though features need each other', () => {
    const circle = {
      1: featureIn('pending', 1, { dependsOn: ['F2'] }),
      2: featureIn('pending', 2, { dependsOn: ['F1'] }),
    };
    assert.deepEqual([...withDependencies(circle, 1)].toSorted(), [1, 2]);
  });
});
