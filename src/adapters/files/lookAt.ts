// Reads a file where it stands, never through a link, and no more of it than an agent may change.
import { hashWithin, isNotRead, type NotRead, readWithin, withFile } from './boundedRead';
import type { FileSpot } from './fileSpot';
import type { Folder } from './openFolder';

/** Above this a file is not an agent's to change: 8 MiB. */
export const maxFileBytes = 8 * 1024 * 1024;

/** A file's hash and permission bits. */
export interface Look {
  readonly hash: string;
  readonly mode: number;
}

const missing: NotRead = { notRead: 'missing' };

export async function lookAt(
  folder: Folder,
  name: string,
  mostBytes = maxFileBytes,
): Promise<Look | NotRead> {
  return withFile(folder.at(name), mostBytes, 'refuse', async (file, stat) => {
    const hash = await hashWithin(file, stat.size, mostBytes);
    return isNotRead(hash) ? hash : { hash, mode: stat.mode & 0o777 };
  });
}

export async function lookAtPlace(place: FileSpot, mostBytes = maxFileBytes): Promise<Look | NotRead> {
  return place.stat ? lookAt(place.folder, place.name, mostBytes) : missing;
}

/** The whole file. */
export async function readPlace(
  place: FileSpot,
): Promise<{ readonly bytes: Buffer; readonly mode: number } | NotRead> {
  if (!place.stat) return missing;
  return withFile(place.folder.at(place.name), maxFileBytes, 'refuse', async (file, stat) => {
    const bytes = await readWithin(file, stat.size, maxFileBytes);
    return isNotRead(bytes) ? bytes : { bytes, mode: stat.mode & 0o777 };
  });
}
