// Whether a file of tests only has more of them than before: whole new ones beside the others, that leave those alone.
import { closingBrackets, maskedCode } from './maskedCode';
import { countTests } from './testCounts';

/** Lines that were put in between others. */
interface Insertion {
  readonly lines: readonly string[];
  /** Line of the earlier text that follows. */
  readonly before: number;
}

const inScript = /\.(?:[cm]?[jt]sx?)$/i;
const longestText = 400_000;

/**
 * Does nothing in a text reach out of its own tests: end the process, leave tests out, or put something else in place of what
 * others use?
 */
export function keepsToItself(path: string, text: string): boolean {
  if (text.length > longestText) return false;
  const code = inScript.test(path) ? maskedCode(text) : text;
  return countTests(path, text).skips === 0 && !reachesOut.test(code);
}

const reachesOut = new RegExp(
  [
    String.raw`\bprocess\s*(?:\.\s*(?:exit\w*|reallyExit|kill|abort|on|once|emit\w*)|\[)`,
    String.raw`\b(?:globalThis|global|window)\s*(?:\.\s*\w+\s*=(?!=)|\[)`,
    String.raw`\b(?:require\s*\.\s*(?:cache|extensions)|Module\s*\.\s*_\w+|module\s*\.\s*(?:register\w*|children)|import\.meta\.\w+\s*=(?!=))`,
    String.raw`\.prototype\b|__proto__|\bsetPrototypeOf\b|\bdefinePropert\w+\b|\bReflect\s*\.\s*set\b|\beval\s*\(|\bnew\s+Function\b`,
    String.raw`\b(?:assert|expect|describe|suite|context|it|test|specify|jest|vi|mocha|chai|sinon)(?:\s*\.\s*\w+)+\s*=(?![=>])`,
    String.raw`\bObject\s*\.\s*assign\s*\(\s*(?:assert|expect|test|it|describe|global\w*|process)\b`,
    String.raw`\b(?:os\._exit|sys\.(?:exit|modules|meta_path|settrace)|atexit|builtins|setattr|__builtins__|pytest_\w+)\b|\bautouse\b`,
    String.raw`\b(?:os\.Exit|TestMain)\b`,
  ].join('|'),
);

/** Is `after` the earlier text with whole new tests between or behind its own, and what these import? */
export function onlyAddsTests(path: string, before: string, after: string): boolean {
  if (before.length + after.length > longestText) return false;
  const language = inScript.test(path) ? script : path.endsWith('.py') ? python : undefined;
  const inserted = language && insertions(before.split('\n'), after.split('\n'));
  if (!language || !inserted || !keepsToItself(path, inserted.flatMap(({ lines }) => lines).join('\n')))
    return false;
  const isNew = (name: string) =>
    !new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(before);
  const places = language.places(before);
  return inserted.every(({ lines, before: at }) => language.isMore(lines, isNew) && places(at, lines));
}

interface Language {
  /** Are the lines nothing but whole tests and imports, of names that are new? */
  readonly isMore: (lines: readonly string[], isNew: (name: string) => boolean) => boolean;
  /** Of a text: may tests stand before its line `at`? */
  readonly places: (text: string) => (at: number, lines: readonly string[]) => boolean;
}

