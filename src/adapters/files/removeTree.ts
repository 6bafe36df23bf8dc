// Takes away a file, a link or a whole tree, also where its modes are against it: a module cache makes its folders read-only.
import { randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './fileFailure';
import { isTooLong, roomBelow } from './pathRoom';
import { walkTree } from './walkTree';

/** What the owner of a folder needs to take things out of it. */
const mayChange = 0o700;
/** Characters of a path in a tree: its removal goes from folder to folder, and none of them is deeper. */
const mostBelow = 256;

/**
 * Nothing at `target` is fine. Links are taken away and never followed. Most trees are removed as they are; modes are
 * changed only in one that was refused, and parts that are too deep to be named are taken out of it first. Rejects with the
 * system's own error for what even its owner may not remove.
 *
 * @param lifted a folder on the same disk for such parts, where the name of `target` is itself a long one
 */
export async function removeTree(target: string, lifted = target): Promise<void> {
  try {
    await rm(target, { recursive: true, force: true });
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY', 'ENAMETOOLONG')) throw error;
    for (const tree of [...(await makeRemovable(target, lifted)), target])
      await rm(tree, { recursive: true, force: true });
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

/** Returns what was taken out of the tree, each a tree of its own that can be removed. */
async function makeRemovable(target: string, lifted: string): Promise<readonly string[]> {
  const trees = [target];
  for (const tree of trees) {
    makeChangeable(tree);
    await walkTree(tree, true, (entry) => {
      if (entry.kind !== 'folder') return undefined;
      const folder = path.join(tree, entry.path);
      makeChangeable(folder);
      if (entry.path.length <= mostBelow && !isTooLong(folder, roomBelow())) return true;
      const out = path.join(lifted, randomUUID());
      renameSync(folder, out);
      trees.push(out);
      return undefined;
    });
  }
  return trees.slice(1);
}
