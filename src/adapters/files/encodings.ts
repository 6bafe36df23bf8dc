// The encodings in which text is read and edited, each without loss: what is decoded encodes to the same bytes.
import { isUtf8 } from 'node:buffer';

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'Windows-1252';

/** What a byte from 0x80 to 0x9f means in Windows-1252, which is Latin-1 but for these; five of them are control characters. */
const highControls = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const byteOf = new Map([...highControls].map((sign, at) => [sign, 0x80 + at]));

/** The text, or undefined where the bytes are none in this encoding. Without a byte order mark. */
export function decodeAs(encoding: Encoding, bytes: Buffer): string | undefined {
  switch (encoding) {
    case 'UTF-8':
      return isUtf8(bytes) ? bytes.toString() : undefined;
    case 'UTF-16LE':
    case 'UTF-16BE': {
      if (bytes.length % 2 !== 0) return undefined;
      const text = (encoding === 'UTF-16LE' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
      return /\p{Surrogate}/u.test(text) ? undefined : text;
    }
    case 'Windows-1252':
      return bytes
        .toString('latin1')
        .replace(/[\u0080-\u009f]/g, (sign) => highControls[sign.charCodeAt(0) - 0x80] ?? sign);
    default:
      return encoding satisfies never;
  }
}

/** The bytes, or the first character that the encoding does not have. */
export function encodeAs(encoding: Encoding, text: string): Buffer | { readonly lacks: string } {
  switch (encoding) {
    case 'UTF-8':
      return Buffer.from(text);
    case 'UTF-16LE':
      return Buffer.from(text, 'utf16le');
    case 'UTF-16BE':
      return Buffer.from(text, 'utf16le').swap16();
    case 'Windows-1252': {
      const bytes = Buffer.alloc(text.length);
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        const byte = code < 0x80 || (code > 0x9f && code <= 0xff) ? code : byteOf.get(text[at] ?? '');
        if (byte === undefined) return { lacks: String.fromCodePoint(text.codePointAt(at) ?? 0xfffd) };
        bytes[at] = byte;
      }
      return bytes;
    }
    default:
      return encoding satisfies never;
  }
}
