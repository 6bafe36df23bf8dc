// Folders that hold nothing any more, and folders made durable after what was done in them.
import { rmdir } from 'node:fs/promises';
import { hasCode } from '../files/fileFailure';
import { inParallel } from '../files/inParallel';
import { openPath } from '../files/openFolder';

/**
 * Removes the folder of `file` if it is empty, then the one around it, and so on; durable when it resolves.
 * @param mayGo of folders, from the innermost; the first that may not ends it
 */
export async function removeEmptyFolders(
  root: string,
  file: string,
  mayGo: (folder: string) => boolean,
): Promise<void> {
  const names = file.split('/').slice(0, -1);
  for (; names.length > 0 && mayGo(names.join('/')); names.pop()) {
    const parent = await openPath(root, names.slice(0, -1));
    if (!parent) continue;
    try {
      await rmdir(parent.at(names.at(-1) ?? ''));
      await parent.sync();
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return;
      if (!hasCode(error, 'ENOENT')) throw error;
    } finally {
      await parent.close();
    }
  }
}

/** What was created, renamed or removed in the folders of `files` survives a power cut; folders that are gone are passed over. */
export async function syncFoldersOf(root: string, files: readonly string[]): Promise<void> {
  const folders = new Set(files.map((file) => file.split('/').slice(0, -1).join('/')));
  await inParallel([...folders], async (name) => {
    const folder = await openPath(root, name === '' ? [] : name.split('/'));
    await folder?.sync().finally(folder.close);
  });
}

/** All folders that any of `files` lies in, and the files themselves. */
export function withFolders(files: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const file of files) {
    for (let end = file.length; end > 0; end = file.lastIndexOf('/', end - 1)) all.add(file.slice(0, end));
  }
  return all;
}
