// What a publication found before it changed anything: after a crash it tells our own files from those that were there.
import { createHash } from 'node:crypto';
import { fieldsOf } from '../../core/shared/fields';
import type { StagedFile } from '../../ports/isolation';
import { isNotRead } from '../files/boundedRead';
import { putStateFile, readStateFile, removeStateFile } from '../files/statePart';

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

const fileName = 'publication.json';
/** Tens of thousands of paths of the longest kind. */
const mostBytes = 256 * 1024 * 1024;

/** One entry at most: publications go one after the other. Every method rejects with `foreign` where its file is none. */
export class PublicationJournal {
  constructor(private readonly stateDir: string) {}

  /** The entry for these very files, if that is the last one. */
  async read(key: string): Promise<Entry | undefined> {
    const entry = await this.last();
    return entry?.key === key ? entry : undefined;
  }

  /** Whichever files it is for. */
  async last(): Promise<Entry | undefined> {
    const stored = await readStateFile(this.stateDir, fileName, mostBytes);
    return isNotRead(stored) ? undefined : parse(stored.toString());
  }

  /** Durable when it resolves. */
  write(entry: Entry): Promise<void> {
    return putStateFile(this.stateDir, fileName, JSON.stringify(entry));
  }

  clear(): Promise<void> {
    return removeStateFile(this.stateDir, fileName);
  }
}

export function keyOf(files: readonly StagedFile[]): string {
  const states = files.map(({ path: at, before, after }) =>
    JSON.stringify([at, before.hash, before.mode, after.hash, after.mode]),
  );
  return createHash('sha256').update(states.sort().join('\n')).digest('hex');
}

/** Written whole or not at all; what is damaged all the same tells nothing, and only what is known here is taken. */
function parse(stored: string): Entry | undefined {
  try {
    const { key, puts, isDone } = fieldsOf(JSON.parse(stored));
    if (typeof key !== 'string' || typeof isDone !== 'boolean' || !Array.isArray(puts)) return undefined;
    const known = puts.map(putOf);
    return known.every((put) => put !== undefined) ? { key, puts: known, isDone } : undefined;
  } catch {
    return undefined;
  }
}

function putOf(stored: unknown): Put | undefined {
  const { path: at, createdFolder } = fieldsOf(stored);
  if (typeof at !== 'string') return undefined;
  if (createdFolder === undefined) return { path: at };
  return typeof createdFolder === 'string' ? { path: at, createdFolder } : undefined;
}
