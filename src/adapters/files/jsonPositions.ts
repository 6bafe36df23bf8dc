// Finds where in a JSON text the problems lie that its content has.
import { visit } from 'jsonc-parser';
import type { BacklogProblem, DocumentPath } from '../../core/features/backlogProblem';

/** A problem with its place; line and column count from 1, columns in UTF-16 units as editors do. */
export interface PlacedProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Finds the places of problems that are given by their path in the document, in one pass however many there are.
 * A path that the text does not have gets the place of the nearest part that it has. Sorted by place.
 */
export function placeProblems(
  file: string,
  text: string,
  problems: readonly BacklogProblem[],
): readonly PlacedProblem[] {
  if (problems.length === 0) return [];
  const top = new Wish();
  for (const problem of problems) top.below(problem.path).messages.push(problem.message);
  const placed: PlacedProblem[] = [];
  // The open objects and lists: what is wished for in each, and where the next value stands in a list.
  const open: { wish: Wish | undefined; next: number; key?: string }[] = [];
  const isKnown = new Set<Wish>();
  const enter = (line: number, column: number) => {
    const outer = open.at(-1);
    if (!outer) return found(top, line, column);
    const wish = outer.wish?.inner.get(outer.key ?? outer.next++);
    return found(wish, line, column);
  };
  const found = (wish: Wish | undefined, line: number, column: number) => {
    if (wish && !isKnown.has(wish)) {
      isKnown.add(wish);
      wish.place = { line: line + 1, column: column + 1 };
    }
    return wish;
  };
  visit(
    text,
    {
      onObjectBegin: (_offset, _length, line, column) =>
        void open.push({ wish: enter(line, column), next: 0, key: '' }),
      onObjectEnd: () => void open.pop(),
      onArrayBegin: (_offset, _length, line, column) =>
        void open.push({ wish: enter(line, column), next: 0 }),
      onArrayEnd: () => void open.pop(),
      onLiteralValue: (_value: unknown, _offset, _length, line, column) => void enter(line, column),
      onObjectProperty: (key, _offset, _length, line, column) => {
        const outer = open.at(-1);
        if (outer) outer.key = key;
        // A field's problem is shown at its name: that is where its author looks.
        found(outer?.wish?.inner.get(key), line, column);
      },
    },
    { allowTrailingComma: true },
  );
  top.report({ line: 1, column: 1 }, (place, message) => void placed.push({ file, ...place, message }));
  return placed.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Line and column of an offset, from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = 0; at < offset; at++) {
    const code = text.charCodeAt(at);
    const isEnd = code === 0x0a || (code === 0x0d && (text.charCodeAt(at + 1) !== 0x0a || at + 1 === offset));
    if (!isEnd) continue;
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A part of the document that somebody wants the place of, with the parts in it. */
class Wish {
  readonly inner = new Map<string | number, Wish>();
  readonly messages: string[] = [];
  place: Position | undefined;

  below(path: DocumentPath): Wish {
    let wish: Wish = this;
    for (const step of path) {
      const next = wish.inner.get(step) ?? new Wish();
      wish.inner.set(step, next);
      wish = next;
    }
    return wish;
  }

  report(nearest: Position, say: (place: Position, message: string) => void): void {
    const place = this.place ?? nearest;
    for (const message of this.messages) say(place, message);
    for (const inner of this.inner.values()) inner.report(place, say);
  }
}
