// One folder, two machines: a container and its host, or two that share a disk. They do not meet at a socket; what both see is
// a file in the folder, in which whoever has it says every few seconds that it lives.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inert } from '../../core/shared/inert';
import { Failure } from '../../ports/failure';
import { asFailures, isUnreadable } from '../files/fileFailure';
import type { Folder } from '../files/openFolder';
import { inPartThere } from '../files/statePart';
import {
  isLongDead,
  type LeaseHolder,
  leaseBytes,
  leaseName,
  openLease,
  parseSign,
  putNew,
  readSign,
  readText,
  type Sign,
  setAside,
  textOf,
  type Written,
} from './leaseFile';

const usualBeatMs = 2_000;
/** Whoever gives no sign for so long is gone: five beats, for a busy machine is late. */
const beatsWatched = 5;
const looksInBeat = 4;
const mostNameChars = 100;

export interface LeaseOptions {
  /**
   * Told once: another has taken the folder (this process slept, or its disk was away), or what stands in the place of our
   * file is not to be written to.
   */
  readonly onLost: (why: Failure) => void;
  /** Told, in sentences for people, when the one who had the folder has to be watched for some beats. */
  readonly onWatching?: ((words: string) => void) | undefined;
  /** For tests. */
  readonly beatMs?: number;
}

/** Where this process is among those that may have the folder. */
export interface Whereabouts {
  /** Asked at every sign: it may come to be found in another place. */
  holder(): Promise<LeaseHolder>;
  /** Places in which this process has looked for a living owner, and found none: a sign of these is a dead one's. */
  readonly looked: readonly string[];
}

export interface Lease {
  /** Signs at once and not with the next beat: its `holder` is another by now. */
  signAnew(): void;
  /** For the next to take at once. May be called twice. */
  release(): Promise<void>;
}

/**
 * Takes the folder; to be called by the one owner among the processes of the places it has looked in, so that what an
 * earlier one of these left is nobody's. Throws `Failure` (`occupied`) when somebody of another place has it and lives, which
 * takes `beatsWatched` beats to tell where the last sign is young; `foreign` or `refused` when the file is none of ours.
 *
 * @param stateDir `.parallel-agents`, absolute
 */
export async function takeLease(
  stateDir: string,
  { holder, looked }: Whereabouts,
  { onLost, onWatching = () => {}, beatMs = usualBeatMs }: LeaseOptions,
): Promise<Lease> {
  const token = randomUUID();
  const own: Own = { token, at: async (beat) => ({ ...(await holder()), token, beat }) };
  const inStateFolder: InStateFolder = (work) => inPartThere(stateDir, [], work);
  return asFailures(`take the folder of ${path.join(stateDir, leaseName)}`, async () => {
    for (;;) {
      const found = await inStateFolder(readSign);
      const isTheirs = found !== undefined && found.token !== '' && !looked.includes(found.place ?? '');
      if (isTheirs && (await isAlive(inStateFolder, found, beatMs, onWatching))) throw occupied(found);
      if (found && !(await inStateFolder((stateFolder) => setAside(stateFolder, found)))) continue; // another was quicker
      const first = textOf(await own.at(0));
      if (await inStateFolder((stateFolder) => putNew(stateFolder, first)))
        return keep(inStateFolder, own, beatMs, onLost);
    }
  });
}

/**
 * Who has the folder and lives, in words; undefined where nobody does, or where that cannot be looked at. Takes as long as
 * `takeLease` to tell.
 */
export async function livingHolder(
  stateDir: string,
  { onWatching = () => {}, beatMs = usualBeatMs }: Pick<LeaseOptions, 'onWatching' | 'beatMs'>,
): Promise<string | undefined> {
  const inStateFolder: InStateFolder = (work) => inPartThere(stateDir, [], work);
  try {
    const found = await inStateFolder(readSign);
    if (found === undefined || found.token === '') return undefined;
    return (await isAlive(inStateFolder, found, beatMs, onWatching)) ? nameOf(found) : undefined;
  } catch (error) {
    if (!Failure.is(error) && !isUnreadable(error)) throw error;
    return undefined; // another user's, or nothing of ours
  }
}

