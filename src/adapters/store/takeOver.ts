// A new owner's first steps on disk: damaged files out of the way, tables brought up to date, its epoch stored.
import { join } from 'node:path';
import { Failure } from '../../ports/failure';
import { bind, bindingsOf, type RequiredBinding } from './bindings';
import { databaseName, exportAt, journalName, putDatabase, type StoreFolder } from './databaseFile';
import { firstOfPublications, publicationsOfEdits } from './editsBefore';
import { EventArchive } from './eventArchive';
import { encodeRecord } from './journalRecord';
import { KeptTexts } from './keptTexts';
import { readMeta, setMeta } from './meta';
import { type Migration, migrate, newestVersion, versionOf } from './migrations';
import type { Recovered } from './recovery';
import { RedoJournal } from './redoJournal';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';
import { takeTextsOut } from './storedTexts';

export interface TakeOver {
  readonly place: StoreFolder;
  readonly epoch: number;
  readonly binding: RequiredBinding | undefined;
  readonly steps: readonly Migration[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A longer journal is not carried on but made part of the database file. */
  readonly snapshotAtBytes: number;
}

/** A database in memory and its journal, ready for commits. */
export interface Opened {
  readonly place: StoreFolder;
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
  readonly repaired?: string;
  /** It did not bear our mark before. */
  readonly madeElsewhere?: true;
}

/** Throws `conflict`, with nothing written, when a later owner has been here. A crash after any step does no harm. */
export async function takeOver(taking: TakeOver, recovered: Recovered): Promise<Opened> {
  const { place, epoch, steps } = taking;
  const { database, cutBytes } = recovered;
  try {
    const bindings = bindingsOf(database);
    const { own, adopt } = taking.binding ?? { own: undefined, adopt: true };
    const isOurs = own !== undefined && bindings.includes(own);
    const isNew = !recovered.hasFile && recovered.lsn === 0;
    const madeElsewhere = taking.binding !== undefined && !isNew && !isOurs;
    if (madeElsewhere && !adopt) throw new Failure('elsewhere', elsewhere);
    assertNotOlder(epoch, database);
    const setAside = await moveAside(taking, recovered);
    const binding = bind(bindings, own);
    const { isWritten, words } = await bringUpToDate(taking, recovered, isNew ? binding : []);
    const repaired = [setAside, words].flatMap((told) => told ?? []).join(' ');
    const schema = newestVersion(steps);
    const lsn = recovered.lsn + 1;
    const statements = [setMeta('epoch', epoch), ...binding];
    database.begin();
    database.apply(statements);
    database.commit();
    const first = encodeRecord({ lsn, epoch, schema, statements });
    const content = isWritten ? first : Buffer.concat([recovered.tail, first]);
    const journal = await RedoJournal.open(place.files, join(place.dir, journalName), content);
    const texts = new KeptTexts(place.files, place.dir);
    const archive = new EventArchive(place.files, place.dir);
    return {
      place,
      database,
      texts,
      archive,
      journal,
      epoch,
      schema,
      lsn,
      cutBytes,
      ...(repaired !== '' && { repaired }),
      ...(madeElsewhere && { madeElsewhere }),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

const elsewhere = 'The records in .parallel-agents were made elsewhere.';

function assertNotOlder(epoch: number, database: SqlJsDatabase): void {
  const stored = versionOf(database) > 0 ? readMeta(database, 'epoch') : 0;
  if (epoch >= stored) return;
  throw new Failure(
    'conflict',
    `The database belongs to a later owner (epoch ${stored}, this one is ${epoch}).`,
  );
}

/** The new names have the date in them, so that nothing is ever lost to a second accident. Returns what is to be told. */
async function moveAside({ place, now }: TakeOver, recovered: Recovered): Promise<string | undefined> {
  const { unusable } = recovered;
  if (unusable.length === 0) return undefined;
  const date = new Date(now).toISOString().replaceAll(':', '-'); // Windows takes no colon in a name
  const moved = unusable.map((name) => ({ name, to: `${name}.set-aside-${date}` }));
  for (const { name, to } of moved) await place.files.rename(join(place.dir, name), join(place.dir, to));
  await place.files.syncFolder(place.dir);
  return `${whatHappened(recovered)} Kept in .parallel-agents: ${moved.map(({ to }) => to).join(', ')}.`;
}

function whatHappened({ unusable, hasFile, lsn }: Recovered): string {
  if (hasFile)
    return 'The database is older than its journal, as when an old copy is put back; what happened since is not in it.';
  if (!unusable.includes(databaseName))
    return 'The database is gone, and its journal does not reach back to the start; everything begins anew.';
  return lsn > 0
    ? 'The database was damaged; all of it was brought back from its journal.'
    : 'The database was damaged and could not be brought back; everything begins anew.';
}

interface UpToDate {
  /** Does the file on disk hold all that memory does? */
  readonly isWritten: boolean;
  /** For people. */
  readonly words?: string;
}

/** Migrates in memory, between two snapshots, so that each file and its journal are of one version. */
async function bringUpToDate(
  { place, steps, snapshotAtBytes }: TakeOver,
  { database, lsn, hasFile, tail }: Recovered,
  binding: readonly Statement[],
): Promise<UpToDate> {
  const version = versionOf(database);
  const newest = newestVersion(steps);
  if (hasFile && version === newest && tail.length < snapshotAtBytes) return { isWritten: tail.length === 0 };
  if (version > 0 && version < newest && tail.length > 0) await putDatabase(place, exportAt(database, lsn));
  const isOfEdits = version > 0 && version < firstOfPublications && newest >= firstOfPublications;
  const { statements = [], ...told } = isOfEdits ? publicationsOfEdits(database) : {};
  migrate(database, steps, version, newest);
  // A new database bears our mark from its first moment, or a crash here would make it a stranger's.
  database.begin();
  database.apply([...binding, ...statements]);
  database.commit();
  if (version > 0 && version < newest)
    await new KeptTexts(place.files, place.dir).put(takeTextsOut(database));
  await putDatabase(place, exportAt(database, lsn));
  return { isWritten: true, ...told };
}
