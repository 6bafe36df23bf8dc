// What files held before agents changed them, kept by hash in `.parallel-agents/blobs` until nothing needs it any more.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { isNotRead, type NotRead, readFileWithin } from './boundedRead';
import { hashOf } from './contentHash';
import { orNull } from './fileFailure';
import { openFolder } from './openFolder';
import { removeTree } from './removeTree';

export interface KeptContent {
  /** Resolves with the hash once the bytes would survive a power cut. */
  put(bytes: Uint8Array): Promise<string>;
  /** Fails with `corrupt` when the bytes are missing or are not what their name says. */
  get(hash: string): Promise<Buffer>;
  /**
   * A synced file with these bytes, to be renamed to where it belongs.
   * @param mode permission bits; undefined: a new file's, less what the umask takes
   */
  stage(bytes: Uint8Array, mode: number | undefined): Promise<string>;
  /** Removes content that is not in `hashes`, and all staged files. */
  sweep(hashes: ReadonlySet<string>): Promise<void>;
}

/** Far above what an agent may write into one file: what is larger was not put there by us. */
const mostKeptBytes = 64 * 1024 * 1024;

export function createKeptContent(houseDir: string): KeptContent {
  const blobDir = path.join(houseDir, 'blobs');
  const stageDir = path.join(houseDir, 'tmp');

  async function stage(bytes: Uint8Array, mode: number | undefined): Promise<string> {
    await mkdir(stageDir, { recursive: true });
    const file = path.join(stageDir, randomUUID());
    const handle = await open(file, 'wx', mode === undefined ? 0o644 : 0o600);
    try {
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(bytes);
      await handle.sync();
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return file;
  }

  return {
    stage,
    async put(bytes) {
      const hash = hashOf(bytes);
      const file = path.join(blobDir, hash);
      await mkdir(blobDir, { recursive: true });
      const there = await readFileWithin(file, bytes.length);
      // What is there may be damaged, and it is about to be relied upon.
      if (isNotRead(there) || hashOf(there) !== hash) await rename(await stage(bytes, 0o600), file);
      const folder = await openFolder(blobDir);
      await folder.sync().finally(() => folder.close());
      return hash;
    },
    async get(hash) {
      const bytes: Buffer | NotRead = /^[0-9a-f]{64}$/.test(hash)
        ? await readFileWithin(path.join(blobDir, hash), mostKeptBytes)
        : { notRead: 'missing' };
      if (isNotRead(bytes) && bytes.notRead === 'missing')
        throw new Failure('corrupt', `The kept content ${hash} is gone from ${blobDir}.`);
      if (isNotRead(bytes) || hashOf(bytes) !== hash)
        throw new Failure('corrupt', `The kept content ${hash} in ${blobDir} was changed.`);
      return bytes;
    },
    async sweep(hashes) {
      const remove = async (folder: string, isWanted: (name: string) => boolean) => {
        for (const name of (await orNull(readdir(folder))) ?? []) {
          if (!isWanted(name)) await removeTree(path.join(folder, name));
        }
      };
      await remove(blobDir, (name) => hashes.has(name));
      await remove(stageDir, () => false);
    },
  };
}
