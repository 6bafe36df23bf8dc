// A database as an older version of the program leaves it: its tables, and what statements make of them.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportAt } from '../../../src/adapters/store/databaseFile';
import { encodeRecord } from '../../../src/adapters/store/journalRecord';
import { migrate, migrations } from '../../../src/adapters/store/migrations';
import { loadSqlJs, SqlJsDatabase, type Statement } from '../../../src/adapters/store/sqlJsDatabase';
import { wasmPath } from './wasmPath';

/** @param schema version of the tables */
export async function leaveOlder(
  dir: string,
  schema: number,
  inFile: readonly Statement[] = [],
  inJournal: readonly Statement[] = [],
): Promise<void> {
  const database = new SqlJsDatabase(await loadSqlJs(wasmPath));
  migrate(database, migrations, 0, schema);
  database.begin();
  database.apply(inFile);
  database.commit();
  await writeFile(path.join(dir, 'agents.db'), exportAt(database, 1));
  const record = encodeRecord({ lsn: 2, epoch: 1, schema, statements: inJournal });
  await writeFile(path.join(dir, 'agents.journal'), record);
  database.close();
}
