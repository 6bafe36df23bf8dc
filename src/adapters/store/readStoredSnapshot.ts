// A look at what a workspace's database holds, by someone who does not own it and writes nothing.
import type { Snapshot } from '../../core/events/snapshot';
import { type DiskFiles, nodeFiles } from './diskFiles';
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

/**
 * The last state on disk, or undefined where there is none. An owner may be at work meanwhile: then it is that of some
 * moment ago, or, where a file was replaced between two reads, of none. Throws `newer` as opening would.
 */
export async function readStoredSnapshot({
  dir,
  wasmPath,
  files = nodeFiles,
}: StoredPlace): Promise<Snapshot | undefined> {
  const { database } = await recover({ files, dir }, await loadSqlJs(wasmPath), migrations);
  try {
    const version = versionOf(database);
    if (version === 0) return undefined;
    migrate(database, migrations, version, newestVersion(migrations));
    return readSnapshot(database);
  } finally {
    database.close();
  }
}
