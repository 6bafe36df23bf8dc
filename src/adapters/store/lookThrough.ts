// A look at every row that decisions are made from, before a new owner changes anything: what is damaged stays as it is.
import type { Snapshot } from '../../core/events/snapshot';
import type { Steps } from '../../core/shared/steps';
import type { PublicationRecord } from '../../ports/store';
import { stepsInSlices } from '../files/inSlices';
import { firstOfPublications, publicationsOfEdits } from './editsBefore';
import { readMeta } from './meta';
import { type Migration, migrate, newestVersion, versionOf } from './migrations';
import { readPublications, readSnapshot } from './snapshotRows';
import { type SqlJs, SqlJsDatabase } from './sqlJsDatabase';
import { assertReached, assertTheirs } from './together';

/** What a store gives its owner to go on from. */
export interface Held {
  readonly snapshot: Snapshot;
  /** By fence. */
  readonly publications: readonly PublicationRecord[];
}

/** Throws `corrupt` for rows that are not ours, or do not go together. */
export function* readHeld(database: SqlJsDatabase): Steps<Held> {
  const snapshot = yield* readSnapshot(database);
  const publications = readPublications(database);
  assertTheirs(publications, snapshot);
  return { snapshot, publications };
}

/**
 * What the database holds, where its tables are of the newest version; undefined where it has to be read once more, when
 * they are. Throws `corrupt`, and has closed the database then.
 */
export async function lookThrough(
  database: SqlJsDatabase,
  sqlJs: SqlJs,
  steps: readonly Migration[],
): Promise<Held | undefined> {
  try {
    const version = versionOf(database);
    if (version === 0) return undefined;
    if (version < newestVersion(steps)) return await lookThroughOlder(database, sqlJs, steps, version);
    readMeta(database, 'bindings');
    for (const key of ['epoch', 'lsn'] as const) assertReached(key, readMeta(database, key));
    return await stepsInSlices(readHeld(database));
  } catch (error) {
    database.close();
    throw error;
  }
}

/** On a copy, which is brought up to date. */
async function lookThroughOlder(
  database: SqlJsDatabase,
  sqlJs: SqlJs,
  steps: readonly Migration[],
  version: number,
): Promise<undefined> {
  if (version < firstOfPublications) publicationsOfEdits(database);
  const copy = new SqlJsDatabase(sqlJs, database.export());
  try {
    migrate(copy, steps, version, newestVersion(steps));
    await stepsInSlices(readHeld(copy));
  } finally {
    copy.close();
  }
}
