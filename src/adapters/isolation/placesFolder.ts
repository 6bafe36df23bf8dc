// Where the places of a workspace's agents are: outside of it, where no tool of the user walks into them, and on its disk
// where there is such a folder, so that copies can be made without copying bytes.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { orNull } from '../files/fileFailure';
import { makeFolder } from '../files/makeFolder';
import { removeTree } from '../files/removeTree';

/** Names the workspace whose places these are. */
const ownerFile = 'workspace';
/** Places of a workspace that nobody has worked in for so long are given up: 30 days. */
const keptMs = 30 * 24 * 3_600_000;

export interface PlacesHome {
  /** For the places of this workspace; made. */
  readonly dir: string;
  /** Removes what belongs to workspaces that are gone, or that nobody has worked in for long. */
  sweep(): Promise<void>;
}

/** @param root the workspace's real path @param now milliseconds since 1970 */
export async function placesHome(root: string, now = Date.now()): Promise<PlacesHome> {
  const home = await homeFor(root);
  const dir = path.join(home, createHash('sha256').update(root).digest('hex').slice(0, 16));
  await makeFolder(dir);
  await writeFile(path.join(dir, ownerFile), root);
  await utimes(path.join(dir, ownerFile), now / 1000, now / 1000);
  return { dir, sweep: () => sweep(home, dir, now) };
}

async function homeFor(root: string): Promise<string> {
  const usual = path.join(cacheFolder(), 'parallel-agents');
  const uid = process.getuid?.();
  const others =
    uid === undefined
      ? []
      : ['/var/tmp', os.tmpdir()].map((dir) => path.join(dir, `parallel-agents-copies-${uid}`));
  const { dev } = await stat(root);
  for (const home of [usual, ...others]) {
    if (!isInside(root, home) && (await isOurs(home)) && (await stat(home)).dev === dev) return home;
  }
  await makeFolder(usual);
  return usual;
}

function cacheFolder(): string {
  if (process.env.XDG_CACHE_HOME) return path.resolve(process.env.XDG_CACHE_HOME);
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  if (process.platform === 'win32')
    return process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
  return path.join(os.homedir(), '.cache');
}

/** Made if it is not there; false where somebody else could put something into it, or where it cannot be made. */
async function isOurs(home: string): Promise<boolean> {
  try {
    await makeFolder(home);
    const found = await lstat(home);
    const uid = process.getuid?.();
    return found.isDirectory() && (uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0));
  } catch {
    return false;
  }
}

async function sweep(home: string, own: string, now: number): Promise<void> {
  for (const name of (await orNull(readdir(home))) ?? []) {
    const dir = path.join(home, name);
    if (!/^[0-9a-f]{16}$/.test(name) || dir === own) continue;
    const [root, owner] = await Promise.all([
      orNull(readFile(path.join(dir, ownerFile), 'utf8')),
      orNull(stat(path.join(dir, ownerFile))),
    ]);
    const isGone = root === null || (await orNull(stat(root))) === null;
    if (isGone || (owner && now - owner.mtimeMs > keptMs)) await removeTree(dir);
  }
}

function isInside(folder: string, other: string): boolean {
  const way = path.relative(folder, other);
  return way === '' || (!way.startsWith(`..${path.sep}`) && way !== '..' && !path.isAbsolute(way));
}
