// The file in which whoever has a folder says so: read by its kind and size first, and never reached through a link.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../ports/failure';
import { isNotRead, readFileWithin, whyNotRead } from '../files/boundedRead';
import { hasCode, orNull } from '../files/fileFailure';
import type { Folder } from '../files/openFolder';
import { refuseForeignFile } from '../files/stateParts';

export const leaseName = 'owner.json';
/** All of it is written in one piece, always as long. */
export const leaseBytes = 1024;
/** What another version of ours may write; more is nothing of ours. */
const mostBytes = 64 * 1024;
/** Older by the clock of the disk, and nobody needs to watch it. */
const longDeadMs = 60_000;
/** What nobody can understand may be in the making for so long. */
const sameReads = 10;
const betweenReadsMs = 100;
/** Whoever writes all the time what nobody can understand is not waited for any longer. */
const mostReads = 100;

export interface LeaseHolder {
  /** Where its socket is found: the same for all who would find it there. */
  readonly place: string;
  readonly host: string;
  readonly pid: number;
}

export interface Written extends LeaseHolder {
  readonly token: string;
  readonly beat: number;
}

/** What somebody wrote; of another version of ours only the token need be there. */
export interface Sign extends Partial<LeaseHolder> {
  /** Empty where nobody can understand it: then it is nobody's. */
  readonly token: string;
  /** All of it: whoever lives writes another one soon. */
  readonly text: string;
}

/** Undefined where there is none. */
export async function openLease(stateFolder: Folder): Promise<FileHandle | undefined> {
  const at = path.join(stateFolder.path, leaseName);
  if (!(await refuseForeignFile(at, stateFolder.at(leaseName)))) return undefined;
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  return open(stateFolder.at(leaseName), flags).catch(async (error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    await refuseForeignFile(at, stateFolder.at(leaseName));
    throw error;
  });
}

/** By what the disk takes for now: clocks of machines differ. */
export async function isLongDead(stateFolder: Folder): Promise<boolean> {
  const probe = stateFolder.at(`${leaseName}.${randomUUID()}`);
  try {
    await writeFile(probe, '', { mode: 0o600, flag: 'wx' });
    const [last, now] = await Promise.all([orNull(lstat(stateFolder.at(leaseName))), stat(probe)]);
    return last !== null && now.mtimeMs - last.mtimeMs > longDeadMs;
  } finally {
    await rm(probe, { force: true });
  }
}

/** False when it was not `seen` any more, and stands as it stood. */
export async function setAside(stateFolder: Folder, seen: Sign): Promise<boolean> {
  const aside = `${leaseName}.${randomUUID()}`;
  try {
    await rename(stateFolder.at(leaseName), stateFolder.at(aside));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  const text = await readText(stateFolder, aside);
  const isSeen = text === undefined || (parseSign(text)?.token ?? '') === seen.token;
  if (!isSeen) await putNew(stateFolder, text).catch(() => undefined); // or a newer one is there
  await rm(stateFolder.at(aside), { force: true });
  return isSeen;
}

/** False when there is one already. */
export async function putNew(stateFolder: Folder, text: string): Promise<boolean> {
  try {
    await writeFile(stateFolder.at(leaseName), text, { mode: 0o600, flag: 'wx' }); // there are shared disks without hard links
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined where there is none. What nobody can understand, and nobody goes on writing for a second, is nobody's. */
export async function readSign(stateFolder: Folder): Promise<Sign | undefined> {
  let last: string | undefined;
  for (let [tries, same] = [1, 1]; tries <= mostReads; tries++) {
    const text = await readText(stateFolder);
    if (text === undefined) return undefined;
    const found = parseSign(text);
    if (found) return found;
    same = text === last ? same + 1 : 1;
    if (same > sameReads) return { token: '', text };
    last = text;
    await pause(betweenReadsMs);
  }
  throw new Failure(
    'occupied',
    `"${path.join(stateFolder.path, leaseName)}" is written all the time by something unknown; end that.`,
  );
}

export async function readText(stateFolder: Folder, name = leaseName): Promise<string | undefined> {
  const found = await readFileWithin(stateFolder.at(name), mostBytes);
  if (!isNotRead(found)) return found.toString();
  if (found.notRead === 'missing') return undefined;
  const at = path.join(stateFolder.path, name);
  await refuseForeignFile(at, stateFolder.at(name));
  throw new Failure('refused', `"${at}" ${whyNotRead(found, mostBytes)}; move it away and start again.`);
}

/** Undefined for what no version of ours writes. */
export function parseSign(text: string | undefined): Sign | undefined {
  if (text === undefined) return undefined;
  try {
    const found: Partial<Written> | null = JSON.parse(text);
    const { place, host, pid, token } = found ?? {};
    if (typeof token !== 'string' || token === '') return undefined;
    return {
      token,
      text,
      ...(typeof place === 'string' && { place }),
      ...(typeof host === 'string' && { host }),
      ...(typeof pid === 'number' && { pid }),
    };
  } catch {
    return undefined;
  }
}

export function textOf(written: Written): string {
  return `${JSON.stringify(written)}\n`.padStart(leaseBytes);
}
