// Whether a command that failed may be held against its feature, or the machine was not able to run it.
import { sizeText } from '../shared/size';
import type { TroubleCause } from './breaker';
import { type Lack, type SpokenLack, spokenLack } from './machineText';

/** A disk that a command may write to. */
export interface Disk {
  /** A folder on it, absolute, for people. */
  readonly folder: string;
  readonly freeBytes: number;
  /** Files that may still be made; undefined where the disk does not count them. */
  readonly freeFiles?: number;
}

/** How the machine stands before a command. Counts are of the system, and mean something by what they have risen. */
export interface Room {
  readonly disks: readonly Disk[];
  /** That can be had at once; undefined where nobody tells. */
  readonly memoryBytes?: number;
  /** Processes that the system has ended for want of memory. */
  readonly memoryKills?: number;
  /** Processes and threads that a limit has kept from being started. */
  readonly refusedStarts?: number;
}

/** How it stands after one that failed. */
export interface Shortage extends Room {
  /** Processes and threads that may still be started. */
  readonly startsLeft?: number;
  /** Files that all programs together may still open. */
  readonly opensLeft?: number;
  /** Files that one program may have open at a time, where a limit is set (`ulimit -n`). */
  readonly opensEach?: number;
  /** What the system said when a file of some MB was tried, in words; undefined: it could be written, or was not tried. */
  readonly unwritable?: string;
  /** The same for what else the output speaks of. */
  readonly refused?: string;
}

/** What has failed. */
export interface FailedProgram {
  /** What it is, as the beginning of a sentence. */
  readonly what: string;
  /** The end of what it printed, without keys. */
  readonly output: string;
  /** How the guard of a command ended before it, by nobody of ours: `SIGKILL`. */
  readonly guardEnd?: string;
  /** As far as it was seen, also to pipes. */
  readonly wroteBytes?: number;
  /** What it lacked by the manner of its end, where it says nothing itself. */
  readonly endedFor?: Lack;
}

export type MachineVerdict =
  | {
      readonly kind: 'trouble';
      readonly cause: Extract<TroubleCause, 'disk' | 'spawn' | 'files'>;
      readonly message: string;
      /** The command may have brought it about itself: that is believed so many times of one feature. */
      readonly most: number;
    }
  /** It is the feature's. `said`: what the output says of the machine, and what of it is so. */
  | { readonly kind: 'own'; readonly said?: string };

/** A build does not write one object file into less, nor our own database a page of its journal beside it. */
const scarceBytes = 1024 * 1024;
const scarceFiles = 16;
/** Half a dozen processes of Node, which have eleven threads each, are what a test runner starts. */
const scarceStarts = 64;
const scarceOpens = 64;
/** What systems allow each program unless somebody has set less: macOS 256, others 1,024 and more. */
const usualOpensEach = 256;
/** Node does not start in less. */
const scarceMemoryBytes = 64 * 1024 * 1024;
/** With so much room at its beginning, a command that ends without any may have used it up itself. */
const ampleBytes = 1024 * 1024 * 1024;

/** Once others may have been at it beside it; the next time it is a probe, alone. */
const mostAlone = 1;
/** Of what no command brings about, and a few could all the same; with the breaker's rests this takes two and a half minutes. */
const mostEndured = 5;

/** Of what is said to have failed, characters. */
const mostNamed = 300;

/** Is there next to nothing left on it, by its own count? */
export function isFull({ freeBytes, freeFiles = scarceFiles }: Disk): boolean {
  return freeBytes < scarceBytes || freeFiles < scarceFiles;
}

export function judgeMachine(failed: FailedProgram, before: Room, now: Shortage): MachineVerdict {
  const spoken = spokenLack(failed.output);
  const lack = spoken?.lack ?? failed.endedFor;
  const found =
    fullDisk(failed, spoken, before, now) ??
    memoryKill(before, now) ??
    (lack && shortOf(lack, before, now)) ??
    deadGuard(failed);
  if (found) {
    const { cause, most, why } = found;
    const quoted = spoken ? ` ("${spoken.line}")` : '';
    const what = failed.what.length > mostNamed ? `${failed.what.slice(0, mostNamed)}…` : failed.what;
    return { kind: 'trouble', cause, most, message: `${what} failed ${why}${quoted}.` };
  }
  return { kind: 'own', ...(spoken && { said: unconfirmed(spoken.lack, now) }) };
}

/** For people, of a trouble that was believed as often as it may be. */
export function ownDoing({ message, most }: Extract<MachineVerdict, { kind: 'trouble' }>): string {
  return `${message} It was so ${most + 1} times in a row: it brings that about itself.`;
}

interface Found {
  readonly cause: Extract<TroubleCause, 'disk' | 'spawn' | 'files'>;
  readonly why: string;
  readonly most: number;
}

