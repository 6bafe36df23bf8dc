// The outward form of a text file, which an edit keeps: its byte order mark and its line ends.
import { isUtf8 } from 'node:buffer';

const mark = '\ufeff';

/** UTF-8 without NUL, which text never holds and most other formats do. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** Why `content` cannot be written as text, as the end of a sentence; undefined when it can. */
export function notEncodable(content: string): string | undefined {
  if (content.includes('\0')) return 'holds a NUL character';
  return /\p{Surrogate}/u.test(content) ? 'holds half of a character' : undefined;
}

/**
 * The bytes that put `content` into a file which holds `old` now (null: a new file, which takes the content as it is).
 * The old file's byte order mark stays, or stays away. Line ends become CRLF where most of the old were, and LF where
 * all of them were; a file that mixes both with more LF is left as the author of the content has it.
 */
export function encodeLike(old: Uint8Array | null, content: string): Buffer {
  if (old === null) return Buffer.from(content);
  const before = Buffer.from(old).toString();
  const text = content.startsWith(mark) ? content.slice(1) : content;
  const crlf = count(before, '\r\n');
  const lf = count(before, '\n') - crlf;
  let body = text;
  if (crlf > lf) body = text.replace(/\r?\n/g, '\r\n');
  else if (crlf === 0 && lf > 0) body = text.replaceAll('\r\n', '\n');
  return Buffer.from(before.startsWith(mark) ? mark + body : body);
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found++;
  return found;
}
