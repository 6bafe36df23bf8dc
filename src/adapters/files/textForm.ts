// The outward form of a text file, which an edit keeps: its encoding, its byte order mark and its line ends.
import { isUtf8 } from 'node:buffer';
import { decodeAs, type Encoding, encodeAs } from './encodings';
import { withEndsOf } from './lineEnds';

export interface TextForm {
  readonly encoding: Encoding;
  /** Does the file begin with a byte order mark? */
  readonly hasMark: boolean;
}

export interface TextFile {
  /** Without the mark, line ends as they are. */
  readonly text: string;
  readonly form: TextForm;
}

/** What is said of a file that `readText` finds no text in, as the end of a sentence that begins with it. */
export const noText = 'is no text that agents edit: UTF-8, UTF-16, or Windows-1252 with Latin-1';

const mark = '\ufeff';
/** Control characters that no text holds; form feeds, escapes and the end mark of DOS are found in some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\u0000-\u0007\u000e-\u0019\u001c-\u001f\u007f]/;
/** How much of UTF-16 without a mark must be plain letters and signs, to be told from other bytes. */
const leastPlain = 0.7;

/** UTF-8 without NUL, which text never holds and most other formats do. */
export function isText(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/**
 * What a file says, or undefined for what is no text. Tried are UTF-8, UTF-16 (with a mark, or mostly plain letters) and
 * Windows-1252, of which Latin-1 is the larger part. Reading and writing back gives the same bytes, also where another encoding of one
 * byte a character, or of several, was taken for Windows-1252.
 */
export function readText(bytes: Buffer): TextFile | undefined {
  const form = formOf(bytes);
  const decoded = form && decodeAs(form.encoding, bytes);
  if (!form || decoded === undefined) return undefined;
  const text = form.hasMark ? decoded.slice(1) : decoded;
  return controls.test(text) && (form.encoding !== 'UTF-8' || text.includes('\0'))
    ? undefined
    : { text, form };
}

/** The text's bytes in this form; or why not, as the end of a sentence that begins with the text. */
export function writeText(text: string, form: TextForm): Buffer | { readonly why: string } {
  const odd = notEncodable(text);
  if (odd !== undefined) return { why: odd };
  const bytes = encodeAs(form.encoding, form.hasMark ? mark + text : text);
  if (Buffer.isBuffer(bytes)) return bytes;
  return {
    why: `holds "${bytes.lacks}", which the file's encoding ${form.encoding} does not have; write it in another way, or convert the file to UTF-8 first`,
  };
}

/** Why `content` cannot be written as text, as the end of a sentence; undefined when it can. */
export function notEncodable(content: string): string | undefined {
  if (content.includes('\0')) return 'holds a NUL character';
  return /\p{Surrogate}/u.test(content) ? 'holds half of a character' : undefined;
}

/**
 * The bytes that put `content` into a file which holds `old` now (null: a new file, which takes the content as it is). The
 * old file's encoding and byte order mark stay, or stay away, and its lines keep their ends (`withEndsOf`). Says why where
 * that cannot be done, as the end of a sentence that begins with the text.
 *
 * @param old text
 */
export function encodeLike(old: Buffer | null, content: string): Buffer | { readonly why: string } {
  if (old === null) return writeText(content, { encoding: 'UTF-8', hasMark: false });
  const before = readText(old);
  if (!before) return { why: 'is to replace what is no text' };
  const text = content.startsWith(mark) ? content.slice(1) : content;
  return writeText(withEndsOf(before.text, text), before.form);
}

function formOf(bytes: Buffer): TextForm | undefined {
  const begins = (...first: readonly number[]) => first.every((byte, at) => bytes[at] === byte);
  if (begins(0xff, 0xfe)) return { encoding: 'UTF-16LE', hasMark: true };
  if (begins(0xfe, 0xff)) return { encoding: 'UTF-16BE', hasMark: true };
  if (isText(bytes)) return { encoding: 'UTF-8', hasMark: begins(0xef, 0xbb, 0xbf) };
  if (!bytes.includes(0)) return { encoding: 'Windows-1252', hasMark: false };
  for (const encoding of ['UTF-16LE', 'UTF-16BE'] as const) {
    const text = decodeAs(encoding, bytes);
    const plain = text?.match(/[\t\n\r -~]/g)?.length ?? 0;
    if (text !== undefined && plain > text.length * leastPlain) return { encoding, hasMark: false };
  }
  return undefined;
}
