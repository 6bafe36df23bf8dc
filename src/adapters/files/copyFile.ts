// Copies one file's content into a slot copy: whole, with mode and time, and with the hash of what was copied.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashWithin, isNotRead, readWithin, withFile } from './boundedRead';
import { hashOf } from './contentHash';
import { maxFileBytes } from './lookAt';
import { type Stamp, stampOf } from './slotEntries';

/** Content on its way into a copy. */
export interface Content {
  /** Of what is too large for an agent to change, a word like no other: it is copied anew rather than compared. */
  readonly hash: string;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly size: number;
  /** Undefined: too large for memory, to be copied from `file`. */
  readonly bytes: Uint8Array | undefined;
  readonly file: string;
}

/** Above this a file is copied by the kernel and not through our memory. */
const throughMemoryBytes = 4 * 1024 * 1024;
/** Above this a file is in no copy: 1 GiB. A sparse one may say that it has any size, and is copied byte for byte. */
export const mostCopiedBytes = 1024 * 1024 * 1024;
const mostTries = 5;

/**
 * Reads `file` so that no half of a concurrent write is in it: what changed meanwhile is read again. Null when it is
 * no regular file any more, or too large for a copy.
 */
export async function readContent(file: string): Promise<(Content & { readonly stamp: Stamp }) | null> {
  for (let tries = 1; ; tries++) {
    const content = await withFile(file, mostCopiedBytes, 'refuse', async (opened, before) => {
      const { size } = before;
      const small =
        size > throughMemoryBytes ? undefined : await readWithin(opened, size, throughMemoryBytes);
      const bytes = isNotRead(small) ? undefined : small;
      // One that grows without end would be read without end: above what agents may change it is copied once, unread.
      const isLarge = size > maxFileBytes;
      const hash = isLarge
        ? randomUUID()
        : bytes
          ? hashOf(bytes)
          : await hashWithin(opened, size, mostCopiedBytes);
      if (isNotRead(hash)) return hash;
      const after = await opened.stat();
      const stamp = stampOf(after, Date.now());
      const unchanged = isLarge || (after.mtimeMs === before.mtimeMs && after.ctimeMs === before.ctimeMs);
      const { mode } = stamp;
      return { hash, mode, mtimeMs: after.mtimeMs, size: after.size, bytes, file, stamp, unchanged };
    });
    if (isNotRead(content)) return null;
    // A file that never rests is taken as it comes; its stamp is unsettled, so that the next refresh looks again.
    if (content.unchanged || tries === mostTries) return content;
  }
}

/**
 * Puts `content` at `target` in one step, with mode and modification time, so that build tools see what they would see
 * in the workspace. `staging` is a folder on the same disk. What stands at `target` must be a file or nothing.
 */
export async function placeContent(content: Content, target: string, staging: string): Promise<Stamp> {
  const staged = path.join(staging, randomUUID());
  try {
    if (!content.bytes)
      await copyFile(content.file, staged, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    const handle = await open(staged, content.bytes ? 'wx' : 'r', 0o600);
    try {
      if (content.bytes) await handle.writeFile(content.bytes);
      await handle.utimes(Date.now() / 1000, content.mtimeMs / 1000);
      await handle.chmod(content.mode);
    } finally {
      await handle.close();
    }
    await rename(staged, target);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  return stampOf(await lstat(target), Date.now());
}
