// Who holds which path or resource and who waits for it: the exclusive, re-entrant, fair lock table as an immutable value.
import type { FeatureId, Fence, Slot } from '../shared/ids';
import { covers, lockKey } from './lockPath';
import { includes, isLocked, type Locked, type LockScope, lockedOf, overlaps, sameScope } from './lockScope';
import { reaches } from './waitGraph';

/** An attempt's hold on a scope. It has no lease of its own: it ends with the attempt. */
export interface Hold {
  readonly scope: LockScope;
  readonly fence: Fence;
  readonly slot: Slot;
  readonly featureId: FeatureId;
  /** `Moment.elapsedMs` of the event that made it: how long it lasts is told to others. */
  readonly since: number;
}

/** An attempt that waits for an undeclared file; first come, first served. */
export interface Wait {
  readonly scope: LockScope;
  readonly fence: Fence;
  readonly slot: Slot;
  readonly featureId: FeatureId;
  readonly since: number;
}

export interface LockTable {
  readonly holds: readonly Hold[];
  readonly waits: readonly Wait[];
  /** Files with the human's unsaved edits; theirs until saved or reverted. */
  readonly human: readonly string[];
}

export type Requester = Pick<Hold, 'fence' | 'slot' | 'featureId'>;

export type LockAnswer =
  | { readonly kind: 'granted' }
  /** Already covered by a hold of the same attempt. */
  | { readonly kind: 'held' }
  | { readonly kind: 'wait'; readonly blockers: readonly Blocker[] }
  /** Waiting would close a circle; the attempt gives its work back instead. */
  | { readonly kind: 'yield'; readonly blockers: readonly Blocker[] };

/** Who is in the way: an attempt that holds or waits before us, or the human. */
export type Blocker =
  | ({
      readonly kind: 'agent';
      readonly slot: Slot;
      readonly featureId: FeatureId;
      readonly fence: Fence;
    } & Locked)
  | { readonly kind: 'human'; readonly path: string };

export const noLocks: LockTable = { holds: [], waits: [], human: [] };

/** What a request for `scope` would get now. Asks only; the table changes by `grant`, `queue` and `release`. */
export function request(table: LockTable, scope: LockScope, by: Requester): LockAnswer {
  if (isHeldBy(table, scope, by.fence)) return { kind: 'held' };
  const blockers = blockersOf(table, scope, by.fence);
  if (blockers.length === 0) return { kind: 'granted' };
  const waitsFor = (fence: Fence) =>
    table.waits.flatMap((w) => (w.fence === fence ? fencesOf(blockersOf(table, w.scope, fence)) : []));
  return { kind: reaches(fencesOf(blockers), by.fence, waitsFor) ? 'yield' : 'wait', blockers };
}

/** What one of many files would get: a hold, the one it has, or what is in the way of it. */
export type FreeAnswer = 'granted' | 'held' | readonly Blocker[];

/**
 * What requests for the files at `paths` would get without waiting, each granted before the next is looked at. As
 * `request` for one after the other, but with the attempt's own holds looked through once.
 */
export function requestFree(
  table: LockTable,
  paths: readonly string[],
  by: Requester,
): ReadonlyMap<string, FreeAnswer> {
  const own = table.holds.filter((h) => h.fence === by.fence);
  const files = new Set(own.flatMap((h) => (h.scope.kind === 'file' ? [lockKey(h.scope.path)] : [])));
  const folders = own.flatMap(({ scope }) => (scope.kind === 'folder' ? [scope] : []));
  const others = { ...table, holds: table.holds.filter((h) => h.fence !== by.fence) };
  const answers = new Map<string, FreeAnswer>();
  for (const path of paths) {
    const key = lockKey(path);
    const isHeld = files.has(key) || folders.some((scope) => covers(scope, path));
    const blockers = isHeld ? [] : blockersOf(others, { kind: 'file', path }, by.fence);
    const isGranted = !isHeld && blockers.length === 0;
    if (isGranted) files.add(key);
    answers.set(path, isHeld ? 'held' : isGranted ? 'granted' : blockers);
  }
  return answers;
}

/** The first thing in the way of locking all of `scopes` at once, or undefined when all are free. */
export function firstBlocker(table: LockTable, scopes: readonly LockScope[]): Blocker | undefined {
  for (const scope of scopes) {
    const [blocker] = blockersOf(table, scope, undefined);
    if (blocker) return blocker;
  }
  return undefined;
}

export function grant(table: LockTable, hold: Hold): LockTable {
  const waits = table.waits.filter((w) => !(w.fence === hold.fence && sameScope(w.scope, hold.scope)));
  return { ...table, holds: [...table.holds, hold], waits };
}

export function queue(table: LockTable, wait: Wait): LockTable {
  return { ...table, waits: [...table.waits, wait] };
}

/** Without the attempt's hold on or wait for what is `locked`. */
export function release(table: LockTable, locked: Locked, fence: Fence): LockTable {
  const others = (entry: Hold | Wait) => !(entry.fence === fence && isLocked(entry.scope, locked));
  return { ...table, holds: table.holds.filter(others), waits: table.waits.filter(others) };
}

/** What an attempt holds or waits for, each once: what is released when it ends. */
export function lockedBy(table: LockTable, fence: Fence): readonly Locked[] {
  const own = [...table.holds, ...table.waits].filter((entry) => entry.fence === fence);
  const byName = own.map(({ scope }) => [JSON.stringify(lockedOf(scope)), lockedOf(scope)] as const);
  return [...new Map(byName).values()];
}

export function setHuman(table: LockTable, paths: readonly string[]): LockTable {
  return { ...table, human: [...paths] };
}

/** The waits that can be granted now, in the order they came; each takes its place before the next is looked at. */
export function grantable(table: LockTable): readonly Wait[] {
  const granted: Wait[] = [];
  let current = table;
  for (const wait of table.waits) {
    const isNext = current.waits.includes(wait) && blockersOf(current, wait.scope, wait.fence).length === 0;
    if (!isNext) continue;
    granted.push(wait);
    current = grant(current, wait);
  }
  return granted;
}

export function isHeldBy(table: LockTable, scope: LockScope, fence: Fence): boolean {
  return table.holds.some((h) => h.fence === fence && includes(h.scope, scope));
}

/**
 * Everything in the way of `fence` getting `scope`: other holders, the human, and those who came before it in the queue
 * (a newcomer does not overtake a waiter for an overlapping path).
 */
function blockersOf(table: LockTable, scope: LockScope, fence: Fence | undefined): readonly Blocker[] {
  const blockers: Blocker[] = [];
  for (const h of table.holds) {
    if (h.fence !== fence && overlaps(h.scope, scope)) blockers.push(asBlocker(h));
  }
  for (const path of table.human) {
    if (overlaps({ kind: 'file', path }, scope)) blockers.push({ kind: 'human', path });
  }
  for (const w of table.waits) {
    if (w.fence !== fence) {
      if (overlaps(w.scope, scope)) blockers.push(asBlocker(w));
    } else if (sameScope(w.scope, scope)) break;
  }
  return blockers;
}

function asBlocker({ slot, featureId, fence, scope }: Hold | Wait): Blocker {
  return { kind: 'agent', slot, featureId, fence, ...lockedOf(scope) };
}

function fencesOf(blockers: readonly Blocker[]): Fence[] {
  return blockers.flatMap((b) => (b.kind === 'agent' ? [b.fence] : []));
}
