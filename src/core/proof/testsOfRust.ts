// The tests that stand in a source of Rust, or of a language that marks them as Rust does: in modules, as functions, as what
// they assert with, and as examples in its documentation.
import { closingBrackets, maskedCode } from './maskedCode';
import { apart, type Piece, type TestsFound } from './testPieces';

/** Between a bracket and the sign that belongs to it. */
const mostBetween = 20;
const longestAttributes = 2000;
const longestHead = 200;
const moduleHead = /^(?:pub(?:\([^)]*\))?\s+)?mod(?:ule)?\s+[\w:]+\s*\{/;
/** That are looked into, for tests may stand in any. */
const mostModules = 100;

/** `parts` are what stands in their modules one by one, and each module's head. */
export function testsOfRust(text: string): TestsFound {
  const examples = text.includes('```') ? examplesOfRust(text) : [];
  if (!text.includes('test') && !text.includes('macro_rules!')) return { pieces: examples };
  const masked = maskedRust(text);
  const closings = closingBrackets(masked);
  const bodyOf = (item: Piece) => afterAttributes(masked, closings, item);
  const isOfTests = (item: Piece) => {
    const attributes = masked.slice(item.from, Math.min(bodyOf(item), item.from + longestAttributes));
    const name = /^macro_rules!\s*(\w+)/.exec(masked.slice(bodyOf(item), bodyOf(item) + longestHead))?.[1];
    return isForTests(attributes) || /^(?:debug_)?assert/.test(name ?? '');
  };
  const bodyOfModule = (item: Piece): Piece | undefined => {
    const from = bodyOf(item);
    const head = moduleHead.exec(masked.slice(from, Math.min(item.to, from + longestHead)))?.[0];
    return head === undefined ? undefined : { from: from + head.length, to: item.to - 1 };
  };
  const found: Piece[] = [];
  const modules: Piece[] = [{ from: 0, to: text.length }];
  for (const one of modules)
    for (const item of itemsOf(masked, closings, one)) {
      const isTest = isOfTests(item);
      const inner = isTest || modules.length >= mostModules ? undefined : bodyOfModule(item);
      if (isTest) found.push(item);
      else if (inner) modules.push(inner);
    }
  const pieces = apart([...found, ...examples]);
  const parts = pieces.flatMap((piece) => {
    const inner = examples.includes(piece) ? undefined : bodyOfModule(piece);
    if (!inner) return [piece];
    return [{ from: piece.from, to: inner.from }, ...itemsOf(masked, closings, inner)];
  });
  return { pieces, parts };
}

/** What documentation shows, and `cargo test` tries: between two fences, where nothing says that it is no code of Rust. */
function examplesOfRust(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let [from, isOpen, isTried, begin] = [0, false, false, 0];
  for (const line of text.split('\n')) {
    const info = /^[ \t]*\/\/[/!][ \t]*```(.*)$/.exec(line)?.[1];
    if (info !== undefined && !isOpen) {
      [isOpen, begin] = [true, from];
      isTried = /^(?:rust|should_panic|no_run|compile_fail|edition\d+|[\s,])*$/.test(info);
    } else if (info !== undefined || !/^[ \t]*\/\/[/!]/.test(line)) {
      if (isOpen && isTried && info !== undefined) pieces.push({ from: begin, to: from + line.length });
      isOpen = false;
    }
    from += line.length + 1;
  }
  return pieces;
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
