// Every order in which agents can take their steps, with the rules of the lock table checked in each state.
import { strict as assert } from 'node:assert';
import {
  firstBlocker,
  grant,
  grantable,
  isHeldBy,
  type LockTable,
  lockedBy,
  noLocks,
  queue,
  release,
  request,
} from '../../../src/core/locks/lockTable';
import { brokenLockRules } from './lockRules';
import { entryOf, requester, scopeOf } from './lockTables';

/** Every state that three agents can come to, each asking for its files in its order, then ending. */
export function walkAll(orders: readonly (readonly number[])[]): { states: number; yields: number } {
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
  const isHeld = (path: number) => isHeldBy(table, scopeOf(`p${path}`), fence);
  if (agent.next === 0 && !agent.learned.every(isHeld)) {
    const scopes = agent.learned.map((path) => scopeOf(`p${path}`));
    if (firstBlocker(table, scopes)) return undefined;
    return to(
      scopes.reduce((current, scope) => grant(current, entryOf(fence, scope)), table),
      {},
    );
  }
  const wanted = order[agent.next];
  const without = () => lockedBy(table, fence).reduce((left, path) => release(left, path, fence), table);
  if (wanted === undefined) return to(without(), { next: 4 });
  const scope = scopeOf(`p${wanted}`);
  const answer = request(table, scope, requester(fence));
  switch (answer.kind) {
    case 'held':
      return to(table, { next: agent.next + 1 });
    case 'granted':
      return to(grant(table, entryOf(fence, scope)), { next: agent.next + 1 });
    case 'wait':
      return to(queue(table, entryOf(fence, scope)), { next: agent.next + 1 });
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
