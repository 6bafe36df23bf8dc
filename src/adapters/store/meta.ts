// The single values of a database: its own version, epoch and journal position, and those of the snapshot.
import { Failure } from '../../ports/failure';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';

/**
 * `schema`: version of the tables. `epoch`: of the last owner that opened it. `lsn`: number of the last journal record
 * that is in the file; right in a file only, since in memory every record is. The others are fields of the snapshot.
 */
export type MetaKey =
  | 'schema'
  | 'epoch'
  | 'lsn'
  | 'seq'
  | 'lastFence'
  | 'lastFeatureId'
  | 'owner'
  | 'throttledUntilAt';

export function setMeta(key: MetaKey, value: unknown): Statement {
  return { sql: 'UPDATE meta SET value = ? WHERE key = ?', params: [JSON.stringify(value), key], rows: 1 };
}

/** Sets a value only if it still is what the caller takes it for. */
export function moveMeta(key: MetaKey, from: unknown, to: unknown): Statement {
  const params = [JSON.stringify(to), key, JSON.stringify(from)];
  return { sql: 'UPDATE meta SET value = ? WHERE key = ? AND value = ?', params, rows: 1 };
}

export function readMeta<T>(database: SqlJsDatabase, key: MetaKey): T {
  const [row] = database.query('SELECT value FROM meta WHERE key = ?', [key]);
  if (!row) throw new Failure('corrupt', `The database has no "${key}".`);
  return row.json<T>('value');
}
