// Reads a file where it stands, never through a link, and always to a consistent end.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { hashOfFile } from './contentHash';
import { orNull } from './fileFailure';
import type { Folder } from './openFolder';
import type { Place } from './place';

/** A file's hash and permission bits. */
export interface Look {
  readonly hash: string;
  readonly mode: number;
}

/** Null: there is no such file. */
export async function lookAt(folder: Folder, name: string): Promise<Look | null> {
  return withFile(folder, name, async (file, stat) => ({
    hash: await hashOfFile(file),
    mode: stat.mode & 0o777,
  }));
}

export async function lookAtPlace(place: Place): Promise<Look | null> {
  return place.stat && lookAt(place.folder, place.name);
}

/** The whole file, or `tooLarge` with its size in bytes. */
export async function readPlace(
  place: Place,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly mode: number } | { readonly tooLarge: number } | null> {
  if (!place.stat) return null;
  return withFile(place.folder, place.name, async (file, stat) =>
    stat.size > maxBytes
      ? { tooLarge: stat.size }
      : { bytes: await file.readFile(), mode: stat.mode & 0o777 },
  );
}

async function withFile<T>(
  folder: Folder,
  name: string,
  work: (file: FileHandle, stat: Stats) => Promise<T>,
): Promise<T | null> {
  // Without O_NONBLOCK a pipe that took the file's place would hold us for ever.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await orNull(open(folder.at(name), flags));
  if (!file) return null;
  try {
    return await work(file, await file.stat());
  } finally {
    await file.close();
  }
}
