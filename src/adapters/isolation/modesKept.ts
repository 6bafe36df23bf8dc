// Some file systems have no permission bits of their own: there a mode that was set reads back as another.
import { chmod, lstat, rm } from 'node:fs/promises';
import type { BlobStore } from '../files/blobStore';

/** Tried out with a staged file, on the disk of the workspace. */
export async function keepsModes(kept: BlobStore): Promise<boolean> {
  const staged = await kept.stage(Buffer.alloc(0), 0o600);
  try {
    const modeAfter = async (mode: number) => {
      await chmod(staged, mode);
      return (await lstat(staged)).mode & 0o777;
    };
    return (await modeAfter(0o700)) === 0o700 && (await modeAfter(0o640)) === 0o640;
  } finally {
    await rm(staged, { force: true });
  }
}
