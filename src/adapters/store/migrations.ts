// The tables, as numbered steps from an empty database to the newest version; a step that was released never changes.

import { Failure } from '../../ports/failure';
import { readMeta, setMeta } from './meta';
import type { SqlJsDatabase } from './sqlJsDatabase';

/** Brings a database of the version before it to version `version`. Versions count up from 1. */
export interface Migration {
  readonly version: number;
  /** SQL that SQLite and PostgreSQL both understand. */
  readonly script: string;
}

/**
 * Where a table has a `body`, that is the whole thing as JSON, and the columns beside it repeat what conditions and
 * order ask for. `spec`, `state`, `learned_files` and `last_failure` are JSON too: text from outside may hold what SQLite
 * would cut or change (NUL, half a surrogate pair). Values named `..._at` are milliseconds since 1970.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    script: `
      CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
      );
      INSERT INTO meta (key, value) VALUES
        ('schema', '0'), ('epoch', '0'), ('lsn', '0'),
        ('seq', '0'), ('lastFence', '0'), ('lastFeatureId', '0'), ('owner', 'null'), ('throttledUntilAt', 'null');

      -- '' and 0 stand for no phase and no fence: conditions compare them, and NULL equals nothing
      CREATE TABLE features (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        spec TEXT NOT NULL,
        status TEXT NOT NULL,
        phase TEXT NOT NULL,
        fence INTEGER NOT NULL,
        state TEXT NOT NULL,
        failures INTEGER NOT NULL,
        losses INTEGER NOT NULL,
        learned_files TEXT NOT NULL,
        last_failure TEXT NOT NULL
      );

      CREATE TABLE agents (
        slot INTEGER PRIMARY KEY,
        fence INTEGER NOT NULL,
        body TEXT NOT NULL
      );

      -- seq is the number of the event that made the row, and so its place in the queue
      CREATE TABLE locks (
        seq INTEGER PRIMARY KEY,
        held INTEGER NOT NULL,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        fence INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        feature_id INTEGER NOT NULL,
        since_at BIGINT NOT NULL
      );

      CREATE TABLE edits (
        fence INTEGER NOT NULL,
        path TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (fence, path)
      );

      CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        status TEXT NOT NULL,
        started_seq INTEGER NOT NULL,
        body TEXT NOT NULL
      );

      CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        at BIGINT NOT NULL,
        type TEXT NOT NULL,
        body TEXT NOT NULL
      );
    `,
  },
  {
    version: 2,
    // Durations and files of features that passed, by category: one value, rewritten with every pass.
    script: `INSERT INTO meta (key, value) VALUES ('experience', '[]');`,
  },
  {
    version: 3,
    script: `INSERT INTO meta (key, value) VALUES ('breaker', 'null');`,
  },
  {
    version: 4,
    // Rows name long texts (`takeTextsOut`), which an older program would not understand; the tables are as they were.
    script: '',
  },
  {
    version: 5,
    script: `INSERT INTO meta (key, value) VALUES ('bindings', '[]');`,
  },
  {
    version: 6,
    // What stood in `edits` is read before (`publicationsOfEdits`).
    script: `
      CREATE TABLE publications (
        fence INTEGER PRIMARY KEY,
        body TEXT NOT NULL
      );
      DROP TABLE edits;
    `,
  },
  {
    version: 7,
    // Trouble and speed are kept by account, no longer once for all.
    script: `
      INSERT INTO meta (key, value) VALUES ('accounts', '{}');
      DELETE FROM meta WHERE key = 'throttledUntilAt';
    `,
  },
];

export function newestVersion(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0;
}

/** Runs the steps above version `from`, up to and with `to`. Changes memory only; a snapshot makes it durable. */
export function migrate(
  database: SqlJsDatabase,
  steps: readonly Migration[],
  from: number,
  to: number,
): void {
  for (const { version, script } of steps) {
    if (version <= from || version > to) continue;
    database.begin();
    if (script !== '') database.script(script);
    database.apply([setMeta('schema', version)]);
    database.commit();
  }
}

/** The version of a database's tables; 0 when it has none of ours. */
export function versionOf(database: SqlJsDatabase): number {
  const isOurs =
    database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'meta'").length > 0;
  return isOurs ? readMeta(database, 'schema') : 0;
}

/** Throws `newer` for a version that none of the steps leads to. */
export function refuseNewer(version: number, steps: readonly Migration[]): void {
  if (version <= newestVersion(steps)) return;
  throw new Failure(
    'newer',
    'A newer version of Parallel Agents has written the database here; update to open it.',
  );
}
