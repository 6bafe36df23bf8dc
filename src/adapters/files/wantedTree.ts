// What a slot copy should hold: the workspace as it is now, with other attempts' files as they were before.
import { lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { powerOf } from '../../core/guardrails/powerFiles';
import { isSecret } from '../../core/guardrails/secretFiles';
import { sizeWords } from '../../core/shared/size';
import type { Overlay } from '../../ports/workspace';
import { mostCopiedBytes } from './copyFile';
import { hasCode, isUnreadable } from './fileFailure';
import type { FolderRules } from './ignoreRules';
import { isLeftOut, linkInside } from './linkInside';
import { holdsPackages } from './packageCopy';
import { stampOf, type Wanted } from './slotEntries';
import { type Entry, kindOf, walkTree } from './walkTree';
import { holdsWithheld } from './withheld';

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
      const one = readableEntry(root, entry, above, unread);
      if (one) wanted.set(entry.path, one);
      return wanted.get(entry.path)?.kind === 'folder' ? above.below(entry.name) : undefined;
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
    const one = readableEntry(root, { name, path: at, kind: kindOf(stat) }, above, unread);
    if (one) wanted.set(at, one);
    if (wanted.get(at)?.kind !== 'folder') break;
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
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (!isUnreadable(error)) throw error;
    unread.add(entry.path);
    return undefined;
  }
}

/** Undefined for what is left out. */
function wantedEntry(
  root: string,
  entry: Entry,
  above: FolderRules,
  unread: Set<string>,
): Wanted | undefined {
  const { name, kind } = entry;
  const absolute = path.join(root, entry.path);
  if (isLeftOut(name) || kind === 'other') return undefined;
  if (name === 'node_modules' && kind !== 'file') return packages(absolute);
  if (kind === 'folder') return above.ignores(name, 'folder') ? ignoredFolder(root, entry.path) : { kind };
  if (kind === 'link') {
    const to = linkInside(root, entry.path);
    return to === undefined ? undefined : { kind, to };
  }
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  const ignored = above.ignores(name, 'file');
  // A copy is where commands run that nobody has looked at; what the user shares through Git or does not ignore is there.
  if (ignored && isSecret(entry.path)) return undefined;
  if (stat.size > (ignored ? mostIgnoredBytes : mostCopiedBytes)) {
    unread.add(`${entry.path} (${sizeWords(stat.size)})`);
    return undefined;
  }
  return { kind: 'file', from: { kind: 'workspace', stamp: stampOf(stat, Date.now()) }, ignored };
}

/** Packages are copied, and what has power is left out: through a link, a command would write the user's own. */
function ignoredFolder(root: string, folder: string): Wanted | undefined {
  const absolute = path.join(root, folder);
  if (holdsPackages(absolute)) return packages(absolute);
  if (powerOf(folder)) return powerOf(folder)?.may === 'never' ? undefined : { kind: 'folder' };
  return holdsWithheld(root, folder) ? { kind: 'folder' } : sharedLink(absolute);
}

/** Nothing for a link that leads to no folder. */
function packages(absolute: string): Wanted | undefined {
  const from = realpathSync(absolute);
  const stat = statSync(from);
  return stat.isDirectory() ? { kind: 'packages', from, changedAt: stat.mtimeMs } : undefined;
}

/** A link to something in the workspace that stays there, because it is ignored. */
function sharedLink(to: string): Wanted {
  return { kind: 'shared', to, changedAt: statSync(to, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
}

/** A path below a link or an ignored folder is passed over: there the copy shows the workspace's own files. */
function layOver(wanted: Map<string, Wanted>, file: string, hash: string | null): void {
  const above = pathsDownTo(file).slice(0, -1);
  if (above.some((folder) => ['link', 'shared', 'packages'].includes(wanted.get(folder)?.kind ?? ''))) return;
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
