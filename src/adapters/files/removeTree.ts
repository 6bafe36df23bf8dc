// Takes away a file, a link or a whole tree, also where its modes are against it: a module cache makes its folders read-only.
import { chmodSync, lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './fileFailure';
import { walkTree } from './walkTree';

/** What the owner of a folder needs to take things out of it. */
const mayChange = 0o700;

/**
 * Nothing at `target` is fine. Links are taken away and never followed. Most trees are removed as they are; modes are
 * changed only in one that was refused. Rejects with the system's own error for what even its owner may not remove.
 */
export async function removeTree(target: string): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    await makeAllChangeable(target);
    await rm(target, { recursive: true, force: true });
  }
}

/** Makes a folder one that its owner can read and change; nothing else is touched. */
export function makeChangeable(folder: string): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory() || (stat.mode & mayChange) === mayChange) return;
  try {
    chmodSync(folder, (stat.mode & 0o777) | mayChange);
  } catch (error) {
    // Another's folder: whoever wants something of it is refused there, and tells.
    if (!hasCode(error, 'EPERM', 'EACCES', 'ENOENT')) throw error;
  }
}

async function makeAllChangeable(target: string): Promise<void> {
  makeChangeable(target);
  await walkTree(target, true, (entry) => {
    if (entry.kind === 'folder') makeChangeable(path.join(target, entry.path));
    return true;
  });
}
