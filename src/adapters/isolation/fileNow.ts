// A file of a place or of the workspace as it is at this moment.
import type { FileState } from '../../ports/isolation';
import { hashWithin, isNotRead, readWithin, withFile } from '../files/boundedRead';
import { hashOf } from '../files/contentHash';
import { isUnreadable } from '../files/fileFailure';
import { mostCopiedBytes } from './copyWhole';
import { type Stamp, stampOf } from './stamp';

/** Above this a file's content is not kept, merged or published: 50 MiB. */
export const mostBroughtBytes = 50 * 1024 * 1024;

export interface FileNow extends FileState {
  readonly hash: string;
  readonly mode: number;
  readonly stamp: Stamp;
  /** Undefined above `mostBroughtBytes`. */
  readonly bytes: Buffer | undefined;
}

/** @returns null where there is none, undefined for what may not be read */
export async function readNow(absolute: string): Promise<FileNow | null | undefined> {
  try {
    const now = await withFile(absolute, mostCopiedBytes, 'refuse', async (file, stat) => {
      const stamp = stampOf(stat, Date.now());
      const isLarge = stat.size > mostBroughtBytes;
      const bytes = isLarge ? undefined : await readWithin(file, stat.size, mostBroughtBytes);
      if (isNotRead(bytes)) return bytes;
      const hash = bytes ? hashOf(bytes) : await hashWithin(file, stat.size, mostCopiedBytes);
      return isNotRead(hash) ? hash : { hash, mode: stamp.mode, stamp, bytes };
    });
    return isNotRead(now) ? (now.notRead === 'tooLarge' ? undefined : null) : now;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
