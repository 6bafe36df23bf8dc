// What a publication found before it changed anything: after a crash it tells our own files from those that were there.
import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StagedFile } from '../../ports/isolation';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import type { KeptContent } from '../files/keptContent';
import { openFolder } from '../files/openFolder';

/** A file that the publication puts, and the outermost folder that has to be made for it. */
export interface Put {
  readonly path: string;
  readonly createdFolder?: string;
}

export interface Entry {
  /** Of the files that are published. */
  readonly key: string;
  readonly puts: readonly Put[];
  /** All of them are in the workspace. */
  readonly isDone: boolean;
}

/** Tens of thousands of paths of the longest kind. */
const mostBytes = 256 * 1024 * 1024;

/** One entry at most: publications go one after the other. */
export class PublicationJournal {
  readonly #file: string;

  constructor(
    private readonly houseDir: string,
    private readonly kept: KeptContent,
  ) {
    this.#file = path.join(houseDir, 'publication.json');
  }

  /** The entry for these very files, if that is the last one. */
  async read(key: string): Promise<Entry | undefined> {
    const stored = await readFileWithin(this.#file, mostBytes);
    const entry = isNotRead(stored) ? undefined : parse(stored.toString());
    return entry?.key === key ? entry : undefined;
  }

  /** Durable when it resolves. */
  async write(entry: Entry): Promise<void> {
    await rename(await this.kept.stage(Buffer.from(JSON.stringify(entry)), 0o600), this.#file);
    await this.#sync();
  }

  async clear(): Promise<void> {
    await rm(this.#file, { force: true });
    await this.#sync();
  }

  async #sync(): Promise<void> {
    const folder = await openFolder(this.houseDir);
    await folder.sync().finally(() => folder.close());
  }
}

export function keyOf(files: readonly StagedFile[]): string {
  const states = files.map(({ path: at, before, after }) =>
    JSON.stringify([at, before.hash, before.mode, after.hash, after.mode]),
  );
  return createHash('sha256').update(states.sort().join('\n')).digest('hex');
}

/** Written whole or not at all; what is damaged all the same tells nothing. */
function parse(stored: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(stored);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  if (!('key' in value && 'puts' in value && 'isDone' in value)) return false;
  return typeof value.key === 'string' && typeof value.isDone === 'boolean' && Array.isArray(value.puts);
}
