// Plans keep every dependency and capacity, are never worse than what they began with, and are found where one can tell.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { criticalPathLength } from '../../../src/core/graph/criticalPath';
import { buildGraph } from '../../../src/core/graph/graph';
import { findPlan, type PlanProblem } from '../../../src/core/scheduler/plan';
import { brokenPlanRules } from '../../bench/planRules';

/** `agents` of a kind, and files of which there is one each. */
function problemOf(
  agents: number,
  entries: readonly (readonly [duration: number, needs: number[], files: number[]])[],
  files = 0,
): PlanProblem {
  return {
    graph: buildGraph(entries.map(([, needs]) => needs)),
    durations: entries.map(([duration]) => duration),
    uses: entries.map(([, , own]) => [
      { resource: 0, amount: 1 },
      ...[...new Set(own)].map((f) => ({ resource: f + 1, amount: 1 })),
    ]),
    capacities: [agents, ...Array.from({ length: files }, () => 1)],
  };
}

const problems = fc.record({
  agents: fc.integer({ min: 1, max: 4 }),
  entries: fc.array(
    fc.record({
      duration: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 5, noNaN: true })),
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      files: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
});

function problemFrom({
  agents,
  entries,
}: typeof problems extends fc.Arbitrary<infer T> ? T : never): PlanProblem {
  const rows = entries.map(
    ({ duration, needs, files }, k) => [duration, k === 0 ? [] : needs.map((n) => n % k), files] as const,
  );
  return problemOf(
    agents,
    rows.map(([d, n, f]) => [d, [...n], f] as const),
    3,
  );
}

describe('findPlan', () => {
  it('keeps dependencies and capacities, whatever the problem', () => {
    fc.assert(
      fc.property(problems, (choice) => {
        const problem = problemFrom(choice);
        const plan = findPlan(problem, { iterations: 12, bound: 0 });
        assert.deepEqual(brokenPlanRules(problem, plan), []);
        assert.ok(plan.finish >= criticalPathLength(problem.graph, problem.durations) - 1e-9);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same plan for the same problem, and no worse one for more iterations', () => {
    fc.assert(
      fc.property(problems, (choice) => {
        const problem = problemFrom(choice);
        const short = findPlan(problem, { iterations: 3, bound: 0 });
        assert.deepEqual(findPlan(problem, { iterations: 3, bound: 0 }), short);
        assert.ok(findPlan(problem, { iterations: 20, bound: 0 }).finish <= short.finish);
      }),
      { numRuns: 50 },
    );
  });

  const known: [what: string, problem: PlanProblem, finish: number][] = [
    [
      'a chain',
      problemOf(3, [
        [2, [], []],
        [3, [0], []],
        [4, [1], []],
      ]),
      9,
    ],
    [
      'equal work shared out',
      problemOf(
        3,
        Array.from({ length: 15 }, () => [1, [], []]),
      ),
      5,
    ],
    [
      'one file',
      problemOf(
        3,
        [
          [2, [], [0]],
          [3, [], [0]],
          [4, [], []],
        ],
        1,
      ),
      5,
    ],
    // Longest first ends at 11 on two agents; 6+4 beside 5+3+2 ends at 10.
    [
      'work that must be packed',
      problemOf(2, [
        [6, [], []],
        [5, [], []],
        [4, [], []],
        [3, [], []],
        [2, [], []],
      ]),
      10,
    ],
    ['nothing', problemOf(2, []), 0],
    [
      'work that takes no time',
      problemOf(1, [
        [0, [], []],
        [0, [0], []],
      ]),
      0,
    ],
  ];
  for (const [what, problem, finish] of known) {
    it(`finds the shortest for ${what}`, () => {
      assert.equal(findPlan(problem, { iterations: 50, bound: 0 }).finish, finish);
    });
  }

  it('begins with a schedule it is given, and ends at once when that reaches the bound', () => {
    const problem = problemOf(1, [
      [1, [], []],
      [1, [], []],
    ]);
    assert.deepEqual(findPlan(problem, { iterations: 1, bound: 2, first: [1, 0] }).starts, [1, 0]);
  });
});

describe('the rules on plans', () => {
  const problem = problemOf(1, [
    [2, [], []],
    [2, [0], []],
  ]);
  const faults: [what: string, starts: number[], finish: number, says: RegExp][] = [
    ['a start before what is needed ends', [0, 1], 3, /before 0 ends/],
    ['more than there is', [0, 0], 2, /2 of 1 of resource 0/],
    ['another finish than it has', [0, 2], 3, /it ends at 4, not at 3/],
    ['a feature without a start', [0], 2, /1 starts at NaN/],
    ['a start before now', [-2, 0], 2, /0 starts at -2/],
  ];
  for (const [what, starts, finish, says] of faults) {
    it(`see ${what}`, () => assert.match(brokenPlanRules(problem, { starts, finish }).join('; '), says));
  }
});
