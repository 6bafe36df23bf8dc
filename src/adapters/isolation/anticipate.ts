// Takes into a place what a publication is about to bring into the workspace, so that work is checked on it already.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileState, StagedFile } from '../../ports/isolation';
import { putWhole } from './copyWhole';
import { readNow } from './fileNow';
import type { SlotPlace } from './slotPlace';
import { foundAt, foundOpened } from './survey';

/**
 * False, with nothing done, where the place has anything else of one of the files than its publication begins or ends with.
 *
 * @param staged gives the content of staged files by hash
 */
export async function anticipate(
  place: SlotPlace,
  files: readonly StagedFile[],
  staged: (hash: string) => Promise<Buffer>,
): Promise<boolean> {
  const all = files.map((file) => ({ ...file, at: place.options.inside + file.path }));
  const coming: typeof all = [];
  for (const file of all) {
    if (await isBase(place, file.at, file.before)) coming.push(file);
    else if (!(await isBase(place, file.at, file.after))) return false; // else it has come in already
  }
  for (const { at, before, after } of coming) {
    const mode = after.mode ?? before.mode ?? 0o644;
    if (after.hash !== null)
      await writeFile(path.join(place.options.bases, after.hash), await staged(after.hash));
    place.anticipated.set(at, after.hash === null ? null : { hash: after.hash, mode });
    await putAnticipated(place, at);
  }
  return true;
}

/** Makes a file of the place what it is anticipated to be, whatever was made of it since. */
export async function putAnticipated(place: SlotPlace, at: string): Promise<void> {
  const file = place.anticipated.get(at);
  if (file) return put(place, at, file);
  await place.remove(at);
  await place.leaveEmptied(at, 'allEmptied');
}

/** What is anticipated comes now, or never did: all that was looked at is as the workspace has it. */
export function endAnticipation(place: SlotPlace, isLooked: (at: string) => boolean): void {
  for (const at of [...place.anticipated.keys()]) if (isLooked(at)) place.anticipated.delete(at);
}

/** Is it so in the place, and its base? */
async function isBase(place: SlotPlace, at: string, state: FileState): Promise<boolean> {
  const found = foundOpened(place.options.dir, at);
  if (!(await place.isUntouched(at, found))) return false;
  if (state.hash === null) return found === undefined && isWayOpen(place, at);
  const base = place.manifest.get(at);
  if (base?.kind !== 'file' || (await place.keepBase(at)) !== state.hash) return false;
  return state.mode === null || state.mode === base.theirs.mode;
}

/** Nothing but folders, or nothing at all, is where its folders are to be. */
function isWayOpen(place: SlotPlace, at: string): boolean {
  for (let end = at.indexOf('/'); end >= 0; end = at.indexOf('/', end + 1)) {
    const found = foundAt(place.ours(at.slice(0, end)));
    if (found && found.kind !== 'folder') return false;
  }
  return true;
}

async function put(
  place: SlotPlace,
  at: string,
  { hash, mode }: { readonly hash: string; readonly mode: number },
): Promise<void> {
  await place.removeFromDisk(at); // it may be a link by now, or a folder
  await place.makeWay(at);
  const bytes = await readFile(path.join(place.options.bases, hash));
  await putWhole(bytes, mode, place.ours(at), place.options.staging);
  const ours = await readNow(place.ours(at));
  if (!ours) return place.forget(at); // just gone: the workspace's comes in its time
  // No file of the workspace has this stamp, so that its content is looked at whenever it is there.
  place.retake(at, { ...ours, stamp: { ...ours.stamp, ino: 0, unsettled: true } }, ours);
}
