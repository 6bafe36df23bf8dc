// What a command changed in a slot copy, against what was put there.
import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { sizeWords } from '../../core/shared/size';
import type { CopyChange } from '../../ports/workspace';
import { type Content, readContent } from './copyFile';
import { isUnreadable } from './fileFailure';
import type { FolderRules } from './ignoreRules';
import { isLeftOut } from './linkInside';
import { makeChangeable } from './removeTree';
import { isSameFile, type Placed, stampOf } from './slotEntries';
import { isText } from './textForm';
import { walkTree } from './walkTree';

/** Above this a file is not brought over: 1 MiB. */
const mostBytes = 1024 * 1024;
/** Together: 64 MiB. A command that leaves more has gone astray. */
const mostBytesTogether = 64 * mostBytes;
const tooMuch = `The command changed more than ${sizeWords(mostBytesTogether)} in all; the rest is not brought over.`;

/**
 * Deletions first, then by path. Left out: what was there and is ignored by the user's rules, and what is new and ignored
 * by `rules`, the user's or the copy's own. `placed` learns the new times of files that turn out the same.
 */
export async function changedInCopy(
  dir: string,
  placed: Map<string, Placed>,
  rules: FolderRules,
): Promise<readonly CopyChange[]> {
  const seen = new Set<string>();
  const suspects: { readonly at: string; readonly size: number }[] = [];
  const changes: CopyChange[] = [];
  await walkTree(dir, rules, ({ path: at, name, kind }, above) => {
    if (kind !== 'folder') seen.add(at); // a folder in a file's place leaves the file deleted
    const before = placed.get(at);
    if (
      isLeftOut(name) ||
      name === 'node_modules' ||
      before?.kind === 'shared' ||
      before?.kind === 'packages'
    )
      return undefined;
    if (!before && above.ignores(name, kind === 'folder' ? 'folder' : 'file')) return undefined;
    if (kind === 'folder') {
      makeChangeable(path.join(dir, at)); // one that is closed would look as if all in it were deleted
      return above.below(name);
    }
    if (before?.kind === 'file' && before.ignored) return undefined;
    if (kind === 'file') {
      const stat = lstatSync(path.join(dir, at), { throwIfNoEntry: false });
      const same = stat && before?.kind === 'file' && isSameFile(before.stamp, stampOf(stat, Date.now()));
      if (stat && !same) suspects.push({ at, size: stat.size });
    } else if (
      kind === 'other' ||
      before?.kind !== 'link' ||
      readlinkSync(path.join(dir, at)) !== before.to
    ) {
      const why = 'It is not a regular file; only the content of files is brought over.';
      changes.push({ path: at, before: hashIn(before), content: undefined, why });
    }
    return undefined;
  });
  for (const [at, before] of placed) {
    if (seen.has(at) || ['folder', 'shared', 'packages'].includes(before.kind)) continue;
    if (before.kind === 'link')
      changes.push({
        path: at,
        before: null,
        content: undefined,
        why: 'It was a link; only files are removed.',
      });
    else if (before.kind === 'file' && !before.ignored)
      changes.push({ path: at, before: before.hash, content: null });
  }
  let bytesLeft = mostBytesTogether;
  for (const { at, size } of suspects) {
    const before = placed.get(at);
    const change = { path: at, before: hashIn(before) };
    // Of another size it is another content, whatever is in it.
    if (size > mostBytes && !(before?.kind === 'file' && before.stamp.size === size)) {
      changes.push({ ...change, content: undefined, why: tooLarge(size) });
      continue;
    }
    const now = await readContent(path.join(dir, at)).catch(unlessMachine);
    if (now === undefined) changes.push({ ...change, content: undefined, why: 'It may not be read.' });
    if (!now) continue;
    if (before?.kind === 'file' && before.hash === now.hash) {
      if (before.stamp.mode === now.mode) placed.set(at, { ...before, stamp: now.stamp });
      continue;
    }
    const text = textOf(now);
    if (typeof text !== 'string') changes.push({ ...change, content: undefined, why: text.why });
    else if (bytesLeft < text.length) changes.push({ ...change, content: undefined, why: tooMuch });
    else {
      bytesLeft -= text.length;
      changes.push({ ...change, content: text });
    }
  }
  const rank = ({ content }: CopyChange) => (content === null ? 0 : 1);
  return changes.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

/** Undefined for a file that a command has made unreadable. */
function unlessMachine(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

function textOf({ bytes, size }: Content): string | { readonly why: string } {
  if (!bytes || size > mostBytes) return { why: tooLarge(size) };
  return isText(bytes) ? Buffer.from(bytes).toString() : { why: 'It is not text in UTF-8.' };
}

function tooLarge(size: number): string {
  return `It has ${sizeWords(size)}; what a command makes is brought over up to ${sizeWords(mostBytes)} a file.`;
}

function hashIn(before: Placed | undefined): string | null {
  return before?.kind === 'file' ? before.hash : null;
}
