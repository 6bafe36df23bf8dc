// The tests that stand in a source of a language with braces, other than Rust.
import { closingBrackets, maskedCode } from './maskedCode';
import { apart, type Piece, type TestsFound } from './testPieces';

interface Kind {
  readonly files: RegExp;
  /** Without it there is none; asked before anything that takes time. */
  readonly sign: RegExp;
  /** Its beginnings in masked code, each up to the bracket that it opens. */
  readonly heads: RegExp;
  /** Lines that are a check's alone as well, where there are tests. */
  readonly alsoLines?: RegExp;
}

const scripts = /\.[cm]?[jt]sx?$/;
const runner = String.raw`(?:node:test|bun:test|vitest|@jest\/globals|@std\/testing[^'"]*|uvu|tape|ava|tap|mocha)`;
const judging = String.raw`(?:${runner}|(?:node:)?assert(?:\/strict)?|uvu\/assert|chai|expect|@std\/(?:assert|expect)[^'"]*)`;

const kinds: readonly Kind[] = [
  {
    files: scripts, // Vitest’s tests in a source
    sign: /import\.meta\.vitest/,
    heads: /^if\s*\(\s*import\.meta\.vitest\b[^)\n]*\)\s*\{/gm,
  },
  {
    files: scripts, // beside what they test, as `node --test` runs them in any file
    sign: new RegExp(String.raw`(?:\bfrom|\brequire\s*\(|\bimport)\s*['"]${runner}['"]|\bDeno\.test\b`),
    heads:
      /^(?:await\s+)?(?:test|it|describe|suite|specify|before|after|beforeEach|afterEach|Deno\.test)\b(?:\.\w+)*[ \t]*\(/gm,
    alsoLines: new RegExp(
      String.raw`^(?:import|const|let|var)\b[^\n]{0,300}(?:\bfrom|\brequire\s*\(|\bimport)\s*['"]${judging}['"]`,
    ),
  },
  { files: /\.zig$/, sign: /\btest\b/, heads: /^[ \t]*test\b[ \t]*(?:[\w.]+[ \t]*)?\{/gm },
  {
    files: /\.di?$/,
    sign: /\bunittest\b/,
    heads: /^(?=.{0,300}$)[^\n;{}]*(?:\bunittest|\bversion\s*\(\s*unittest\s*\))\s*\{/gm,
  },
  {
    files: /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm)$/,
    sign: /\b(?:TEST|SCENARIO|BOOST_AUTO)/,
    heads:
      /^[ \t]*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TEST_CASE|TEST_CASE_\w+|TEST_SUITE|SCENARIO|BOOST_AUTO_TEST_CASE)[ \t]*\(/gm,
  },
];

/** Undefined where such a file has none. */
export function testsInBraces(path: string, text: string): TestsFound | undefined {
  const own = kinds.filter(({ files, sign }) => files.test(path) && sign.test(text));
  if (own.length === 0) return undefined;
  // Lines of text that Zig marks one by one may hold any sign.
  const masked = maskedCode(path.endsWith('.zig') ? text.replace(/\\\\.*/g, blank) : text);
  const closings = closingBrackets(masked);
  const found = own.flatMap(({ heads }) =>
    [...masked.matchAll(heads)].map(({ 0: head, index }) => pieceOf(masked, closings, index, head)),
  );
  if (found.length === 0) return undefined;
  const lines = own.flatMap(({ alsoLines }) => (alsoLines ? linesLike(text, alsoLines) : []));
  return { pieces: apart([...lines, ...found]) };
}

/** To the end of its brackets, and of the body behind them where there is one. */
function pieceOf(masked: string, closings: ReadonlyMap<number, number>, from: number, head: string): Piece {
  let end = closings.get(from + head.length - 1) ?? masked.length - 1;
  const body = head.endsWith('(') ? /^\s{0,20}\{/.exec(masked.slice(end + 1, end + 22))?.[0] : undefined;
  if (body !== undefined) end = closings.get(end + body.length) ?? masked.length - 1;
  return { from, to: masked[end + 1] === ';' ? end + 2 : end + 1 };
}

function linesLike(text: string, pattern: RegExp): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    if (pattern.test(line)) found.push({ from, to: from + line.length });
    from += line.length + 1;
  }
  return found;
}

function blank(text: string): string {
  return ' '.repeat(text.length);
}
