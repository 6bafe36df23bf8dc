// Thins a command's output where it comes faster than anybody could look at it. The command is never held up by its
// readers, and the end of what it printed always comes through whole.
import { ByteRing } from './byteRing';
import { keptBytes } from './outputTail';

/** A reader sees this much at once and then this much a second. */
const bytesPerSecond = 256 * 1024;
/** What is passed on together; so a flood becomes four pieces a second, each from where it is by then. */
const pieceBytes = bytesPerSecond / 4;

/** What is to be passed on: what was left out before it, and the bytes. */
export interface Piece {
  readonly skipped: number;
  readonly bytes: Buffer;
}

export class OutputThinner {
  /** What is held is the tail that is kept of a command; so whatever is left out, that much of what follows is whole. */
  readonly #held = new ByteRing(keptBytes);
  #skipped = 0;
  #allowance = bytesPerSecond;
  #countedAt: number;

  /** @param now milliseconds that only rise */
  constructor(private readonly now: () => number) {
    this.#countedAt = now();
  }

  push(bytes: Uint8Array): void {
    this.#skipped += this.#held.push(bytes);
  }

  /** The next piece that may be passed on now. */
  take(): Piece | undefined {
    this.#count();
    const isRest = this.#held.size <= this.#allowance;
    if (this.#held.size === 0 || (!isRest && this.#allowance < pieceBytes)) return undefined;
    return this.#next(Math.min(this.#allowance, pieceBytes));
  }

  /** Milliseconds until `take` has something again; undefined when it waits for nothing. */
  waitMs(): number | undefined {
    this.#count();
    if (this.#held.size === 0) return undefined;
    const missing = Math.min(pieceBytes, this.#held.size) - this.#allowance;
    return Math.max(0, Math.ceil((missing * 1000) / bytesPerSecond));
  }

  /** What is left when there is no more to come: the end, allowance or not. */
  takeRest(): Piece | undefined {
    return this.#held.size === 0 ? undefined : this.#next(keptBytes);
  }

  #next(most: number): Piece {
    const piece = { skipped: this.#skipped, bytes: this.#held.take(most) };
    this.#skipped = 0;
    this.#allowance -= piece.bytes.length;
    return piece;
  }

  #count(): void {
    const now = this.now();
    const earned = ((now - this.#countedAt) * bytesPerSecond) / 1000;
    this.#allowance = Math.min(bytesPerSecond, this.#allowance + earned);
    this.#countedAt = now;
  }
}
