// Who we are to processes that cannot see us: by the machine, and by the folder in which our sockets are.
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LeaseHolder } from '../store/leaseFile';

/**
 * @param socket where this process listens: in a folder for the workspace, in one for the user, in one of the system's. The
 * last outlives the others, and is another in every container that has not ours.
 */
export async function holderAt(socket: string): Promise<LeaseHolder> {
  const system = path.dirname(path.dirname(path.dirname(socket)));
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const seen = await stat(system).catch(() => undefined); // a pipe lies in none
  const place = [os.hostname(), boot.trim(), seen?.dev ?? '', seen?.ino ?? ''].join(' ');
  return { place, host: os.hostname(), pid: process.pid };
}
