// Gates that their process could not take away, as one that was killed: swept by the next that opens one.
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';

export const gatePrefix = 'pa-gate-';
/** In a gate's folder. */
export const doorName = 's';
/** One without a door is about to get it, or never will. */
const longestWithoutDoorMs = 3_600_000;

/** Of this user, in `folder`; nothing but the door and its empty folder is ever removed. Never rejects. */
export async function sweepLeftGates(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const gates = names.filter((name) => name.startsWith(gatePrefix));
  await Promise.all(gates.map((name) => sweep(path.join(folder, name), now).catch(() => undefined)));
}

async function sweep(gate: string, now: number): Promise<void> {
  const found = await lstat(gate);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return;
  const door = path.join(gate, doorName);
  const hasDoor = await lstat(door).then(
    (one) => one.isSocket(),
    () => undefined,
  );
  if (hasDoor === undefined && now - found.mtimeMs < longestWithoutDoorMs) return;
  if (hasDoor) {
    if (await isOpen(door)) return;
    await unlink(door);
  }
  await rmdir(gate);
}

/** Does somebody listen there, as far as can be told? */
function isOpen(door: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(door);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
