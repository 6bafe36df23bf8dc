// Copies one file of the workspace into a place: whole, in one step, with mode and time.
import { randomUUID } from 'node:crypto';
import { constants, lstatSync, type Stats } from 'node:fs';
import { chmod, copyFile, lstat, open, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hasCode } from '../files/fileFailure';
import { type Stamp, stampOf, tickMs } from './stamp';

/** What was copied, as it was in the workspace and as it is in the place. */
export interface Copied {
  readonly theirs: Stamp;
  readonly ours: Stamp;
  /** It was written all the time and is in the place as it came. */
  readonly restless: boolean;
}

/** Above this a file is in no place: 1 GiB. A sparse one may say that it has any size, and is copied byte for byte. */
export const mostCopiedBytes = 1024 * 1024 * 1024;
/** Above this a file that is written all the time is not copied again and again: 8 MiB. */
export const mostRestlessBytes = 8 * 1024 * 1024;
const mostTries = 5;

/**
 * No half of a concurrent write is in the copy: what changed meanwhile is copied again. Null when `from` is no regular file
 * any more, or too large for a place. What stands at `to` must be a file or nothing.
 *
 * @param staging a folder on the same disk as `to`
 */
export async function copyWhole(from: string, to: string, staging: string): Promise<Copied | null> {
  const staged = path.join(staging, randomUUID());
  try {
    for (let tries = 1; ; tries++) {
      let before = copyable(from);
      // What was written this very moment may be written again without a trace.
      if (before && stampOf(before, Date.now()).unsettled && tries === 1) {
        await setTimeout(tickMs);
        before = copyable(from);
      }
      if (!before) return null;
      if (tries > 1) await rm(staged, { force: true }); // it may be read-only
      // Not through a link that takes the file's place, nor into a pipe: what was copied is looked at again.
      await copyFile(from, staged, constants.COPYFILE_FICLONE).catch(unlessGone);
      const after = copyable(from);
      if (!after) return null;
      const rests = isSame(before, after);
      if (!rests && tries < mostTries && after.size <= mostRestlessBytes) continue;
      await chmod(staged, after.mode & 0o777);
      await utimes(staged, Date.now() / 1000, after.mtimeMs / 1000);
      await rename(staged, to);
      const theirs = { ...stampOf(after, Date.now()), ...(rests ? {} : { unsettled: true }) };
      return { theirs, ours: stampOf(await lstat(to), Date.now()), restless: !rests };
    }
  } finally {
    await rm(staged, { force: true });
  }
}

/** Puts content at `to` in one step; not synced, for a place is made anew after a crash. */
export async function putWhole(bytes: Uint8Array, mode: number, to: string, staging: string): Promise<Stamp> {
  const staged = path.join(staging, randomUUID());
  try {
    const handle = await open(staged, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode);
    } finally {
      await handle.close();
    }
    await rename(staged, to);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  return stampOf(await lstat(to), Date.now());
}

function copyable(file: string): Stats | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() && stat.size <= mostCopiedBytes ? stat : undefined;
}

function isSame(before: Stats, after: Stats): boolean {
  return (
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeMs === after.mtimeMs &&
    before.ctimeMs === after.ctimeMs
  );
}

function unlessGone(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}
