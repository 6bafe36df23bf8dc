// Reads a long JSON list a part at a time, so that nobody waits for all of it.
import type { Steps } from '../../core/shared/steps';
import { endOfComment, endOfString } from './jsonDepth';
import { type ParsedText, parseJsonText } from './jsonText';

/** Some two milliseconds of parsing. */
const partChars = 64 * 1024;

/** As `parseJsonText`, and in one step where the text is no list, is short, or has a mistake in it. */
export function* parseJsonList(file: string, text: string, most = partChars): Steps<ParsedText> {
  const value: unknown[] = [];
  for (const part of partsOf(text, most)) {
    const parsed = part === undefined ? undefined : parseJsonText(file, `[${part}\n]`);
    if (parsed?.kind !== 'parsed') return parseJsonText(file, text); // it knows what to say, and where
    for (const one of parsed.value as readonly unknown[]) value.push(one);
    yield;
  }
  return { kind: 'parsed', value };
}

/** What stands between commas of the list itself, several entries each; undefined where that cannot be told. */
function* partsOf(text: string, most: number): Generator<string | undefined> {
  const open = skipBlank(text, 0);
  if (text[open] !== '[' || text.length <= most) return yield undefined;
  let depth = 0;
  let start = open + 1;
  let before = '[';
  for (let at = start; ; at++) {
    at = skipBlank(text, at);
    const char = text[at];
    if (char === undefined) return yield undefined;
    if (char === '"') at = endOfString(text, at);
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') {
      if (depth === 0) {
        const isWhole = char === ']' && skipBlank(text, at + 1) === text.length;
        return yield isWhole ? text.slice(start, at) : undefined;
      }
      depth--;
    } else if (char === ',' && depth === 0 && at - start >= most) {
      if (before === ',' || before === '[') return yield undefined;
      yield text.slice(start, at);
      start = at + 1;
    }
    before = char;
  }
}

function skipBlank(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2f) {
      const end = endOfComment(text, at);
      if (end === at) return at;
      at = end;
    } else if (code > 0x20) return at;
  }
  return at;
}
