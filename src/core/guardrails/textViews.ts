// A text as it is, as it reads without what is not shown, as a terminal shows it, once white space is taken out and once
// escapes are undone in that, and with nothing but its letters and digits.
import { dumpFramesIn } from './dumpViews';
import type { Span, TextView } from './formIndex';
import { bare } from './secretForms';
import { mayHaveUnseen, movesBack, terminalViewOf, unfinishedSequence, unseen } from './terminalView';

const space = /\s+/g;
const notBare = /[^a-z\d]+/gi;
const percentEscape = /%[0-7][0-9a-f]/gi;
/** What JSON, JavaScript and shells write. */
const backslashEscape = /\\u00[0-7][0-9a-f]|\\x[0-7][0-9a-f]|\\["'\\/nrt]/gi;
/** The beginning of an escape at the end of a text. */
const unfinishedEscape =
  /(?:%(?:\s*2(?:\s*5(?:\s*[0-7])?)?|\s*[0-7])?|\\(?:\s*(?:x(?:\s*[0-7])?|u(?:\s*0){0,2}|u\s*0\s*0\s*[0-7]))?)\s*$/i;

/** From where on the text's end may be the beginning of one character; its length where it is none. */
export function unfinishedAt(text: string): number {
  const begins = [unfinishedEscape, unfinishedSequence].map((pattern) => pattern.exec(text)?.index);
  return Math.min(...begins.map((at) => at ?? text.length));
}

export function viewsOf(text: string): readonly TextView[] {
  return shownViewsOf(text).flatMap((shown) => {
    const joined = shown.chars.search(space) >= 0 ? viewWithout(space, shown, true) : shown;
    return [
      ...(joined === shown ? [shown] : [shown, joined]),
      ...(text.includes('%') ? percentViewsOf(joined) : []),
      ...(text.includes('\\') ? [viewWithout(backslashEscape, joined, true)] : []),
    ];
  });
}

/** Escaped once, and, where that left escapes, twice: as in an address within an address. */
function percentViewsOf(joined: TextView): readonly TextView[] {
  const once = viewWithout(percentEscape, joined, true);
  return joined.chars.includes('%25') ? [once, viewWithout(percentEscape, once, true)] : [once];
}

/** Nothing but letters and digits, in small letters. */
export function bareViewsOf(text: string): readonly TextView[] {
  return shownViewsOf(text).map((shown) => viewWithout(notBare, shown, true));
}

/** As the text is but for what nobody sees; as a terminal shows it, where it goes back to write over something; and without the frame of a dump. */
function shownViewsOf(text: string): readonly TextView[] {
  const whole: TextView = { chars: text, isJoined: false, spanOf: (span) => span };
  return [
    mayHaveUnseen.test(text) ? viewWithout(unseen, whole, false) : whole,
    ...(movesBack(text) ? [terminalViewOf(text)] : []),
    ...dumpFramesIn(text).map((frame) => viewWithout(frame, whole, true)),
  ];
}

/** Where characters stand is worked out when it is first asked, which is when something was found. */
function viewWithout(pattern: RegExp, base: TextView, isJoined: boolean): TextView {
  let pieces: readonly Piece[] | undefined;
  const inBase = (nth: number): Span => {
    pieces ??= piecesOf(pattern, base.chars);
    const piece = pieces[lastUpTo(nth, pieces)] ?? { from: 0, to: 0, inView: 0, isEscape: true };
    if (piece.isEscape) return piece;
    const from = piece.from + nth - piece.inView;
    return { from, to: from + 1 };
  };
  return {
    chars: charsWithout(pattern, base.chars),
    isJoined,
    spanOf: ({ from, to }) => base.spanOf({ from: inBase(from).from, to: inBase(to - 1).to }),
  };
}

function charsWithout(pattern: RegExp, chars: string): string {
  if (pattern === notBare) return bare(chars);
  return isDropped(pattern) ? chars.replace(pattern, '') : chars.replace(pattern, meant);
}

/** Does nothing stand for what is found? Of escapes that is asked one by one. */
function isDropped(pattern: RegExp): boolean {
  return pattern !== percentEscape && pattern !== backslashEscape;
}

/** A stretch of the base that the view shows: as it is, or an escape as one character. */
interface Piece extends Span {
  readonly inView: number;
  readonly isEscape: boolean;
}

/** The character that an escape stands for; nothing for white space, which a line end is too. */
function meant(found: string): string {
  const code = /[0-7][0-9a-f]$/i.exec(found.slice(1))?.[0];
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16)).trim();
  return /^\\[nrt]$/i.test(found) ? '' : found.slice(1);
}

function piecesOf(pattern: RegExp, text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let inView = 0;
  const add = (to: number, isEscape: boolean) => {
    if (to > from) pieces.push({ from, to, inView, isEscape });
    inView += isEscape ? 1 : to - from;
    from = to;
  };
  for (const { 0: found, index } of text.matchAll(pattern)) {
    add(index, false);
    if (isDropped(pattern) || meant(found) === '') from = index + found.length;
    else add(index + found.length, true);
  }
  add(text.length, false);
  return pieces;
}

/** The last piece that begins at the view's nth character or before it. */
function lastUpTo(nth: number, pieces: readonly Piece[]): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.inView ?? 0) <= nth) low = middle;
    else high = middle - 1;
  }
  return low;
}
