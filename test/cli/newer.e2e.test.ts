// A folder whose records a newer version has written, by the command line: shown with a message, and changed by nothing.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { exportAt } from '../../src/adapters/store/databaseFile';
import { readMeta } from '../../src/adapters/store/meta';
import { migrate, migrations } from '../../src/adapters/store/migrations';
import { loadSqlJs, SqlJsDatabase } from '../../src/adapters/store/sqlJsDatabase';
import { wasmPath } from '../adapters/store/wasmPath';
import { runCli } from '../support/cli';
import { finish, writeProject } from '../support/smallProject';

describe('records of a newer version', () => {
  let project: Awaited<ReturnType<typeof writeProject>>;
  beforeEach(async () => {
    const features = [
      { name: 'A', verify: 'true' },
      { name: 'B', verify: 'false', depends_on: ['A'] },
    ];
    project = await writeProject({ features, script: { A: [finish], B: [finish] } });
  });
  afterEach(() => project.remove());

  const cli = (command: string) => runCli([...command.split(' '), '--project-dir', project.dir]);
  const stateFolder = () => path.join(project.dir, '.parallel-agents');

  /** As the next version would have it, whatever came to it. */
  async function raise(script: string): Promise<void> {
    const { code } = await cli('run --feature-id 1');
    assert.equal(code, 0);
    const file = path.join(stateFolder(), 'agents.db');
    const database = new SqlJsDatabase(await loadSqlJs(wasmPath), await readFile(file));
    const version = migrations.length + 1;
    migrate(database, [...migrations, { version, script }], version - 1, version);
    await writeFile(file, exportAt(database, readMeta(database, 'lsn')));
    database.close();
    await rm(path.join(stateFolder(), 'agents.journal'));
  }

  async function records(): Promise<unknown> {
    const names = (await readdir(stateFolder())).filter((name) => name.startsWith('agents.')).sort();
    return Promise.all(names.map(async (name) => [name, await readFile(path.join(stateFolder(), name))]));
  }

  it('are shown by status, graph and estimate with a message, and opened by no command', async () => {
    await raise('CREATE TABLE notes (body TEXT NOT NULL)');
    const before = await records();
    const only = 'Until then what it holds is only shown, as far as this version understands it.';
    const message = `A newer version of Parallel Agents has written the database here; update to open it. ${only}`;
    const status = await cli('status');
    assert.equal(status.code, 1);
    assert.match(status.lines.join('\n'), /A.*passing|passing.*A/);
    assert.ok(status.notes.includes(`⚠️ ${message}`), status.notes.join('\n'));
    for (const command of ['graph', 'run --estimate']) {
      const { code, lines, notes } = await cli(command);
      assert.equal(code, 0, notes.join('\n'));
      assert.ok(lines.length > 0);
      assert.ok(notes.includes(`⚠️ ${message}`), notes.join('\n'));
    }
    for (const command of ['run', 'retry 1', 'stop', 'run --start-over', 'run --go-on']) {
      const { code, lines, notes } = await cli(command);
      assert.equal(code, 1, command);
      assert.deepEqual(lines, []);
      assert.ok(notes.includes(`❌ ${message}`), notes.join('\n'));
    }
    assert.deepEqual(await records(), before);
  });

  it('are told, and shown by no command, where they are not understood', async () => {
    await raise('ALTER TABLE features ADD COLUMN colour TEXT');
    const before = await records();
    for (const command of ['status', 'graph', 'run']) {
      const { code, lines, notes } = await cli(command);
      assert.equal(code, 1, command);
      assert.deepEqual(lines, []);
      assert.match(
        notes.join('\n'),
        /❌ A newer version of Parallel Agents has written the database here; update to open it\.$/,
      );
    }
    assert.deepEqual(await records(), before);
  });
});
