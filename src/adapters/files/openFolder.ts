// A folder held open, so that what is done in it is done in this very folder, whatever happens to the names above it.
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './fileFailure';

export interface Folder {
  /** Where it was when it was opened; absolute, without links. */
  readonly path: string;
  /** The name to use for an entry. On Linux it leads through the open folder and so cannot be led elsewhere. */
  at(name: string): string;
  /** The error of a call on an entry, telling of the entry by the path that people know. */
  named(error: unknown): unknown;
  /** Is it still where it was? */
  isInPlace(): Promise<boolean>;
  /** Makes what was created, renamed or removed in it survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Linux lets a name start at an open folder; elsewhere only `isInPlace` guards the moment between check and use. */
const anchored = process.platform === 'linux';
// Windows knows neither flag: there the constants are missing.
const folderOnly = (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** @param at absolute and without links; fails with `ENOTDIR` or `ELOOP` where a link or a file stands instead */
export async function openFolder(at: string, by: string = at): Promise<Folder> {
  const handle = await open(by, constants.O_RDONLY | folderOnly);
  const through = `/proc/self/fd/${handle.fd}/`;
  return {
    path: at,
    at: (name) => (anchored ? through + name : path.join(at, name)),
    named(error) {
      if (error instanceof Error) error.message = error.message.replaceAll(through, path.join(at, path.sep));
      return error;
    },
    async isInPlace() {
      if (anchored) return (await readlink(`/proc/self/fd/${handle.fd}`)) === at;
      try {
        return (await realpath(at)) === at && isSame(await handle.stat(), await lstat(at));
      } catch {
        return false;
      }
    },
    async sync() {
      try {
        await handle.sync();
      } catch (error) {
        // Windows and some network file systems cannot sync a folder; a rename there is as durable as it gets.
        if (!hasCode(error, 'EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP')) throw error;
      }
    },
    close: () => handle.close(),
  };
}

/** The folder `name` inside `folder`, never through a link. */
export function openBelow(folder: Folder, name: string): Promise<Folder> {
  return openFolder(path.join(folder.path, name), folder.at(name));
}

/** The folder at `below` (its names, outermost first) under `root`; null when one is missing, a link or no folder. */
export async function openPath(root: string, below: readonly string[]): Promise<Folder | null> {
  let folder = await openFolder(root);
  for (const name of below) {
    const next = await openBelow(folder, name)
      .catch((error: unknown) => {
        if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
        throw error;
      })
      .finally(folder.close);
    if (!next) return null;
    folder = next;
  }
  return folder;
}

function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
