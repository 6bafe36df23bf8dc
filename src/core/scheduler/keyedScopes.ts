// Places that features want or hold, in the workspace or outside of all files, indexed so that asking who is there costs the depth of a path, not the number of locks.
import { declaredScopes, type Feature, type FeatureSpec } from '../features/feature';
import { isResourceKey, type LockScope, lockedOf, scopeKey } from '../locks/lockScope';
import type { Blocker, LockTable } from '../locks/lockTable';

/** A scope with the key it is compared by, which is dear enough to be made once. */
export interface KeyedScope {
  readonly scope: LockScope;
  readonly key: string;
}

/** Worked out once for all values of a feature that declare the same: it changes its state more often than its files. */
export function keyedScopesOf(feature: Feature): readonly KeyedScope[] {
  const { spec, learnedFiles, scopes } = feature;
  const known = placesKnown.get(spec);
  if (known?.learnedFiles === learnedFiles && known.scopes === scopes) return known.places;
  const places = declaredScopes(feature).map(keyedScopeOf);
  placesKnown.set(spec, { learnedFiles, scopes, places });
  return places;
}

const placesKnown = new WeakMap<
  FeatureSpec,
  Pick<Feature, 'learnedFiles' | 'scopes'> & { readonly places: readonly KeyedScope[] }
>();

export function keyedScopeOf(scope: LockScope): KeyedScope {
  return { scope, key: scopeKey(scope) };
}

/** Do both lists name the same, in the same order? */
export function samePlaces(a: readonly KeyedScope[], b: readonly KeyedScope[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ scope, key }, k) => key === b[k]?.key && scope.kind === b[k].scope.kind)
  );
}

/** What stands at places. Meets as `overlaps` of the lock paths does; that both agree is tested. Grows, never shrinks. */
export class ScopeIndex<T> {
  readonly #byKey = new Map<string, T[]>();
  readonly #folders = new Map<string, T[]>();

  add({ scope, key }: KeyedScope, what: T): void {
    push(this.#byKey, key, what);
    if (scope.kind === 'folder') push(this.#folders, key, what);
  }

  /** Everything that meets one of `places`; what meets several is named several times. */
  meeting(places: readonly KeyedScope[]): readonly T[] {
    return this.#byKey.size === 0 ? [] : places.flatMap((place) => this.#meetingOne(place));
  }

  #meetingOne({ scope, key }: KeyedScope): readonly T[] {
    const found = [...(this.#byKey.get(key) ?? [])];
    if (this.#folders.size > 0) {
      for (const folder of foldersAbove(key)) found.push(...(this.#folders.get(folder) ?? []));
    }
    if (scope.kind === 'folder') {
      for (const [other, there] of this.#byKey) {
        if (isBelow(other, key)) found.push(...there);
      }
    }
    return found;
  }
}

/** All that is in a newcomer's way. */
export function blockersIn({ holds, waits, human }: LockTable): ScopeIndex<Blocker> {
  const index = new ScopeIndex<Blocker>();
  for (const { scope, slot, featureId, fence } of [...holds, ...waits]) {
    index.add(keyedScopeOf(scope), { kind: 'agent', slot, featureId, fence, ...lockedOf(scope) });
  }
  for (const path of human) index.add(keyedScopeOf({ kind: 'file', path }), { kind: 'human', path });
  return index;
}

/** Keys of all lists together for what lies below their folders, and how many at least for each. */
const mostKeys = 2 ** 20;
const fewestBelow = 16;

/**
 * For each list the keys of all that only one feature at a time can have: its own places, and every place of another
 * below one of its folders. Two lists share a key exactly when two of their places meet; but of a folder with more below it
 * than there is room for (some 10⁶ keys for all folders together), only other lists' folders are told, and it alone.
 */
export function exclusiveKeys(lists: readonly (readonly KeyedScope[])[]): readonly (readonly string[])[] {
  const isFolder = ({ scope }: KeyedScope) => scope.kind === 'folder';
  if (!lists.some((list) => list.some(isFolder)))
    return lists.map((list) => [...new Set(list.map((p) => p.key))]);
  const paths = lists.flatMap((list) => list.flatMap((p) => (p.scope.kind === 'resource' ? [] : [p.key])));
  const all = [...new Set(paths)].sort();
  const folders = lists.reduce((count, list) => count + list.filter(isFolder).length, 0);
  const most = Math.max(fewestBelow, Math.floor(mostKeys / folders));
  return lists.map((list) => {
    const keys = new Set(list.map((p) => p.key));
    for (const { key } of list.filter(isFolder)) {
      const start = key === '' ? '' : `${key}/`;
      const from = firstFrom(all, start);
      if (all[from + most]?.startsWith(start)) continue;
      for (let at = from; all[at]?.startsWith(start); at++) keys.add(all[at] as string);
    }
    return [...keys];
  });
}

/** Position of the first of `sorted` that is not below `text`. */
function firstFrom(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `A/B/C` → `A/B`, `A`, and the workspace itself; that one has none, and a resource has none. */
export function foldersAbove(key: string): readonly string[] {
  if (key === '' || isResourceKey(key)) return [];
  const above = [''];
  for (let end = key.indexOf('/'); end > 0; end = key.indexOf('/', end + 1)) above.push(key.slice(0, end));
  return above;
}

/** Is it the key of something in the folder? */
export function isBelow(key: string, folder: string): boolean {
  if (folder === '') return key !== '' && !isResourceKey(key);
  return key.startsWith(`${folder}/`);
}

function push<T>(map: Map<string, T[]>, key: string, what: T): void {
  const list = map.get(key);
  if (list) list.push(what);
  else map.set(key, [what]);
}
