// Where the places of a workspace's agents are: outside of it, where no tool of the user walks into them, and on its disk
// where there is such a folder, so that copies can be made without copying bytes; or in a folder that the user names.
import { createHash } from 'node:crypto';
import { appendFile, lstat, realpath, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { baseFolder, homeFolder } from '../files/homeFolder';
import { makeFolder } from '../files/makeFolder';
import { isWithin } from '../files/outsideNames';
import { namedHome } from './namedHome';

/** In a folder of places: names the workspace whose places these are. Without it, nothing there is ours to remove. */
export const markFile = 'workspace';
/** In the usual folder: others that the user has named, a line of JSON each. */
const namedFile = 'folders';
const mostNamedBytes = 1024 * 1024;

/** Makes the folder for the places of a workspace, marks it as that, and as used at `now`. May be called again. */
export async function markPlaces(dir: string, root: string, now = Date.now()): Promise<void> {
  const mark = path.join(dir, markFile);
  await makeFolder(dir);
  await writeFile(mark, root);
  await utimes(mark, now / 1000, now / 1000);
}

/** What the folder of a workspace's places is called. */
export function placesName(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}

/**
 * The folder for the places of a workspace: absolute, without links, for this user only. Made, but for the last name.
 * Fails with `copyRefused` where the folder that the user names cannot be used, with nothing made in it.
 *
 * @param root the workspace's real path @param named the setting `copies.folder`; absent: the usual place
 */
export async function placesFolder(root: string, named?: string): Promise<string> {
  const home = named === undefined ? await usualHome(root) : await namedHome(root, named);
  if (named !== undefined) await remember(home).catch(() => undefined); // then only its own user finds it again
  return path.join(await realpath(home), placesName(root));
}

async function usualHome(root: string): Promise<string> {
  const [usual = '', ...others] = usualHomes();
  const { dev } = await stat(root);
  let onAnotherDisk: string | undefined;
  for (const home of [usual, ...others]) {
    if (isWithin(root, home) || !(await isOurs(home, true))) continue;
    if ((await stat(home)).dev === dev) return home;
    onAnotherDisk ??= home;
  }
  if (onAnotherDisk !== undefined) return onAnotherDisk;
  await makeFolder(usual);
  return usual;
}

/** The folders that there are in which places of this user may lie. @param named the setting, if there is one now */
export async function allHomes(named?: string): Promise<readonly string[]> {
  const ours: string[] = [];
  for (const home of [...usualHomes(), ...(await remembered()), ...(named === undefined ? [] : [named])]) {
    if (!path.isAbsolute(home) || !(await isOurs(home, false))) continue;
    const real = await realpath(home);
    if (!ours.includes(real)) ours.push(real);
  }
  return ours;
}

function usualHomes(): readonly string[] {
  const uid = process.getuid?.();
  const others = uid === undefined ? [] : ['/var/tmp', os.tmpdir()];
  return [
    path.join(cacheFolder(), 'parallel-agents'),
    ...others.map((dir) => path.join(dir, `parallel-agents-copies-${uid}`)),
  ];
}

async function remember(home: string): Promise<void> {
  const [usual = ''] = usualHomes();
  if ((await remembered()).includes(home) || !(await isOurs(usual, true))) return;
  await appendFile(path.join(usual, namedFile), `${JSON.stringify(home)}\n`, { mode: 0o600 });
}

async function remembered(): Promise<readonly string[]> {
  const [usual = ''] = usualHomes();
  const read = await readFileWithin(path.join(usual, namedFile), mostNamedBytes).catch(() => undefined);
  if (read === undefined || isNotRead(read)) return [];
  return read
    .toString()
    .split('\n')
    .flatMap((line) => {
      try {
        const home: unknown = JSON.parse(line);
        return typeof home === 'string' ? [home] : [];
      } catch {
        return []; // half a line: the machine went down in it
      }
    });
}

function cacheFolder(): string {
  const named = baseFolder(process.env.XDG_CACHE_HOME);
  if (named !== undefined) return path.resolve(named);
  if (process.platform === 'darwin') return path.join(homeFolder(), 'Library', 'Caches');
  if (process.platform === 'win32')
    return process.env.LOCALAPPDATA ?? path.join(homeFolder(), 'AppData', 'Local');
  return path.join(homeFolder(), '.cache');
}

/** False where somebody else could put something into it, or where it is not there and cannot be made. */
async function isOurs(home: string, makes: boolean): Promise<boolean> {
  try {
    if (makes) await makeFolder(home);
    const found = await lstat(home);
    const uid = process.getuid?.();
    return found.isDirectory() && (uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0));
  } catch {
    return false;
  }
}
