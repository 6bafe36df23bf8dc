// A look at a database without owning it: all that was committed is seen, and not a byte changes.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scanJournal } from '../../../src/adapters/store/journalRecord';
import { migrate, migrations } from '../../../src/adapters/store/migrations';
import { readStoredSnapshot } from '../../../src/adapters/store/readStoredSnapshot';
import { readSnapshot } from '../../../src/adapters/store/snapshotRows';
import { loadSqlJs, SqlJsDatabase } from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { statementsFor } from '../../../src/adapters/store/statements';
import { namedTexts } from '../../../src/adapters/store/storedTexts';
import { emptySnapshot } from '../../../src/core/events/snapshot';
import { atOnce, type Steps, stepSize } from '../../../src/core/shared/steps';
import { Failure } from '../../../src/ports/failure';
import { History, longReason, plain, specOf, storyOfARun } from '../../support/history';
import { wasmPath } from './wasmPath';

describe('readStoredSnapshot', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pa-look-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const contents = async () =>
    Promise.all(
      (await readdir(dir)).sort().map(async (name) => [name, await readFile(path.join(dir, name))]),
    );

  it('sees what the owner has committed, also while that is at work, and what its experience is', async () => {
    const { commits, states } = storyOfARun();
    const store = await openSqlJsStore({ dir, epoch: 1, wasmPath });
    for (const commit of commits) await store.commit(commit);
    const before = await contents();
    const seen = await readStoredSnapshot({ dir, wasmPath });
    assert.deepEqual(plain(seen?.snapshot), states.at(-1)?.snapshot);
    assert.equal(seen?.snapshot.experience.length, 1);
    assert.deepEqual(await contents(), before);
    await store.close();
    assert.deepEqual(plain((await readStoredSnapshot({ dir, wasmPath }))?.snapshot), states.at(-1)?.snapshot);
  });

  it('sees nothing where nothing is, and makes nothing', async () => {
    assert.equal(await readStoredSnapshot({ dir, wasmPath }), undefined);
    assert.equal(await readStoredSnapshot({ dir: path.join(dir, 'none'), wasmPath }), undefined);
    assert.deepEqual(await readdir(dir), []);
  });
});

