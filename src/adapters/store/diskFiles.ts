// What the store asks of the disk, few and small so that tests can let each of them fail, and Node's way of doing it.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { Failure, type FailureReason } from '../../ports/failure';
import { isNotRead, readFileWithin, whyNotRead } from '../files/boundedRead';

/** Every method may reject with the system's error, having done all, part or nothing of its work. */
export interface DiskFiles {
  /** The whole content; undefined when there is no such file. Refused for what is no file, or too large for one of ours. */
  read(path: string): Promise<Uint8Array | undefined>;
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
  /** Answers how many of the bytes it wrote, which may be fewer than it was given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  /** Resolves when content and size would survive a power cut. */
  sync(): Promise<void>;
  /** False when the file was removed or another took its place: what is written to it is then lost. */
  hasName(): Promise<boolean>;
}

/** More than this SQLite in memory could not hold either: 2 GiB. */
const mostBytes = 2 ** 31 - 1;

export const nodeFiles: DiskFiles = {
  async read(path) {
    const bytes = await readFileWithin(path, mostBytes);
    if (!isNotRead(bytes)) return bytes;
    if (bytes.notRead === 'missing') return undefined;
    throw new Failure('refused', `"${path}" ${whyNotRead(bytes, mostBytes)}; move it away and start again.`);
  },
  async create(path) {
    await rm(path, { force: true }); // never written through: it may be a link, or another name of somebody's file
    // Only for its owner: events hold parts of the user's files and output.
    return nodeFile(await open(path, 'wx', 0o600));
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  list: async (path) => (await readdir(path).catch(undefinedIfMissing)) ?? [],
  async syncFolder(path) {
    // Windows cannot open a folder to sync it, and makes renames durable by itself.
    if (process.platform === 'win32') return;
    const folder = await open(path, constants.O_RDONLY);
    await folder.sync().finally(() => folder.close());
  },
  exists: async (path) => (await identityAt(path)) !== undefined,
  async holdFolder(path) {
    // Windows cannot open a folder, and lets nobody remove one in which a file is open.
    if (process.platform === 'win32') return { isAt: nodeFiles.exists, close: async () => undefined };
    return held(await open(path, constants.O_RDONLY));
  },
};

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
  return stat(path, { bigint: true }).then(identityOf, undefinedIfMissing);
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return undefined;
  throw error;
}
