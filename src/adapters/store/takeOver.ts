// A new owner's first steps on disk: damaged files out of the way, tables brought up to date, its epoch stored.
import { join } from 'node:path';
import { Failure } from '../../ports/failure';
import { exportAt, journalName, type Place, placeDatabase } from './databaseFile';
import { EventArchive } from './eventArchive';
import { encodeRecord } from './journalRecord';
import { KeptTexts } from './keptTexts';
import { readMeta, setMeta } from './meta';
import { type Migration, migrate, newestVersion, versionOf } from './migrations';
import type { Recovered } from './recovery';
import { RedoJournal } from './redoJournal';
import type { SqlJsDatabase } from './sqlJsDatabase';
import { takeTextsOut } from './storedTexts';

export interface TakeOver {
  readonly place: Place;
  readonly epoch: number;
  readonly steps: readonly Migration[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A longer journal is not carried on but made part of the database file. */
  readonly snapshotAtBytes: number;
}

/** A database in memory and its journal, ready for commits. */
export interface Opened {
  readonly place: Place;
  readonly database: SqlJsDatabase;
  readonly texts: KeptTexts;
  readonly archive: EventArchive;
  readonly journal: RedoJournal;
  readonly epoch: number;
  /** Version of the tables. */
  readonly schema: number;
  /** Number of the last commit. */
  readonly lsn: number;
  readonly cutBytes: number;
  readonly setAside?: string;
}

/** Throws `conflict`, with nothing written, when a later owner has been here. A crash after any step does no harm. */
export async function takeOver(taking: TakeOver, recovered: Recovered): Promise<Opened> {
  const { place, epoch, steps, snapshotAtBytes } = taking;
  const { database, cutBytes } = recovered;
  try {
    assertNotOlder(epoch, database);
    const setAside = await moveAside(taking, recovered.unusable);
    const isWritten = await bringUpToDate(place, recovered, steps, snapshotAtBytes);
    const schema = newestVersion(steps);
    const lsn = recovered.lsn + 1;
    const statements = [setMeta('epoch', epoch)];
    database.begin();
    database.apply(statements);
    database.commit();
    const first = encodeRecord({ lsn, epoch, schema, statements });
    const content = isWritten ? first : Buffer.concat([recovered.tail, first]);
    const journal = await RedoJournal.open(place.files, join(place.dir, journalName), content);
    const texts = new KeptTexts(place.files, place.dir);
    const archive = new EventArchive(place.files, place.dir);
    const opened = { place, database, texts, archive, journal, epoch, schema, lsn, cutBytes };
    return { ...opened, ...(setAside && { setAside }) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertNotOlder(epoch: number, database: SqlJsDatabase): void {
  const stored = versionOf(database) > 0 ? readMeta(database, 'epoch') : 0;
  if (epoch >= stored) return;
  throw new Failure(
    'conflict',
    `The database belongs to a later owner (epoch ${stored}, this one is ${epoch}).`,
  );
}

/** Answers the new name of the first; it has the date in it, so that nothing is ever lost to a second accident. */
async function moveAside({ place, now }: TakeOver, names: readonly string[]): Promise<string | undefined> {
  const date = new Date(now).toISOString().replaceAll(':', '-'); // Windows takes no colon in a name
  const moved = names.map((name) => ({ name, to: `${name}.damaged-${date}` }));
  for (const { name, to } of moved) await place.files.rename(join(place.dir, name), join(place.dir, to));
  if (moved.length > 0) await place.files.syncFolder(place.dir);
  return moved[0]?.to;
}

/**
 * Migrates in memory, between two snapshots, so that each file and its journal are of one version. Answers whether the
 * file on disk holds all that memory does.
 */
async function bringUpToDate(
  place: Place,
  { database, lsn, hasFile, tail }: Recovered,
  steps: readonly Migration[],
  snapshotAtBytes: number,
): Promise<boolean> {
  const version = versionOf(database);
  const newest = newestVersion(steps);
  if (hasFile && version === newest && tail.length < snapshotAtBytes) return tail.length === 0;
  if (version > 0 && version < newest && tail.length > 0) await placeDatabase(place, exportAt(database, lsn));
  migrate(database, steps, version, newest);
  if (version > 0 && version < newest)
    await new KeptTexts(place.files, place.dir).put(takeTextsOut(database));
  await placeDatabase(place, exportAt(database, lsn));
  return true;
}
