// A text that several attempts change by turns, in pieces that know which unfinished attempt put them there or took them out.
import type { Fence } from '../shared/ids';

/** A stretch of the text. Without marks it belongs; marks of attempts that ended are as good as none. */
export interface Piece {
  readonly text: string;
  /** The attempt that put it there. */
  readonly by?: Fence;
  /** The attempt that took it out; kept, so that it can be put back. */
  readonly gone?: Fence;
}

export interface SharedText {
  readonly pieces: readonly Piece[];
  /** Attempts of whose changes someone else changed a part since: that part can no longer be undone. */
  readonly lost: readonly Fence[];
}

/** An exact-text edit: every `old` stands exactly once, or everywhere with `all`. */
export interface TextEdit {
  readonly old: string;
  readonly new: string;
  readonly all: boolean;
}

export type Changed =
  | { readonly ok: true; readonly shared: SharedText }
  /** `old` stands so many times in what the attempt sees. */
  | { readonly ok: false; readonly why: 'notOnce'; readonly times: number }
  /** The lines are under change by an attempt whose work the asking one does not see. */
  | { readonly ok: false; readonly why: 'taken'; readonly by: Fence };

const nobody: ReadonlySet<Fence> = new Set();

export function sharedText(text: string): SharedText {
  return { pieces: [{ text }], lost: [] };
}

/** The text as it stands for someone who must not see the work of `hidden`; with nobody hidden, as it is on disk. */
export function textFor({ pieces }: SharedText, hidden: ReadonlySet<Fence>): string {
  return pieces.reduce((text, piece) => (isSeen(piece, hidden) ? text + piece.text : text), '');
}

/**
 * The text after `fence` made an exact-text edit on what it sees. Whole lines change hands, so that two attempts never
 * mend the same line into something neither wrote; lines put in beside each other stand in the order they came.
 */
export function changeShared(
  shared: SharedText,
  fence: Fence,
  hidden: ReadonlySet<Fence>,
  edit: TextEdit,
): Changed {
  const seen = textFor(shared, hidden);
  const places = placesOf(seen, edit.old);
  if (places.length === 0 || (places.length > 1 && !edit.all))
    return { ok: false, why: 'notOnce', times: places.length };
  let current = shared;
  // Last first: what stands before a place is not moved by it.
  for (const at of places.reverse()) {
    const now = textFor(current, hidden);
    const after = now.slice(0, at) + edit.new + now.slice(at + edit.old.length);
    const changed = bringTo(current, fence, hidden, after);
    if (!changed.ok) return changed;
    current = changed.shared;
  }
  return { ok: true, shared: current };
}

/** The text after `fence` made of all it sees `after`; counts as a change of the lines between the first and last that differ. */
export function bringTo(
  shared: SharedText,
  fence: Fence,
  hidden: ReadonlySet<Fence>,
  after: string,
): Changed {
  const { from, to, insert } = differingLines(textFor(shared, hidden), after);
  return splice(shared, fence, hidden, from, to, insert);
}

/** Without anything `fence` did; where lines were put in its place, the old ones stand before them again. */
export function without({ pieces, lost }: SharedText, fence: Fence): SharedText {
  const left = pieces.flatMap((piece): Piece[] => {
    if (piece.by === fence) return [];
    if (piece.gone !== fence) return [piece];
    const { gone: _, ...back } = piece;
    return [back];
  });
  return { pieces: joined(left), lost: lost.filter((f) => f !== fence) };
}

/** Only the marks of `open` attempts are left: what the others did belongs. */
export function settled({ pieces, lost }: SharedText, open: ReadonlySet<Fence>): SharedText {
  const left = pieces.flatMap((piece) => settle(piece, (fence) => open.has(fence)));
  return { pieces: joined(left), lost: lost.filter((fence) => open.has(fence)) };
}

/**
 * After someone who is no attempt made the text on disk `now`. Where they changed an attempt's lines, all of them that
 * stand together belong to the text from now on: undoing a part would mix what nobody wrote.
 */
export function rebased(shared: SharedText, now: string): SharedText {
  const { from, to, insert } = differingLines(textFor(shared, nobody), now);
  const cut = cutAt(shared.pieces, nobody, [from, to]);
  const starts = startsOf(cut, nobody);
  const isTouched = (k: number) => {
    const [piece, start] = [cut[k] as Piece, starts[k] as number];
    return isSeen(piece, nobody)
      ? to > from && start >= from && start + piece.text.length <= to
      : start > from && start < to;
  };
  const lost = new Set(shared.lost);
  const belongs = cut.map(() => new Set<Fence>());
  cut.forEach((piece, k) => {
    for (const fence of isTouched(k) ? marksOf(piece) : []) {
      lost.add(fence);
      const isTheirs = (at: number) => marksOf(cut[at] ?? { text: '' }).includes(fence);
      for (let at = k; isTheirs(at); at--) belongs[at]?.add(fence);
      for (let at = k; isTheirs(at); at++) belongs[at]?.add(fence);
    }
  });
  const behind = cut.findIndex((piece, k) => isSeen(piece, nobody) && (starts[k] as number) >= to);
  const pieces = cut.flatMap((piece, k): Piece[] => [
    ...(k === behind ? [{ text: insert }] : []),
    ...(isTouched(k) ? [] : settle(piece, (fence) => !belongs[k]?.has(fence))),
  ]);
  return { pieces: joined(behind < 0 ? [...pieces, { text: insert }] : pieces), lost: [...lost] };
}

