// Runs a piece of a test as a user whom file modes bind: they bind no root, and many a test machine is one.
import { lchownSync, readdirSync } from 'node:fs';
import path from 'node:path';

const nobody = 65_534;

/**
 * What `work` makes belongs to that user. Nothing else may run beside it: the user is the whole process's.
 * @param folders are given to that user with all that is in them
 */
export async function withoutRights<T>(work: () => Promise<T>, ...folders: readonly string[]): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  for (const folder of folders) give(folder);
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

function give(folder: string): void {
  lchownSync(folder, nobody, nobody);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(path.join(folder, name), nobody, nobody);
}
