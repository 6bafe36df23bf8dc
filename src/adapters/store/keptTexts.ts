// Long texts that events and features only name, each in a file of its own under `.parallel-agents/texts`.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '../../ports/failure';
import { type DiskFiles, putInPlace } from './diskFiles';
import { historyName } from './eventArchive';
import { readJson } from './readJson';
import { isText } from './shape';

const folderName = 'texts';

/** Written beside each other, so that the disk syncs many at once: 2,000 files in 0.4 s instead of 4. */
const writers = 16;

/** What a description or an output may be at most, and more. */
const mostBytes = 256 * 1024 * 1024;

/** As JSON, for UTF-8 alone would change half a surrogate pair. */
function bytesOf(text: string): Buffer {
  return Buffer.from(JSON.stringify(text));
}

export function textName(text: string): string {
  return createHash('sha256').update(bytesOf(text)).digest('hex');
}

export class KeptTexts {
  readonly #dir: string;
  /** Of texts that events in the archive name; what else names them finds them here as well. */
  readonly #oldDir: string;

  constructor(
    private readonly files: DiskFiles,
    /** The folder that the database lies in. */
    stateDir: string,
  ) {
    this.#dir = join(stateDir, folderName);
    this.#oldDir = join(stateDir, historyName, folderName);
  }

  /** Resolves when all of `texts`, by name, would survive a power cut. */
  async put(texts: ReadonlyMap<string, string>): Promise<void> {
    if (texts.size === 0) return;
    await this.files.makeFolder(this.#dir);
    const left = [...texts];
    await Promise.all(
      Array.from({ length: Math.min(writers, left.length) }, async () => {
        for (let next = left.pop(); next; next = left.pop()) await this.#putOne(...next);
      }),
    );
    await this.files.syncFolder(this.#dir);
  }

  /** Fails with `corrupt` when it is gone, or is not what its name says. */
  async get(name: string): Promise<string> {
    const text = /^[0-9a-f]{64}$/.test(name) ? await this.#find(name) : undefined;
    if (text === undefined)
      throw new Failure('corrupt', `The text ${name} is gone from ${this.#dir}; only its ends are known.`);
    return text;
  }

  /** Keeps these for as long as the archive: whoever sweeps need not read it to know what it names. */
  async putAway(names: ReadonlySet<string>): Promise<void> {
    const here = (await this.files.list(this.#dir)).filter((name) => names.has(name));
    if (here.length === 0) return;
    await this.files.makeFolder(this.#oldDir);
    for (const name of here) await this.files.rename(join(this.#dir, name), join(this.#oldDir, name));
    for (const dir of [this.#oldDir, this.#dir]) await this.files.syncFolder(dir);
  }

  /** Removes every text but these and those of the archive, and what a crash left half written. */
  async sweep(needed: ReadonlySet<string>): Promise<void> {
    for (const name of await this.files.list(this.#dir)) {
      if (!needed.has(name)) await this.files.remove(join(this.#dir, name));
    }
  }

  async #putOne(name: string, text: string): Promise<void> {
    // What is there may be damaged, and it is about to be relied upon.
    if ((await this.#find(name)) !== undefined) return;
    const file = await putInPlace(this.files, join(this.#dir, name), bytesOf(text));
    await file.close();
  }

  async #find(name: string): Promise<string | undefined> {
    for (const dir of [this.#dir, this.#oldDir]) {
      const bytes = await this.files.read(join(dir, name), mostBytes);
      if (!bytes || createHash('sha256').update(bytes).digest('hex') !== name) continue;
      // Anybody can give content its right name.
      return readJson<string>(
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
        isText,
        mostBytes,
      );
    }
    return undefined;
  }
}
