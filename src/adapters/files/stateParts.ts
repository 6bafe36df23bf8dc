// What may lie in a workspace's `.parallel-agents`: files and folders of its own user, and no way out of it.
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../ports/failure';
import { orNull } from './fileFailure';

/** Copies of the workspace, with links as it has them, which older versions kept here. */
export const copiesOfOlderVersions = 'slots';

/** Folders of ours whose every entry is a file, or one of them. */
const fileFolders = ['blobs', 'texts', 'tmp', 'logs', 'history', 'history/texts'];
/** Has a folder for each attempt that left something. */
const artifacts = 'artifacts';
const folders = [...fileFolders, artifacts, copiesOfOlderVersions];

/**
 * Only looks; there may be no such folder. Fails with `foreign`, naming the part, for a link, a wrong kind of entry, and
 * a folder of another user: nothing here is read or written where somebody else may have led it.
 * @param stateDir absolute, and without links but for itself
 */
export async function refuseForeignParts(stateDir: string): Promise<void> {
  if (!(await refuseForeignFolder(stateDir))) return;
  for (const entry of await readdir(stateDir, { withFileTypes: true })) {
    const at = path.join(stateDir, entry.name);
    if (folders.includes(entry.name)) await refuseForeignFolder(at);
    // What else the user keeps here as folders is not ours, but our names are names of files.
    else if (
      !entry.isDirectory() ||
      /^(?:agents\.|owner\.|ignore-rules|publication\.|\.gitignore)/.test(entry.name)
    )
      mustBeFile(entry, at);
  }
  for (const name of fileFolders) {
    const folder = path.join(stateDir, name);
    for (const entry of await entriesOf(folder)) {
      const at = path.join(folder, entry.name);
      if (folders.includes(`${name}/${entry.name}`)) await refuseForeignFolder(at);
      else mustBeFile(entry, at);
    }
  }
  for (const entry of await entriesOf(path.join(stateDir, artifacts)))
    await refuseForeignFolder(path.join(stateDir, artifacts, entry.name));
  const slots = path.join(stateDir, copiesOfOlderVersions);
  for (const entry of await entriesOf(slots))
    if (!entry.isDirectory()) mustBeFile(entry, path.join(slots, entry.name));
}

/** Returns whether it is there. */
export async function refuseForeignFolder(folder: string): Promise<boolean> {
  const stat = await orNull(lstat(folder));
  if (!stat) return false;
  if (stat.isSymbolicLink()) throw foreign(folder, 'is a link');
  if (!stat.isDirectory()) throw foreign(folder, 'is not a folder');
  if (process.getuid && stat.uid !== process.getuid()) throw foreign(folder, 'belongs to another user');
  return true;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return (await orNull(readdir(folder, { withFileTypes: true }))) ?? [];
}

/** The same for a file. @param through the name to look by, where that leads through an open folder */
export async function refuseForeignFile(file: string, through = file): Promise<boolean> {
  const stat = await orNull(lstat(through));
  if (stat) mustBeFile(stat, file);
  return stat !== null;
}

function mustBeFile(entry: Dirent | Stats, at: string): void {
  if (!entry.isFile()) throw foreign(at, entry.isSymbolicLink() ? 'is a link' : 'is not a file');
}

function foreign(at: string, why: string): Failure {
  return new Failure('foreign', `"${at}" ${why}; move it away and start again.`);
}
