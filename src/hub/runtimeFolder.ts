// The folder where the processes of one workspace meet, which only we can enter, and the names of sockets in it.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Failure } from '../ports/failure';

/** For tests; by default the system's. */
export interface RuntimeBases {
  /** Folders in which ours may be made, best first. */
  readonly bases?: readonly string[];
  readonly uid?: number;
}

export const isWindows = process.platform === 'win32';

/**
 * The runtime folder of the workspace at `root`, made if need be. The same for every way to write the path and every
 * environment: an extension host may lack `XDG_RUNTIME_DIR`, and `TMPDIR` differs from terminal to terminal.
 *
 * Anyone can take a name in /tmp before us, so there are other places; the first is used where nobody else can have put
 * anything. Throws `Failure` (`denied`) when there is none; (`tooLong`) when a socket's name would fit in none.
 */
export async function locate(root: string, place: RuntimeBases = {}): Promise<string> {
  const workspace = await nameOf(root);
  if (isWindows) {
    const folder = path.join(userInfo().homedir, 'AppData', 'Local', 'parallel-agents', workspace);
    await mkdir(folder, { recursive: true });
    return folder;
  }
  const uid = place.uid ?? ownUid();
  const all = userFolders(place);
  const fitting = all.filter((ours) => fits(path.join(ours, workspace)));
  if (fitting.length === 0) throw new Failure('tooLong', `${all[0]} is too long a path for a socket.`);
  const wrong: string[] = [];
  for (const ours of fitting) {
    const why = await makePrivate(ours, uid);
    if (why === undefined) return makeInner(path.join(ours, workspace), uid);
    wrong.push(`${ours} ${why}`);
  }
  throw new Failure(
    'denied',
    `Parallel Agents needs a folder that only you can enter, and found none: ${wrong.join('; ')}. It takes any of these that is yours alone (chmod 700) or can be made.`,
  );
}

/**
 * The workspace's folders in all places that are ours: a host lives in another than `locate` answers when the better
 * place was not free when it bound its socket. Best first; makes nothing.
 */
export async function existingFolders(root: string, place: RuntimeBases = {}): Promise<readonly string[]> {
  if (isWindows) return [await locate(root, place)];
  const workspace = await nameOf(root);
  const found: string[] = [];
  for (const ours of userFolders(place)) {
    const folder = path.join(ours, workspace);
    if (await isOurs(folder, place)) found.push(folder);
  }
  return found;
}

/**
 * Of the workspace's folders in all places those in which nobody can be that was not seen there: that are ours, or are not
 * there at all. Whoever lives in one that has become somebody else's cannot be reached.
 */
export async function clearFolders(root: string, place: RuntimeBases = {}): Promise<readonly string[]> {
  if (isWindows) return [await locate(root, place)];
  const workspace = await nameOf(root);
  const clear: string[] = [];
  for (const ours of userFolders(place)) {
    const folder = path.join(ours, workspace);
    if ((await isMissing(ours)) || (await isOurs(folder, place))) clear.push(folder);
    else if ((await isPrivate(ours, place.uid ?? ownUid())) && (await isMissing(folder))) clear.push(folder);
  }
  return clear;
}

/** A folder that `locate` answered, and nobody else can have put anything into since. */
export async function isOurs(folder: string, { uid = ownUid() }: RuntimeBases = {}): Promise<boolean> {
  return (await isPrivate(path.dirname(folder), uid)) && (await isPrivate(folder, uid));
}

async function nameOf(root: string): Promise<string> {
  return createHash('sha256')
    .update(await realpath(root))
    .digest('hex')
    .slice(0, 16);
}

function ownUid(): number {
  return process.getuid?.() ?? 0;
}

/** Folders of this user alone, outside every workspace; they need not exist. */
export function userFolders({ bases, uid = ownUid() }: RuntimeBases = {}): readonly string[] {
  const name = `parallel-agents-${uid}`;
  if (bases) return bases.map((base) => path.join(base, name));
  const home = homeFolder();
  return [
    path.join('/tmp', name),
    path.join('/run/user', String(uid), 'parallel-agents'),
    ...(home === undefined ? [] : [path.join(home, '.cache', 'parallel-agents', 'run')]),
    path.join('/var/tmp', name),
  ];
}

/** As the system knows it, not the environment; it knows none of a user without a name. */
function homeFolder(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** Where the owner of `epoch` listens. A pipe has one name for all, since it vanishes with its owner. */
export function socketPath(folder: string, epoch: number): string {
  if (isWindows) return `\\\\.\\pipe\\parallel-agents-${path.basename(folder)}`;
  return path.join(folder, `${epoch}.sock`);
}

/** A name to listen under before the socket gets its own. `unique` is hex, 16 digits of it are used. */
export function privatePath(folder: string, unique: string): string {
  return path.join(folder, `${unique.slice(0, 16)}.new`);
}

export function isPrivateName(name: string): boolean {
  return /^[0-9a-f]{16}\.new$/.test(name);
}

/** The system's limit is 104 on macOS and 108 on Linux, with the byte that ends it. */
const maxAddressBytes = 100;
const longestNameBytes = 'ffffffffffffffff.new'.length;

function fits(folder: string): boolean {
  return Buffer.byteLength(folder) + 1 + longestNameBytes <= maxAddressBytes;
}

async function makeInner(folder: string, uid: number): Promise<string> {
  const why = await makePrivate(folder, uid);
  if (why === undefined) return folder;
  throw new Failure('denied', `${folder} ${why}. Remove it (rm -r ${folder}) and try again.`);
}

/** A folder that exists is taken only when nobody else can have put anything into it. Returns why it cannot be had. */
async function makePrivate(folder: string, uid: number): Promise<string | undefined> {
  try {
    await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code !== 'EEXIST') return `cannot be made (${code})`;
  }
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return 'is gone again';
  const isWritable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return whatIsWrong(found, uid) ?? (isWritable ? undefined : 'cannot be written to');
}

async function isMissing(folder: string): Promise<boolean> {
  return lstat(folder).then(
    () => false,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT',
  );
}

async function isPrivate(folder: string, uid: number): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found !== undefined && whatIsWrong(found, uid) === undefined;
}

function whatIsWrong(found: Awaited<ReturnType<typeof lstat>>, uid: number): string | undefined {
  if (!found.isDirectory()) return 'is not a folder';
  if (Number(found.uid) !== uid) return `belongs to user ${found.uid}`;
  if ((Number(found.mode) & 0o077) !== 0) return 'is open to other users';
  return undefined;
}
