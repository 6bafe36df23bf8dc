// Puts a file's new content in the place of the old in one step, and only if the old is still what it is taken for.
import { link, rename, rm, unlink } from 'node:fs/promises';
import { isNotRead } from './boundedRead';
import { hasCode } from './fileFailure';
import type { KeptContent } from './keptContent';
import { lookAt } from './lookAt';
import type { Folder } from './openFolder';
import { inFolderOf, type Place } from './place';

/**
 * `changed`: the file, or the folder it lies in, is no longer what it was; nothing was written.
 * `otherDisk`: the place lies on another disk than `.parallel-agents`, from where nothing can be renamed into it.
 */
export type Exchanged = 'done' | 'changed' | 'otherDisk';

/** What a file is to become; null: no file. */
export type NewContent = { readonly bytes: Uint8Array; readonly mode: number | undefined } | null;

/**
 * Durable when it resolves. The last look at the old content and the rename are two system calls: an editor that saves
 * in the microseconds between them is overwritten; there is no call that would do both.
 *
 * @param expected hash of the old content; null: no file
 */
export async function exchange(
  place: Place,
  expected: string | null,
  content: NewContent,
  kept: KeptContent,
): Promise<Exchanged> {
  if (content === null) return remove(place, expected);
  const staged = await kept.stage(content.bytes, content.mode);
  try {
    return await inFolderOf(place, async (folder) => {
      if (!(await isStill(folder, place.name, expected))) return 'changed';
      const target = folder.at(place.name);
      await (expected === null ? renameToNew(staged, target) : rename(staged, target));
      await folder.sync();
      return 'done';
    });
  } catch (error) {
    if (hasCode(error, 'EXDEV')) return 'otherDisk';
    if (hasCode(error, 'EEXIST', 'EISDIR', 'ELOOP', 'ENOTDIR')) return 'changed';
    throw error;
  } finally {
    await rm(staged, { force: true });
  }
}

async function remove(place: Place, expected: string | null): Promise<Exchanged> {
  if (!(await isStill(place.folder, place.name, expected))) return 'changed';
  if (expected === null || place.missing.length > 0) return 'done';
  await unlink(place.folder.at(place.name));
  await place.folder.sync();
  return 'done';
}

async function isStill(folder: Folder, name: string, expected: string | null): Promise<boolean> {
  const now = await lookAt(folder, name);
  const isSame = isNotRead(now) ? expected === null && now.notRead === 'missing' : now.hash === expected;
  return isSame && (await folder.isInPlace());
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
