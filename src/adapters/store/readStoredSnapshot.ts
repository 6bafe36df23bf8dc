// A look at what a workspace's database holds, by someone who does not own it and writes nothing.
import type { Snapshot } from '../../core/events/snapshot';
import { Failure } from '../../ports/failure';
import { stepsInSlices } from '../files/inSlices';
import { bindingsOf } from './bindings';
import { createStateFiles, type DiskFiles } from './diskFiles';
import { migrate, migrations, newestVersion, versionOf } from './migrations';
import { recoverRecords, recoverUnderstood } from './recovery';
import { readSnapshot } from './snapshotRows';
import { loadSqlJs, type SqlJsDatabase } from './sqlJsDatabase';

export interface StoredPlace {
  /** The workspace's `.parallel-agents`, absolute; it need not exist. */
  readonly dir: string;
  readonly wasmPath: string;
  /** For tests. */
  readonly files?: DiskFiles;
}

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  /** The marks of those whose it is. */
  readonly bindings: readonly string[];
  /** A newer version has written it: this is what we understand of it, and the refusal to open it. */
  readonly newer?: Failure;
}

/**
 * The last state on disk, or undefined where there is none. An owner may be at work meanwhile: then it is that of some
 * moment ago, or, where a file was replaced between two reads, of none. Throws `corrupt` as opening would, and `newer` where
 * nothing is understood of what a newer version has written.
 */
export async function readStoredSnapshot({
  dir,
  wasmPath,
  files = createStateFiles(dir),
}: StoredPlace): Promise<StoredSnapshot | undefined> {
  const sqlJs = await loadSqlJs(wasmPath);
  const place = { files, dir };
  try {
    const { database } = await recoverRecords(place, sqlJs, migrations);
    return await readIn(database);
  } catch (error) {
    if (!Failure.is(error, 'newer')) throw error;
    const { database } = await recoverUnderstood(place, sqlJs, migrations);
    const seen = await readIn(database).catch((other: unknown) => {
      throw Failure.is(other, 'corrupt') ? error : other; // rows of a newer form are none that are damaged
    });
    if (!seen) throw error;
    return { ...seen, newer: error };
  }
}

/** Closes it. */
async function readIn(database: SqlJsDatabase): Promise<StoredSnapshot | undefined> {
  try {
    const version = versionOf(database);
    if (version === 0) return undefined;
    migrate(database, migrations, version, newestVersion(migrations));
    return { snapshot: await stepsInSlices(readSnapshot(database)), bindings: bindingsOf(database) };
  } finally {
    database.close();
  }
}
