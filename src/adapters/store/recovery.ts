// What an earlier owner left in the folder, brought back in memory to the state after its last acknowledged commit.
import { join } from 'node:path';
import type { Steps } from '../../core/shared/steps';
import { Failure } from '../../ports/failure';
import { stepsInSlices } from '../files/inSlices';
import { databaseName, journalName, type StoreFolder } from './databaseFile';
import { isHead, type JournalRecord, scanJournal } from './journalRecord';
import { readMeta } from './meta';
import { type Migration, migrate, newestVersion, refuseNewer, versionOf } from './migrations';
import { hasShortList, ownTables, ownVersion, pageBytesOf, understoodVersion } from './ownTables';
import { type SqlJs, SqlJsDatabase } from './sqlJsDatabase';
import { tableOf } from './statementForms';

export interface Recovered {
  /** Whoever asked closes it. Its tables may be of an older version, or none. */
  readonly database: SqlJsDatabase;
  /** Number of the last commit in it; 0 for none. */
  readonly lsn: number;
  /** Is there a database file on disk to go on from? */
  readonly hasFile: boolean;
  /** The part of the journal that goes on from that file. */
  readonly tail: Uint8Array;
  /** Bytes at the journal's end that were no whole record. */
  readonly cutBytes: number;
  /** Names of files that nothing can be done with. */
  readonly unusable: readonly string[];
}

/**
 * Only reads. A damaged database is unusable; the journal is run from the start in its place, if it reaches back that
 * far. So is a journal that does not go on from the database, as when an older copy of that was put back.
 * Throws `newer` when a later version of the program wrote either, and `corrupt` for what can be read and is not as we write
 * it: tables that are not ours, and commits that none of us made.
 */
export function recoverRecords(
  place: StoreFolder,
  sqlJs: SqlJs,
  steps: readonly Migration[],
): Promise<Recovered> {
  return recoverBy(place, sqlJs, steps, {
    versionIn: (database) => ownVersion(database, sqlJs, steps),
    usable: (records) => {
      for (const { schema } of records) refuseNewer(schema, steps);
      return records;
    },
  });
}

/**
 * The same of what a newer version has left, for a look: only what this one understands of it, which may be the state of some
 * commits before the last, or nothing at all.
 */
export function recoverUnderstood(
  place: StoreFolder,
  sqlJs: SqlJs,
  steps: readonly Migration[],
): Promise<Recovered> {
  const known = (database: SqlJsDatabase) =>
    understoodVersion(database, sqlJs, steps) || ownVersion(database, sqlJs, steps);
  const tables = ownTables(sqlJs, steps);
  const ofOurTables = (record: JournalRecord) => ({
    ...record,
    statements: record.statements.filter(({ sql }) => tables.has(tableOf(sql) ?? '')),
  });
  return recoverBy(place, sqlJs, steps, {
    versionIn: (database) => {
      try {
        return known(database);
      } catch (error) {
        if (Failure.is(error, 'newer') || Failure.is(error, 'corrupt')) return 0;
        throw error;
      }
    },
    usable: (records) => records.filter(({ isUnknown }) => !isUnknown).map(ofOurTables),
  });
}

interface Rules {
  /** 0 for a database of which nothing is to be read. */
  readonly versionIn: (database: SqlJsDatabase) => number;
  readonly usable: (records: readonly JournalRecord[]) => readonly JournalRecord[];
}

async function recoverBy(
  { files, dir }: StoreFolder,
  sqlJs: SqlJs,
  steps: readonly Migration[],
  { versionIn, usable }: Rules,
): Promise<Recovered> {
  const stored = await files.read(join(dir, databaseName));
  const journal = (await files.read(join(dir, journalName))) ?? new Uint8Array();
  const { ends, cutBytes, ...scan } = scanJournal(journal, newestVersion(steps));
  const records = usable(scan.records);

  const start = await openStart(sqlJs, stored, versionIn);
  const unusable = stored && !start.hasFile ? [databaseName] : [];
  const lsn = replay(start, records, steps);
  if (lsn !== undefined) {
    const kept = records.findLastIndex((record) => record.lsn <= start.lsn);
    return { ...start, lsn, tail: journal.subarray(ends[kept] ?? 0, ends.at(-1) ?? 0), cutBytes, unusable };
  }
  // It may hold half of a journal that is not its own, and so may the very bytes that it was opened from.
  start.database.close();
  const alone = await openStart(sqlJs, await files.read(join(dir, databaseName)), versionIn);
  return { ...alone, tail: new Uint8Array(), cutBytes: 0, unusable: [...unusable, journalName] };
}

interface Start {
  readonly database: SqlJsDatabase;
  readonly lsn: number;
  readonly hasFile: boolean;
}

async function openStart(
  sqlJs: SqlJs,
  stored: Uint8Array | undefined,
  versionIn: Rules['versionIn'],
): Promise<Start> {
  const found = stored && (await openStored(sqlJs, stored, versionIn));
  return found ?? { database: new SqlJsDatabase(sqlJs), lsn: 0, hasFile: false };
}

/** What the file holds, or undefined when it is damaged or not ours. */
async function openStored(
  sqlJs: SqlJs,
  stored: Uint8Array,
  versionIn: Rules['versionIn'],
): Promise<Start | undefined> {
  if (isCutShort(stored) || !hasShortList(stored)) return undefined;
  const database = new SqlJsDatabase(sqlJs, stored);
  try {
    const version = versionIn(database);
    if (version > 0 && (await stepsInSlices(isSound(database))))
      return { database, lsn: readMeta(database, 'lsn'), hasFile: true };
  } catch (error) {
    if (Failure.is(error) || isShortOfMemory(error)) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

/** Looks at the pages of every table: in one that leads back to itself a search would have no end. */
function* isSound(database: SqlJsDatabase): Steps<boolean> {
  for (const table of database.query("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    const [found] = database.query(`PRAGMA quick_check('${table.text('name')}')`);
    if (found?.text('quick_check') !== 'ok') return false;
    yield;
  }
  return true;
}

/** An SQLite file's head tells the size of its pages and, if the last writer kept it up to date, their number. */
function isCutShort(file: Uint8Array): boolean {
  if (file.length < 100) return true;
  const head = new DataView(file.buffer, file.byteOffset, 100);
  return head.getUint32(24) === head.getUint32(92) && file.length < pageBytesOf(head) * head.getUint32(28);
}

/** The number of the last commit now in the database, or undefined when the records do not go on from it. */
function replay(
  start: Start,
  records: readonly JournalRecord[],
  steps: readonly Migration[],
): number | undefined {
  const { database } = start;
  let { lsn } = start;
  let version = versionOf(database);
  for (const record of records) {
    if (record.lsn <= lsn) continue;
    if (record.lsn !== lsn + 1 || isHead(record)) return undefined;
    if (record.schema < version) return undefined;
    if (record.schema > version) migrate(database, steps, version, record.schema);
    version = record.schema;
    try {
      database.begin();
      database.apply(record.statements);
      database.commit();
    } catch (error) {
      if (isShortOfMemory(error)) throw error;
      return undefined;
    }
    lsn = record.lsn;
  }
  return lsn;
}

/** Not the file's fault: it may open well on another day. */
function isShortOfMemory(error: unknown): boolean {
  return error instanceof RangeError || /out of memory|OOM/.test(String(error));
}
