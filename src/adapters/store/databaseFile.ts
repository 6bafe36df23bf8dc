// The database as a file on disk: taken from memory at a known commit, and put in its place whole.
import { join } from 'node:path';
import { type DiskFiles, putInPlace } from './diskFiles';
import { setMeta } from './meta';
import type { SqlJsDatabase } from './sqlJsDatabase';

/** The files' names under `.parallel-agents`. */
export const databaseName = 'agents.db';
export const journalName = 'agents.journal';

/** The folder that holds both, and how it is reached. */
export interface StoreFolder {
  readonly files: DiskFiles;
  readonly dir: string;
}

/** A journal of this size holds some 9,000 commits and is read back in 0.4 s. */
const leastJournalRoom = 4 * 1024 * 1024;

/**
 * How long the journal may become before the database is written whole. Of a large database it may have a quarter, so that
 * what all writings together put on the disk grows as the database does, and no faster.
 */
export function journalRoom(databaseBytes: number): number {
  return Math.max(leastJournalRoom, databaseBytes / 4);
}

/**
 * Is the journal, at the end, long enough to be taken into the database? Of a large one that takes seconds, and who has only
 * looked leaves a record or two, which are read back in no time.
 */
export function isWorthPlacing(journalBytes: number, databaseBytes: number): boolean {
  return databaseBytes < leastJournalRoom || journalBytes >= databaseBytes / 64;
}

/** An SQLite file that holds every commit up to number `lsn`, which is all that are in memory. */
export function exportAt(database: SqlJsDatabase, lsn: number): Uint8Array {
  database.begin();
  database.apply([setMeta('lsn', lsn)]);
  database.commit();
  database.pack();
  return database.export();
}

/** Resolves when the new file would survive a power cut; a crash before that leaves the old one or the new one. */
export async function putDatabase({ files, dir }: StoreFolder, content: Uint8Array): Promise<void> {
  const file = await putInPlace(files, join(dir, databaseName), content);
  await file.close();
  await files.syncFolder(dir);
}
