// Whose a file is that takes another's place: a rename brings along the owner and group of who wrote it.
import { chown, lstat } from 'node:fs/promises';
import { hasCode } from './fileFailure';

/** Inherits its group to what is made in it (`setgid` on a folder). */
const setgid = 0o2000;

/**
 * Gives `staged` the owner and group that it would have had if it had been written in place: those of the file it
 * replaces, or the group of a folder that hands its own on. Where the system does not let us, it stays as it is.
 * @param target what it replaces; null: nothing
 */
export async function takeOwnership(staged: string, target: string | null, folder: string): Promise<void> {
  const wanted = await (target === null ? handedOnBy(folder) : lstat(target));
  const now = await lstat(staged);
  if (wanted === undefined || (wanted.uid === now.uid && wanted.gid === now.gid)) return;
  if (await isGiven(staged, wanted.uid, wanted.gid)) return;
  // Only the administrator gives files away; a group one belongs to can be set by anybody.
  if (wanted.gid !== now.gid) await isGiven(staged, now.uid, wanted.gid);
}

async function handedOnBy(folder: string) {
  const { mode, gid } = await lstat(folder);
  return mode & setgid ? { uid: process.getuid?.() ?? 0, gid } : undefined;
}

async function isGiven(file: string, uid: number, gid: number): Promise<boolean> {
  try {
    await chown(file, uid, gid);
    return true;
  } catch (error) {
    if (hasCode(error, 'EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP')) return false;
    throw error;
  }
}
