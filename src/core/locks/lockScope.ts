// What a lock is on: files by their path, or something outside of all files by a name that the user gave it.
import { covers, lockKey, type PathScope } from './lockPath';

/** A port, a database, a browser profile: what features name because only one can use it at a time. */
export interface ResourceScope {
  readonly kind: 'resource';
  /** As the backlog first writes it, in its canonical form. */
  readonly resource: string;
}

export type LockScope = PathScope | ResourceScope;

/** What a lock that comes free was on; of a path it does not matter any more what it covered. */
export type Locked = Pick<PathScope, 'path'> | Pick<ResourceScope, 'resource'>;

/** Do two scopes meet? A folder meets all files below it, the folder `''` every one; a resource meets itself only. */
export function overlaps(a: LockScope, b: LockScope): boolean {
  if (a.kind === 'resource' || b.kind === 'resource') return a.kind === b.kind && scopeKey(a) === scopeKey(b);
  return covers(a, b.path) || covers(b, a.path);
}

/** Is all of `scope` within `whole`? */
export function includes(whole: LockScope, scope: LockScope): boolean {
  if (whole.kind === 'resource' || scope.kind === 'resource') return overlaps(whole, scope);
  return covers(whole, scope.path) && (whole.kind === 'folder' || scope.kind === 'file');
}

/** No path begins so (`parseWorkspacePath`), so that no key of a resource is a path's, or below a folder. */
const resourceMark = '//';

/** The key two scopes are compared by; letter case does not count. */
export function scopeKey(locked: Locked): string {
  return 'path' in locked ? lockKey(locked.path) : `${resourceMark}${lockKey(locked.resource)}`;
}

export function isResourceKey(key: string): boolean {
  return key.startsWith(resourceMark);
}

export function sameScope(a: LockScope, b: LockScope): boolean {
  return a.kind === b.kind && isLocked(a, b);
}

/** Was `scope` locked as what `locked` names, written the same? */
export function isLocked(scope: LockScope, locked: Locked): boolean {
  return 'path' in locked
    ? scope.kind !== 'resource' && scope.path === locked.path
    : scope.kind === 'resource' && scope.resource === locked.resource;
}

/** Without what a lock covers: what tells that it came free. */
export function lockedOf(scope: LockScope): Locked {
  return scope.kind === 'resource' ? { resource: scope.resource } : { path: scope.path };
}

/** How people read it: a path as it is, a resource in quotes, so that nobody takes it for a file. */
export function lockName(locked: Locked): string {
  if ('resource' in locked) return `"${locked.resource}"`;
  return locked.path === '' ? 'the whole workspace' : locked.path;
}
