// A text as a terminal shows it: what is overwritten is gone, and what only colours or moves is not there.
import type { Span, TextView } from './formIndex';

// Written as strings, for the linter takes a control character in a pattern for a slip.
const title = String.raw`\][^\u0007\u001b\n]{0,2048}`;
/** Colours, moves and titles, whole. */
const sequence = String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|${title}(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])`;
/** A sequence that more of the text may end. */
export const unfinishedSequence = new RegExp(String.raw`\u001b(?:\[[0-?]*[ -/]*|${title}\u001b?|[ -/]*)$`);
/** What a terminal shows nothing of in its place, but for tabs and the ends of lines. */
export const unseen = new RegExp(
  String.raw`(?:${sequence}|\r(?!\n)|[^\P{Cc}\t\n\r]|\p{Default_Ignorable_Code_Point})+`,
  'gu',
);
/** A quick look: most texts have nothing of it. */
export const mayHaveUnseen = /[^\t\n\r\x20-\x7e]|\r(?!\n)/;
const loneReturn = /\r(?!\n)/;
const ignorable = /^\p{Default_Ignorable_Code_Point}/u;
/** Below it nothing is left out but controls. */
const firstIgnorable = 0xad;

/** May something in it lead back to where something stands already? */
export function movesBack(text: string): boolean {
  return text.includes('\b') || text.includes('\u001b') || loneReturn.test(text);
}

/** Moves within a line are followed; those between lines are passed over, as is how wide the terminal may be. */
export function terminalViewOf(text: string): TextView {
  const runs = runsShown(text);
  return {
    chars: runs.map(({ from, to }) => text.slice(from, to)).join(''),
    isJoined: false,
    spanOf: (span) => around(runs, span),
  };
}

/** A stretch of the text that is shown as it is, from the view's `inView`th character on. */
interface Run extends Span {
  readonly inView: number;
}

function runsShown(text: string): readonly Run[] {
  const runs: { from: number; to: number; inView: number }[] = [];
  let inView = 0;
  const show = (from: number, to: number) => {
    const last = runs.at(-1);
    if (last?.to === from) last.to = to;
    else if (to > from) runs.push({ from, to, inView });
    inView += to - from;
  };
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end + 1;
    const line = text.slice(from, to);
    if (movesBack(line)) for (const column of columnsOf(line)) show(from + column, from + column + 1);
    else show(from, to);
    from = to;
  }
  return runs;
}

/** Which characters of a line stand in it in the end, from left to right. */
function columnsOf(text: string): readonly number[] {
  const move = new RegExp(sequence, 'y');
  const line: number[] = [];
  let column = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) line.push(at);
    else if (code === 0x08) column = Math.max(0, column - 1);
    else if (code === 0x0d) column = 0;
    else if (code === 0x1b) {
      move.lastIndex = at;
      const found = move.exec(text)?.[0] ?? '';
      if (/\[0*K$/.test(found)) line.length = column;
      column = columnAfter(found, column, line.length);
      at += Math.max(0, found.length - 1);
    } else if (isShown(text, at, code)) line[column++] = at;
  }
  return line;
}

function isShown(text: string, at: number, code: number): boolean {
  if (code < firstIgnorable) return code === 0x09 || (code >= 0x20 && (code < 0x7f || code >= 0xa0));
  return !ignorable.test(text.slice(at, at + 2));
}

/** Never beyond the end of what stands in the line. */
function columnAfter(found: string, column: number, length: number): number {
  const by = Number.parseInt(found.slice(2), 10) || 1;
  if (!found.startsWith('\u001b[')) return column;
  if (found.endsWith('D')) return Math.max(0, column - by);
  if (found.endsWith('C')) return Math.min(length, column + by);
  return found.endsWith('G') ? Math.min(length, by - 1) : column;
}

/** What was written over lies between, and goes as well. */
function around(runs: readonly Run[], { from, to }: Span): Span {
  const first = runs.findLastIndex(({ inView }) => inView <= from);
  let [begin, end] = [Number.POSITIVE_INFINITY, 0];
  for (let nth = first; nth < runs.length; nth++) {
    const run = runs[nth];
    if (!run || run.inView >= to) break;
    begin = Math.min(begin, run.from + Math.max(0, from - run.inView));
    end = Math.max(end, Math.min(run.to, run.from + to - run.inView));
  }
  return { from: begin, to: end };
}
