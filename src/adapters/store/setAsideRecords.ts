// Puts a workspace's records out of the way, whole and under a dated name, so that the next open begins anew.
import { mkdir, readdir, rename } from 'node:fs/promises';
import { openBelow } from '../files/openFolder';
import { inPartThere } from '../files/statePart';
import { diskFailure } from './diskFiles';

const prefix = 'set-aside-';

/** What is the user's own or was put aside before; all else belongs to the records, copies and remembered rules too. */
function stays(name: string): boolean {
  return name === '.gitignore' || name === 'prompts' || name.startsWith(prefix);
}

/**
 * Only for the owner, and before the database is opened; what the host needs must be made again. Broken off at any moment,
 * the next host asks again, or finds no database and begins anew; nothing is lost.
 * @param dir the workspace's `.parallel-agents` @returns the name of the folder in it that holds them now
 */
export async function setAsideRecords(dir: string, now: number): Promise<string> {
  const name = `${prefix}${new Date(now).toISOString().replaceAll(':', '-')}`; // Windows takes no colon in a name
  try {
    await inPartThere(dir, [], async (stateFolder) => {
      const parts = (await readdir(stateFolder.at('.'))).filter((part) => !stays(part)).sort();
      await mkdir(stateFolder.at(name), { mode: 0o700 });
      const kept = await openBelow(stateFolder, name);
      try {
        for (const part of parts) await rename(stateFolder.at(part), kept.at(part));
      } finally {
        await kept.close();
      }
    });
    return name;
  } catch (error) {
    throw diskFailure(error, 'set the old records aside');
  }
}
