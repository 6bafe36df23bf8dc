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
  const left = pieces.flatMap((piece): Piece[] => {
    if (piece.gone !== undefined && !open.has(piece.gone)) return [];
    if (piece.by === undefined || open.has(piece.by)) return [piece];
    const { by: _, ...own } = piece;
    return [own];
  });
  return { pieces: joined(left), lost: lost.filter((fence) => open.has(fence)) };
}

/** After someone who is no attempt made the text on disk `now`. Marks on the lines they changed are lost. */
export function rebased(shared: SharedText, now: string): SharedText {
  const nobody: ReadonlySet<Fence> = new Set();
  const { from, to, insert } = differingLines(textFor(shared, nobody), now);
  const lost = new Set(shared.lost);
  const pieces: Piece[] = [];
  let at = 0;
  let isPut = false;
  const put = () => {
    if (!isPut) pieces.push({ text: insert });
    isPut = true;
  };
  for (const piece of cutAt(shared.pieces, nobody, [from, to])) {
    const isHere = isSeen(piece, nobody);
    const start = at;
    if (isHere) at += piece.text.length;
    const isChanged = isHere ? start >= from && at <= to && to > from : start > from && start < to;
    if (isHere && start >= to) put();
    if (isChanged) {
      for (const fence of [piece.by, piece.gone]) if (fence !== undefined) lost.add(fence);
    } else pieces.push(piece);
  }
  put();
  // A line that replaced another is gone: what it replaced must not come back beside the new one.
  return { pieces: joined(pieces.filter((p) => p.gone === undefined || !lost.has(p.gone))), lost: [...lost] };
}

/** Has `fence` a mark left in the text? */
export function isMarkedBy({ pieces }: SharedText, fence: Fence): boolean {
  return pieces.some(({ by, gone }) => by === fence || gone === fence);
}

function splice(
  { pieces, lost }: SharedText,
  fence: Fence,
  hidden: ReadonlySet<Fence>,
  from: number,
  to: number,
  insert: string,
): Changed {
  if (from === to && insert === '') return { ok: true, shared: { pieces, lost } };
  const after: Piece[] = [];
  let at = 0;
  let isPut = insert === '';
  const put = () => {
    if (!isPut) after.push({ text: insert, by: fence });
    isPut = true;
  };
  for (const piece of cutAt(pieces, hidden, [from, to])) {
    if (!isSeen(piece, hidden)) {
      const theirs = [piece.by, piece.gone].find((f) => f !== undefined && hidden.has(f));
      if (at > from && at < to && theirs !== undefined) return { ok: false, why: 'taken', by: theirs };
      after.push(piece);
      continue;
    }
    const start = at;
    at += piece.text.length;
    const isTaken = start >= from && at <= to && to > from;
    // New lines stand before the next that is seen, and so behind what others put there; a replacement where the old was.
    if (start >= to) put();
    if (!isTaken) after.push(piece);
    else if (piece.gone !== undefined) return { ok: false, why: 'taken', by: piece.gone };
    else {
      if (piece.by !== fence) after.push({ ...piece, gone: fence });
      if (at === to) put();
    }
  }
  put();
  return { ok: true, shared: { pieces: joined(after), lost } };
}

/** What `hidden` put there is not seen, what they took out is. */
function isSeen({ by, gone }: Piece, hidden: ReadonlySet<Fence>): boolean {
  if (by !== undefined && hidden.has(by)) return false;
  return gone === undefined || hidden.has(gone);
}

/** The same text with no piece across one of `places`, counted in what is seen. */
function cutAt(pieces: readonly Piece[], hidden: ReadonlySet<Fence>, places: readonly number[]): readonly Piece[] {
  let at = 0;
  return pieces.flatMap((piece): Piece[] => {
    if (!isSeen(piece, hidden)) return [piece];
    const start = at;
    at += piece.text.length;
    const cuts = [...new Set(places)].filter((place) => place > start && place < at).map((place) => place - start);
    const ends = [...cuts, piece.text.length];
    return ends.map((end, k) => ({ ...piece, text: piece.text.slice(ends[k - 1] ?? 0, end) }));
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
  for (let at = wanted === '' ? -1 : text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}
