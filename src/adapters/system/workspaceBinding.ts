// What ties a workspace's database to the user, machine and folder it was made by: a mark that nobody else can make.
import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, readFile, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { hasCode } from '../files/fileFailure';
import { makeFolder } from '../files/makeFolder';

const secretName = 'workspaces.secret';
const secretBytes = 32;

export interface BindingPlaces {
  /** Folders of this user outside every workspace, best first; the secret lies in the first that can keep it. */
  readonly folders: readonly string[];
  /** Where there is no secret yet: make one, or answer undefined. */
  readonly make: boolean;
}

/**
 * The mark of the workspace at `root` (its real path) for this user on this machine; made from a secret that never leaves
 * its folder. Undefined where there is none and none can be kept: then every database is taken for one that was made
 * elsewhere. So it is after a secret was lost: nothing of a database is, and each asks once.
 */
export async function bindingOf(root: string, { folders, make }: BindingPlaces): Promise<string | undefined> {
  for (const folder of folders) {
    const secret = await secretIn(folder, make).catch(() => undefined); // the next may do
    if (!secret) continue;
    const facts = [root, process.getuid?.() ?? userInfo().username, await machineId()];
    return createHmac('sha256', secret).update(JSON.stringify(facts)).digest('hex');
  }
  return undefined;
}

async function secretIn(folder: string, make: boolean): Promise<Buffer | undefined> {
  const file = path.join(folder, secretName);
  const found = await readSecret(file);
  if (found || !make) return found;
  if (await isOthers(file)) return undefined; // not ours to move away
  await rm(file, { force: true }); // ours, but damaged or open to others: worth nothing any more
  await makeSecret(folder, file);
  return readSecret(file);
}

/** Only what nobody else can have read or written. */
async function readSecret(file: string): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const stat = await handle.stat();
    const uid = process.getuid?.();
    const isPrivate = uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0);
    return isPrivate && stat.isFile() && stat.size === secretBytes ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}

async function isOthers(file: string): Promise<boolean> {
  const stat = await lstat(file).catch(() => undefined);
  return stat !== undefined && (!stat.isFile() || (process.getuid?.() ?? stat.uid) !== stat.uid);
}

/** Of several who make it at once, one is the first, and all use that one's. */
async function makeSecret(folder: string, file: string): Promise<void> {
  await makeFolder(folder);
  const fresh = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(secretBytes));
    await handle.sync(); // a name without its content would be what a power cut leaves
    await link(fresh, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await handle.close();
    await rm(fresh, { force: true });
  }
}

/** One home may serve several machines. Where the system keeps no such name, the secret alone tells them apart. */
async function machineId(): Promise<string> {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.trim() !== '') return text.trim();
  }
  return '';
}
