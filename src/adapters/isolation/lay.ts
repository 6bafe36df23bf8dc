// Lays what another attempt made into a place, as if it had been changed there.
import { chmod } from 'node:fs/promises';
import type { StagedFile } from '../../ports/isolation';
import { mergedMode } from './arrivals';
import type { Arriving } from './bringUpToDate';
import { putWhole } from './copyWhole';
import { readNow } from './fileNow';
import { type Content, mergeFile } from './mergeFile';
import { foundOpened } from './survey';

/** @param staged gives the content of staged files by hash */
export async function layFile(
  { place, told, isShared }: Arriving,
  { path, before, after }: StagedFile,
  staged: (hash: string) => Promise<Buffer>,
): Promise<void> {
  const at = place.options.inside + path;
  const contentOf = async (hash: string | null): Promise<Content> =>
    hash === null ? null : { hash, bytes: await staged(hash) };
  const theirs = await contentOf(after.hash);
  const put = async (bytes: Buffer, mode: number) => {
    await place.makeWay(at);
    await putWhole(bytes, mode, place.ours(at), place.options.staging);
  };
  const putTheirs = async (mode: number) => {
    if (foundOpened(place.options.dir, at)?.kind !== 'file' || !theirs) await place.removeFromDisk(at);
    if (theirs?.bytes) await put(theirs.bytes, mode);
    else if (!theirs) await place.leaveEmptied(at, 'allEmptied');
  };
  const found = foundOpened(place.options.dir, at);
  await place.keepBase(at);
  const ours = found?.kind === 'file' ? await readNow(place.ours(at)) : null;
  const isOdd = (found && found.kind !== 'file') || ours === undefined;
  const outcome = isOdd
    ? ({ kind: 'overlap' } as const)
    : mergeFile(await contentOf(before.hash), ours ?? null, theirs, isShared(at));
  const theirMode = after.mode ?? ours?.mode ?? 0o644;
  const mode = ours ? mergedMode(before.mode, ours.mode, theirMode) : theirMode;
  switch (outcome.kind) {
    case 'ours':
      if (ours && theirs && mode !== ours.mode) await chmod(place.ours(at), mode);
      return;
    case 'theirs':
      await putTheirs(mode);
      return told.taken(at);
    case 'merged':
      await put(outcome.bytes, mode);
      return told.merged(at, after.hash);
    case 'overlap':
      await putTheirs(theirMode);
      return told.overlap(at, after.hash, ours?.bytes);
    default:
      return outcome satisfies never;
  }
}
