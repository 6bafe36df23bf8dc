// Reads a file no further than a bound. Kind and size are looked at before content: a pipe, a socket or a device is not
// opened, and a file that is too large is not begun. One that grows meanwhile is read to the bound and no further.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { sizeText } from '../../core/shared/size';
import { hasCode } from './fileFailure';

/** Why there is no content. */
export type NotRead =
  | { readonly notRead: 'missing' | 'folder' | 'special' }
  /** Bytes; of a file that grew, how many there were at least. */
  | { readonly notRead: 'tooLarge'; readonly size: number };

/** `follow`: also what a link leads to, for files that a person may have linked. */
export type Links = 'follow' | 'refuse';

/** Read at once of what is not to be held, and of what has grown since it was looked at. */
const chunkBytes = 256 * 1024;
/** Read to see that a file has ended: of thousands of small files anything more would be most of the work. */
const lookBytes = 1024;
/** Without O_NONBLOCK a pipe that takes the file's place between the look and the opening would hold us for ever. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const flagsFor = (links: Links) => (links === 'follow' ? flags : flags | (constants.O_NOFOLLOW ?? 0));

/** Opens `file` for `work` if it is a regular file of at most `mostBytes`, and closes it again. */
export async function withFile<T>(
  file: string,
  mostBytes: number,
  links: Links,
  work: (opened: FileHandle, stat: Stats) => Promise<T | NotRead>,
): Promise<T | NotRead> {
  try {
    const before = notReadable(await (links === 'follow' ? stat(file) : lstat(file)), mostBytes);
    if (before) return before;
    const opened = await open(file, flagsFor(links));
    try {
      const now = await opened.stat();
      return notReadable(now, mostBytes) ?? (await work(opened, now));
    } finally {
      await opened.close();
    }
  } catch (error) {
    return notReadFor(error);
  }
}

export function readFileWithin(
  file: string,
  mostBytes: number,
  links: Links = 'refuse',
): Promise<Buffer | NotRead> {
  return withFile(file, mostBytes, links, (opened, { size }) => readWithin(opened, size, mostBytes));
}

export function readFileWithinSync(file: string, mostBytes: number): Buffer | NotRead {
  try {
    const before = notReadable(lstatSync(file), mostBytes);
    if (before) return before;
    const opened = openSync(file, flagsFor('refuse'));
    try {
      const now = fstatSync(opened);
      const refused = notReadable(now, mostBytes);
      if (refused) return refused;
      const chunks: Buffer[] = [];
      let length = 0;
      for (let read = -1; read !== 0 && length <= mostBytes; length += read) {
        const chunk = Buffer.allocUnsafe(roomAt(length, now.size, mostBytes));
        read = readSync(opened, chunk, 0, chunk.length, length);
        chunks.push(chunk.subarray(0, read));
      }
      return length > mostBytes ? { notRead: 'tooLarge', size: length } : Buffer.concat(chunks);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    return notReadFor(error);
  }
}

/** All of an open file, from its beginning. @param size as it was when it was looked at */
export async function readWithin(
  file: FileHandle,
  size: number,
  mostBytes: number,
): Promise<Buffer | NotRead> {
  const chunks: Buffer[] = [];
  const roomFor = (length: number) => Buffer.allocUnsafe(roomAt(length, size, mostBytes));
  const length = await eachChunk(file, roomFor, mostBytes, (chunk) => chunks.push(chunk));
  return length > mostBytes ? { notRead: 'tooLarge', size: length } : Buffer.concat(chunks);
}

/** The same for its SHA-256, in hex, without holding it in memory. */
export async function hashWithin(
  file: FileHandle,
  size: number,
  mostBytes: number,
): Promise<string | NotRead> {
  const hash = createHash('sha256');
  let room = Buffer.allocUnsafe(Math.min(size + 1, chunkBytes));
  const roomFor = (length: number) => {
    const wanted = length === 0 ? room.length : roomAfter(length, mostBytes);
    if (room.length < wanted) room = Buffer.allocUnsafe(wanted); // else the same again: a large file has thousands
    return room.subarray(0, wanted);
  };
  const length = await eachChunk(file, roomFor, mostBytes, (chunk) => hash.update(chunk));
  return length > mostBytes ? { notRead: 'tooLarge', size: length } : hash.digest('hex');
}

export function isNotRead(found: unknown): found is NotRead {
  return typeof found === 'object' && found !== null && 'notRead' in found;
}

/** As the end of a sentence whose subject is the file. */
export function whyNotRead(reason: NotRead, mostBytes: number): string {
  switch (reason.notRead) {
    case 'missing':
      return 'is not there';
    case 'folder':
      return 'is a folder';
    case 'special':
      return 'is not a regular file';
    case 'tooLarge':
      return `has ${sizeText(reason.size)}; at most ${sizeText(mostBytes)} are read`;
    default:
      return reason satisfies never;
  }
}

/** Ends after the bound; the answer is how many bytes came, which is more than `mostBytes` where there were more. */
async function eachChunk(
  file: FileHandle,
  roomFor: (length: number) => Buffer,
  mostBytes: number,
  take: (chunk: Buffer) => void,
): Promise<number> {
  let length = 0;
  for (let read = -1; read !== 0 && length <= mostBytes; length += read) {
    const chunk = roomFor(length);
    read = (await file.read(chunk, 0, chunk.length, length)).bytesRead;
    take(chunk.subarray(0, read));
  }
  return length;
}

/** For all of it at first; for a look whether that was all, which it mostly is; for more of what has grown. */
function roomAt(length: number, size: number, mostBytes: number): number {
  if (length === 0) return Math.min(size, mostBytes) + 1;
  return length <= size ? Math.min(lookBytes, mostBytes + 1 - length) : roomAfter(length, mostBytes);
}

/** One byte more than the bound tells that there is more. */
function roomAfter(length: number, mostBytes: number): number {
  return Math.min(chunkBytes, mostBytes + 1 - length);
}

function notReadable(found: Stats, mostBytes: number): NotRead | undefined {
  if (found.isDirectory()) return { notRead: 'folder' };
  if (!found.isFile()) return { notRead: 'special' };
  return found.size > mostBytes ? { notRead: 'tooLarge', size: found.size } : undefined;
}

function notReadFor(error: unknown): NotRead {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return { notRead: 'missing' };
  if (hasCode(error, 'ELOOP', 'ENXIO')) return { notRead: 'special' }; // a link or a socket took its place
  throw error;
}
