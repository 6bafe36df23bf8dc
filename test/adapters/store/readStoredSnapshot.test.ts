// A look at a database without owning it: all that was committed is seen, and not a byte changes.
import { strict as assert } from 'node:assert';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate, migrations } from '../../../src/adapters/store/migrations';
import { readStoredSnapshot } from '../../../src/adapters/store/readStoredSnapshot';
import { readSnapshot } from '../../../src/adapters/store/snapshotRows';
import { loadSqlJs, SqlJsDatabase } from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { statementsFor } from '../../../src/adapters/store/statements';
import { namedTexts } from '../../../src/adapters/store/storedTexts';
import { emptySnapshot } from '../../../src/core/events/snapshot';
import { atOnce, type Steps, stepSize } from '../../../src/core/shared/steps';
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
