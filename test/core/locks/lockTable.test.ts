// The lock table by single steps, by every interleaving of three agents, and by long random programs.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { LockScope } from '../../../src/core/locks/lockPath';
import {
  firstBlocker,
  grant,
  grantable,
  type Hold,
  isHeldBy,
  type LockTable,
  noLocks,
  pathsOf,
  queue,
  release,
  request,
  setHuman,
} from '../../../src/core/locks/lockTable';
import { LockProgram } from './lockProgram';
import { brokenLockRules } from './lockRules';

const file = (path: string): LockScope => ({ kind: 'file', path });
const folder = (path: string): LockScope => ({ kind: 'folder', path });
const by = (fence: number) => ({ fence, slot: fence, featureId: 10 + fence });
const entry = (fence: number, scope: LockScope): Hold => ({ ...by(fence), scope, since: 0 });

/** A table from its holds and waits, in order. */
function tableOf(
  holds: [number, LockScope][],
  waits: [number, LockScope][] = [],
  human: string[] = [],
): LockTable {
  const held = holds.reduce((table, [fence, scope]) => grant(table, entry(fence, scope)), noLocks);
  const queued = waits.reduce((table, [fence, scope]) => queue(table, entry(fence, scope)), held);
  return setHuman(queued, human);
}

describe('request', () => {
  const a = file('a');
  const b = file('b');
  const c = file('c');
  const cases: [
    what: string,
    table: LockTable,
    scope: LockScope,
    fence: number,
    kind: string,
    blockers?: number[],
  ][] = [
    ['a free file', noLocks, a, 1, 'granted'],
    ['a file beside a held one', tableOf([[2, b]]), a, 1, 'granted'],
    ['what it holds', tableOf([[1, a]]), a, 1, 'held'],
    ['a file in its folder', tableOf([[1, folder('src')]]), file('src/x'), 1, 'held'],
    ['the folder around its file', tableOf([[1, file('src/x')]]), folder('src'), 1, 'granted'],
    ['what another holds', tableOf([[2, a]]), a, 1, 'wait', [2]],
    ['it in another case', tableOf([[2, file('A')]]), a, 1, 'wait', [2]],
    [
      'a folder of which others hold parts',
      tableOf([
        [2, file('src/x')],
        [3, file('src/y')],
      ]),
      folder('src'),
      1,
      'wait',
      [2, 3],
    ],
    [
      'a file in a folder another waits for',
      tableOf([[2, file('src/x')]], [[3, folder('src')]]),
      file('src/y'),
      1,
      'wait',
      [3],
    ],
    ['what another holds and a third awaits', tableOf([[2, a]], [[3, a]]), a, 1, 'wait', [2, 3]],
    [
      'its own place in the queue again',
      tableOf(
        [[2, a]],
        [
          [1, a],
          [3, a],
        ],
      ),
      a,
      1,
      'wait',
      [2],
    ],
    [
      'a second wait behind others',
      tableOf(
        [
          [2, a],
          [2, b],
        ],
        [
          [1, a],
          [3, b],
        ],
      ),
      b,
      1,
      'wait',
      [2, 3],
    ],
    [
      'a free file that another awaits with a folder',
      tableOf(
        [[2, file('s/x')]],
        [
          [1, c],
          [3, folder('s')],
        ],
      ),
      file('s/y'),
      1,
      'wait',
      [3],
    ],
    [
      'two waiting for each other',
      tableOf(
        [
          [1, a],
          [2, b],
        ],
        [[2, a]],
      ),
      b,
      1,
      'yield',
      [2],
    ],
    [
      'three in a circle',
      tableOf(
        [
          [1, a],
          [2, b],
          [3, c],
        ],
        [
          [2, a],
          [3, b],
        ],
      ),
      c,
      1,
      'yield',
      [3],
    ],
    [
      'a circle through the queue',
      tableOf(
        [
          [1, a],
          [2, b],
        ],
        [
          [3, b],
          [2, a],
        ],
      ),
      b,
      1,
      'yield',
      [2, 3],
    ],
    [
      'a circle the other way round is none',
      tableOf(
        [
          [1, a],
          [2, b],
        ],
        [[1, b]],
      ),
      c,
      2,
      'granted',
    ],
  ];
  for (const [what, table, scope, fence, kind, blockers] of cases) {
    it(`${what}: ${kind}`, () => {
      const answer = request(table, scope, by(fence));
      assert.equal(answer.kind, kind);
      assert.deepEqual(
        'blockers' in answer
          ? answer.blockers.map((x) => (x.kind === 'agent' ? x.fence : 'human'))
          : undefined,
        blockers,
      );
    });
  }

  it('names who is in the way: an agent with its feature, or the human', () => {
    assert.deepEqual(request(tableOf([[2, folder('src')]], [], ['src/x']), file('src/x'), by(1)), {
      kind: 'wait',
      blockers: [
        { kind: 'agent', ...by(2), path: 'src' },
        { kind: 'human', path: 'src/x' },
      ],
    });
  });

  it('waits for the human, who is never part of a circle', () => {
    assert.equal(request(tableOf([[1, a]], [], ['b']), b, by(1)).kind, 'wait');
  });
});

