// The tests of a file one by one: what each is called, and what stands in it.
import { closingBrackets, maskedCode } from './maskedCode';
import { assertionsIn } from './testCounts';

export interface TestBlock {
  readonly title: string;
  /** From its head to its end. */
  readonly text: string;
  /** Of those that can be reached. */
  readonly assertions: number;
}

/** Above this nobody writes tests by hand, and looking through it takes time. */
const longestText = 400_000;
const longestLine = 500;
const inScript = /\.(?:[cm]?[jt]sx?|vue|svelte)$/i;

/** Empty where nobody knows how tests of such a file begin and end. */
export function testBlocks(path: string, text: string): readonly TestBlock[] {
  if (text.length > longestText) return [];
  if (inScript.test(path)) return blocksOfScript(path, text);
  if (path.endsWith('.py')) return blocksByIndent(path, text);
  if (path.endsWith('.go')) return blocksOfGo(path, text);
  const kind = inBraces.find(({ files }) => files.test(path));
  return kind ? blocksInBraces(kind, path, text) : [];
}

/** Languages in which a test is a function that ends with a brace as far in as it begins. */
interface BraceKind {
  readonly files: RegExp;
  /** Stands on a line of its own above the head, or before it. */
  readonly mark: RegExp | undefined;
  /** With how far in it stands, and its name. */
  readonly head: RegExp;
}

const inBraces: readonly BraceKind[] = [
  {
    files: /\.rs$/,
    mark: /#\[(?:\w+::)*(?:test|rstest|test_case)\b/,
    head: /^([ \t]*)(?:#\[[^\]]*\][ \t]*)*(?:pub[ \t]+)?(?:async[ \t]+)?fn[ \t]+(\w+)/,
  },
  {
    files: /\.(?:java|kts?|groovy|scala)$/,
    mark: /@(?:Test|ParameterizedTest|RepeatedTest|Property)\b/,
    head: /^([ \t]*)(?:@\w+[ \t]+)*(?:\w+[ \t]+){1,4}(\w+|`[^`]+`)[ \t]*\(/,
  },
  {
    files: /\.cs$/,
    mark: /\[(?:Fact|Theory|Test|TestCase|TestMethod)\b/,
    head: /^([ \t]*)(?:\[\w+\][ \t]*)*(?:\w+[ \t]+){1,4}(\w+)[ \t]*\(/,
  },
  { files: /\.php$/, mark: undefined, head: /^([ \t]*)(?:\w+[ \t]+){0,2}function[ \t]+(test\w*)/ },
  { files: /\.swift$/, mark: undefined, head: /^([ \t]*)(?:\w+[ \t]+){0,2}func[ \t]+(test\w*)/ },
];

/** Tests that are still there by their name, and have lost all that they could assert. */
export function emptiedTests(
  before: readonly TestBlock[],
  after: readonly TestBlock[],
): readonly TestBlock[] {
  const now = new Map<string, number>();
  for (const { title, assertions } of after) now.set(title, Math.max(now.get(title) ?? 0, assertions));
  return before.filter(({ title, assertions }) => assertions > 0 && now.get(title) === 0);
}

/** Tests that asserted something, and are there neither under their name nor word for word. */
export function lostTests(before: readonly TestBlock[], after: readonly TestBlock[]): readonly TestBlock[] {
  const bodyOf = ({ title, text }: TestBlock) => text.replace(title, '');
  const titles = new Set(after.map(({ title }) => title));
  const bodies = new Set(after.map(bodyOf));
  return before.filter((one) => one.assertions > 0 && !titles.has(one.title) && !bodies.has(bodyOf(one)));
}

function blocksOfScript(path: string, text: string): readonly TestBlock[] {
  const masked = maskedCode(text);
  const closings = closingBrackets(masked);
  const blocks: TestBlock[] = [];
  let done = 0; // a test within another is part of that
  for (const { 0: head, index } of masked.matchAll(/(?<![.\w$])(?:it|test|specify)(?:\.\w+)*[ \t]*\(/g)) {
    const opened = index + head.length - 1;
    const end = closings.get(opened);
    if (index < done || end === undefined) continue;
    const title = /^\s*(["'`])(.*?)\1/s.exec(text.slice(opened + 1, end))?.[2];
    if (title === undefined) continue;
    done = end;
    const assertions = assertionsIn(path, withoutDeadEnd(masked.slice(opened + 1, end)));
    blocks.push({ title, text: text.slice(index, end + 1), assertions });
  }
  return blocks;
}

/** What stands behind a `return` or in an `if (false)` at a body's head is never reached. */
function withoutDeadEnd(masked: string): string {
  const head = /(?:=>|\))\s*\{\s*(?:return\b\s*(?:;|\n|\})|if\s*\(\s*(?:false|0|!1|!true)\s*\))/.exec(masked);
  return head ? masked.slice(0, head.index) : masked;
}

function blocksByIndent(path: string, text: string): readonly TestBlock[] {
  const blocks: TestBlock[] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const head = /^([ \t]*)(?:async[ \t]+)?def[ \t]+(test\w*)/.exec(line);
    if (!head) continue;
    const [, indent = '', title = ''] = head;
    let end = at + 1;
    while (end < lines.length && isBelow(lines[end] ?? '', indent)) end += 1;
    const body = lines.slice(at + 1, end);
    const reached = body.findIndex((one) => one.trim() !== '' && !one.trim().startsWith('#'));
    const isDead = /^\s*(?:return\b|raise\s+(?:\w+\.)?SkipTest|if\s+(?:False|0)\s*:)/.test(
      body[reached] ?? '',
    );
    const all = lines.slice(at, end).join('\n');
    blocks.push({ title, text: all, assertions: isDead ? 0 : assertionsIn(path, all) });
  }
  return blocks;
}

function isBelow(line: string, indent: string): boolean {
  return line.trim() === '' || (line.startsWith(indent) && /^[ \t)]/.test(line.slice(indent.length)));
}

function blocksOfGo(path: string, text: string): readonly TestBlock[] {
  const blocks: TestBlock[] = [];
  for (const { 0: head, 1: title = '', index } of text.matchAll(/^func[ \t]+(Test\w*)[ \t]*\(/gm)) {
    const end = text.indexOf('\n}', index + head.length);
    if (end === -1) break;
    const all = text.slice(index, end + 2);
    const isDead = /^[^\n]*\n\s*(?:return\b|if\s+false\b)/.test(all);
    blocks.push({ title, text: all, assertions: isDead ? 0 : assertionsIn(path, all) });
  }
  return blocks;
}

function blocksInBraces({ mark, head }: BraceKind, path: string, text: string): readonly TestBlock[] {
  const blocks: TestBlock[] = [];
  const lines = text.split('\n');
  let isMarked = mark === undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.length > longestLine) continue;
    if (mark?.test(line)) isMarked = true;
    const found = isMarked ? head.exec(line) : null;
    if (!found) continue;
    isMarked = mark === undefined;
    const [, indent = '', title = ''] = found;
    const first = at;
    if (!/\}\s*$/.test(line)) while (at < lines.length - 1 && lines[at] !== `${indent}}`) at += 1;
    const all = lines.slice(first, at + 1).join('\n');
    const isDead = /\{\s*(?:return\s*;|return\s*$|if\s*\(?\s*false\b)/m.test(all);
    blocks.push({ title, text: all, assertions: isDead ? 0 : assertionsIn(path, all) });
  }
  return blocks;
}
