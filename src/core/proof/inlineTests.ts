// Tests that stand in the very file that they test, as in Rust: which pieces of it are a check's alone.
import { closingBrackets, maskedCode } from './maskedCode';

interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Above this nobody writes code by hand, and looking through it takes time. */
const longestText = 400_000;
/** Between a bracket and the sign that belongs to it. */
const mostBetween = 20;
const longestAttributes = 2000;

/**
 * Were tests of such a file, or what they judge with, changed or taken away? More of them beside the others are no change.
 * False for languages in which tests do not stand there.
 */
export function changesInlineTests(path: string, before: string | null, after: string | null): boolean {
  if (!before || after === null || before === after) return false;
  const [had, has] = [wordsOfTests(path, before), wordsOfTests(path, after)];
  const bendsOthers = [...has].some((words) => /macro_rules!/.test(words) && !had.has(words));
  return had.size > 0 && (bendsOthers || [...had].some((words) => !has.has(words)));
}

/** What is tested as it is in `after`, and its tests as they were. */
export function withTestsOf(path: string, before: string, after: string): string {
  const kept: string[] = [];
  let at = 0;
  for (const { from, to } of inlineTests(path, after)) {
    kept.push(after.slice(at, from));
    at = to;
  }
  const tests = inlineTests(path, before).map(({ from, to }) => before.slice(from, to));
  return `${[kept.join(''), after.slice(at)].join('').trimEnd()}\n\n${tests.join('\n\n')}\n`;
}

/** Pieces at the top of the file, in order. */
function inlineTests(path: string, text: string): readonly Piece[] {
  if (text.length > longestText) return [];
  if (path.endsWith('.rs')) return testsOfRust(text).pieces;
  return /\.[cm]?[jt]sx?$/.test(path) ? testsOfScript(text) : [];
}

/** Each test, and each of the other things beside it, without what only lays it out. */
function wordsOfTests(path: string, text: string): ReadonlySet<string> {
  if (text.length > longestText) return new Set();
  const pieces = path.endsWith('.rs') ? testsOfRust(text).parts : inlineTests(path, text);
  const words = pieces.map(({ from, to }) =>
    text
      .slice(from, to)
      .replace(/^[ \t]*\/\/.*$/gm, '')
      .replace(/\s+/g, '')
      .replace(/,(?=[)\]}])/g, ''),
  );
  return new Set(words.filter((one) => one !== ''));
}

/** Vitest's tests in a source: `if (import.meta.vitest) { … }`. */
function testsOfScript(text: string): readonly Piece[] {
  if (!text.includes('import.meta.vitest')) return [];
  const masked = maskedCode(text);
  const closings = closingBrackets(masked);
  return [...masked.matchAll(/^if\s*\(\s*import\.meta\.vitest\b[^)\n]*\)\s*\{/gm)].map(
    ({ 0: head, index }) => ({
      from: index,
      to: (closings.get(index + head.length - 1) ?? text.length) + 1,
    }),
  );
}

/** `pieces` as a whole; `parts` are what stands in their modules one by one, and each module's head. */
function testsOfRust(text: string): { readonly pieces: readonly Piece[]; readonly parts: readonly Piece[] } {
  if (!text.includes('test') && !text.includes('macro_rules!')) return { pieces: [], parts: [] };
  const masked = maskedRust(text);
  const closings = closingBrackets(masked);
  const bodyOf = (item: Piece) => afterAttributes(masked, closings, item);
  const pieces = itemsOf(masked, closings, { from: 0, to: text.length }).filter((item) => {
    const attributes = masked.slice(item.from, Math.min(bodyOf(item), item.from + longestAttributes));
    const name = /^macro_rules!\s*(\w+)/.exec(masked.slice(bodyOf(item), item.to))?.[1];
    return isForTests(attributes) || /^(?:debug_)?assert/.test(name ?? '');
  });
  const parts = pieces.flatMap((piece) => {
    const head = /^(?:pub\s+)?mod\s+\w+\s*\{/.exec(masked.slice(bodyOf(piece), piece.to));
    if (!head) return [piece];
    const inner = { from: bodyOf(piece) + head[0].length, to: piece.to - 1 };
    return [{ from: piece.from, to: inner.from }, ...itemsOf(masked, closings, inner)];
  });
  return { pieces, parts };
}

function isForTests(attributes: string): boolean {
  return (
    /#\s*\[\s*(?:\w+\s*::\s*)*(?:test|rstest|test_case)\b|\bcfg\b.*\btest\b/s.test(attributes) &&
    !/\bnot\s*\(\s*test\s*\)/.test(attributes)
  );
}

function afterAttributes(masked: string, closings: ReadonlyMap<number, number>, { from, to }: Piece): number {
  let at = from;
  for (;;) {
    const begin = /^#!?\s*(?=\[)/.exec(masked.slice(at, at + mostBetween))?.[0];
    const end = begin === undefined ? undefined : closings.get(at + begin.length);
    if (end === undefined || end >= to) return at;
    at = end + 1;
    while (at < to && /\s/.test(masked[at] ?? '')) at += 1;
  }
}

/** What stands beside each other in a file or a module, each with its attributes. */
function itemsOf(
  masked: string,
  closings: ReadonlyMap<number, number>,
  { from, to }: Piece,
): readonly Piece[] {
  const items: Piece[] = [];
  for (let at = from; at < to; ) {
    while (at < to && /\s/.test(masked[at] ?? '')) at += 1;
    const begin = at;
    while (at < to && masked[at] !== ';' && masked[at] !== '{') at = (closings.get(at) ?? at) + 1;
    if (masked[at] === '{') {
      at = Math.min(closings.get(at) ?? to, to);
      at += /^\}?\s*;/.exec(masked.slice(at, at + mostBetween))?.[0].length ?? 1;
    } else at += 1;
    if (begin < to) items.push({ from: begin, to: Math.min(at, to) });
  }
  return items;
}

/** Lifetimes and labels are no quotations, and raw strings may hold any sign. */
function maskedRust(text: string): string {
  let blanked = '';
  let at = 0;
  for (const { 0: head, 1: hashes = '', index } of text.matchAll(/\br(#{1,9})"/g)) {
    if (index < at) continue;
    const end = text.indexOf(`"${hashes}`, index + head.length);
    if (end === -1) break;
    blanked += text.slice(at, index) + text.slice(index, end + 1).replace(/[^\n]/g, ' ');
    at = end + 1;
  }
  return maskedCode((blanked + text.slice(at)).replace(/'(?=[A-Za-z_]\w*(?![\w']))/g, ' '));
}
