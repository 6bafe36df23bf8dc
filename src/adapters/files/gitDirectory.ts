// Where Git keeps a work tree's own: looked at without asking Git, which waits at whatever is there.
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { isNotRead, readFileWithinSync } from './boundedRead';

/** Of a `.git` that is a file, and of `commondir`: one line with a path. */
const mostLinkBytes = 64 * 1024;

/** No index of millions of files is as large; Git reads its files whole, and so does whoever copies them. */
export const mostGitFileBytes = 1024 ** 3;

/** What Git opens for nearly every answer, whoever reads at the other end. */
const openedFiles = [
  'HEAD',
  'config',
  'config.worktree',
  'index',
  'packed-refs',
  'info/exclude',
  'commondir',
];

/** The Git directory of the work tree whose top is `folder`, absolute; undefined where it is none. */
export function gitDirectoryIn(folder: string): string | undefined {
  const git = path.join(folder, '.git');
  const stat = lookAt(git);
  if (stat?.isDirectory()) return git;
  // In a work tree or submodule it is a file that names the place.
  return stat?.isFile() ? pathIn(git, /^gitdir: (.+)$/m, folder) : undefined;
}

/** The same of the nearest folder with a `.git`, from `root` on upwards. */
export function gitDirectoryAround(root: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (lookAt(path.join(folder, '.git'))) return gitDirectoryIn(folder);
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** What all work trees share, objects and branches: mostly the Git directory itself. */
export function sharedDirectory(own: string): string {
  return pathIn(path.join(own, 'commondir'), /^(.+)$/m, own) ?? own;
}

/** Is there nothing in a Git directory that Git would wait at, such as a pipe in the place of a file, or a file without end? */
export function canBeAsked(own: string): boolean {
  return [...new Set([own, sharedDirectory(own)])].every((directory) => {
    const kind = (name: string) => lookAt(path.join(directory, name));
    const areFiles = openedFiles.every((name) => {
      const found = kind(name);
      return !found || (found.isFile() && found.size <= mostGitFileBytes);
    });
    return areFiles && (kind('objects')?.isDirectory() ?? true);
  });
}

function pathIn(file: string, line: RegExp, from: string): string | undefined {
  try {
    const read = readFileWithinSync(file, mostLinkBytes);
    const named = isNotRead(read) ? undefined : line.exec(read.toString())?.[1]?.trim();
    return named ? path.resolve(from, named) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined also for what cannot be looked at. */
function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
