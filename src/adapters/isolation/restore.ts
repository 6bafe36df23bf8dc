// Puts a file of a place back to what was staged of it there, on what the workspace's has become since.
import type { StagedFile } from '../../ports/isolation';
import { mergedMode } from './arrivals';
import type { Arriving } from './bringUpToDate';
import { putWhole } from './copyWhole';
import { lostHash } from './manifest';
import { type Content, mergeFile } from './mergeFile';
import type { Found } from './survey';

/** @param staged gives the content of staged files by hash @param wanted what the workspace has now */
export async function restoreFile(
  { place, told, isShared }: Arriving,
  { path, before, after }: StagedFile,
  staged: (hash: string) => Promise<Buffer>,
  wanted: Found | undefined,
): Promise<void> {
  const at = place.options.inside + path;
  const contentOf = async (hash: string | null): Promise<Content> =>
    hash === null ? null : { hash, bytes: hash === lostHash ? undefined : await staged(hash) };
  const hash = await place.keepBase(at);
  const base = place.manifest.get(at);
  const ourMode = after.mode ?? 0o644;
  const mode = base?.kind === 'file' ? mergedMode(before.mode, ourMode, base.theirs.mode) : ourMode;
  const put = async (bytes: Buffer | undefined) => {
    await place.removeFromDisk(at); // it may be a link by now, or a folder
    if (!bytes) return place.leaveEmptied(at, 'allEmptied');
    await place.makeWay(at);
    await putWhole(bytes, mode, place.ours(at), place.options.staging);
  };
  if (base?.kind === 'file' && after.hash === before.hash && after.hash === hash) {
    const kept = await place.baseBytes(base);
    return kept ? put(kept) : place.take(at, wanted); // too large to be kept: the workspace has it
  }
  const ours = await contentOf(after.hash);
  if ((hash ?? null) === before.hash) return put(ours?.bytes);
  const theirs: Content =
    base?.kind === 'file' ? { hash: hash ?? lostHash, bytes: await place.baseBytes(base) } : null;
  const outcome = mergeFile(await contentOf(before.hash), ours, theirs, isShared(at));
  switch (outcome.kind) {
    case 'ours':
      return put(ours?.bytes);
    case 'theirs':
      return theirs && !theirs.bytes ? place.take(at, wanted) : put(theirs?.bytes);
    case 'merged':
      return put(outcome.bytes);
    case 'overlap':
      told.overlap(at, theirs?.hash ?? null, ours?.bytes);
      return place.take(at, wanted);
    default:
      return outcome satisfies never;
  }
}
