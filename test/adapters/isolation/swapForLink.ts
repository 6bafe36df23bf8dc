// Somebody who swaps a folder for a link again and again while others work in it.
import { renameSync, rmSync, symlinkSync } from 'node:fs';

/**
 * Each swap comes at another of so many `moments`, counted in turns of the event loop, so that every step of what is
 * going on beside it is met sooner or later. Resolves when `work` has ended and the folder is back.
 */
export async function whileSwapped(
  folder: string,
  to: string,
  moments: number,
  work: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  const swapping = (async () => {
    for (let time = 0; !isOver; time++) {
      for (let turn = 0; turn < time % moments; turn++) await new Promise(setImmediate);
      renameSync(folder, `${folder}.real`);
      inStead(folder, () => symlinkSync(to, folder));
      for (let turn = 0; turn < time % 7; turn++) await new Promise(setImmediate);
      rmSync(folder);
      inStead(folder, () => renameSync(`${folder}.real`, folder));
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await swapping;
  }
}

/** Whoever works there may just have made the folder that was missing for a moment. */
function inStead(folder: string, put: () => void): void {
  try {
    put();
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(folder, { recursive: true });
    put();
  }
}
