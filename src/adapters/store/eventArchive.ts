// Events that have left the database: pages of them, each a file that never changes, under `.parallel-agents/history`.
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Event } from '../../core/events/event';
import { Failure } from '../../ports/failure';
import { type DiskFiles, putInPlace } from './diskFiles';
import { isEvent } from './eventShapes';
import { readJson } from './readJson';

/** Where they lie, beside the database. */
export const historyName = 'history';

const ending = '.jsonl.gz';

/** Far above a page with one event of the largest; what says to be more when it is unpacked is none of ours. */
const mostPageBytes = 64 * 1024 * 1024;

/** Events that follow on each other without a gap. */
export interface EventPage {
  readonly first: number;
  readonly last: number;
  /** One event each, as JSON. */
  readonly bodies: readonly string[];
}

/**
 * A page counts only once the database has none of its events any more, so one that a crash left behind, or one of a
 * future that an older database put back knows nothing of, is never read, and is replaced when its time comes.
 */
export class EventArchive {
  readonly #dir: string;

  constructor(
    private readonly files: DiskFiles,
    /** The folder that the database lies in. */
    stateDir: string,
  ) {
    this.#dir = join(stateDir, historyName);
  }

  /** Resolves when the page would survive a power cut, and no other holds any of its events. */
  async put({ first, last, bodies }: EventPage): Promise<void> {
    await this.files.makeFolder(this.#dir);
    const content = await promisify(gzip)(bodies.map((body) => `${body}\n`).join(''));
    const file = await putInPlace(this.files, this.#pathOf(first), content);
    await file.close();
    for (const other of await this.#firsts())
      if (other > first && other <= last) await this.files.remove(this.#pathOf(other));
    await this.files.syncFolder(this.#dir);
  }

  /**
   * Events with a number above `since` and below `end`, oldest first, at most `limit`. Those of a page that is gone or
   * damaged are left out; their numbers are missing then.
   */
  async read(since: number, end: number, limit: number): Promise<readonly Event[]> {
    const firsts = (await this.#firsts()).filter((first) => first < end);
    const from = Math.max(
      0,
      firsts.findLastIndex((first) => first <= since + 1),
    );
    const found: Event[] = [];
    for (const first of firsts.slice(from)) {
      if (found.length >= limit) break;
      const wanted = (await this.#page(first)).filter(({ seq }) => seq > since && seq < end);
      found.push(...wanted.slice(0, limit - found.length));
    }
    return found;
  }

  async #page(first: number): Promise<readonly Event[]> {
    const content = await this.files.read(this.#pathOf(first), mostPageBytes).catch(noneIfRefused);
    // What was cut short or changed, gzip sees by its checksum.
    const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);
    const text =
      content && (await unpack(content, { maxOutputLength: mostPageBytes }).catch(() => undefined));
    return text === undefined
      ? []
      : text
          .toString()
          .split('\n')
          .flatMap((line) => readJson<Event>(line, isEvent) ?? []);
  }

  /** Of each page the number of its first event, in order. */
  async #firsts(): Promise<readonly number[]> {
    const names = await this.files.list(this.#dir);
    return names
      .flatMap((name) => (name.endsWith(ending) ? [Number(name.slice(0, -ending.length))] : []))
      .filter(Number.isSafeInteger)
      .sort((a, b) => a - b);
  }

  #pathOf(first: number): string {
    return join(this.#dir, `${String(first).padStart(12, '0')}${ending}`);
  }
}

function noneIfRefused(error: unknown): undefined {
  if (!Failure.is(error, 'refused')) throw error;
}
