// Which parts of a tree can be copied whole, without a look at what is in them.

import { mostCopiedBytes } from './copyWhole';
import { linkText } from './links';
import type { Found, Survey } from './survey';

/** The workspace and a place of it. */
export interface Trees {
  readonly theirs: Survey;
  readonly ours: Survey;
  /** Entries that are not in `theirs` though they are in the workspace, folders with a last `/`. */
  readonly missing: Iterable<string>;
}

/**
 * The outermost entries of which nothing is in the place yet, and all that is in them is to be there as it is; for each, how
 * many entries it is. Sockets, what is kept apart or could not be looked at, and links that need another text keep the
 * folders that they lie in from being such.
 */
export function wholeParts(
  { theirs, ours, missing }: Trees,
  { top, dir }: { readonly top: string; readonly dir: string },
): ReadonlyMap<string, number> {
  const mixed = new Set<string>(['']);
  const mix = (at: string) => {
    for (let above = aboveOf(at); !mixed.has(above); above = aboveOf(above)) mixed.add(above);
  };
  const isWhole = (at: string, found: Found) =>
    found.kind === 'folder' ||
    (found.kind === 'file' && found.stamp.size <= mostCopiedBytes) ||
    (found.kind === 'link' && !found.staysSo && linkText(top, dir, at, found.to) === found.to);
  for (const at of missing) mix(at.replace(/\/$/, ''));
  for (const at of ours.keys()) {
    mixed.add(at);
    mix(at);
  }
  for (const [at, found] of theirs) if (!isWhole(at, found)) mix(at);
  const partOf = new Map<string, string>();
  const parts = new Map<string, number>();
  for (const [at, found] of theirs) {
    const above = aboveOf(at);
    const part =
      partOf.get(above) ?? (mixed.has(above) && !mixed.has(at) && isWhole(at, found) ? at : undefined);
    if (part === undefined) continue;
    if (found.kind === 'folder') partOf.set(at, part);
    parts.set(part, (parts.get(part) ?? 0) + 1);
  }
  return parts;
}

/** The folder an entry lies in; empty for the top. */
export function aboveOf(at: string): string {
  return at.slice(0, Math.max(0, at.lastIndexOf('/')));
}
