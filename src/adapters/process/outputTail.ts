// The end of a program's output, in bounded memory however much it prints.
import { ByteRing } from './byteRing';
import { createTextCleaner } from './terminalText';

export interface OutputTail {
  push(bytes: Uint8Array): void;
  /** So many bytes were printed here that nobody has. What was pushed before is no longer the end of anything. */
  skip(bytes: number): void;
  /** All that was ever printed. */
  totalBytes(): number;
  /** The last 16 KiB, cleaned. */
  text(): string;
}

const shownBytes = 16 * 1024;
/** Kept before cleaning: colours and progress bars often outweigh the text in them. */
export const keptBytes = 4 * shownBytes;

export function createOutputTail(): OutputTail {
  const ring = new ByteRing(keptBytes);
  let total = 0;
  return {
    push(bytes) {
      total += bytes.length;
      ring.push(bytes);
    },
    skip(bytes) {
      total += bytes;
      ring.clear();
    },
    totalBytes: () => total,
    text: () => cleanTail(ring.peek()),
  };
}

/** The last 16 KiB of text in `bytes`, cleaned; where it was cut, no half character is left. */
export function cleanTail(bytes: Uint8Array): string {
  const cleaner = createTextCleaner();
  const text = Buffer.from(cleaner.push(wholeCharacters(bytes)) + cleaner.end());
  return Buffer.from(wholeCharacters(text.subarray(-shownBytes))).toString();
}

function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
