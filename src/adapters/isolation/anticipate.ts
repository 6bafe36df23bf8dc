// Takes into a place what a publication is about to bring into the workspace, so that work is checked on it already.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileState, StagedFile } from '../../ports/isolation';
import { putWhole } from './copyWhole';
import { readNow } from './fileNow';
import type { SlotPlace } from './slotPlace';
import { foundAt, foundOpened } from './survey';

/**
 * False, with nothing done, where the place has anything else of one of the files than its publication begins with.
 *
 * @param staged gives the content of staged files by hash
 */
export async function anticipate(
  place: SlotPlace,
  files: readonly StagedFile[],
  staged: (hash: string) => Promise<Buffer>,
): Promise<boolean> {
  const all = files.map((file) => ({ ...file, at: place.options.inside + file.path }));
  for (const { at, before } of all) if (!(await isAsBefore(place, at, before))) return false;
  for (const { at, before, after } of all) {
    if (after.hash === null) {
      await place.remove(at);
      await place.leaveEmptied(at, 'allEmptied');
    } else await put(place, at, after.mode ?? before.mode ?? 0o644, await staged(after.hash), after.hash);
  }
  return true;
}

async function isAsBefore(place: SlotPlace, at: string, before: FileState): Promise<boolean> {
  const found = foundOpened(place.options.dir, at);
  if (!(await place.isUntouched(at, found))) return false;
  if (before.hash === null) return found === undefined && isWayOpen(place, at);
  const base = place.manifest.get(at);
  if (base?.kind !== 'file' || (await place.keepBase(at)) !== before.hash) return false;
  return before.mode === null || before.mode === base.theirs.mode;
}

/** Nothing but folders, or nothing at all, is where its folders are to be. */
function isWayOpen(place: SlotPlace, at: string): boolean {
  for (let end = at.indexOf('/'); end >= 0; end = at.indexOf('/', end + 1)) {
    const found = foundAt(place.ours(at.slice(0, end)));
    if (found && found.kind !== 'folder') return false;
  }
  return true;
}

async function put(place: SlotPlace, at: string, mode: number, bytes: Buffer, hash: string): Promise<void> {
  await place.makeWay(at);
  await putWhole(bytes, mode, place.ours(at), place.options.staging);
  await writeFile(path.join(place.options.bases, hash), bytes);
  const ours = await readNow(place.ours(at));
  if (!ours) return place.forget(at); // just gone: the workspace's comes in its time
  // No file of the workspace has this stamp, so that its content is looked at whenever it is there.
  place.retake(at, { ...ours, stamp: { ...ours.stamp, ino: 0, unsettled: true } }, ours);
}
