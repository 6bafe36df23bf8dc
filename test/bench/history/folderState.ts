// All of a folder, to the byte and the mode, and what of it is not as it should be.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from './steps';

/** By path: kind, mode and content of files and links; `dir` for a folder. */
export type FolderState = Map<string, string>;

/** Git's own folder, packages and ignored files too; our own folder is left out. */
export async function readFolder(root: string): Promise<FolderState> {
  const state: FolderState = new Map();
  const walk = async (folder: string): Promise<void> => {
    for (const { name } of await readdir(path.join(root, folder), { withFileTypes: true })) {
      const file = folder === '' ? name : `${folder}/${name}`;
      if (file === '.parallel-agents') continue;
      const at = path.join(root, file);
      const stats = await lstat(at);
      if (stats.isDirectory()) {
        state.set(file, 'dir');
        await walk(file);
      } else if (stats.isSymbolicLink())
        state.set(file, described('120000', Buffer.from(await readlink(at))));
      else state.set(file, described((stats.mode & 0o7777).toString(8), await readFile(at)));
    }
  };
  await walk('');
  return state;
}

/** As it should be once `entries` are put where they belong; null: nothing. Modes are those that a checkout gives. */
export function withEntries(before: FolderState, entries: ReadonlyMap<string, Entry | null>): FolderState {
  const state = new Map(before);
  for (const [file, entry] of entries) {
    if (!entry) state.delete(file);
    else {
      const mode = entry.mode === '100755' ? 0o777 : 0o666;
      const text = entry.mode === '120000' ? '120000' : (mode & ~process.umask()).toString(8);
      state.set(file, described(text, entry.bytes));
    }
  }
  for (const file of entries.keys()) {
    for (let folder = path.posix.dirname(file); folder !== '.'; folder = path.posix.dirname(folder)) {
      const isUsed = [...state.keys()].some((other) => other.startsWith(`${folder}/`));
      if (isUsed) state.set(folder, 'dir');
      else if (state.get(folder) === 'dir') state.delete(folder);
    }
  }
  return state;
}

/** Each a line; empty when both are the same. */
export function differences(wanted: FolderState, found: FolderState): readonly string[] {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return paths
    .filter((file) => wanted.get(file) !== found.get(file))
    .map((file) => `${file}: ${found.get(file) ?? 'missing'}, not ${wanted.get(file) ?? 'missing'}`);
}

function described(mode: string, bytes: Buffer): string {
  return `${mode} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}
