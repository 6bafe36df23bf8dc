// What all databases of a process share: the program that works them, read once.
import { strict as assert } from 'node:assert';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSqlJs, SqlJsDatabase } from '../../../src/adapters/store/sqlJsDatabase';
import { wasmPath } from './wasmPath';

describe('sql.js', () => {
  it('is read once, however many ask for it, and asked for again where it was not there', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sql-js-'));
    try {
      const file = path.join(folder, 'sql-wasm.wasm');
      await assert.rejects(loadSqlJs(file), { code: 'ENOENT' });
      copyFileSync(wasmPath, file);
      const [one, two] = await Promise.all([loadSqlJs(file), loadSqlJs(file)]);
      rmSync(file);
      assert.equal(await loadSqlJs(file), one);
      assert.equal(two, one);
      const database = new SqlJsDatabase(one);
      assert.equal(database.query('SELECT 1 + 1 AS two')[0]?.number('two'), 2);
      database.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
