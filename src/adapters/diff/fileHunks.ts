// What differs between two texts of a file, as the hunks of a unified diff with three lines of context.
import { diffArrays } from 'diff';

/** Lines that follow each other in one of the texts, or in both, each with its end. */
export interface Run {
  readonly sign: ' ' | '-' | '+';
  readonly lines: readonly string[];
}

/** Lines of a diff, each with its sign, with where they stand in both texts: counted from 1, from 0 where it has none. */
export interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

const context = 3;
/**
 * Finding the shortest diff costs the square of the lines that differ. Beyond these (0.1 s) the lines from the first that
 * differs to the last are shown as one replacement.
 */
const mostEdits = 1_000;
const mostMs = 1_000;
const noNewline = '\\ No newline at end of file';

/** @param before,after in `\n` lines; null: no file */
export function runsOf(before: string | null, after: string | null): readonly Run[] {
  const [old, now] = [linesOf(before ?? ''), linesOf(after ?? '')];
  if (old.length === 0 || now.length === 0) return replacement(old, now);
  const found = diffArrays(old, now, { maxEditLength: mostEdits, timeout: mostMs });
  return (
    found?.map(({ added, removed, value }) => ({ sign: added ? '+' : removed ? '-' : ' ', lines: value })) ??
    replacement(old, now)
  );
}

export function hunksOf(runs: readonly Run[]): readonly Hunk[] {
  const hunks: { oldStart: number; newStart: number; lines: string[] }[] = [];
  let [old, now] = [0, 0];
  /** Changes after which less was alike than the context of two hunks. */
  let isOpen = false;
  runs.forEach(({ sign, lines }, at) => {
    const hunk = hunks.at(-1);
    if (sign !== ' ') {
      if (isOpen) hunk?.lines.push(...signed(sign, lines));
      else {
        const before = runs[at - 1]?.lines.slice(-context) ?? [];
        const start = { oldStart: old - before.length, newStart: now - before.length };
        hunks.push({ ...start, lines: [...signed(' ', before), ...signed(sign, lines)] });
      }
      isOpen = true;
    } else if (isOpen) {
      isOpen = lines.length <= 2 * context && at < runs.length - 1;
      hunk?.lines.push(...signed(' ', isOpen ? lines : lines.slice(0, context)));
    }
    if (sign !== '+') old += lines.length;
    if (sign !== '-') now += lines.length;
  });
  // Where a hunk has no line of a text, it stands after the line before it.
  return hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart: oldStart + (countOf(lines, '+') > 0 ? 1 : 0),
    newStart: newStart + (countOf(lines, '-') > 0 ? 1 : 0),
    lines,
  }));
}

export function headOf({ oldStart, newStart, lines }: Hunk): string {
  return `@@ -${oldStart},${countOf(lines, '+')} +${newStart},${countOf(lines, '-')} @@`;
}

/** Lines of a hunk that are of the one text, and not of the other alone. */
function countOf(lines: readonly string[], other: '+' | '-'): number {
  return lines.filter((line) => line[0] !== other && line[0] !== '\\').length;
}

/**
 * The hunk with both of its texts as `clean` leaves them. Where that changes one, all lines of the one text are followed
 * by all of the other: which of them are alike may not be what it was.
 */
export function cleanHunk(hunk: Hunk, clean: (text: string) => string): Hunk {
  const side = (other: string) => {
    const kept = hunk.lines.filter((line, at) =>
      line[0] === '\\' ? hunk.lines[at - 1]?.[0] !== other : line[0] !== other,
    );
    const lines = kept.filter((line) => line[0] !== '\\');
    return {
      text: lines.map((line) => line.slice(1)).join('\n'),
      count: lines.length,
      end: kept.length > lines.length ? [noNewline] : [],
    };
  };
  const [old, now] = [side('+'), side('-')];
  const [cleanOld, cleanNow] = [clean(old.text), clean(now.text)];
  if (cleanOld === old.text && cleanNow === now.text) return hunk;
  const sideLines = (sign: string, text: string, { count, end }: typeof old) =>
    count === 0 ? [] : [...text.split('\n').map((line) => sign + line), ...end];
  return { ...hunk, lines: [...sideLines('-', cleanOld, old), ...sideLines('+', cleanNow, now)] };
}

/** All from the first line that differs to the last in one piece. */
function replacement(before: readonly string[], after: readonly string[]): readonly Run[] {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const runs: readonly Run[] = [
    { sign: ' ', lines: before.slice(0, head) },
    { sign: '-', lines: before.slice(head, before.length - tail) },
    { sign: '+', lines: after.slice(head, after.length - tail) },
    { sign: ' ', lines: before.slice(before.length - tail) },
  ];
  return runs.filter(({ lines }) => lines.length > 0);
}

function signed(sign: Run['sign'], lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, noNewline],
  );
}

/** Each with its end. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}
