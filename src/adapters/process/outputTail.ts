// The end of a program's output, in bounded memory however much it prints.
import { createTextCleaner } from './terminalText';

export interface OutputTail {
  push(bytes: Uint8Array): void;
  /** All that was ever pushed. */
  totalBytes(): number;
  /** The last 16 KiB, cleaned. */
  text(): string;
}

const shownBytes = 16 * 1024;
/** Kept before cleaning: colours and progress bars often outweigh the text in them. */
const keptBytes = 4 * shownBytes;

export function createOutputTail(): OutputTail {
  const ring = Buffer.alloc(keptBytes);
  let total = 0;
  return {
    push(bytes) {
      const news = bytes.subarray(Math.max(0, bytes.length - keptBytes));
      total += bytes.length;
      const start = (total - news.length) % keptBytes;
      const untilEdge = keptBytes - start;
      ring.set(news.subarray(0, untilEdge), start);
      ring.set(news.subarray(untilEdge), 0);
    },
    totalBytes: () => total,
    text() {
      const edge = total % keptBytes;
      return cleanTail(
        total <= keptBytes
          ? ring.subarray(0, total)
          : Buffer.concat([ring.subarray(edge), ring.subarray(0, edge)]),
      );
    },
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