function fullDisk(
  { wroteBytes = 0 }: FailedProgram,
  spoken: SpokenLack | undefined,
  before: Room,
  { disks, unwritable }: Shortage,
): Found | undefined {
  const full = disks.find(isFull);
  // There are file systems that count wrong: what can be written all the same is not full.
  if (full && unwritable !== undefined) {
    const was = before.disks.find(({ folder }) => folder === full.folder);
    const isOwn = was !== undefined && was.freeBytes >= ampleBytes && full.freeBytes < scarceBytes;
    const room = full.freeBytes < scarceBytes ? sizeText(full.freeBytes) : `room for ${full.freeFiles} files`;
    const why = `on a full disk: ${room} left at ${full.folder}`;
    return { cause: 'disk', why, most: isOwn ? mostAlone : Number.POSITIVE_INFINITY };
  }
  if (spoken?.lack !== 'disk') return undefined;
  if (unwritable !== undefined)
    return { cause: 'disk', why: `on a full disk: ${unwritable}`, most: Number.POSITIVE_INFINITY };
  const least = leastFree(disks);
  if (least === undefined || least.freeBytes >= wroteBytes) return undefined;
  const why = `on a full disk: it wrote ${sizeText(wroteBytes)}, and ${sizeText(least.freeBytes)} are left at ${least.folder}`;
  return { cause: 'disk', why, most: mostAlone };
}

function memoryKill(before: Room, now: Shortage): Found | undefined {
  const kills = (now.memoryKills ?? 0) - (before.memoryKills ?? now.memoryKills ?? 0);
  if (kills <= 0) return undefined;
  const why = `while the system ended ${kills === 1 ? 'a process' : `${kills} processes`} for want of memory`;
  const isOwn = (before.memoryBytes ?? 0) >= ampleBytes;
  return { cause: 'spawn', why, most: isOwn ? mostAlone : Number.POSITIVE_INFINITY };
}

function shortOf(lack: Lack, before: Room, now: Shortage): Found | undefined {
  const most = Number.POSITIVE_INFINITY;
  const { startsLeft, opensLeft, opensEach, memoryBytes, refused } = now;
  switch (lack) {
    case 'disk':
      return undefined; // `fullDisk` has judged
    case 'processes': {
      if (startsLeft !== undefined && startsLeft < scarceStarts)
        return { cause: 'spawn', most, why: `for want of processes: ${startsLeft} more may be started` };
      if (refused !== undefined) return { cause: 'spawn', most, why: `for want of processes: ${refused}` };
      const refusals = (now.refusedStarts ?? 0) - (before.refusedStarts ?? now.refusedStarts ?? 0);
      if (refusals <= 0) return undefined;
      const why = `for want of processes: the system refused ${refusals} meanwhile`;
      return { cause: 'spawn', most: mostAlone, why };
    }
    case 'files':
      if (opensLeft !== undefined && opensLeft < scarceOpens)
        return { cause: 'files', most, why: `for want of open files: the system has ${opensLeft} left` };
      return opensEach !== undefined && opensEach < usualOpensEach
        ? { cause: 'files', most: mostEndured, why: `for want of open files: ${eachMay(opensEach)}` }
        : undefined;
    case 'watches':
      return refused === undefined
        ? undefined
        : {
            cause: 'files',
            most,
            why: `for want of watches over files, as fs.inotify.max_user_watches and fs.inotify.max_user_instances bound them: ${refused}`,
          };
    case 'memory':
      return memoryBytes !== undefined && memoryBytes < scarceMemoryBytes
        ? { cause: 'spawn', most, why: `for want of memory: ${sizeText(memoryBytes)} are left` }
        : undefined;
    default:
      return lack satisfies never;
  }
}

function deadGuard({ guardEnd }: FailedProgram): Found | undefined {
  if (guardEnd === undefined) return undefined;
  const why = `when the process that watches over it was ended from outside (${guardEnd}), as the system does when memory runs out`;
  return { cause: 'spawn', why, most: mostEndured };
}

function unconfirmed(lack: Lack, now: Shortage): string {
  const { startsLeft, opensLeft, opensEach, memoryBytes } = now;
  switch (lack) {
    case 'disk': {
      const least = leastFree(now.disks);
      const left = least && `there are ${sizeText(least.freeBytes)} free at ${least.folder}`;
      return speaks('a full disk', left);
    }
    case 'processes':
      return speaks(
        'processes that could not be started',
        startsLeft === undefined ? 'more could be started when it had ended' : `${startsLeft} more may be`,
      );
    case 'files':
      return speaks(
        'too many open files',
        opensLeft === undefined
          ? undefined
          : `the system has ${opensLeft} left, so the limit is its own${opensEach === undefined ? '' : `: ${eachMay(opensEach)}`}`,
      );
    case 'watches':
      return speaks('too many watches over files', 'more could be made when it had ended');
    case 'memory': {
      const left = memoryBytes === undefined ? '' : `, and has ${sizeText(memoryBytes)} left`;
      const counted = now.memoryKills === undefined ? '' : 'the system ended no process for that meanwhile';
      return speaks(
        'a process that was killed, or too little memory',
        counted === '' ? undefined : `${counted}${left}`,
      );
    }
    default:
      return lack satisfies never;
  }
}

function eachMay(opens: number): string {
  return `one program may have ${opens} (ulimit -n)`;
}

function speaks(of: string, but: string | undefined): string {
  return `Its output speaks of ${of}${but === undefined ? '' : `; ${but}`}.`;
}

function leastFree(disks: readonly Disk[]): Disk | undefined {
  return disks.toSorted((a, b) => a.freeBytes - b.freeBytes)[0];
}