describe('the lock table', () => {
  const a = file('a');

  it('does not change the table it was given', () => {
    const table = tableOf([[1, a]], [[2, a]], ['h']);
    const copy = structuredClone(table);
    grant(table, entry(3, file('b')));
    queue(table, entry(3, a));
    release(table, 'a', 1);
    setHuman(table, []);
    grantable(table);
    assert.deepEqual(table, copy);
  });

  it('knows nothing released by one who does not hold it', () => {
    const table = tableOf([[1, a]], [[2, a]]);
    assert.deepEqual(release(table, 'a', 3), table);
    assert.deepEqual(release(table, 'b', 1), table);
  });

  it('releases holds and waits of a path, and those of no other attempt', () => {
    const table = tableOf(
      [
        [1, a],
        [1, file('b')],
      ],
      [
        [2, a],
        [3, a],
      ],
    );
    assert.deepEqual(
      release(table, 'a', 2).waits.map((w) => w.fence),
      [3],
    );
    assert.deepEqual(
      release(table, 'a', 1).holds.map((h) => h.scope.path),
      ['b'],
    );
  });

  it('tells all paths of an attempt once, so that its end frees everything', () => {
    const table = tableOf(
      [
        [1, a],
        [1, folder('src')],
        [2, file('b')],
      ],
      [
        [1, file('b')],
        [1, a],
      ],
    );
    assert.deepEqual(pathsOf(table, 1), ['a', 'src', 'b']);
    const freed = pathsOf(table, 1).reduce((left, path) => release(left, path, 1), table);
    assert.deepEqual(pathsOf(freed, 1), []);
    assert.deepEqual(pathsOf(freed, 2), ['b']);
  });

  it('grants in the order of the queue, one for each file', () => {
    const table = tableOf(
      [],
      [
        [1, a],
        [2, a],
        [3, file('b')],
        [4, folder('')],
      ],
    );
    assert.deepEqual(
      grantable(table).map((w) => w.fence),
      [1, 3],
    );
  });

  it('grants one wait once, though it was queued twice', () => {
    const table = tableOf(
      [],
      [
        [1, a],
        [1, a],
      ],
    );
    assert.deepEqual(
      grantable(table).map((w) => w.fence),
      [1],
    );
  });

  it('takes a wait out of the queue when it is granted', () => {
    assert.deepEqual(
      grant(
        tableOf(
          [],
          [
            [1, a],
            [2, a],
          ],
        ),
        entry(1, a),
      ).waits.map((w) => w.fence),
      [2],
    );
  });

  it('grants nothing of the human before it is given back', () => {
    const table = tableOf([], [[1, a]], ['A']);
    assert.deepEqual(grantable(table), []);
    assert.equal(grantable(setHuman(table, [])).length, 1);
  });

  it('gives all or none to a claim, behind those who wait', () => {
    const table = tableOf([[1, a]], [[2, file('b')]], ['h']);
    const blocked = (...scopes: LockScope[]) => firstBlocker(table, scopes)?.path;
    assert.equal(blocked(file('c'), a), 'a');
    assert.equal(blocked(file('c'), file('b')), 'b');
    assert.equal(blocked(folder('')), 'a');
    assert.equal(blocked(file('h')), 'h');
    assert.equal(blocked(file('c'), file('d')), undefined);
    assert.equal(blocked(), undefined);
  });

  it('says that a folder is held by who holds the folder, not by who holds a file in it', () => {
    const table = tableOf([
      [1, file('src')],
      [2, folder('lib')],
    ]);
    assert.equal(isHeldBy(table, folder('src'), 1), false);
    assert.equal(isHeldBy(table, folder('lib/x'), 2), true);
    assert.equal(isHeldBy(table, file('lib/x'), 1), false);
  });
});

