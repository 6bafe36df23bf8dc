// Where the two states of a changed file are to be had, for whoever keeps them.
import path from 'node:path';
import { lostHash } from './manifest';
import type { PlacedChange } from './publisher';
import type { SlotPlace } from './slotPlace';
import { foundOpened } from './survey';

/** @param file canonical, from the opened folder */
export async function locateChange(place: SlotPlace, file: string): Promise<PlacedChange> {
  const { inside, dir, bases } = place.options;
  const at = inside + file;
  const kept = await place.keepBase(at);
  const base = place.manifest.get(at);
  const found = foundOpened(dir, at)?.kind;
  // A link or a pipe in a file's stead is no deletion: whoever keeps the change meets it there, and refuses.
  const isThere = found !== undefined && found !== 'folder';
  const after = { afterAt: isThere ? place.ours(at) : path.join(bases, 'none') };
  if (base?.kind !== 'file') return { path: file, before: { hash: null, mode: null }, ...after };
  const hash = kept ?? lostHash;
  const before = { hash, mode: base.theirs.mode };
  return { path: file, before, ...(hash === lostHash ? {} : { beforeAt: path.join(bases, hash) }), ...after };
}
