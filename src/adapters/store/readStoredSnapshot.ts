// A look at what a workspace's database holds, by someone who does not own it and writes nothing.
import type { Snapshot } from '../../core/events/snapshot';
import { stepsInSlices } from '../files/inSlices';
import { bindingsOf } from './bindings';
import { createHouseFiles, type DiskFiles } from './diskFiles';
import { migrate, migrations, newestVersion, versionOf } from './migrations';
import { recover } from './recovery';
import { readSnapshot } from './snapshotRows';
import { loadSqlJs } from './sqlJsDatabase';

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
}

/**
 * The last state on disk, or undefined where there is none. An owner may be at work meanwhile: then it is that of some
 * moment ago, or, where a file was replaced between two reads, of none. Throws `newer` and `corrupt` as opening would.
 */
export async function readStoredSnapshot({
  dir,
  wasmPath,
  files = createHouseFiles(dir),
}: StoredPlace): Promise<StoredSnapshot | undefined> {
  const { database } = await recover({ files, dir }, await loadSqlJs(wasmPath), migrations);
  try {
    const version = versionOf(database);
    if (version === 0) return undefined;
    migrate(database, migrations, version, newestVersion(migrations));
    return { snapshot: await stepsInSlices(readSnapshot(database)), bindings: bindingsOf(database) };
  } finally {
    database.close();
  }
}