/** In the folder as it stands now: it may have become a link since. */
type InStateFolder = <T>(work: (stateFolder: Folder) => Promise<T>) => Promise<T>;

/** What this process writes at each beat. */
interface Own {
  readonly token: string;
  at(beat: number): Promise<Written>;
}

function keep(inStateFolder: InStateFolder, own: Own, beatMs: number, onLost: (why: Failure) => void): Lease {
  const over = new AbortController();
  let due = new AbortController();
  /** Returns why it is ours no longer. */
  const beatOnce = async (beat: number): Promise<Failure | undefined> => {
    try {
      const written = await own.at(beat);
      const other = await inStateFolder((stateFolder) => writeBeat(stateFolder, written));
      return other && taken(other);
    } catch (error) {
      if (Failure.is(error, 'foreign') || Failure.is(error, 'refused')) return error;
      return undefined; // what the disk refuses, the store tells
    }
  };
  const beating = (async () => {
    for (let beat = 1; !over.signal.aborted; beat++) {
      await pause(beatMs, undefined, { signal: due.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      due = new AbortController(); // before the holder is asked: what changes after that is due again
      const why = await beatOnce(beat);
      if (!why) continue;
      onLost(why);
      return;
    }
  })();
  return {
    signAnew: () => due.abort(),
    release: async () => {
      over.abort();
      due.abort();
      await beating;
      await inStateFolder(async (stateFolder) => {
        if (parseSign(await readText(stateFolder))?.token === own.token)
          await rm(stateFolder.at(leaseName), { force: true });
      }).catch(() => undefined);
    },
  };
}

/** Returns who has the folder now, if it is another: nothing is written but into a file that is our own. */
async function writeBeat(stateFolder: Folder, own: Written): Promise<Sign | undefined> {
  const handle = await openLease(stateFolder);
  if (handle) {
    try {
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(leaseBytes), position: 0 });
      const found = parseSign(buffer.subarray(0, bytesRead).toString());
      if (found && found.token !== own.token) return found;
      if (found) {
        await handle.write(textOf(own), 0);
        return undefined;
      }
    } finally {
      await handle.close();
    }
    // Another name of somebody's file perhaps, or another host's that is in the making.
    const found = await readSign(stateFolder);
    if (found && found.token !== '') return found.token === own.token ? undefined : found;
    if (found && !(await setAside(stateFolder, found))) return undefined;
  }
  await putNew(stateFolder, textOf(own)); // somebody took it away, who did not know what it is for
  return undefined;
}

async function isAlive(
  inStateFolder: InStateFolder,
  seen: Sign,
  beatMs: number,
  onWatching: (words: string) => void,
): Promise<boolean> {
  if (await inStateFolder(isLongDead)) return false;
  onWatching(watching(seen, beatMs * beatsWatched));
  // Counted in looks, not by the clock: on a machine that is held up, whoever watches is as late as who is watched.
  for (let look = 0; look < beatsWatched * looksInBeat; look++) {
    await pause(beatMs / looksInBeat);
    const text = await inStateFolder(readText);
    if (text === undefined) return false;
    if (text !== seen.text) return true;
  }
  return false;
}

function occupied(sign: Sign): Failure {
  return new Failure(
    'occupied',
    `This folder is at work on another machine or in another container: ${nameOf(sign)} has it.`,
  );
}

function taken(sign: Sign): Failure {
  return new Failure(
    'occupied',
    `While this process did not run, another machine or container has taken this folder: ${nameOf(sign)}.`,
  );
}

function watching(sign: Sign, ms: number): string {
  return `This folder was at work on another machine or in another container: ${nameOf(sign)} had it. For up to ${Math.ceil(ms / 1000)} s it is watched whether that lives.`;
}

/** Somebody else's words: for a line in a terminal, and no longer than a name. */
function nameOf({ host, pid }: Sign): string {
  if (host === undefined || pid === undefined) return 'a process of another version';
  return `process ${pid} on "${inert(host).slice(0, mostNameChars)}"`;
}
