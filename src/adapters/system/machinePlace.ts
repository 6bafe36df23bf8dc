// Who we are to processes that cannot see us: by the machine, and by the folder in which our sockets are.
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LeaseHolder } from '../store/leaseFile';

/** @param folder where this process listens, one for the workspace in one for the user in one of the system's */
export async function holderAt(folder: string): Promise<LeaseHolder> {
  return { place: await placeOf(folder), host: os.hostname(), pid: process.pid };
}

/**
 * The same for all who would find a socket in `folder`: the folder of the system outlives those in it, and is another in
 * every container that has not ours.
 */
export async function placeOf(folder: string): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const seen = await stat(path.dirname(path.dirname(folder))).catch(() => undefined); // a pipe lies in none
  return [os.hostname(), boot.trim(), seen?.dev ?? '', seen?.ino ?? ''].join(' ');
}
