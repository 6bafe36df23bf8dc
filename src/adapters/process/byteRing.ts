// Bytes in the order they came, in bounded memory: when there is no more room the oldest go.

export class ByteRing {
  readonly #bytes: Buffer;
  /** All that was ever pushed, and how much of it has been taken or forgotten. */
  #pushed = 0;
  #gone = 0;

  constructor(private readonly capacity: number) {
    this.#bytes = Buffer.alloc(capacity);
  }

  get size(): number {
    return this.#pushed - this.#gone;
  }

  /** Returns how many bytes it forgot for these, of these or of older ones. */
  push(bytes: Uint8Array): number {
    const news = bytes.subarray(Math.max(0, bytes.length - this.capacity));
    this.#pushed += bytes.length;
    const start = (this.#pushed - news.length) % this.capacity;
    const untilEdge = this.capacity - start;
    this.#bytes.set(news.subarray(0, untilEdge), start);
    this.#bytes.set(news.subarray(untilEdge), 0);
    const forgotten = Math.max(0, this.size - this.capacity);
    this.#gone += forgotten;
    return forgotten;
  }

  /** The oldest of what is held, `most` bytes at most, copied. */
  peek(most: number = this.size): Buffer {
    const length = Math.min(most, this.size);
    const start = this.#gone % this.capacity;
    const first = this.#bytes.subarray(start, Math.min(start + length, this.capacity));
    return Buffer.concat([first, this.#bytes.subarray(0, length - first.length)]);
  }

  /** The same, and forgets it. */
  take(most: number): Buffer {
    const bytes = this.peek(most);
    this.#gone += bytes.length;
    return bytes;
  }

  clear(): void {
    this.#gone = this.#pushed;
  }
}
