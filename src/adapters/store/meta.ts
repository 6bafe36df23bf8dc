// The single values of a database: its own version, epoch and journal position, and those of the snapshot.
import type { Snapshot } from '../../core/events/snapshot';
import { damaged } from './damaged';
import { type Fields, isCount, isText, listOf, nullable } from './shape';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';
import { isAccounts, isBreaker, isExperience, isOwner } from './storedShapes';

/** The fields of a snapshot that are single values. */
export const snapshotKeys = [
  'seq',
  'lastFence',
  'lastFeatureId',
  'owner',
  'accounts',
  'breaker',
  'experience',
] as const;

interface MetaValues extends Pick<Snapshot, (typeof snapshotKeys)[number]> {
  /** Version of the tables. */
  readonly schema: number;
  /** Of the last owner that opened the database. */
  readonly epoch: number;
  /** Number of the last journal record in a file; not kept up in memory, where every record is in. */
  readonly lsn: number;
  /** Marks of those who may go on with it: user, machine and folder, each by a secret that is not in here. */
  readonly bindings: readonly string[];
}

export type MetaKey = keyof MetaValues;

const shapes: Fields<MetaValues> = {
  schema: isCount,
  epoch: isCount,
  lsn: isCount,
  seq: isCount,
  lastFence: isCount,
  lastFeatureId: isCount,
  owner: isOwner,
  accounts: isAccounts,
  breaker: nullable(isBreaker),
  experience: isExperience,
  bindings: listOf(isText),
};

export function setMeta<K extends MetaKey>(key: K, value: MetaValues[K]): Statement {
  return { sql: 'UPDATE meta SET value = ? WHERE key = ?', params: [JSON.stringify(value), key], rows: 1 };
}

/** Sets a value only if it still is what the caller takes it for. */
export function moveMeta<K extends MetaKey>(key: K, from: MetaValues[K], to: MetaValues[K]): Statement {
  const params = [JSON.stringify(to), key, JSON.stringify(from)];
  return { sql: 'UPDATE meta SET value = ? WHERE key = ? AND value = ?', params, rows: 1 };
}

export function readMeta<K extends MetaKey>(database: SqlJsDatabase, key: K): MetaValues[K] {
  const [row] = database.query('SELECT key, value FROM meta WHERE key = ?', [key]);
  if (!row) throw damaged(`in the table "meta" of agents.db there is no "${key}"`);
  return row.json('value', shapes[key]);
}
