// How an agent would change a text with exact-text edits: each as small as it can be and still mean one place.
import { diffArrays } from 'diff';

export interface TextEdit {
  readonly old: string;
  readonly new: string;
}

/** More of them is a new text. */
const mostEdits = 40;

/**
 * Edits that make `after` of `before`, each in its turn, the last place first; undefined where the text is written anew
 * more easily. Both texts have `\n` as line ends.
 */
export function editsBetween(before: string, after: string): readonly TextEdit[] | undefined {
  const lines = linesOf(before);
  const hunks = hunksBetween(lines, linesOf(after));
  if (hunks.length > mostEdits) return undefined;
  const edits: TextEdit[] = [];
  for (const { at, removed, added } of hunks.toReversed()) {
    const text = lines.join('');
    let around = 1;
    for (; ; around++) {
      const [from, to] = [Math.max(0, at - around), at + removed + around];
      const old = lines.slice(from, to).join('');
      if (isOnce(text, old)) {
        const [head, tail] = [lines.slice(from, at), lines.slice(at + removed, to)];
        edits.push({ old, new: [...head, ...added, ...tail].join('') });
        break;
      }
      if (from === 0 && to >= lines.length) return undefined;
    }
    lines.splice(at, removed, ...added);
  }
  return edits;
}

/** @throws where an edit does not mean exactly one place */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((current, edit) => {
    if (!isOnce(current, edit.old)) throw new Error('An edit does not mean one place.');
    return current.split(edit.old).join(edit.new);
  }, text);
}

interface Hunk {
  /** Line of the text before, from 0. */
  readonly at: number;
  readonly removed: number;
  readonly added: readonly string[];
}

function hunksBetween(before: readonly string[], after: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: { at: number; removed: number; added: string[] } | undefined;
  for (const { added, removed, value } of diffArrays([...before], [...after])) {
    if (!added && !removed) {
      if (open) hunks.push(open);
      open = undefined;
      at += value.length;
      continue;
    }
    open ??= { at, removed: 0, added: [] };
    if (added) open.added.push(...value);
    if (!removed) continue;
    open.removed += value.length;
    at += value.length;
  }
  return open ? [...hunks, open] : hunks;
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

function isOnce(text: string, part: string): boolean {
  const at = text.indexOf(part);
  return part !== '' && at >= 0 && text.indexOf(part, at + 1) < 0;
}