describe('the rules of the lock table', () => {
  const a = file('a');
  const b = file('b');
  const planted: [what: string, table: LockTable, says: RegExp][] = [
    [
      'two holders of a file',
      tableOf([
        [1, a],
        [2, file('A')],
      ]),
      /both hold/,
    ],
    [
      'a holder inside a held folder',
      tableOf([
        [1, folder('src')],
        [2, file('src/x')],
      ]),
      /both hold/,
    ],
    [
      'a circle',
      tableOf(
        [
          [1, a],
          [2, b],
        ],
        [
          [1, b],
          [2, a],
        ],
      ),
      /waits for itself/,
    ],
    ['a lost wake-up', tableOf([], [[1, a]]), /which is free/],
  ];
  for (const [what, table, says] of planted) {
    it(`are seen to be broken by ${what}`, () => assert.match(brokenLockRules(table).join(), says));
  }

  it('hold through every interleaving of 3 agents that want 3 files in any order', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    let states = 0;
    let yields = 0;
    for (const second of orders) {
      // The first order stands for all: the files are the same but for their names.
      for (const third of orders) {
        const walked = walkAll([[0, 1, 2], second, third]);
        states += walked.states;
        yields += walked.yields;
      }
    }
    assert.ok(states > 5_000 && yields > 100, `${states} states, ${yields} yields: too few to mean anything`);
  });

  for (const concurrent of [false, true]) {
    it(`hold through 50 random programs of 2,000 steps${concurrent ? ', agents asking while they wait' : ''}`, function () {
      this.timeout(20_000);
      const seen = { granted: 0, held: 0, wait: 0, yield: 0 };
      fc.assert(
        fc.property(fc.array(fc.noBias(fc.nat(2 ** 30)), { minLength: 2_000, maxLength: 2_000 }), (steps) => {
          const program = new LockProgram({ agents: 5, concurrent });
          for (const step of steps) program.step(step);
          program.drain();
          for (const kind of ['granted', 'held', 'wait', 'yield'] as const) seen[kind] += program.seen[kind];
        }),
        { numRuns: 50, endOnFailure: true },
      );
      for (const [kind, times] of Object.entries(seen))
        assert.ok(times > 200, `${kind} was met ${times} times only`);
    });
  }
});

interface Walker {
  readonly next: number;
  readonly restarts: number;
  /** Files it yielded for, taken all or none before it starts again. */
  readonly learned: readonly number[];
}

interface World {
  readonly table: LockTable;
  readonly agents: readonly Walker[];
}

/** Every state that three agents can come to, each asking for its files in its order, then ending. */
function walkAll(orders: readonly (readonly number[])[]): { states: number; yields: number } {
  const seen = new Set<string>();
  let yields = 0;
  const open: World[] = [
    { table: noLocks, agents: orders.map(() => ({ next: 0, restarts: 0, learned: [] })) },
  ];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    assert.deepEqual(brokenLockRules(world.table), [], key);
    const steps = orders.map((order, k) => walk(world, order, k));
    yields += steps.filter((s) => s?.yielded).length;
    const isOver = world.agents.every((agent) => agent.next > 3);
    assert.ok(isOver || steps.some((s) => s !== undefined), `nobody can go on: ${key}`);
    for (const step of steps) if (step) open.push(step.world);
  }
  return { states: seen.size, yields };
}

function walk(
  { table, agents }: World,
  order: readonly number[],
  k: number,
): { world: World; yielded: boolean } | undefined {
  const agent = agents[k];
  if (!agent) return undefined;
  const fence = 1 + k + 10 * agent.restarts;
  if (agent.next > 3 || table.waits.some((w) => w.fence === fence)) return undefined;
  const to = (next: LockTable, changed: Partial<Walker>, yielded = false) => {
    const settled = grantable(next).reduce((current, wait) => grant(current, wait), next);
    return { world: { table: settled, agents: agents.with(k, { ...agent, ...changed }) }, yielded };
  };
  const isHeld = (path: number) => isHeldBy(table, file(`p${path}`), fence);
  if (agent.next === 0 && !agent.learned.every(isHeld)) {
    const scopes = agent.learned.map((path) => file(`p${path}`));
    if (firstBlocker(table, scopes)) return undefined;
    return to(
      scopes.reduce((current, scope) => grant(current, entry(fence, scope)), table),
      {},
    );
  }
  const wanted = order[agent.next];
  const without = () => pathsOf(table, fence).reduce((left, path) => release(left, path, fence), table);
  if (wanted === undefined) return to(without(), { next: 4 });
  const scope = file(`p${wanted}`);
  const answer = request(table, scope, by(fence));
  switch (answer.kind) {
    case 'held':
      return to(table, { next: agent.next + 1 });
    case 'granted':
      return to(grant(table, entry(fence, scope)), { next: agent.next + 1 });
    case 'wait':
      return to(queue(table, entry(fence, scope)), { next: agent.next + 1 });
    case 'yield':
      return to(
        without(),
        { next: 0, restarts: agent.restarts + 1, learned: [...agent.learned, wanted] },
        true,
      );
    default:
      return answer satisfies never;
  }
}
