// Measures how deep a JSON text is nested without parsing it, since parsers go down as deep as the text does.

const quote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;
const star = 0x2a;

/** The offset of the bracket that opens a level beyond `most`, or undefined. */
export function tooDeepAt(text: string, most: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case slash:
        at = endOfComment(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        if (depth > most) return at;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return undefined;
}

/** The offset of its closing quote; a string that is not closed ends with its line, as it does for the parser. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote || code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}

/** The offset of its last character; `start` where none begins there. */
export function endOfComment(text: string, start: number): number {
  const next = text.charCodeAt(start + 1);
  if (next !== slash && next !== star) return start;
  const end = text.indexOf(next === slash ? '\n' : '*/', start + 2);
  return end < 0 ? text.length : end + (next === slash ? 0 : 1);
}
