// The longest chain of work, by hand, against the plain recursive definition, and at the greatest size.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { criticalPathLength, longestChain, longestRemaining } from '../../../src/core/graph/criticalPath';
import { buildGraph } from '../../../src/core/graph/graph';
import { withinCpu } from '../../support/cpuTime';

describe('longestRemaining', () => {
  const cases: [what: string, needs: number[][], durations: number[], remaining: number[]][] = [
    ['of nothing', [], [], []],
    ['of one', [[]], [5], [5]],
    ['of a chain', [[], [0], [1]], [1, 2, 3], [6, 5, 3]],
    ['of a diamond: the longer side, the end once', [[], [0], [0], [1, 2]], [1, 10, 2, 3], [14, 13, 5, 3]],
    ['of two chains side by side', [[], [0], [], [2]], [1, 1, 5, 5], [2, 1, 10, 5]],
    ['of work that takes no time', [[], [0]], [0, 0], [0, 0]],
  ];
  for (const [what, needs, durations, remaining] of cases) {
    it(what, () => {
      assert.deepEqual(longestRemaining(buildGraph(needs), durations), remaining);
      assert.equal(criticalPathLength(buildGraph(needs), durations), Math.max(0, ...remaining));
    });
  }

  it('is its own time and the longest behind it, for any graph', () => {
    const dag = fc.array(fc.tuple(fc.array(fc.nat(6), { maxLength: 3 }), fc.nat(20)), { maxLength: 10 });
    fc.assert(
      fc.property(dag, (nodes) => {
        const needs = nodes.map(([list], k) => list.filter((need) => need < k));
        const durations = nodes.map(([, ms]) => ms);
        const behind = (node: number): number =>
          (durations[node] ?? 0) +
          Math.max(0, ...needs.flatMap((list, k) => (list.includes(node) ? [behind(k)] : [])));
        assert.deepEqual(
          longestRemaining(buildGraph(needs), durations),
          nodes.map((_, k) => behind(k)),
        );
      }),
    );
  });

  it('measures a chain of 10⁵', () => {
    const needs = Array.from({ length: 100_000 }, (_, k) => (k > 0 ? [k - 1] : []));
    const durations = needs.map(() => 2);
    assert.equal(
      withinCpu(3_000, () => criticalPathLength(buildGraph(needs), durations)),
      200_000,
    );
  });
});

describe('longestChain', () => {
  const cases: [what: string, needs: number[][], durations: number[], chain: number[]][] = [
    ['of nothing', [], [], []],
    ['of one', [[]], [5], [0]],
    ['by duration, not by length', [[], [0], [1], []], [1, 1, 1, 4], [3]],
    ['through a diamond', [[], [0], [0], [1, 2]], [1, 2, 3, 1], [0, 2, 3]],
    ['with the lowest of equals', [[], [], [0, 1]], [1, 1, 1], [0, 2]],
  ];
  for (const [what, needs, durations, chain] of cases) {
    it(what, () => assert.deepEqual(longestChain(buildGraph(needs), durations), chain));
  }
});
