// Puts a staged file in the place of the old in one step, and only if the old is still what it is taken for.
import { link, rename, rm, unlink } from 'node:fs/promises';
import { mostKeptBytes } from './blobStore';
import { isNotRead } from './boundedRead';
import { hasCode } from './fileFailure';
import { type FileSpot, inFolderOf } from './fileSpot';
import { type Look, lookAt } from './lookAt';
import type { Folder } from './openFolder';
import { takeOwnership } from './ownership';

/**
 * `changed`: the file, or the folder it lies in, is no longer what it was; nothing was written.
 * `otherDisk`: the place lies on another disk than `.parallel-agents`, from where nothing can be renamed into it.
 */
export type Exchanged = 'done' | 'changed' | 'otherDisk';

/** Is this what the file must be now (null: no file)? */
export type Expected = (now: Look | null) => boolean;

/** Does the folder get synced each time, or will the caller do that once for many files? */
export type FolderSync = 'now' | 'later';

/**
 * Durable when it resolves, unless the folder is synced later. The last look at the old content and the rename are two system calls: an editor that saves
 * in the microseconds between them is overwritten; there is no call that would do both.
 *
 * @param staged of `BlobStore`, gone afterwards; null: there is to be no file
 */
export async function exchange(
  place: FileSpot,
  isStill: Expected,
  staged: string | null,
  folderSync: FolderSync = 'now',
): Promise<Exchanged> {
  if (staged === null) return remove(place, isStill, folderSync);
  try {
    return await inFolderOf(place, async (folder) => {
      if (!(await isUnchanged(folder, place.name, isStill))) return 'changed';
      const target = folder.at(place.name);
      await takeOwnership(staged, isStill(null) ? null : target, folder.at('.'));
      await (isStill(null) ? renameToNew(staged, target) : rename(staged, target));
      if (folderSync === 'now') await folder.sync();
      return 'done';
    });
  } catch (error) {
    if (hasCode(error, 'EXDEV')) return 'otherDisk';
    if (hasCode(error, 'EEXIST', 'EISDIR', 'ELOOP', 'ENOTDIR', 'ENOENT')) return 'changed';
    throw error;
  } finally {
    await rm(staged, { force: true });
  }
}

async function remove(place: FileSpot, isStill: Expected, folderSync: FolderSync): Promise<Exchanged> {
  if (!(await isUnchanged(place.folder, place.name, isStill))) return 'changed';
  if (isStill(null) || place.missing.length > 0) return 'done';
  try {
    await unlink(place.folder.at(place.name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'changed';
    throw error;
  }
  if (folderSync === 'now') await place.folder.sync();
  return 'done';
}

async function isUnchanged(folder: Folder, name: string, isStill: Expected): Promise<boolean> {
  const now = await lookAt(folder, name, mostKeptBytes);
  if (isNotRead(now) && now.notRead !== 'missing') return false;
  return isStill(isNotRead(now) ? null : now) && (await folder.isInPlace());
}

/** Unlike a rename, a link never replaces a file that came into being meanwhile; some file systems know none. */
async function renameToNew(staged: string, target: string): Promise<void> {
  try {
    await link(staged, target);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    await rename(staged, target);
  }
}
