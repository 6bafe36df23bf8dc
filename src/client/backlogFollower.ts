// Follows the backlog as people edit it: each edit is read once it is whole, and what cannot be used is told when it stays so.
import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { watchFile } from '../adapters/files/watchFile';
import type { LoadedBacklog } from '../protocol/hubValues';

/** An editor writes in several steps, and a person saves several times in a row. */
const quietMs = 100;
/** Half a file is no backlog, and neither is none: what is about to be one has this long. */
const restMs = 500;

export interface FollowerParts {
  /** The backlog; absolute. */
  readonly file: string;
  /** Files beside it that change what a reading comes to; absolute. */
  readonly also?: readonly string[];
  /** Has the host read it; undefined when there is no host to do so, and `again` will be called. Does not reject. */
  readonly read: () => Promise<LoadedBacklog | undefined>;
  /** Told of every reading but of those that gave no backlog and were followed by another at once. */
  readonly told: (loaded: LoadedBacklog) => void;
}

/** One reading at a time. It does not keep the process alive; `dispose` ends it. */
export class BacklogFollower {
  /** The file as it was when it was last read. */
  #stamp: string;
  /** It may have changed since it was last read. */
  #isDue = false;
  #quiet: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  readonly #stops: readonly (() => void)[];
  readonly #over = new AbortController();

  constructor(private readonly parts: FollowerParts) {
    this.#stops = [parts.file, ...(parts.also ?? [])].map((file) => watchFile(file, () => this.#wait()));
    this.#stamp = stampOf(statNow(parts.file));
  }

  /** Reads it unless it is as it was at the last reading: for moments that count, as not every system tells of changes. */
  async look(): Promise<void> {
    if (this.#isOver) return;
    if (this.#isDue || (await this.#stampNow()) !== this.#stamp) this.#read();
    await this.#reading;
  }

  /** Reads it, whatever was read before: another host knows nothing of it. */
  async again(): Promise<void> {
    this.#read();
    await this.#reading;
  }

  dispose(): void {
    this.#over.abort();
    clearTimeout(this.#quiet);
    for (const stop of this.#stops) stop();
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #wait(): void {
    if (this.#isOver) return;
    this.#isDue = true;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#read(), quietMs).unref();
  }

  #read(): void {
    if (this.#isOver) return;
    clearTimeout(this.#quiet);
    this.#isDue = true;
    this.#reading ??= this.#readWhileDue().finally(() => {
      this.#reading = undefined;
    });
  }

  async #readWhileDue(): Promise<void> {
    while (this.#isDue && !this.#isOver) {
      this.#isDue = false;
      this.#stamp = await this.#stampNow();
      const loaded = await this.parts.read();
      if (loaded === undefined) return;
      if (loaded.kind !== 'loaded') await this.#rest(restMs);
      this.#isDue ||= (await this.#stampNow()) !== this.#stamp;
      if (this.#isOver) return;
      if (loaded.kind === 'loaded' || !this.#isDue) this.parts.told(loaded);
      if (this.#isDue) await this.#rest(quietMs);
    }
  }

  #rest(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }

  async #stampNow(): Promise<string> {
    return stampOf(await stat(this.parts.file, { bigint: true }).catch(() => undefined));
  }
}

function statNow(file: string): BigIntStats | undefined {
  try {
    return statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}

function stampOf(stats: BigIntStats | undefined): string {
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') : 'none';
}
