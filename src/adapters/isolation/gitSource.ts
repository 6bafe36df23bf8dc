// Where a folder's Git directory is, and which of its files make its answers what they are.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { askGit, quiet } from '../files/askGit';
import { canBeAsked, gitDirectoryIn, sharedDirectory } from '../files/gitDirectory';
import { homeFolder } from '../files/homeFolder';

export interface GitSource {
  /** The work tree's own directory, which has `HEAD` and the index; absolute. */
  readonly own: string;
  /** What all work trees share, objects and branches; mostly the same. */
  readonly common: string;
}

/** Undefined where `folder` is not the top of a work tree. */
export function gitSource(folder: string): GitSource | undefined {
  const own = gitDirectoryIn(folder);
  if (!own) return undefined;
  const common = sharedDirectory(own);
  const isThere = (file: string) => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  const isWhole = isThere(path.join(own, 'HEAD')) && isThere(path.join(common, 'objects'));
  return isWhole && canBeAsked(own) ? { own, common } : undefined;
}

/**
 * The work tree that `root` lies in, when it belongs to that: not where it is ignored there, and not where the whole home is
 * a work tree, as some keep their settings. Else `root` itself. Asks Git once, for about 5 ms, if there is one around; rejects
 * as `askGit`.
 */
export async function treeAround(root: string): Promise<string> {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (folder === homeFolder() && folder !== root) return root;
    if (gitSource(folder)) return folder === root || !(await ignores(folder, root)) ? folder : root;
    if (folder === path.dirname(folder)) return root;
  }
}

async function ignores(tree: string, folder: string): Promise<boolean> {
  const question = [...quiet, 'check-ignore', '--quiet', '--', path.relative(tree, folder)];
  return (await askGit(tree, question)) !== undefined;
}
