// What the store asks of the disk, few and small so that tests can let each of them fail, and Node's way of doing it.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { Failure, type FailureReason } from '../../ports/failure';
import { isNotRead, readFileWithin, whyNotRead } from '../files/boundedRead';
import { orNull } from '../files/fileFailure';
import type { Folder } from '../files/openFolder';
import { inPart, inPartThere } from '../files/statePart';
import { refuseForeignFile } from '../files/stateParts';

/** Every method may reject with the system's error, having done all, part or nothing of its work. */
export interface DiskFiles {
  /**
   * The whole content; undefined when there is no such file. Refused for what is no file, or too large for one of ours.
   * @param mostBytes less than what could be held at all
   */
  read(path: string, mostBytes?: number): Promise<Uint8Array | undefined>;
  /** A new empty file; one that had the name loses its content. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing to do when there is no such file. */
  remove(path: string): Promise<void>;
  /** Nothing to do when it is there. */
  makeFolder(path: string): Promise<void>;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Resolves when names given and taken in the folder would survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Is there such a file? */
  exists(path: string): Promise<boolean>;
  /** Keeps hold of a folder, so that it is told from another that gets its name, and perhaps its number, later. */
  holdFolder(path: string): Promise<Held>;
}

export interface Held {
  /** Is this very file or folder what the path leads to? */
  isAt(path: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface DiskFile extends Held {
  /** Returns how many of the bytes it wrote, which may be fewer than it was given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  /** Resolves when content and size would survive a power cut. */
  sync(): Promise<void>;
  /** False when the file was removed or another took its place: what is written to it is then lost. */
  hasName(): Promise<boolean>;
}

/** SQLite in memory writes a file only by holding it twice, so that none of ours is larger than 1 GiB. */
const mostBytes = 2 ** 30;

/**
 * The disk as it is, for paths of `stateDir` and of what is in it. No part of it is reached through a link, whenever that
 * came: every method but `isAt` rejects with `foreign` then.
 *
 * @param stateDir `.parallel-agents`, absolute
 */
export function createStateFiles(stateDir: string): DiskFiles {
  const below = (folder: string) => relative(stateDir, folder).split(sep).filter(Boolean);
  const within = <T>(folder: string, work: (opened: Folder) => Promise<T>) =>
    inPartThere(stateDir, below(folder), work);
  const beside = <T>(file: string, work: (name: string) => Promise<T>) =>
    within(dirname(file), (folder) => work(folder.at(basename(file))));
  const exists = async (file: string) =>
    (await orNull(beside(file, (name) => refuseForeignFile(file, name)))) ?? false;
  return {
    async read(file, most = mostBytes) {
      const bytes = (await orNull(beside(file, (name) => readFileWithin(name, most)))) ?? undefined;
      if (!isNotRead(bytes)) return bytes;
      if (bytes.notRead === 'missing') return undefined;
      await exists(file);
      throw new Failure('refused', `"${file}" ${whyNotRead(bytes, most)}; move it away and start again.`);
    },
    create: (file) =>
      beside(file, async (name) => {
        await rm(name, { force: true }); // never written through: it may be a link, or another name of somebody's file
        // Only for its owner: events hold parts of the user's files and output.
        return nodeFile(await open(name, 'wx', 0o600));
      }),
    rename: (from, to) => beside(from, (old) => beside(to, (name) => rename(old, name))),
    remove: async (file) => void (await orNull(beside(file, (name) => rm(name, { force: true })))),
    makeFolder: (folder) => inPart(stateDir, below(folder), async () => undefined),
    list: async (folder) => (await orNull(within(folder, (opened) => readdir(opened.at('.'))))) ?? [],
    syncFolder: (folder) => within(folder, (opened) => opened.sync()),
    exists,
    async holdFolder(folder) {
      // Windows lets nobody remove a folder in which a file is open.
      if (process.platform === 'win32') {
        return { isAt: async (at) => (await identityAt(at)) !== undefined, close: async () => undefined };
      }
      return held(await within(folder, (opened) => open(opened.at('.'), constants.O_RDONLY)));
    },
  };
}

/**
 * Puts a complete and synced file with `content` in the place of `path` in one step, and answers it open. The name is
 * durable only after `syncFolder`. When it rejects, `path` is what it was.
 */
export async function putInPlace(files: DiskFiles, path: string, content: Uint8Array): Promise<DiskFile> {
  const temporary = `${path}.tmp`;
  const file = await files.create(temporary);
  try {
    await writeAll(file, content, 0);
    await file.sync();
    await files.rename(temporary, path);
    return file;
  } catch (error) {
    // Tidying up, on a disk that is in trouble: the first error is the one to tell.
    await file.close().catch(() => undefined);
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** Writes all of `bytes`, in as many steps as the system takes. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new Failure('io', 'The disk took no more bytes without saying why.');
    done += written;
  }
}

/** An error as a `Failure` that says what could not be done. @param doing as in "write agents.journal" */
export function diskFailure(error: unknown, doing: string): Failure {
  if (Failure.is(error)) return error;
  if (!(error instanceof Error && 'code' in error)) {
    return new Failure('io', `Could not ${doing}: ${String(error)}`, { cause: error });
  }
  const { reason, because } = causes[String(error.code)] ?? {
    reason: 'io',
    because: 'the disk reported an error',
  };
  return new Failure(reason, `Could not ${doing}: ${because} (${error.code}).`, { cause: error });
}

const causes: Readonly<Record<string, { reason: FailureReason; because: string }>> = {
  ENOSPC: { reason: 'diskFull', because: 'the disk is full' },
  EDQUOT: { reason: 'diskFull', because: 'your disk quota is used up' },
  EROFS: { reason: 'readOnly', because: 'the disk is read-only' },
  EACCES: { reason: 'denied', because: 'access was denied' },
  EPERM: { reason: 'denied', because: 'access was denied' },
  EMFILE: { reason: 'tooManyOpen', because: 'too many files are open' },
  ENFILE: { reason: 'tooManyOpen', because: 'too many files are open' },
  ENOENT: { reason: 'io', because: 'the folder is gone' },
};

function nodeFile(handle: FileHandle): DiskFile {
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(), // size included: fdatasync syncs what is needed to read the content back
    hasName: async () => (await handle.stat()).nlink > 0,
    ...held(handle),
  };
}

function held(handle: FileHandle): Held {
  return {
    async isAt(path) {
      const [own, there] = await Promise.all([handle.stat({ bigint: true }), identityAt(path)]);
      return own.nlink > 0n && there === identityOf(own);
    },
    close: () => handle.close(),
  };
}

async function identityAt(path: string): Promise<string | undefined> {
  return lstat(path, { bigint: true }).then(identityOf, undefinedIfMissing);
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined;
  throw error;
}
