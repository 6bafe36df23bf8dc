// Orders and circles of dependency graphs, small ones by hand, random ones by what must hold, and the greatest.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { buildGraph, findCycle, topologicalOrder } from '../../../src/core/graph/graph';
import { withinCpu } from '../../support/cpuTime';

/** Any needs over up to eight nodes, circles and self-dependencies among them. */
const anyNeeds = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 3 }), { minLength: n, maxLength: n }));

const size = 100_000;
const chain = Array.from({ length: size }, (_, k) => (k > 0 ? [k - 1] : []));

describe('buildGraph', () => {
  it('takes a dependency named twice once, both ways', () => {
    assert.deepEqual(buildGraph([[], [0, 0], [0, 1]]), {
      needs: [[], [0], [0, 1]],
      neededBy: [[1, 2], [2], []],
    });
  });
});

describe('topologicalOrder', () => {
  const cases: [what: string, needs: number[][], order: number[]][] = [
    ['of nothing', [], []],
    ['of those that need nothing', [[], [], []], [0, 1, 2]],
    ['of a chain told backwards', [[1], [2], []], [2, 1, 0]],
    ['of a diamond, each once', [[], [0], [0], [1, 2]], [0, 1, 2, 3]],
    ['without a circle and what stands on it', [[], [2], [1], [2], [0]], [0, 4]],
    ['without what needs itself', [[0], []], [1]],
  ];
  for (const [what, needs, order] of cases) {
    it(what, () => assert.deepEqual(topologicalOrder(buildGraph(needs)), order));
  }

  it('puts each node once, after all it needs', () => {
    fc.assert(
      fc.property(anyNeeds, (needs) => {
        const order = topologicalOrder(buildGraph(needs));
        assert.equal(new Set(order).size, order.length);
        order.forEach((node, at) => {
          for (const need of needs[node] ?? []) assert.ok(order.indexOf(need) < at && order.includes(need));
        });
      }),
    );
  });

  it('walks a chain of 10⁵, and 10⁵ that need one', () => {
    const star = chain.map((_, k) => (k > 0 ? [0] : []));
    for (const needs of [chain, star]) {
      assert.equal(withinCpu(1_500, () => topologicalOrder(buildGraph(needs))).length, size);
    }
  });
});

describe('findCycle', () => {
  const cases: [what: string, needs: number[][], cycle: number[] | undefined][] = [
    ['none in nothing', [], undefined],
    ['none in a diamond', [[], [0], [0], [1, 2]], undefined],
    ['a node that needs itself', [[], [1]], [1, 1]],
    ['two that need each other', [[1], [0]], [0, 1, 0]],
    ['the circle only, not the way to it', [[1], [2], [3], [1]], [1, 2, 3, 1]],
    ['one though a dependent stands before it', [[2], [], [3], [2]], [2, 3, 2]],
    ['one beside a sound part', [[], [0], [3], [2, 1]], [2, 3, 2]],
  ];
  for (const [what, needs, cycle] of cases) {
    it(`finds ${what}`, () => assert.deepEqual(findCycle(buildGraph(needs)), cycle));
  }

  it('gives a closed path of real edges exactly when there is no order of all', () => {
    let circles = 0;
    fc.assert(
      fc.property(anyNeeds, (needs) => {
        const graph = buildGraph(needs);
        const cycle = findCycle(graph);
        assert.equal(cycle === undefined, topologicalOrder(graph).length === needs.length);
        if (!cycle) return;
        circles++;
        assert.ok(cycle.length >= 2);
        assert.equal(cycle[0], cycle.at(-1));
        assert.equal(new Set(cycle).size, cycle.length - 1);
        for (const [at, node] of cycle.slice(0, -1).entries()) {
          assert.ok(needs[node]?.includes(cycle[at + 1] as number));
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(circles > 20);
  });

  it('walks a circle of 10⁵', () => {
    const closed = chain.with(0, [size - 1]);
    assert.equal(
      withinCpu(1_500, () => findCycle(buildGraph(chain))),
      undefined,
    );
    assert.equal(withinCpu(1_500, () => findCycle(buildGraph(closed)))?.length, size + 1);
  });
});
