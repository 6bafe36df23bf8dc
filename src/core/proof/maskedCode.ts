// Code with its strings and comments blanked out, so that brackets and words in what is left are the language's own.

/** Longer ones within a line are none: the search for their end takes time. */
const longestQuoted = 1000;

/** Of languages that write comments like this one. As long as the text, line by line; in linear time. */
export function maskedCode(text: string): string {
  let masked = '';
  for (let at = 0; at < text.length; ) {
    const end = endOfBlank(text, at);
    if (end === at) masked += text[at++];
    else {
      masked += text.slice(at, end).replace(/[^\n]/g, ' ');
      at = end;
    }
  }
  return masked;
}

/** Where a comment, a string or a regular expression that begins at `at` ends; `at` where none does. */
function endOfBlank(text: string, at: number): number {
  const [first, second] = [text[at], text[at + 1]];
  if (first === '/' && second === '/') return endingAt(text.indexOf('\n', at), 0, text);
  if (first === '/' && second === '*') return endingAt(text.indexOf('*/', at + 2), 2, text);
  if (first === '"' || first === "'") return endOfQuoted(text, at, first, '\n');
  if (first === '`') return endOfQuoted(text, at, first, '');
  if (first === '/' && beginsPattern(text, at)) return endOfQuoted(text, at, '/', '\n');
  return at;
}

function endingAt(found: number, length: number, text: string): number {
  return found === -1 ? text.length : found + length;
}

/** @param stop a sign that cannot be in it: then it was no quotation, only its first sign is passed over */
function endOfQuoted(text: string, from: number, quote: string, stop: string): number {
  for (let at = from + 1; at < text.length; at++) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (sign === quote) return at + 1;
    else if (stop !== '' && (sign === stop || at - from > longestQuoted)) return from + 1;
  }
  return stop === '' ? text.length : from + 1;
}

/** After a value a `/` divides. */
function beginsPattern(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === ' ') before -= 1;
  const sign = text[before];
  return sign === undefined || /[(,=:[!&|?{};\n]/.test(sign);
}

/** Where each bracket closes that opens in masked code; none for one that never does. */
export function closingBrackets(masked: string): ReadonlyMap<number, number> {
  const closings = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < masked.length; at++) {
    const sign = masked[at] ?? '';
    if ('([{'.includes(sign)) open.push(at);
    else if (')]}'.includes(sign)) {
      const opener = open.pop();
      if (opener !== undefined) closings.set(opener, at);
    }
  }
  return closings;
}
