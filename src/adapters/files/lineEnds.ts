// The line ends of a text, which an edit keeps: each unchanged line its own, also in files that mix them.
import { diffIndices } from 'node-diff3';

export interface Line {
  readonly text: string;
  /** Empty after a last line without one. */
  readonly end: '\n' | '\r\n' | '';
}

/** Nothing follows a last line end: an empty text has no line. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const next = found < 0 ? text.length : found + 1;
    const end = found < 0 ? '' : found > at && text[found - 1] === '\r' ? '\r\n' : '\n';
    lines.push({ text: text.slice(at, next - end.length), end });
    at = next;
  }
  return lines;
}

function textOf(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join('');
}

/** The one line end of all lines; undefined where there is none, or both. */
function onlyEndOf(lines: readonly Line[]): '\n' | '\r\n' | undefined {
  const ends = new Set(lines.map(({ end }) => end));
  ends.delete('');
  const [only] = ends;
  return ends.size === 1 && only ? only : undefined;
}

/**
 * `text` with the line ends of `old`. Where all of those are the same, all become so. In a file that mixes them, a line that
 * was there keeps its own, one that takes another's place has that one's, and one that is added has its neighbour's.
 */
export function withEndsOf(old: string, text: string): string {
  const before = linesOf(old);
  const after = linesOf(text);
  const only = onlyEndOf(before);
  if (only) return textOf(after.map((line) => ({ ...line, end: line.end && only })));
  if (!before.some(({ end }) => end)) return text;
  const ends = endsAlong(before, after);
  return textOf(after.map((line, at) => ({ ...line, end: line.end && (ends[at] ?? '\n') })));
}

/** For each line of `after` the end it has from `before`, which mixes them. */
function endsAlong(before: readonly Line[], after: readonly Line[]): readonly Line['end'][] {
  const head = alike(before, after, (lines, k) => lines[k], Math.min(before.length, after.length));
  const rest = Math.min(before.length, after.length) - head;
  const tail = alike(before, after, (lines, k) => lines[lines.length - 1 - k], rest);
  const middle = (lines: readonly Line[]) => lines.slice(head, lines.length - tail).map(({ text }) => text);
  const from = new Map<number, number>();
  for (let k = 0; k < head; k++) from.set(k, k);
  for (let k = 1; k <= tail; k++) from.set(after.length - k, before.length - k);
  let [was, is] = [head, head];
  const pairUpTo = (oldAt: number, newAt: number) => {
    while (was < oldAt && is < newAt) from.set(is++, was++);
  };
  for (const { buffer1, buffer2 } of diffIndices(middle(before), middle(after))) {
    pairUpTo(head + buffer1[0], head + buffer2[0]);
    // The changed lines: one for one as far as both go.
    pairUpTo(head + buffer1[0] + buffer1[1], head + buffer2[0] + buffer2[1]);
    [was, is] = [head + buffer1[0] + buffer1[1], head + buffer2[0] + buffer2[1]];
  }
  pairUpTo(before.length - tail, after.length - tail);
  const ends: Line['end'][] = [];
  const first = before.find(({ end }) => end)?.end ?? '\n';
  for (const at of after.keys()) {
    const own = before[from.get(at) ?? -1]?.end;
    ends.push(own || (ends.at(-1) ?? first));
  }
  return ends;
}

function alike(
  one: readonly Line[],
  other: readonly Line[],
  at: (lines: readonly Line[], k: number) => Line | undefined,
  most: number,
): number {
  let k = 0;
  while (k < most && at(one, k)?.text === at(other, k)?.text) k++;
  return k;
}
