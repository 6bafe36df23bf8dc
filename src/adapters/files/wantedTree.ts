// What a slot copy should hold: the workspace as it is now, with other attempts' files as they were before.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { isSecret } from '../../core/guardrails/secretFiles';
import { sizeWords } from '../../core/shared/size';
import type { Overlay } from '../../ports/workspace';
import { mostCopiedBytes } from './copyFile';
import { hasCode, isUnreadable } from './fileFailure';
import type { FolderRules } from './ignoreRules';
import { isLeftOut, linkInside, packageLinks, sharedLink } from './packageLinks';
import { stampOf, type Wanted } from './slotEntries';
import { type Entry, kindOf, walkTree } from './walkTree';

/** Ignored files above this stay out of the copies: 16 MiB. */
const mostIgnoredBytes = 16 * 1024 * 1024;
const newFileMode = 0o644;

/** Every entry that the copy should have, a folder before what is in it. @param unread learns what cannot be read */
export async function wantedTree(
  root: string,
  rules: FolderRules,
  overlay: Overlay,
  unread: Set<string>,
): Promise<Map<string, Wanted>> {
  const wanted = new Map<string, Wanted>();
  await walkTree(
    root,
    rules,
    (entry, above) => {
      for (const [name, one] of readableEntry(root, entry, above, unread)) wanted.set(name, one);
      return wanted.get(entry.path)?.kind === 'folder' && entry.name !== 'node_modules'
        ? above.below(entry.name)
        : undefined;
    },
    (folder) => unread.add(`${folder}/`),
  );
  for (const [file, hash] of overlay) layOver(wanted, file, hash);
  return wanted;
}

/** The same for one file: what is wanted at `file` and at the folders on the way to it. */
export function wantedAlong(
  root: string,
  rules: FolderRules,
  file: string,
  overlay: Overlay,
  unread: Set<string>,
): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  let above = rules;
  for (const at of pathsDownTo(file)) {
    const name = path.posix.basename(at);
    const stat = lstatSync(path.join(root, at), { throwIfNoEntry: false });
    if (!stat) break;
    for (const [found, one] of readableEntry(root, { name, path: at, kind: kindOf(stat) }, above, unread))
      wanted.set(found, one);
    if (wanted.get(at)?.kind !== 'folder' || name === 'node_modules') break;
    above = above.below(name);
  }
  const hash = overlay.get(file);
  if (hash !== undefined) layOver(wanted, file, hash);
  return wanted;
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function pathsDownTo(file: string): readonly string[] {
  const names = file.split('/');
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}

/** Nothing for what vanished while it was looked at, and for what cannot be looked at. */
function readableEntry(root: string, entry: Entry, above: FolderRules, unread: Set<string>) {
  try {
    return wantedEntry(root, entry, above, unread);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    if (!isUnreadable(error)) throw error;
    unread.add(entry.path);
    return [];
  }
}

/** Usually the entry itself; nothing for what is left out, and all links for a folder of packages. */
function wantedEntry(
  root: string,
  entry: Entry,
  above: FolderRules,
  unread: Set<string>,
): readonly (readonly [string, Wanted])[] {
  const { name, kind } = entry;
  const absolute = path.join(root, entry.path);
  if (isLeftOut(name) || kind === 'other') return [];
  if (name === 'node_modules' && kind === 'folder') return packageLinks(root, entry.path);
  if (name === 'node_modules' && kind === 'link') return [[entry.path, sharedLink(absolute)]];
  if (kind === 'folder')
    return [[entry.path, above.ignores(name, 'folder') ? sharedLink(absolute) : { kind: 'folder' }]];
  if (kind === 'link') {
    const to = linkInside(root, entry.path);
    return to === undefined ? [] : [[entry.path, { kind: 'link', to }]];
  }
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (!stat?.isFile()) return [];
  const ignored = above.ignores(name, 'file');
  // A copy is where commands run that nobody has looked at; what the user shares through Git or does not ignore is there.
  if (ignored && isSecret(entry.path)) return [];
  if (stat.size > (ignored ? mostIgnoredBytes : mostCopiedBytes)) {
    unread.add(`${entry.path} (${sizeWords(stat.size)})`);
    return [];
  }
  return [
    [entry.path, { kind: 'file', from: { kind: 'workspace', stamp: stampOf(stat, Date.now()) }, ignored }],
  ];
}

/** A path below a link or an ignored folder is passed over: there the copy shows the workspace's own files. */
function layOver(wanted: Map<string, Wanted>, file: string, hash: string | null): void {
  const above = pathsDownTo(file).slice(0, -1);
  if (above.some((folder) => ['link', 'shared'].includes(wanted.get(folder)?.kind ?? ''))) return;
  const now = wanted.get(file);
  if (hash === null) {
    if (now?.kind === 'file') wanted.delete(file);
    return;
  }
  for (const folder of above) {
    if (wanted.get(folder)?.kind !== 'folder') wanted.set(folder, { kind: 'folder' });
  }
  if (now?.kind === 'folder') {
    for (const other of wanted.keys()) if (other.startsWith(`${file}/`)) wanted.delete(other);
  }
  const mode = now?.kind === 'file' && now.from.kind === 'workspace' ? now.from.stamp.mode : newFileMode;
  wanted.set(file, { kind: 'file', from: { kind: 'kept', hash, mode }, ignored: false });
}
