// What must hold of a lock table after every step, checked the slow and plain way, without the table's own functions.
import { lockKey } from '../../../src/core/locks/lockPath';
import { type LockScope, lockName } from '../../../src/core/locks/lockScope';
import type { LockTable, Wait } from '../../../src/core/locks/lockTable';

/** Every rule the table breaks, in words; empty for a sound one. */
export function brokenLockRules(table: LockTable): readonly string[] {
  const broken: string[] = [];
  table.holds.forEach((a, k) => {
    for (const b of table.holds.slice(k + 1)) {
      if (a.fence !== b.fence && meet(a.scope, b.scope))
        broken.push(`${a.fence} and ${b.fence} both hold ${lockName(b.scope)}`);
    }
  });
  const waitsFor = new Map<number, Set<number>>();
  table.waits.forEach((wait, k) => {
    const inWay = inWayOf(table, wait, k);
    if (inWay.length === 0) broken.push(`${wait.fence} waits for ${lockName(wait.scope)}, which is free`);
    const known = waitsFor.get(wait.fence) ?? new Set();
    for (const fence of inWay) if (fence !== 'human') known.add(fence);
    waitsFor.set(wait.fence, known);
  });
  const circle = [...waitsFor.keys()].find((fence) => comesRound(fence, waitsFor));
  if (circle !== undefined) broken.push(`${circle} waits for itself`);
  return broken;
}

export function meet(a: LockScope, b: LockScope): boolean {
  if (a.kind === 'resource' || b.kind === 'resource')
    return a.kind === 'resource' && b.kind === 'resource' && keyOf(a.resource) === keyOf(b.resource);
  const [one, two] = [keyOf(a.path), keyOf(b.path)];
  if (one === two) return true;
  return (a.kind === 'folder' && isBelow(two, one)) || (b.kind === 'folder' && isBelow(one, two));
}

const keys = new Map<string, string>();

function keyOf(path: string): string {
  const key = keys.get(path) ?? lockKey(path);
  keys.set(path, key);
  return key;
}

function isBelow(path: string, top: string): boolean {
  return top === '' || path.startsWith(`${top}/`);
}

function inWayOf(table: LockTable, wait: Wait, place: number): (number | 'human')[] {
  const others = [...table.holds, ...table.waits.slice(0, place)];
  const agents = others
    .filter((o) => o.fence !== wait.fence && meet(o.scope, wait.scope))
    .map((o) => o.fence);
  const human = table.human.some((path) => meet({ kind: 'file', path }, wait.scope));
  return human ? [...agents, 'human'] : agents;
}

function comesRound(start: number, edges: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const seen = new Set<number>();
  const walk = (fence: number): boolean => {
    if (seen.has(fence)) return false;
    seen.add(fence);
    return [...(edges.get(fence) ?? [])].some((next) => next === start || walk(next));
  };
  return walk(start);
}
