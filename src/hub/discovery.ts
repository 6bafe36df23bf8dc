// Finding the process that owns a workspace, and what an owner leaves in the runtime folder to be found by.
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import type { ProcessIdentity } from '../core/events/event';
import { isObject } from '../core/shared/fields';
import { Failure } from '../ports/failure';
import { isPrivateName, isWindows, socketPath } from './runtimeFolder';

/** How to reach the host that owns a workspace. Epochs rise with every owner. */
export interface OwnerAddress {
  readonly epoch: number;
  readonly socketPath: string;
  readonly token: string;
  /** So that a person can be offered to end an owner that lives and does not answer. */
  readonly process?: OwnerProcess;
}

export interface OwnerProcess extends ProcessIdentity {
  /** Milliseconds since 1970, for people: `started` is the system's own word. */
  readonly startedAt?: number;
}

/** The epochs that have had an owner and have not been swept yet, highest first. */
export async function listEpochs(folder: string): Promise<number[]> {
  const names = await entriesOf(folder);
  // A card may lie there before its owner has won; only for pipes, which leave no name, it is the trace.
  const traces = names.filter((name) => name.endsWith(isWindows ? '.token' : '.sock'));
  return traces.flatMap((name) => epochOf(name) ?? []).sort((one, other) => other - one);
}

/** The living owner with the highest epoch. Throws `Failure` (`corrupt`) when one lives whose token file is gone. */
export async function findOwner(folder: string): Promise<OwnerAddress | undefined> {
  for (const epoch of await listEpochs(folder)) {
    const address = socketPath(folder, epoch);
    if (!(await isAnswering(address))) continue;
    const endpoint = await readEndpoint(folder, epoch);
    if (endpoint) return { epoch, socketPath: address, ...endpoint };
    // It may have withdrawn between the two looks.
    if (!isWindows && (await isAnswering(address))) {
      throw new Failure(
        'corrupt',
        `A host owns this workspace, but its token in ${folder} is gone. End that process.`,
      );
    }
  }
  return undefined;
}

/**
 * Resolves with the living owner as soon as there is one. Rejects with `Failure` (`aborted`) when `signal` fires first;
 * without a signal it may wait for ever.
 */
export async function awaitOwner(folder: string, signal?: AbortSignal): Promise<OwnerAddress> {
  const watcher = watch(folder);
  try {
    for (;;) {
      const changed = once(watcher, 'change', { signal });
      changed.catch(() => {}); // it is awaited only when no owner was found
      const owner = await findOwner(folder);
      if (owner) return owner;
      await changed;
    }
  } catch (error) {
    if (signal?.aborted) throw new Failure('aborted', 'No host came in time.', { cause: error });
    throw error;
  } finally {
    watcher.close();
  }
}

/** Does somebody listen there? A connection that cannot be had for any cause but "nobody" counts as an approval. */
export function isAnswering(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(codeOf(error))));
  });
}

/** What an owner leaves for those who look for it. */
export type Endpoint = Pick<OwnerAddress, 'token' | 'process'>;

/**
 * Lays an owner's card beside its socket, readable by us alone, and answers its path. Two who compete for one epoch must
 * not overwrite each other's, and the card must lie there before the socket has its name: so it is found by the number
 * of the socket's inode, which `link` does not change. `listening` is the socket's name of the moment.
 */
export async function writeEndpoint(
  folder: string,
  epoch: number,
  listening: string,
  endpoint: Endpoint,
): Promise<string> {
  const file = await endpointPath(folder, epoch, listening);
  const temp = `${file}.${process.pid}.new`;
  await writeFile(temp, JSON.stringify(endpoint), { mode: 0o600, flag: 'w' });
  await rename(temp, file);
  return file;
}

/** Removes what owners of lower epochs, and any who died while they tried, have left. Only for a confirmed owner. */
export async function sweepBelow(folder: string, epoch: number): Promise<void> {
  for (const name of await entriesOf(folder)) {
    const theirs = epochOf(name) ?? epoch;
    const isLeft = theirs < epoch || (isPrivateName(name) && !(await isAnswering(path.join(folder, name))));
    if (isLeft) await rm(path.join(folder, name), { force: true });
  }
}

/**
 * Removes what owners of lower epochs have left in a place where ours does not listen, and the folder with the last of it.
 * Only for a confirmed owner; of one who is just trying there nothing has a socket that is dead.
 */
export async function sweepDead(folder: string, epoch: number): Promise<void> {
  const names = await entriesOf(folder);
  for (const dead of await listEpochs(folder)) {
    if (dead >= epoch || (await isAnswering(socketPath(folder, dead)))) continue;
    for (const name of names) if (epochOf(name) === dead) await rm(path.join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => undefined); // somebody is there
}

/** Cleaners of /tmp take what was not touched for three days or more. */
export const forgottenAfterMs = 3 * 24 * 60 * 60 * 1000;

/**
 * Removes the folders beside `folder` in which no host has been for long and nobody answers: workspaces come and go, and
 * each leaves one. What cannot be removed is left; a contender who comes at that moment makes its folder again.
 */
export async function sweepForgotten(folder: string, now: number): Promise<void> {
  const ours = path.dirname(folder);
  for (const name of await entriesOf(ours)) {
    const other = path.join(ours, name);
    if (other === folder || !/^[0-9a-f]{16}$/.test(name)) continue;
    const last = await stat(other).catch(() => undefined);
    if (!last?.isDirectory() || now - last.mtimeMs < forgottenAfterMs) continue;
    const names = await entriesOf(other);
    const sockets = names.filter((each) => each.endsWith('.sock') || isPrivateName(each));
    const answers = await Promise.all(sockets.map((each) => isAnswering(path.join(other, each))));
    if (answers.some((isAlive) => isAlive)) continue;
    for (const each of names) await rm(path.join(other, each), { force: true }).catch(() => undefined);
    await rmdir(other).catch(() => undefined); // somebody has just come
  }
}

/** Shows cleaners of /tmp that the files are in use, which they cannot tell of a linked name. */
export async function touch(files: readonly string[]): Promise<void> {
  const now = new Date();
  await Promise.allSettled(files.map((file) => utimes(file, now, now)));
}

/** Of a socket (`7.sock`) or a card (`7.81234.token`); undefined for other files. */
function epochOf(name: string): number | undefined {
  const [, epoch] = /^([1-9]\d{0,14})\.(?:sock|\d+\.token(?:\.\d+\.new)?)$/.exec(name) ?? [];
  return epoch === undefined ? undefined : Number(epoch);
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
}

async function endpointPath(folder: string, epoch: number, listening: string): Promise<string> {
  const inode = isWindows ? 0n : (await stat(listening, { bigint: true })).ino;
  return path.join(folder, `${epoch}.${inode}.token`);
}

async function readEndpoint(folder: string, epoch: number): Promise<Endpoint | undefined> {
  try {
    const endpoint: unknown = JSON.parse(
      await readFile(await endpointPath(folder, epoch, socketPath(folder, epoch)), 'utf8'),
    );
    return isEndpoint(endpoint) ? endpoint : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function isEndpoint(value: unknown): value is Endpoint {
  if (!isObject(value) || !('token' in value) || typeof value.token !== 'string') return false;
  if (!('process' in value)) return true;
  const { process } = value;
  if (!isObject(process) || !('pid' in process && 'started' in process)) return false;
  const isTimed = !('startedAt' in process) || typeof process.startedAt === 'number';
  return typeof process.pid === 'number' && typeof process.started === 'string' && isTimed;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
