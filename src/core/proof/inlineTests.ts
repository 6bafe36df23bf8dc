// Tests that stand in the very file that they test, as in Rust, or in Python's docstrings: which pieces of it are a check's alone.
import { gapsIn } from './sameLines';
import type { Piece, TestsFound } from './testPieces';
import { isExample, testsByLines } from './testsByLines';
import { testsInBraces } from './testsInBraces';
import { testsOfRust } from './testsOfRust';

/** Above this nobody writes code by hand, and looking through it takes time. */
const longestText = 400_000;

/**
 * Were tests of such a file, or what they judge with, changed or taken away? More of them beside the others are no change.
 * False where none stand beside what they test.
 */
export function changesInlineTests(path: string, before: string | null, after: string | null): boolean {
  if (!before || after === null || before === after) return false;
  const [had, has] = [textOfTests(path, before), textOfTests(path, after)];
  const bendsOthers = [...has].some((words) => /macro_rules!/.test(words) && !had.has(words));
  return had.size > 0 && (bendsOthers || [...had].some((words) => !has.has(words)));
}

/** What is tested as it is in `after`, and its tests as they were, each where it stood between the lines of the code. */
export function withTestsOf(path: string, before: string, after: string): string {
  const [old, now] = [split(path, before), split(path, after)];
  const gaps = gapsIn(old.code, now.code);
  const text: string[] = [];
  let next = 0;
  for (let at = 0; at <= now.code.length; at++) {
    for (; next < old.tests.length && (gaps[old.tests[next]?.gap ?? 0] ?? at) <= at; next++)
      text.push(...(old.tests[next]?.lines ?? []));
    if (at < now.code.length) text.push(now.code[at] ?? '');
  }
  return text.join('\n');
}

/** Lines that are no test's, and the others with how many of those stand before them. */
function split(path: string, text: string) {
  const isTest = linesOf(text, inlineTests(path, text).pieces);
  const code: string[] = [];
  const tests: { readonly gap: number; readonly lines: string[] }[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const last = tests.at(-1);
    if (!isTest.has(at)) code.push(line);
    else if (last?.gap === code.length) last.lines.push(line);
    else tests.push({ gap: code.length, lines: [line] });
  }
  return { code, tests };
}

function linesOf(text: string, pieces: readonly Piece[]): ReadonlySet<number> {
  const lines = new Set<number>();
  let [line, at] = [0, 0];
  for (const { from, to } of pieces) {
    for (; at < from; at++) if (text[at] === '\n') line += 1;
    lines.add(line);
    for (; at < to - 1; at++)
      if (text[at] === '\n') {
        line += 1;
        lines.add(line);
      }
  }
  return lines;
}

function inlineTests(path: string, text: string): TestsFound {
  if (text.length > longestText) return { pieces: [] };
  if (/\.(?:rs|move|cairo|nr)$/.test(path)) return testsOfRust(text);
  return testsInBraces(path, text) ?? testsByLines(path, text);
}

/** Each test, and each of the other things beside it, without what only lays it out. */
function textOfTests(path: string, text: string): ReadonlySet<string> {
  const { pieces, parts = pieces } = inlineTests(path, text);
  const words = parts.map(({ from, to }) => textOf(text.slice(from, to)));
  return new Set(words.filter((one) => one !== ''));
}

/** White space counts in strings, and in examples, whose answers are compared as they stand there. */
function textOf(piece: string): string {
  if (isExample(piece)) return piece.replace(/[ \t]+/g, ' ').replace(/^ | $/gm, '');
  return piece
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(/"(?:[^"\\\n]|\\.){0,1000}"|\s+/g, (one) => (one.startsWith('"') ? one : ''))
    .replace(/,(?=[)\]}])/g, '');
}
