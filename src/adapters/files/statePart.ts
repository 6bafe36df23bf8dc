// A folder of ours in the workspace, reached anew for whatever is done in it: never through a link, whenever that came.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { isNotRead, type NotRead, readFileWithin } from './boundedRead';
import { hasCode } from './fileFailure';
import { type Folder, openBelow, openFolder } from './openFolder';
import { refuseForeignFile, refuseForeignFolder } from './stateParts';

/** Without the flags that refuse a link there is only the look before. */
const refusesLinks = process.platform !== 'win32';

/**
 * Runs `work` in the folder `below` (its names, outermost first) of `.parallel-agents`, held open. Folders in it that are
 * missing are made; the state folder itself is not, and is told as `removed`. Rejects with `foreign`, in the words of the opening, where a link, another
 * kind of thing or another user's folder stands in the place of one.
 *
 * @param stateDir absolute, and without links but for itself
 */
export async function inPart<T>(
  stateDir: string,
  below: readonly string[],
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  return inFolder(stateDir, below, true, work);
}

/** The same where nothing is to be made: rejects with `ENOENT` for a folder that is missing. */
export async function inPartThere<T>(
  stateDir: string,
  below: readonly string[],
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  return inFolder(stateDir, below, false, work);
}

/** The file `name` of the state folder. Rejects with `foreign` where something else stands in its place. */
export async function readStateFile(
  stateDir: string,
  name: string,
  mostBytes: number,
): Promise<Buffer | NotRead> {
  return inPartThere(stateDir, [], async (stateFolder) => {
    const found = await readFileWithin(stateFolder.at(name), mostBytes);
    if (isNotRead(found)) await refuseForeignFile(path.join(stateDir, name), stateFolder.at(name));
    return found;
  });
}

/** Puts a file of the state folder in place, whole or not at all; durable when it resolves. Rejects as `readStateFile` does. */
export async function putStateFile(stateDir: string, name: string, text: string): Promise<void> {
  await inPart(stateDir, ['tmp'], async (tmp) => {
    const staged = tmp.at(randomUUID());
    try {
      const handle = await open(staged, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await inPartThere(stateDir, [], async (stateFolder) => {
        await refuseForeignFile(path.join(stateDir, name), stateFolder.at(name));
        await rename(staged, stateFolder.at(name));
        await stateFolder.sync();
      });
    } catch (error) {
      await rm(staged, { force: true });
      throw error;
    }
  });
}

/** Takes a file of the state folder away, durably; there may be none. Rejects as `readStateFile` does. */
export async function removeStateFile(stateDir: string, name: string): Promise<void> {
  await inPartThere(stateDir, [], async (stateFolder) => {
    await refuseForeignFile(path.join(stateDir, name), stateFolder.at(name));
    await rm(stateFolder.at(name), { force: true });
    await stateFolder.sync();
  });
}

async function inFolder<T>(
  stateDir: string,
  below: readonly string[],
  makes: boolean,
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  let folder = await openOurs(stateDir, () => openFolder(stateDir)).catch((error: unknown) => {
    throw makes && hasCode(error, 'ENOENT') ? takenAway(stateDir) : error;
  });
  try {
    for (const name of below) {
      const next = await openOurs(path.join(folder.path, name), () =>
        makes ? openMade(folder, name) : openBelow(folder, name),
      );
      await folder.close();
      folder = next;
    }
    return await work(folder);
  } finally {
    await folder.close();
  }
}

export function takenAway(stateDir: string): Failure {
  return new Failure('removed', `${stateDir} was taken away while it was in use.`);
}

async function openOurs(at: string, opening: () => Promise<Folder>): Promise<Folder> {
  if (!refusesLinks) await refuseForeignFolder(at);
  try {
    return await opening();
  } catch (error) {
    if (hasCode(error, 'ELOOP', 'ENOTDIR', 'EACCES')) await refuseForeignFolder(at);
    throw error;
  }
}

async function openMade(above: Folder, name: string): Promise<Folder> {
  try {
    return await openBelow(above, name);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await mkdir(above.at(name), { mode: 0o700 }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  return openBelow(above, name);
}
