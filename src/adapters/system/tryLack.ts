// Tries what a command says it could not have, so that its word alone decides nothing.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Lack } from '../../core/guardrails/machineText';
import type { Disk } from '../../core/guardrails/machineTrouble';
import { sizeText } from '../../core/shared/size';

/** What a small build writes; by chance, so that no disk makes it smaller. */
const triedBytes = 8 * 1024 * 1024;
/** What a test runner starts at once on a large machine. */
const triedStarts = 32;

/** What the system said, in words; undefined where it could be had, or there is nothing to try. Never rejects. */
export async function tryLack(lack: Lack, folder: string): Promise<string | undefined> {
  switch (lack) {
    case 'processes':
      return tryToStart();
    case 'watches':
      return tryToWatch(folder);
    case 'disk': // by `tryToWrite`
    case 'files': // the system counts them
    case 'memory': // taking it is what would bring a machine down
      return undefined;
    default:
      return lack satisfies never;
  }
}

/** As `tryLack`, for the first disk of these that is full. */
export async function tryToWrite(disks: readonly Disk[]): Promise<string | undefined> {
  return (await Promise.all(disks.map(writeTo))).find((why) => why !== undefined);
}

/** Only a full disk or quota tells of one: a folder that is not ours to write to says nothing. */
async function writeTo({ folder }: Disk): Promise<string | undefined> {
  const file = path.join(folder, `.parallel-agents-${randomBytes(8).toString('hex')}`);
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(randomBytes(triedBytes));
      await handle.datasync(); // some disks count only now
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOSPC' || code === 'EDQUOT'
      ? `${sizeText(triedBytes)} could not be written at ${folder} either (${code})`
      : undefined;
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** All at once, as that is what fails; each ends by itself. */
async function tryToStart(): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined; // it has no such limit
  const started = await Promise.allSettled(
    Array.from({ length: triedStarts }, async () => {
      const child = spawn('/bin/sleep', ['0.2'], { cwd: '/', stdio: 'ignore' });
      const ended = once(child, 'exit');
      ended.catch(() => undefined); // told by the next line
      await once(child, 'spawn');
      await ended;
    }),
  );
  const refused = started.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
  const meant = refused.filter((code) => code === 'EAGAIN' || code === 'ENOMEM');
  return meant.length === 0
    ? undefined
    : `of ${triedStarts} that were tried ${meant.length} could not be started (${meant[0]})`;
}

function tryToWatch(folder: string): string | undefined {
  try {
    watch(folder).close();
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOSPC' || code === 'EMFILE' ? `none could be set (${code})` : undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
