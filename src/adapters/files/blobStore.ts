// Content that is needed later, kept by hash in `.parallel-agents/blobs` until nothing needs it any more.
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, copyFile, type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { hashWithin, isNotRead, type NotRead, readWithin, withFile } from './boundedRead';
import { hashOf } from './contentHash';
import type { Look } from './lookAt';
import type { Folder } from './openFolder';
import { removeTree } from './removeTree';
import { inPart } from './statePart';

/** Every method rejects with `foreign` where the folder it needs is none of ours any more. */
export interface BlobStore {
  /** Resolves with the hash once the bytes would survive a power cut. */
  put(bytes: Uint8Array): Promise<string>;
  /**
   * The same for a file of any size up to `mostKeptBytes`: copied by the system, not through memory, and never through a
   * link. The answer is what was copied, also where the file changes meanwhile.
   */
  putFile(file: string): Promise<Look | NotRead>;
  /** Is it there, and undamaged? */
  has(hash: string): Promise<boolean>;
  /** Fails with `corrupt` when the bytes are missing, are not what their name says, or are too many for memory. */
  get(hash: string): Promise<Buffer>;
  /**
   * A synced file with these bytes, to be renamed to where it belongs, or to be removed.
   * @param mode permission bits; undefined: a new file's, less what the umask takes
   */
  stage(bytes: Uint8Array, mode: number | undefined): Promise<string>;
  /** The same with what is kept; fails as `get` does, but for its size. */
  stageKept(hash: string, mode: number): Promise<string>;
  /** Removes content that is not in `hashes`, and the staged files of others than this one. */
  sweep(hashes: ReadonlySet<string>): Promise<void>;
}

/** A sparse file may say that it has any size, and is copied byte for byte: 1 GiB. */
export const mostKeptBytes = 1024 * 1024 * 1024;
/** Far above what an agent's tools may read or write. */
const mostBytesInMemory = 64 * 1024 * 1024;

export function createBlobStore(stateDir: string): BlobStore {
  const blobDir = path.join(stateDir, 'blobs');
  const ours = randomUUID();
  const inBlobs = <T>(work: (folder: Folder) => Promise<T>) => inPart(stateDir, ['blobs'], work);
  const inStaged = <T>(work: (folder: Folder) => Promise<T>) => inPart(stateDir, ['tmp'], work);

  /** Calls `work` with a new staged file, which is then synced. */
  function stageBy(
    make: (staged: string) => Promise<FileHandle>,
    work: (handle: FileHandle) => Promise<void>,
  ): Promise<string> {
    return inStaged(async (folder) => {
      const name = `${ours}-${randomUUID()}`;
      try {
        const handle = await make(folder.at(name));
        try {
          await work(handle);
          await handle.sync();
        } finally {
          await handle.close();
        }
        return path.join(folder.path, name);
      } catch (error) {
        await rm(folder.at(name), { force: true });
        throw error;
      }
    });
  }

  /** Does `work` with a staged file by a name that leads to it, and takes it away if it is still there then. */
  function withStaged<T>(staged: string, work: (name: string) => Promise<T>): Promise<T> {
    return inStaged(async (folder) => {
      const name = folder.at(path.basename(staged));
      return work(name).finally(() => rm(name, { force: true }));
    });
  }

  function withBlob<T>(
    hash: string,
    mostBytes: number,
    work: (opened: FileHandle, stat: Stats, name: string) => Promise<T | NotRead>,
  ): Promise<T | NotRead> {
    return inBlobs((folder) => {
      const name = folder.at(hash);
      return withFile(name, mostBytes, 'refuse', (opened, stat) => work(opened, stat, name));
    });
  }

  const stage: BlobStore['stage'] = (bytes, mode) =>
    stageBy(
      (staged) => open(staged, 'wx', mode === undefined ? 0o644 : 0o600),
      async (handle) => {
        if (mode !== undefined) await handle.chmod(mode);
        await handle.writeFile(bytes);
      },
    );

  async function hashOfKept(hash: string): Promise<string | NotRead> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return { notRead: 'missing' };
    return withBlob(hash, mostKeptBytes, (file, { size }) => hashWithin(file, size, mostKeptBytes));
  }

  const has: BlobStore['has'] = async (hash) => (await hashOfKept(hash)) === hash;

  function place(staged: string, hash: string): Promise<void> {
    return withStaged(staged, (name) =>
      inBlobs(async (folder) => {
        // What is there may be damaged, and it is about to be relied upon.
        if (!(await has(hash))) await rename(name, folder.at(hash));
        await folder.sync();
      }),
    );
  }

  function corrupt(hash: string, isGone: boolean): Failure {
    const how = isGone ? `is gone from ${blobDir}` : `in ${blobDir} was changed`;
    return new Failure('corrupt', `The kept content ${hash} ${how}.`);
  }

  return {
    stage,
    has,
    async put(bytes) {
      const hash = hashOf(bytes);
      await place(await stage(bytes, 0o600), hash);
      return hash;
    },
    putFile: (file) =>
      withFile(file, mostKeptBytes, 'refuse', async (opened, { mode }) => {
        let hash: string | NotRead = { notRead: 'missing' };
        const staged = await stageBy(
          (target) => copyOpened(opened, file, target),
          async (copy) => {
            hash = await hashWithin(copy, (await copy.stat()).size, mostKeptBytes);
          },
        );
        if (isNotRead(hash)) await withStaged(staged, async () => undefined);
        else await place(staged, hash);
        return isNotRead(hash) ? hash : { hash, mode: mode & 0o777 };
      }),
    async get(hash) {
      const bytes: Buffer | NotRead = /^[0-9a-f]{64}$/.test(hash)
        ? await withBlob(hash, mostBytesInMemory, (opened, { size }) =>
            readWithin(opened, size, mostBytesInMemory),
          )
        : { notRead: 'missing' };
      if (isNotRead(bytes)) throw corrupt(hash, bytes.notRead === 'missing');
      if (hashOf(bytes) !== hash) throw corrupt(hash, false);
      return bytes;
    },
    async stageKept(hash, mode) {
      const found = await withBlob(hash, mostKeptBytes, (opened, _stat, name) =>
        stageBy(
          (target) => copyOpened(opened, name, target),
          async (copy) => {
            const copied = await hashWithin(copy, (await copy.stat()).size, mostKeptBytes);
            if (copied !== hash) throw corrupt(hash, false);
            await copy.chmod(mode);
          },
        ),
      );
      if (isNotRead(found)) throw corrupt(hash, found.notRead === 'missing');
      return found;
    },
    async sweep(hashes) {
      const remove = async (folder: Folder, isWanted: (name: string) => boolean) => {
        for (const name of await readdir(folder.at('.')))
          if (!isWanted(name)) await removeTree(folder.at(name));
      };
      await inBlobs((folder) => remove(folder, (name) => hashes.has(name)));
      await inStaged((folder) => remove(folder, (name) => name.startsWith(ours)));
    },
  };
}

/** On Linux a name leads to the open file itself, whatever stands at its path by now. */
async function copyOpened(opened: FileHandle, file: string, target: string): Promise<FileHandle> {
  const from = process.platform === 'linux' ? `/proc/self/fd/${opened.fd}` : file;
  await copyFile(from, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(target, 0o600); // the copy of a read-only file is one
  return open(target, 'r+');
}
