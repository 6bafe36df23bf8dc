// The folder where the processes of one workspace meet, which only we can enter, and the names of sockets in it.
import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Failure } from '../ports/failure';

/** For tests; by default the system's. */
export interface Place {
  readonly base?: string;
  readonly uid?: number;
}

export const isWindows = process.platform === 'win32';

/**
 * The runtime folder of the workspace at `root`, made if need be. The same for every way to write the path and every
 * environment: an extension host may lack `XDG_RUNTIME_DIR`, and `TMPDIR` differs from terminal to terminal.
 * Throws `Failure` (`denied`) when someone else has made the folder, or could look into it; (`tooLong`) when a socket's
 * name would not fit.
 */
export async function locate(root: string, place: Place = {}): Promise<string> {
  const workspace = createHash('sha256')
    .update(await realpath(root))
    .digest('hex')
    .slice(0, 16);
  const user = userInfo();
  if (isWindows) {
    const folder = path.join(user.homedir, 'AppData', 'Local', 'parallel-agents', workspace);
    await mkdir(folder, { recursive: true });
    return folder;
  }
  const uid = place.uid ?? user.uid;
  const ours = path.join(place.base ?? '/tmp', `parallel-agents-${uid}`);
  const folder = path.join(ours, workspace);
  if (Buffer.byteLength(folder) + 1 + longestNameBytes > maxAddressBytes) {
    throw new Failure('tooLong', `${folder} is too long a path for a socket.`);
  }
  await makePrivate(ours, uid);
  await makePrivate(folder, uid);
  return folder;
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

/** A folder that exists is taken only when nobody else can have put anything into it. */
async function makePrivate(folder: string, uid: number): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!exists) throw new Failure('denied', `${folder} cannot be made.`, { cause: error });
  }
  const wrong = whatIsWrong(await lstat(folder), uid);
  if (wrong) throw new Failure('denied', `${folder} ${wrong}. Remove it (rm -r ${folder}) and try again.`);
}

function whatIsWrong(found: Awaited<ReturnType<typeof lstat>>, uid: number): string | undefined {
  if (!found.isDirectory()) return 'is not a folder';
  if (Number(found.uid) !== uid) return `belongs to user ${found.uid}`;
  if ((Number(found.mode) & 0o077) !== 0) return 'is open to other users';
  return undefined;
}