describe('what a newer version has written', () => {
  const { commits, states } = storyOfARun();
  const version = migrations.length + 1;
  const withNotes = 'CREATE TABLE notes (body TEXT NOT NULL); CREATE INDEX byBody ON notes (body);';
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pa-newer-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const contents = async () =>
    Promise.all(
      (await readdir(dir)).sort().map(async (name) => [name, await readFile(path.join(dir, name))]),
    );

  /** What that version's host leaves when it is killed: half of it in the journal. */
  async function leave(script: string): Promise<void> {
    const half = commits.length >> 1;
    const older = await openSqlJsStore({ dir, epoch: 1, wasmPath });
    for (const commit of commits.slice(0, half)) await older.commit(commit);
    await older.close();
    await cp(path.join(dir, 'agents.db'), path.join(dir, 'older.db'));
    const at = `${dir}-at-work`;
    await cp(dir, at, { recursive: true });
    const newer = [...migrations, { version, script }];
    const store = await openSqlJsStore({ dir: at, epoch: 2, wasmPath, migrations: newer });
    for (const commit of commits.slice(half)) await store.commit(commit);
    await cp(at, dir, { recursive: true });
    await store.close();
    await rm(at, { recursive: true });
  }

  /** To the journal, as a commit of that version. */
  async function addRecord(what: object): Promise<void> {
    const file = path.join(dir, 'agents.journal');
    const last = scanJournal(await readFile(file)).records.at(-1) ?? assert.fail();
    const body = { lsn: last.lsn + 1, epoch: last.epoch, schema: version, ...what };
    await appendFile(file, framed(JSON.stringify(body)));
  }

  const look = () => readStoredSnapshot({ dir, wasmPath });
  const open = () => openSqlJsStore({ dir, epoch: 9, wasmPath });
  const isNewer = (error: unknown) => Failure.is(error, 'newer');

  it('is seen to the last commit where only tables came to it, and told; and nothing of it changes', async () => {
    await leave(withNotes);
    await addRecord({ sql: ['INSERT INTO notes (body) VALUES (?)'], steps: [[0, 1, ['n']]] });
    const before = await contents();
    const seen = await look();
    assert.deepEqual(plain(seen?.snapshot), states.at(-1)?.snapshot);
    assert.match(seen?.newer?.message ?? '', /^A newer version of Parallel Agents .* update to open it\.$/);
    await assert.rejects(open(), isNewer);
    assert.deepEqual(await contents(), before);
  });

  it('is seen to the last commit where only its journal is there, beside our own database', async () => {
    await leave(withNotes);
    await addRecord({ sql: ['INSERT INTO notes (body) VALUES (?)'], steps: [[0, 1, ['n']]] });
    await rename(path.join(dir, 'older.db'), path.join(dir, 'agents.db'));
    const seen = await look();
    assert.deepEqual(plain(seen?.snapshot), states.at(-1)?.snapshot);
    assert.ok(seen?.newer);
    await assert.rejects(open(), isNewer);
  });

  it('is seen up to a commit of a form that is not known, which is not taken for damage', async () => {
    await leave(withNotes);
    await addRecord({ sql: ['REPLACE INTO meta SELECT 1, 2'], steps: [[0, 1, []]] });
    assert.deepEqual(plain((await look())?.snapshot), states.at(-1)?.snapshot);
    await assert.rejects(open(), isNewer);
    await addRecordOfAnotherKind();
    await assert.rejects(open(), isNewer);
  });

  async function addRecordOfAnotherKind(): Promise<void> {
    await writeFile(path.join(dir, 'agents.journal'), framed(JSON.stringify({ schema: version, ops: [] })));
  }

  for (const [what, script] of Object.entries({
    'one of our tables is another': 'ALTER TABLE features ADD COLUMN colour TEXT',
    'a table of ours is gone': 'DROP TABLE publications',
    'it has a view': 'CREATE VIEW more AS SELECT * FROM notes',
    'it has a trigger': 'CREATE TRIGGER t AFTER UPDATE ON features BEGIN DELETE FROM notes; END',
    'a table of ours has another index': 'CREATE INDEX i ON features (length(zeroblob(1000000000)))',
    'a row is none of ours': `UPDATE features SET state = '{"status":"dreaming"}', status = 'dreaming'`,
  }))
    it(`is only told, and not called damaged, where ${what}`, async () => {
      await leave(withNotes);
      await rm(path.join(dir, 'agents.journal'));
      const file = path.join(dir, 'agents.db');
      const database = new SqlJsDatabase(await loadSqlJs(wasmPath), await readFile(file));
      database.script(script);
      await writeFile(file, database.export());
      database.close();
      await assert.rejects(look(), isNewer);
      await assert.rejects(open(), isNewer);
    });
});

/** A body as the journal frames it. */
function framed(text: string): Uint8Array {
  const body = Buffer.from(text);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(body.length, 0);
  createHash('sha256').update(body).digest().copy(head, 4, 0, 8);
  return Buffer.concat([head, body]);
}

describe('a large database', () => {
  it('is read in steps, between which others have their turn', async () => {
    const sqlJs = await loadSqlJs(wasmPath);
    const database = new SqlJsDatabase(sqlJs);
    migrate(database, migrations, 0, migrations.length);
    const history = new History();
    const count = 10 * stepSize;
    const added = Array.from({ length: count }, (_, k) => {
      const spec = specOf(`Feature ${k}`, { description: longReason });
      return { type: 'feature.added', featureId: k + 1, spec } as const;
    });
    database.begin();
    database.apply(statementsFor(history.record(added)));
    database.commit();
    const [snapshot, read] = stepsOf(readSnapshot(database));
    assert.equal(Object.keys(snapshot.features).length, count);
    const [names, looked] = stepsOf(namedTexts(database));
    assert.equal(names.size, 1);
    assert.ok(read >= 10 && looked >= 10, `${read} and ${looked}`);
    database.close();
  });

  function stepsOf<T>(steps: Steps<T>): readonly [result: T, count: number] {
    for (let count = 0; ; count++) {
      const step = steps.next();
      if (step.done) return [step.value, count];
    }
  }
});

describe('the migrations', () => {
  it('bring every older version to one that can be read', async () => {
    const sqlJs = await loadSqlJs(wasmPath);
    for (const { version } of migrations) {
      const database = new SqlJsDatabase(sqlJs);
      migrate(database, migrations, 0, version);
      migrate(database, migrations, version, migrations.length);
      assert.deepEqual(atOnce(readSnapshot(database)), emptySnapshot, `from version ${version}`);
      database.close();
    }
  });
});