/** Has `fence` a mark left in the text? */
export function isMarkedBy({ pieces }: SharedText, fence: Fence): boolean {
  return pieces.some((piece) => marksOf(piece).includes(fence));
}

/** Puts `insert` in the place of what stands from `from` to `to` in what `fence` sees. */
function splice(
  { pieces, lost }: SharedText,
  fence: Fence,
  hidden: ReadonlySet<Fence>,
  from: number,
  to: number,
  insert: string,
): Changed {
  const after: Piece[] = [];
  let isPut = false;
  const put = () => {
    if (!isPut) after.push({ text: insert, by: fence });
    isPut = true;
  };
  const cut = cutAt(pieces, hidden, [from, to]);
  const starts = startsOf(cut, hidden);
  for (const [k, piece] of cut.entries()) {
    const start = starts[k] as number;
    const theirs = marksOf(piece).find((mark) => hidden.has(mark));
    if (!isSeen(piece, hidden)) {
      if (start > from && start < to && theirs !== undefined) return { ok: false, why: 'taken', by: theirs };
      after.push(piece);
      continue;
    }
    // New lines stand right before the next one seen, so behind what others put there; a replacement, where the old was.
    if (start >= to) put();
    if (to === from || start < from || start >= to) after.push(piece);
    else if (theirs !== undefined) return { ok: false, why: 'taken', by: theirs };
    else {
      if (piece.by !== fence) after.push({ ...piece, gone: fence });
      if (start + piece.text.length === to) put();
    }
  }
  put();
  return { ok: true, shared: { pieces: joined(after), lost } };
}

/** The piece with the marks that stay; nothing when it was taken out and that belongs. */
function settle(piece: Piece, stays: (fence: Fence) => boolean): Piece[] {
  if (piece.gone !== undefined && !stays(piece.gone)) return [];
  if (piece.by === undefined || stays(piece.by)) return [piece];
  const { by: _, ...own } = piece;
  return [own];
}

function marksOf({ by, gone }: Piece): readonly Fence[] {
  return [by, gone].filter((fence) => fence !== undefined);
}

/** What `hidden` put there is not seen, what they took out is. */
function isSeen({ by, gone }: Piece, hidden: ReadonlySet<Fence>): boolean {
  if (by !== undefined && hidden.has(by)) return false;
  return gone === undefined || hidden.has(gone);
}

/** Where each piece begins, counted in what is seen. */
function startsOf(pieces: readonly Piece[], hidden: ReadonlySet<Fence>): readonly number[] {
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    if (isSeen(piece, hidden)) at += piece.text.length;
    return start;
  });
}

/** The same text with no piece across one of `places`, counted in what is seen. */
function cutAt(
  pieces: readonly Piece[],
  hidden: ReadonlySet<Fence>,
  places: readonly number[],
): readonly Piece[] {
  const starts = startsOf(pieces, hidden);
  return pieces.flatMap((piece, k): Piece[] => {
    if (!isSeen(piece, hidden)) return [piece];
    const inside = new Set(places.map((place) => place - (starts[k] as number)));
    const ends = [...[...inside].filter((at) => at > 0 && at < piece.text.length), piece.text.length];
    return ends.map((end, n) => ({ ...piece, text: piece.text.slice(ends[n - 1] ?? 0, end) }));
  });
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece.text === '') continue;
    if (last && last.by === piece.by && last.gone === piece.gone)
      all[all.length - 1] = { ...last, text: last.text + piece.text };
    else all.push(piece);
  }
  return all;
}

/** The stretch of whole lines in which two texts differ: `before` from `from` to `to` is `insert` in `after`. */
function differingLines(before: string, after: string): { from: number; to: number; insert: string } {
  const [old, now] = [linesOf(before), linesOf(after)];
  let first = 0;
  while (first < Math.min(old.length, now.length) && old[first] === now[first]) first++;
  let last = 0;
  while (last < Math.min(old.length, now.length) - first && old.at(-1 - last) === now.at(-1 - last)) last++;
  const lengthOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length, 0);
  const from = lengthOf(old.slice(0, first));
  const tail = lengthOf(old.slice(old.length - last));
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/** Each with its line end. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Where `wanted` begins, also where two of them overlap: then it is not clear which one is meant. */
function placesOf(text: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = wanted === '' ? -1 : text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    places.push(at);
  return places;
}
