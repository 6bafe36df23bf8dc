// One folder, two machines: a container and its host, or two that share a disk. They do not meet at a socket; what both see is
// a file in the folder, in which whoever has it says every few seconds that it lives.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../ports/failure';
import { asFailures, hasCode, orNull } from '../files/fileFailure';

const fileName = 'owner.json';
/** All of it is written in one piece, always as long. */
const fileBytes = 1024;
const usualBeatMs = 2_000;
/** Whoever gives no sign for so long is gone: five beats, for a busy machine is late. */
const beatsWatched = 5;
/** Older by the clock of the disk, and nobody needs to watch it. */
const longDeadMs = 60_000;
const mostReads = 5;
const betweenReadsMs = 100;

export interface LeaseHolder {
  /** The same for processes that find each other's sockets. */
  readonly place: string;
  readonly host: string;
  readonly pid: number;
}

interface Written extends LeaseHolder {
  readonly token: string;
  readonly beat: number;
}

export interface LeaseOptions {
  /** Told once when another has taken the folder: this process slept, or its disk was away. */
  readonly onLost: (why: Failure) => void;
  /** For tests. */
  readonly beatMs?: number;
}

export interface Lease {
  /** For the next to take at once. May be called twice. */
  release(): Promise<void>;
}

/**
 * Takes the folder for `holder`; to be called by the one owner among the processes of its place, so that what an earlier
 * one of these left is nobody's. Throws `Failure` (`occupied`) when somebody of another place has it and lives, which
 * takes `beatsWatched` beats to tell where the last sign is young.
 *
 * @param houseDir `.parallel-agents`, absolute
 */
export async function takeLease(
  houseDir: string,
  holder: LeaseHolder,
  { onLost, beatMs = usualBeatMs }: LeaseOptions,
): Promise<Lease> {
  const file = path.join(houseDir, fileName);
  const own: Written = { ...holder, token: randomUUID(), beat: 0 };
  return asFailures(`take the folder of ${file}`, async () => {
    for (;;) {
      const found = await read(file);
      if (found && found.place !== holder.place && (await isAlive(file, found, beatMs)))
        throw occupied(found);
      if (found && !(await setAside(file, found))) continue; // another was quicker
      if (await putNew(file, own)) return keep(file, own, beatMs, onLost);
    }
  });
}

function keep(file: string, own: Written, beatMs: number, onLost: (why: Failure) => void): Lease {
  const over = new AbortController();
  const beating = (async () => {
    for (let beat = 1; !over.signal.aborted; beat++) {
      await pause(beatMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const other = await beatOnce(file, { ...own, beat }).catch(() => undefined); // what the disk refuses, the store tells
      if (!other) continue;
      onLost(taken(other));
      return;
    }
  })();
  return {
    release: async () => {
      over.abort();
      await beating;
      const found = await read(file).catch(() => undefined);
      if (found?.token === own.token) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

/** Answers with who has the folder now, if it is another: their file is not written to. */
async function beatOnce(file: string, own: Written): Promise<Written | undefined> {
  const handle = await open(file, 'r+').catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    return undefined;
  });
  if (!handle) {
    await putNew(file, own); // somebody took it away, who did not know what it is for
    return undefined;
  }
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(fileBytes), position: 0 });
    const found = parse(buffer.subarray(0, bytesRead).toString());
    if (found && found.token !== own.token) return found;
    await handle.write(textOf(own), 0);
    return undefined;
  } finally {
    await handle.close();
  }
}

async function isAlive(file: string, seen: Written, beatMs: number): Promise<boolean> {
  if (await isLongDead(file)) return false;
  const until = performance.now() + beatMs * beatsWatched;
  while (performance.now() < until) {
    await pause(beatMs / 4);
    const now = await read(file);
    if (!now) return false;
    if (now.token !== seen.token || now.beat !== seen.beat) return true;
  }
  return false;
}

/** By what the disk takes for now: clocks of machines differ. */
async function isLongDead(file: string): Promise<boolean> {
  const probe = `${file}.${randomUUID()}`;
  try {
    await writeFile(probe, '', { mode: 0o600 });
    const [last, now] = await Promise.all([orNull(stat(file)), stat(probe)]);
    return last !== null && now.mtimeMs - last.mtimeMs > longDeadMs;
  } finally {
    await rm(probe, { force: true });
  }
}

/** False when it was not `seen` any more, and stands as it stood. */
async function setAside(file: string, seen: Written): Promise<boolean> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  const moved = await read(aside);
  const isSeen = moved === undefined || moved.token === seen.token;
  if (!isSeen) await copyFile(aside, file, constants.COPYFILE_EXCL).catch(() => undefined); // or a newer one is there
  await rm(aside, { force: true });
  return isSeen;
}

/** False when there is one already. */
async function putNew(file: string, own: Written): Promise<boolean> {
  try {
    await writeFile(file, textOf(own), { mode: 0o600, flag: 'wx' }); // there are shared disks without hard links
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined where there is none. What nobody can understand is in the making for a moment, and then nobody's. */
async function read(file: string): Promise<Written | undefined> {
  for (let tries = 1; ; tries++) {
    const text = await orNull(readFile(file, 'utf8'));
    if (text === null) return undefined;
    const found = parse(text);
    if (found || tries === mostReads) return found ?? nobody;
    await pause(betweenReadsMs);
  }
}

const nobody: Written = { place: '', host: '', pid: 0, token: '', beat: 0 };

function parse(text: string): Written | undefined {
  try {
    const found: Partial<Written> = JSON.parse(text);
    const { place, host, pid, token, beat } = found;
    const isWhole = typeof place === 'string' && typeof host === 'string' && typeof token === 'string';
    return isWhole && typeof pid === 'number' && typeof beat === 'number'
      ? { place, host, pid, token, beat }
      : undefined;
  } catch {
    return undefined;
  }
}

function textOf(written: Written): string {
  return `${JSON.stringify(written)}\n`.padStart(fileBytes);
}

function occupied({ host, pid }: Written): Failure {
  return new Failure(
    'occupied',
    `This folder is at work on another machine or in another container: process ${pid} on "${host}" has it.`,
  );
}

function taken({ host, pid }: Written): Failure {
  return new Failure(
    'occupied',
    `While this process did not run, another machine or container has taken this folder: process ${pid} on "${host}".`,
  );
}