const script: Language = {
  isMore: (lines, isNew) => {
    const text = lines.join('\n');
    const masked = maskedCode(text);
    const closings = closingBrackets(masked);
    for (let at = 0; ; ) {
      at += /^[\s;]*/.exec(masked.slice(at))?.[0].length ?? 0;
      if (at >= masked.length) return true;
      const rest = masked.slice(at);
      const head =
        /^(?:it|test|specify|describe|suite|context)(?:\.(?:concurrent|serial|parallel))?[ \t]*\(/.exec(rest);
      if (head) {
        const end = closings.get(at + head[0].length - 1);
        if (end === undefined) return false;
        at = end + 1;
        continue;
      }
      const taken =
        /^(?:import\b(?:[ \t]+type\b)?([\w$*{},\s]+)\bfrom|(?:const|let|var)\b([\w$*{},:\s]+)=\s*require\s*\()/.exec(
          rest,
        );
      const names =
        taken && ((taken[1] ?? taken[2] ?? '').replace(/[\w$]+\s*(?:\bas\b|:)/g, ' ').match(/[\w$]+/g) ?? []);
      if (!taken || !names?.every(isNew)) return false;
      const line = /^[^\n]*/.exec(rest.slice(taken[0].length))?.[0] ?? '';
      if (!/^\s*\)?(?:\.\w+)*\s*;?\s*$/.test(line)) return false;
      at += taken[0].length + line.length;
    }
  },
  places: (text) => {
    const masked = maskedCode(text);
    const starts = [0, ...[...masked.matchAll(/\n/g)].map(({ index }) => index + 1)];
    const openers: string[] = []; // by line: what is open at its start
    let open: { readonly at: number; readonly sign: string }[] = [];
    let line = 0;
    for (let at = 0; at <= masked.length; at++) {
      if (at === starts[line]) openers[line++] = open.map((one) => headOf(masked, one)).join('');
      const sign = masked[at] ?? '';
      if ('([{'.includes(sign) && sign !== '') open.push({ at, sign });
      else if (sign !== '' && ')]}'.includes(sign)) open = open.slice(0, -1);
    }
    return (at) => /^(?:d\{)*$/.test(openers[at] ?? openers.at(-1) ?? '');
  },
};

/** `d` for the bracket of a suite, `{` for that of its function, `x` for any other. */
function headOf(masked: string, { at, sign }: { readonly at: number; readonly sign: string }): string {
  const head = masked.slice(Math.max(0, at - 80), at);
  if (sign === '(') return /(?<![.\w$])(?:describe|suite|context)[ \t]*$/.test(head) ? 'd' : 'x';
  return sign === '{' && /(?:=>|\)|\bfunction\s*\(\s*\))\s*$/.test(head) ? '{' : 'x';
}

const python: Language = {
  isMore: (lines, isNew) => {
    const text = lines.filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
    for (let at = 0; at < text.length; ) {
      const line = text[at] ?? '';
      const imported = /^(?:from\s+[\w.]+\s+import|import)\s+([\w\s,.]+)$/.exec(line);
      const tested = /^([ \t]*)(?:(?:async\s+)?def\s+(test\w*)|class\s+(Test\w*))/.exec(line);
      const names = imported
        ? (imported[1] ?? '').replace(/[\w.]+\s+as\s+/g, '').split(/[\s,.]+/)
        : [tested?.[2] ?? tested?.[3] ?? ''];
      if ((!imported && !tested) || !names.every((name) => name !== '' && isNew(name))) return false;
      at += 1;
      if (!tested) continue;
      const indent = tested[1] ?? '';
      while (
        at < text.length &&
        /^[ \t)]/.test((text[at] ?? '').slice(indent.length)) &&
        text[at]?.startsWith(indent)
      )
        at += 1;
    }
    return true;
  },
  places: (text) => {
    const lines = text.split('\n');
    return (at, added) => {
      const indentOf = (line: string) => line.length - line.trimStart().length;
      const own = Math.min(...added.filter((line) => line.trim() !== '').map(indentOf));
      const next = lines.slice(at).find((line) => line.trim() !== '');
      if (next !== undefined && indentOf(next) > own) return false;
      if (own === 0) return true;
      const above = lines.slice(0, at).findLast((line) => line.trim() !== '' && indentOf(line) < own);
      return /^class\s+\w/.test(above ?? '');
    };
  },
};

/** Undefined where lines were taken away or changed. */
function insertions(before: readonly string[], after: readonly string[]): readonly Insertion[] | undefined {
  const found: Insertion[] = [];
  let at = 0;
  for (let k = 0; k <= before.length; k++) {
    const from = at;
    const isEnd = k === before.length || (k === before.length - 1 && before[k] === '');
    if (isEnd) at = after.length - (k === before.length ? 0 : after.at(-1) === '' ? 1 : 0);
    else while (at < after.length && after[at] !== before[k]) at += 1;
    if (at > from) found.push({ lines: after.slice(from, at), before: k });
    if (isEnd) return found;
    if (at >= after.length) return undefined;
    at += 1;
  }
  return found;
}
