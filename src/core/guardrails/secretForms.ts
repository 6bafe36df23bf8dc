// The shapes in which a secret turns up in texts: as it is, escaped, in base64, base32 and hex, url-encoded, in UTF-16.

import { unseen } from './terminalView';

/** Shorter ones are too much like words: taking them out would take words out. */
export const shortestSecret = 8;
/** From this length on even plain words or digits are no chance hit. */
const longText = 16;
const words = /^(?:[\p{L}\s._-]*|[\d\s.:_-]*)$/u;
const plainAddress = /^[a-z][a-z\d+.-]*:\/\/[^/@?#]*\/?$/i;

/**
 * Can a value that is secret by its name only be taken for one wherever it stands? Settings bear such names too:
 * `TOKEN_MODE=production`, `KEY_EXPIRY=2026-01-31`, `KEYCLOAK_URL=http://localhost:8080`.
 */
export function isUnmistakable(value: string): boolean {
  const { length } = value.trim();
  if (length < shortestSecret || plainAddress.test(value.trim())) return false;
  return length >= longText || !words.test(value);
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

/** The bytes of `text` in UTF-16, the lower byte first: so Windows writes, and PowerShell takes its commands. */
function utf16(text: string): readonly number[] {
  return text.split('').flatMap((half) => [half.charCodeAt(0) & 255, half.charCodeAt(0) >> 8]);
}

/** The same, the higher byte first: so Java writes, and `iconv` where it is told no order. */
function utf16be(text: string): readonly number[] {
  return text.split('').flatMap((half) => [half.charCodeAt(0) >> 8, half.charCodeAt(0) & 255]);
}

/** How libraries write what HTML has a meaning for; of the apostrophe each has its own way. */
const apostrophes = ["'", '&#39;', '&#039;', '&#x27;', '&apos;'];

/** As a page shows it that escapes what HTML has a meaning for. */
function inHtml(text: string): readonly string[] {
  const inText = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quotes = inText.replaceAll('"', '&quot;');
  return [inText, ...apostrophes.map((written) => quotes.replaceAll("'", written))];
}

/** `encodeURIComponent` throws for half a character. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const alphabet32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * What base64 makes of `bytes` wherever they stand in a longer text: of the three ways of falling into groups of three,
 * each with the characters that the bytes alone decide. Padding and what mixes with a neighbour is left out.
 */
function base64Cores(bytes: readonly number[]): readonly string[] {
  return [0, 4, 2].map((firstBit) => packed(bytes, firstBit, alphabet, 6));
}

/** The same of base32, where bytes fall into groups of five. */
function base32Cores(bytes: readonly number[]): readonly string[] {
  return [0, 2, 4, 1, 3].map((firstBit) => packed(bytes, firstBit, alphabet32, 5));
}

/** @param firstBit of the bytes: those before it share a character with what stands before them */
function packed(bytes: readonly number[], firstBit: number, characters: string, bits: 5 | 6): string {
  let core = '';
  for (let bit = firstBit; bit + bits <= bytes.length * 8; bit += bits) {
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    core += characters[(pair >> (16 - bits - (bit & 7))) & (2 ** bits - 1)];
  }
  return core;
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
    hex(utf16(secret)),
    hex(utf16be(secret)),
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
  const asJson = JSON.stringify(plain).slice(1, -1);
  const forms = [
    plain,
    plain.replace(unseen, ''),
    asJson,
    ...inHtml(plain),
    escaped,
    escaped.replace(/%../g, (found) => found.toLowerCase()),
    ...cores,
    // Packed as a part of something that was escaped before: a JSON web token, a form.
    ...[asJson, escaped].flatMap((text) => base64Cores(utf8(text))),
    // Packed twice: a pair of name and password within settings that are kept packed.
    ...[...cores, hex(bytes)].flatMap((text) => base64Cores(utf8(text))),
    ...cores.flatMap((core) => [hex(utf8(core)), hex(utf8(core)).toUpperCase()]),
    ...[utf16, utf16be].flatMap((write) => base64Cores(write(plain))),
    ...base32Cores(bytes),
    ...[hex(utf16(plain)), hex(utf16be(plain))].flatMap((text) => [text, text.toUpperCase()]),
    ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_')),
    hex(bytes),
    hex(bytes).toUpperCase(),
  ];
  return [...new Set(forms)];
}
