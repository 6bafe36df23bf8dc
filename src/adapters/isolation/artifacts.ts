// Keeps what commands leave for people beside their work, such as screenshots, traces and reports: out of their reach, and
// without keys.
import { constants, lstatSync } from 'node:fs';
import { copyFile, lstat, open, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeptArtifacts } from '../../ports/isolation';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { orNull } from '../files/fileFailure';
import type { Folder } from '../files/openFolder';
import { isTooLong, roomBelow } from '../files/pathRoom';
import { removeTree } from '../files/removeTree';
import { inPart } from '../files/statePart';
import { readText } from '../files/textForm';
import { walkTree } from '../files/walkTree';

/** Of one command; what is beyond is left out. */
const mostFiles = 200;
const mostBytes = 100 * 1024 * 1024;
/** A text above it could hide a key from us, and is left out: 8 MiB. */
const mostTextBytes = 8 * 1024 * 1024;
/** Folders of attempts; the oldest go first. */
const mostKept = 100;
/** In the workspace's `.parallel-agents`. */
const artifactsFolder = 'artifacts';

export class ArtifactStore {
  /** @param clean takes keys out of a text */
  constructor(
    private readonly stateDir: string,
    private readonly clean: (text: string) => string,
  ) {}

  /**
   * Moves the files of `from`, which is gone then, under `name`, beside what is there by that name; links and what is no file are passed over. Undefined
   * where there was nothing.
   */
  async take(from: string, name: string): Promise<KeptArtifacts | undefined> {
    if (!lstatSync(from, { throwIfNoEntry: false })?.isDirectory()) {
      await removeTree(from); // a link that a command put there leads to what is none of ours
      return undefined;
    }
    const found: string[] = [];
    const room = roomBelow(from, path.join(this.stateDir, artifactsFolder, name));
    let tooLong = 0;
    await walkTree(from, true, ({ path: at, kind }) => {
      if (isTooLong(at, room)) {
        tooLong += 1;
        return undefined;
      }
      if (kind === 'file') found.push(at);
      return kind === 'folder' || undefined;
    });
    if (found.length + tooLong === 0) {
      await removeTree(from);
      return undefined;
    }
    const below = [artifactsFolder, ...name.split('/')];
    await inPart(this.stateDir, [artifactsFolder], (all) => sweep(all, below[1] ?? ''));
    const files: { path: string; bytes: number }[] = [];
    let bytes = 0;
    for (const at of found.sort()) {
      const size = (await orNull(stat(path.join(from, at))))?.size ?? 0;
      if (files.length >= mostFiles) break;
      if (bytes + size > mostBytes) continue; // a smaller one may still find room
      if (!(await this.#keep(path.join(from, at), [...below, ...at.split('/')], size))) continue;
      bytes += size;
      files.push({ path: at, bytes: size });
    }
    await removeTree(from);
    const folder = ['.parallel-agents', artifactsFolder, name].join('/');
    return { folder, files, leftOut: tooLong + found.length - files.length };
  }

  /** @param to below the state folder */
  async #keep(from: string, to: readonly string[], size: number): Promise<boolean> {
    const name = path.join(this.stateDir, ...to);
    if (this.clean(name) !== name) return false; // it holds a key
    const bytes = size <= mostTextBytes ? await readFileWithin(from, mostTextBytes) : undefined;
    if (isNotRead(bytes)) return false;
    const text = bytes && readText(bytes)?.text;
    if (bytes === undefined && (await looksLikeText(from))) return false;
    const cleaned = text === undefined ? undefined : this.clean(text);
    await inPart(this.stateDir, to.slice(0, -1), async (folder) => {
      const target = folder.at(path.basename(name));
      await removeTree(target);
      if (cleaned !== undefined && cleaned !== text) await writeFile(target, cleaned, { mode: 0o600 });
      else await copyFile(from, target, constants.COPYFILE_FICLONE);
    });
    return true;
  }
}

async function sweep(all: Folder, own: string): Promise<void> {
  const names = (await readdir(all.at('.'))).filter((name) => name !== own);
  if (names.length < mostKept) return;
  const ages = await Promise.all(
    names.map(async (name) => ({ name, at: (await orNull(lstat(all.at(name))))?.mtimeMs ?? 0 })),
  );
  const oldest = ages.sort((a, b) => a.at - b.at).slice(0, names.length - mostKept + 1);
  for (const { name } of oldest) await removeTree(all.at(name));
}

/** By how it begins: what is none has a zero there. */
async function looksLikeText(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(64 * 1024), position: 0 });
    return !buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await handle.close();
  }
}
