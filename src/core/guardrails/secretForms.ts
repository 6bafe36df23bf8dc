// The shapes in which a secret turns up in texts: as it is, escaped, in base64, in hex, url-encoded.

import { unseen } from './terminalView';

/** Shorter ones are too much like words: taking them out would take words out. */
export const shortestSecret = 8;
/** From this length on even plain words or digits are no chance hit. */
const longWords = 16;
const words = /^(?:[\p{L}\s._-]*|[\d\s.:_-]*)$/u;
const plainAddress = /^[a-z][a-z\d+.-]*:\/\/[^/@?#]*\/?$/i;

/**
 * Can a value that is secret by its name only be taken for one wherever it stands? Settings bear such names too:
 * `TOKEN_MODE=production`, `KEY_EXPIRY=2026-01-31`, `KEYCLOAK_URL=http://localhost:8080`.
 */
export function isUnmistakable(value: string): boolean {
  const { length } = value.trim();
  if (length < shortestSecret || plainAddress.test(value.trim())) return false;
  return length >= longWords || !words.test(value);
}

/** The bytes of `text` in UTF-8. */
function utf8(text: string): readonly number[] {
  const bytes: number[] = [];
  const escaped = urlEncoded(text);
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(escaped.charCodeAt(at));
  }
  return bytes;
}

/** `encodeURIComponent` throws for half a character. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * What base64 makes of `bytes` wherever they stand in a longer text: of the three ways of falling into groups of three,
 * each with the characters that the bytes alone decide. Padding and what mixes with a neighbour is left out.
 */
function base64Cores(bytes: readonly number[]): readonly string[] {
  return [0, 1, 2].map((before) => {
    const firstBit = before === 0 ? 0 : before === 1 ? 4 : 2; // of the bytes: the bits before it share a character
    let core = '';
    for (let bit = firstBit; bit + 6 <= bytes.length * 8; bit += 6) {
      const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
      core += alphabet[(pair >> (10 - (bit & 7))) & 63];
    }
    return core;
  });
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Fewer letters and digits of a secret are not looked for by themselves: they are too much like words. */
const shortestBare = 16;

/**
 * Every text that tells the secret once only letters and digits are left, in small letters: whatever was put between them
 * (path separators, quotes and pluses, commas, colons, characters that are not shown) and whatever the case. Its bytes
 * as hex, decimal and octal numbers, as in lists, escapes and the entities of HTML, are among them.
 */
export function bareFormsOf(secret: string): readonly string[] {
  const bytes = utf8(secret);
  const plain = bare(secret);
  const isKeyLike = plain.length >= shortestBare && /\d/.test(plain) && /[a-z]/.test(plain);
  const each = (write: (byte: number) => string) => bytes.map(write).join('');
  const inHex = (before: string) => each((byte) => before + byte.toString(16));
  const numbers = [
    hex(bytes),
    ...['x', '0x', 'u'].map(inHex),
    each(String),
    each((byte) => byte.toString(8)),
    each((byte) => byte.toString(8).padStart(3, '0')),
  ];
  return [...new Set([...(isKeyLike ? [plain] : []), ...numbers])].filter(
    ({ length }) => length >= shortestBare,
  );
}

export function bare(text: string): string {
  return text.replace(/[^a-z\d]+/gi, '').toLowerCase();
}

/** Every text that, once white space is taken out, tells the secret; none is shorter than the secret itself by much. */
export function formsOf(secret: string): readonly string[] {
  const bytes = utf8(secret);
  const cores = base64Cores(bytes);
  const plain = secret.replace(/\s+/g, '');
  const escaped = urlEncoded(plain);
  const forms = [
    ...[plain, plain.replace(unseen, '')],
    JSON.stringify(plain).slice(1, -1),
    escaped,
    escaped.replace(/%../g, (found) => found.toLowerCase()),
    ...cores,
    ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_')),
    hex(bytes),
    hex(bytes).toUpperCase(),
  ];
  return [...new Set(forms)];
}
