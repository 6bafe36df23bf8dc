// Merges what two sides made of one file, in the file's own encoding and form.
import { type Line, linesOf, withEndsOf } from '../files/lineEnds';
import { readText, type TextFile, writeText } from '../files/textForm';
import { mergeLines } from './mergeLines';

/**
 * A file's content at one of three sides; null: no such file. Without bytes it is too large, or nobody has it any more: its
 * hash may still tell that a side left it as it was.
 */
export type Content = { readonly hash: string; readonly bytes: Buffer | undefined } | null;

export type Outcome =
  /** There is nothing to be done: the place has all of it. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'theirs' }
  | { readonly kind: 'merged'; readonly bytes: Buffer }
  | { readonly kind: 'overlap' };

export function mergeFile(base: Content, ours: Content, theirs: Content, takeBoth: boolean): Outcome {
  const of = (content: Content) => content?.hash ?? null;
  if (of(theirs) === of(base) || of(theirs) === of(ours)) return { kind: 'ours' };
  if (of(ours) === of(base)) return { kind: 'theirs' };
  if (!ours?.bytes || !theirs?.bytes || (base && !base.bytes)) return { kind: 'overlap' };
  const was = readText(base?.bytes ?? Buffer.alloc(0));
  const [mine, other] = [readText(ours.bytes), readText(theirs.bytes)];
  const merged = was && mine && other && mergeTexts(was, mine, other, takeBoth);
  if (!merged) return { kind: 'overlap' };
  if (merged.equals(theirs.bytes)) return { kind: 'theirs' };
  return merged.equals(ours.bytes) ? { kind: 'ours' } : { kind: 'merged', bytes: merged };
}

/**
 * In their form: encoding, mark and line ends (`withEndsOf`). Null where the same lines were changed, or where their
 * encoding lacks what ours holds.
 */
function mergeTexts(base: TextFile, ours: TextFile, theirs: TextFile, takeBoth: boolean): Buffer | null {
  const [was, mine, other] = [linesOf(base.text), linesOf(ours.text), linesOf(theirs.text)];
  const merged = mergeLines(textsOf(was), textsOf(mine), textsOf(other), takeBoth);
  if (!merged) return null;
  // Whether the last line has an end is a change of its own, or two lines added after one without would be no two lines.
  const isOpen = endsOpen(mine) === endsOpen(was) ? endsOpen(other) : endsOpen(mine);
  const text = merged.map((line, at) => (isOpen && at === merged.length - 1 ? line : `${line}\n`)).join('');
  const bytes = writeText(withEndsOf(theirs.text, text), theirs.form);
  return Buffer.isBuffer(bytes) ? bytes : null;
}

function textsOf(lines: readonly Line[]): readonly string[] {
  return lines.map(({ text }) => text);
}

function endsOpen(lines: readonly Line[]): boolean {
  return lines.at(-1)?.end === '';
}
