// The store on a real disk, and what the conformance suite does not ask: its files, their versions, and its syncs.
import { strict as assert } from 'node:assert';
import { link, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scanJournal } from '../../../src/adapters/store/journalRecord';
import { migrations } from '../../../src/adapters/store/migrations';
import { openSqlJsStore, type SqlJsStoreOptions } from '../../../src/adapters/store/sqlJsStore';
import { statementsFor } from '../../../src/adapters/store/statements';
import type { Event } from '../../../src/core/events/event';
import { project } from '../../../src/core/events/project';
import { emptySnapshot } from '../../../src/core/events/snapshot';
import { loadState, rejects, type StorePlace, storeConformance } from '../../ports/storeConformance';
import { History, nameOf, specOf, storyOfARun } from '../../support/history';
import { leaveOlder } from './olderDatabase';
import { SimulatedDisk } from './simulatedDisk';
import { wasmPath } from './wasmPath';

const longNames = Array.from({ length: 20 }, (_, k) => `${'folder/'.repeat(6)}file${k}.ts`);

/** What an event says of a feature. */
const specIn = (event: Event) => ('spec' in event ? event.spec : undefined);

const createPlace = async (options: Partial<SqlJsStoreOptions> = {}): Promise<StorePlace> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'store-'));
  let last = 1;
  return {
    open: (epoch = last) =>
      openSqlJsStore({ dir, wasmPath, epoch, ...options }).finally(() => (last = Math.max(last, epoch))),
    dispose: () => rm(dir, { recursive: true }),
  };
};

storeConformance('SqlJsStore', () => createPlace());
storeConformance('SqlJsStore whose events leave the database at once', () =>
  createPlace({ snapshotAtBytes: 1, keptChars: 1 }),
);

describe('SqlJsStore on disk', () => {
  const history = storyOfARun();
  const { commits, states } = history;
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'store-'));
  });

  afterEach(() => rm(dir, { recursive: true }));

  const open = (more: Partial<SqlJsStoreOptions> = {}) =>
    openSqlJsStore({ dir, wasmPath, epoch: 1, ...more });
  const file = (name: string) => path.join(dir, name);
  const contents = async () => {
    const names = (await readdir(dir)).sort();
    return Promise.all(names.map(async (name) => [name, await readFile(file(name), 'latin1')]));
  };

  it('has its database from the first moment, and nothing beside it but the journal', async () => {
    const store = await open();
    assert.deepEqual((await readdir(dir)).sort(), ['agents.db', 'agents.journal']);
    assert.equal((await readFile(file('agents.db'), 'latin1')).slice(0, 15), 'SQLite format 3');
    await store.close();
    assert.deepEqual((await readdir(dir)).sort(), ['agents.db', 'agents.journal']);
  });

  it('takes the journal into the database when it is closed', async () => {
    const store = await open();
    for (const commit of commits) await store.commit(commit);
    await store.close();
    assert.ok((await stat(file('agents.journal'))).size < 100, 'no commit is left in it');
    await rm(file('agents.journal'));
    const again = await open();
    assert.deepEqual(await loadState(again), history.now);
    await again.close();
  });

  it('leaves a large database as it is when it is closed after little, and loses none of that', async () => {
    const large = new History();
    const features = Array.from({ length: 2_000 }, (_, k) => k + 1);
    large.record(
      features.map((featureId) => ({
        type: 'feature.added',
        featureId,
        spec: specOf(`Feature ${featureId}`, { description: 'long '.repeat(200), files: longNames }),
      })),
    );
    const first = await open();
    for (const commit of large.commits) await first.commit(commit);
    await first.close();
    const written = await stat(file('agents.db'));
    for (let looks = 0; looks < 3; looks++) {
      const store = await open();
      assert.deepEqual(await loadState(store), large.now);
      await store.commit(large.record([{ type: 'error.occurred', where: 'test', message: `look ${looks}` }]));
      await store.close();
    }
    const { ino, size, mtimeMs } = await stat(file('agents.db'));
    assert.deepEqual(
      { ino, size, mtimeMs },
      { ino: written.ino, size: written.size, mtimeMs: written.mtimeMs },
    );
    const last = await open();
    assert.deepEqual(await loadState(last), large.now);
    await last.commit(large.record(features.map((featureId) => ({ type: 'feature.removed', featureId }))));
    await last.close();
    assert.ok((await stat(file('agents.journal'))).size < 100, 'much is taken in');
  });

  it('counts the bytes it cut from a torn journal, once', async () => {
    const store = await open();
    await store.commit(commits[0] ?? assert.fail());
    const whole = await readFile(file('agents.journal'));
    await store.close();
    await writeFile(file('agents.journal'), Buffer.concat([whole, Buffer.alloc(13, 7)]));
    const torn = await open();
    assert.equal((await torn.load()).cutBytes, 13);
    await torn.close();
    const again = await open();
    assert.equal((await again.load()).cutBytes, 0);
    assert.deepEqual(await loadState(again), states[1]);
    await again.close();
  });

  it('moves a damaged database aside under a dated name, and says so once', async () => {
    await writeFile(file('agents.db'), 'not a database, but someone may still want to look at it');
    const store = await open({ clock: { now: () => Date.UTC(2026, 10, 21, 18, 1, 5, 250) } });
    const { repaired, snapshot } = await store.load();
    const name = 'agents.db.set-aside-2026-11-21T18-01-05.250Z';
    assert.equal(
      repaired,
      `The database was damaged and could not be brought back; everything begins anew. Kept in .parallel-agents: ${name}.`,
    );
    assert.equal(snapshot.seq, 0);
    assert.match(await readFile(file(name), 'utf8'), /^not a database/);
    await store.commit(commits[0] ?? assert.fail());
    await store.close();
    const again = await open();
    assert.equal((await again.load()).repaired, undefined);
    assert.deepEqual(await loadState(again), states[1]);
    await again.close();
  });

  it('says that an older copy was put back, and keeps the journal that goes beyond it', async () => {
    const store = await open();
    await store.commit(commits[0] ?? assert.fail());
    await store.close();
    const old = await readFile(file('agents.db'));
    const later = await open();
    for (const commit of commits.slice(1)) await later.commit(commit);
    await later.close(); // into the database
    const last = await open({ epoch: 2 });
    const journal = await readFile(file('agents.journal'));
    await last.close();
    await writeFile(file('agents.db'), old);
    await writeFile(file('agents.journal'), journal);
    const restored = await open({ epoch: 3 });
    const { repaired = '', snapshot } = await restored.load();
    assert.match(repaired, /older than its journal.*what happened since is not in it\. Kept in/);
    assert.equal(snapshot.seq, states[1]?.snapshot.seq);
    const kept = /agents\.journal\.set-aside-[^.]+\.\d+Z/.exec(repaired)?.[0] ?? assert.fail(repaired);
    assert.deepEqual(await readFile(file(kept)), journal);
    await restored.close();
  });

  it('says that an older copy was put back also when all had been closed, and says it once', async () => {
    const store = await open();
    await store.commit(commits[0] ?? assert.fail());
    await store.close();
    const old = await readFile(file('agents.db'));
    const later = await open();
    await later.commit(commits[1] ?? assert.fail());
    await later.close();
    await writeFile(file('agents.db'), old);
    const restored = await open();
    assert.match((await restored.load()).repaired ?? 'nothing', /older than its journal.* Kept in/);
    assert.deepEqual(await loadState(restored), states[1]);
    await restored.close();
    const again = await open();
    assert.equal((await again.load()).repaired, undefined);
    await again.close();
  });

  it('says that the database is gone when its journal alone is left', async () => {
    const store = await open();
    await store.commit(commits[0] ?? assert.fail());
    await store.close();
    const last = await open({ epoch: 2 });
    const journal = await readFile(file('agents.journal'));
    await last.close();
    await rm(file('agents.db'));
    await writeFile(file('agents.journal'), journal);
    const anew = await open({ epoch: 3, clock: { now: () => 0 } });
    assert.match((await anew.load()).repaired ?? '', /^The database is gone, and its journal does not/);
    await anew.close();
  });

  describe('of another user, machine or folder', () => {
    const as = (own: string | undefined, adopt = false) => ({ binding: { own, adopt } });

    it('is refused with nothing written, until its user says to go on; then each has it without asking', async () => {
      const store = await open(as('mine'));
      await store.commit(commits[0] ?? assert.fail());
      await store.close();
      const before = await contents();
      for (const own of ['yours', undefined]) await rejects(open({ epoch: 2, ...as(own) }), 'elsewhere');
      assert.deepEqual(await contents(), before);
      const adopted = await open({ epoch: 2, ...as('yours', true) });
      assert.equal((await adopted.load()).madeElsewhere, true);
      assert.deepEqual(await loadState(adopted), states[1]);
      await adopted.close();
      for (const own of ['mine', 'yours', 'mine']) {
        const again = await open({ epoch: 3, ...as(own) });
        assert.equal((await again.load()).madeElsewhere, undefined);
        await again.close();
      }
    });

    it('is one that an earlier version made, which bears no mark', async () => {
      await leaveOlder(dir, 4);
      await rejects(open({ epoch: 2, ...as('mine') }), 'elsewhere');
      const adopted = await open({ epoch: 2, ...as('mine', true) });
      await adopted.close();
      await (await open({ epoch: 3, ...as('mine') })).close();
    });

    it('is one whose journal alone was put there', async () => {
      const store = await open(as('theirs'));
      await store.commit(commits[0] ?? assert.fail());
      const journal = await readFile(file('agents.journal'));
      await store.close();
      for (const name of await readdir(dir)) await rm(file(name));
      await writeFile(file('agents.journal'), journal);
      await rejects(open({ epoch: 2, ...as('mine') }), 'elsewhere');
    });

    it('forgets who has not opened it for longest, of more than eight', async () => {
      await (await open({ epoch: 1, ...as('machine') })).close();
      for (let nth = 1; nth <= 9; nth++) {
        await (await open({ epoch: 2 * nth, ...as(`container ${nth}`, true) })).close();
        await (await open({ epoch: 2 * nth + 1, ...as('machine') })).close();
      }
      await rejects(open({ epoch: 30, ...as('container 1') }), 'elsewhere');
      for (const nth of [3, 9]) await (await open({ epoch: 30 + nth, ...as(`container ${nth}`) })).close();
    });
  });

  it('begins to read nothing that is larger than any database of ours, and names the mend', async () => {
    for (const name of ['agents.db', 'agents.journal']) {
      await writeFile(file(name), '');
      await truncate(file(name), 2 ** 31 - 1);
      const { message } = await rejects(open(), 'refused');
      assert.match(message, /at most 1\.1 GB are read; move it away/);
      await rm(file(name));
    }
  });

  it('writes through no link that lies where it writes beside its files', async () => {
    const outside = await mkdtemp(path.join(tmpdir(), 'outside-'));
    const victim = path.join(outside, 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, file('agents.db.tmp'));
    await link(victim, file('agents.journal.tmp'));
    const store = await open();
    await store.commit(commits[0] ?? assert.fail());
    await store.close();
    assert.equal(await readFile(victim, 'utf8'), 'precious');
    await rm(file('agents.db'));
    await symlink(victim, file('agents.db'));
    await rejects(open({ epoch: 2 }), 'foreign');
    await rm(outside, { recursive: true });
  });

  it('writes nothing for an owner of an older epoch', async () => {
    await (await open({ epoch: 7 })).close();
    const before = await contents();
    await rejects(open({ epoch: 6 }), 'conflict');
    assert.deepEqual(await contents(), before);
  });

  it('remembers an owner whose process died at once', async () => {
    const owner = await open({ epoch: 7 });
    await rejects(open({ epoch: 6 }), 'conflict');
    await owner.close();
  });

  it('refuses the commits of an owner that another has displaced', async () => {
    const displaced = await open({ epoch: 1 });
    await displaced.commit(commits[0] ?? assert.fail());
    const owner = await open({ epoch: 2 });
    await rejects(displaced.commit(commits[1] ?? assert.fail()), 'conflict');
    await displaced.close();
    await owner.commit(commits[1] ?? assert.fail());
    await owner.close();
    const again = await open({ epoch: 2 });
    assert.deepEqual(await loadState(again), states[2]);
    await again.close();
  });

  it('leaves the database of its successor alone when it was displaced while it was idle', async () => {
    const displaced = await open({ epoch: 1 });
    await displaced.commit(commits[0] ?? assert.fail());
    const owner = await open({ epoch: 2 });
    await owner.commit(commits[1] ?? assert.fail());
    await owner.close();
    const before = await contents();
    await displaced.close();
    assert.deepEqual(await contents(), before);
  });

  it('throws away the long texts that nothing stored names any more, at the next start at the latest', async () => {
    const texts = () => readdir(file('texts'));
    const long = new History();
    const named = (name: string) => specOf(name, { description: name.repeat(2000) });
    const commits = [
      long.record([{ type: 'feature.added', featureId: 1, spec: named('A') }]),
      long.record([{ type: 'feature.added', featureId: 2, spec: named('B') }]),
    ];
    const store = await open();
    for (const commit of commits) await store.commit(commit);
    await writeFile(file(`texts/${'0'.repeat(64)}`), 'of a commit that never was');
    await writeFile(file('texts/half.tmp'), 'half');
    await store.tidy();
    const both = ['A', 'B'].map((name) => nameOf(name.repeat(2000))).sort();
    assert.deepEqual((await texts()).sort(), both);
    await store.close();
    await writeFile(file('texts/half.tmp'), 'half');
    await (await open()).close();
    assert.deepEqual((await texts()).sort(), both);
  });

  it('says where WebAssembly is missing', async () => {
    const failure = await rejects(open({ wasmPath: file('none.wasm') }), 'io');
    assert.match(failure.message, /^Could not open the database/);
    assert.deepEqual(await contents(), []);
  });

  describe('with tables of two versions', () => {
    const next = [
      ...migrations,
      { version: migrations.length + 1, script: 'CREATE TABLE notes (body TEXT NOT NULL)' },
    ];

    it('brings an older database up, with what its journal held', async () => {
      const store = await open();
      for (const commit of commits.slice(0, 6)) await store.commit(commit);
      const left = {
        database: await readFile(file('agents.db')),
        journal: await readFile(file('agents.journal')),
      };
      await store.close();
      await writeFile(file('agents.db'), left.database); // as after a crash
      await writeFile(file('agents.journal'), left.journal);
      const newer = await open({ migrations: next });
      assert.deepEqual(await loadState(newer), states[6]);
      for (const commit of commits.slice(6)) await newer.commit(commit);
      await newer.close();
      const again = await open({ migrations: next });
      assert.deepEqual(await loadState(again), history.now);
      await again.close();
    });

    it('is refused by the older version, with nothing written, be it the database or its journal that is newer', async () => {
      const newer = await open({ migrations: next });
      await newer.commit(commits[0] ?? assert.fail());
      const database = await readFile(file('agents.db'));
      const journal = await readFile(file('agents.journal'));
      await newer.close();
      const remains = { 'agents.db': database, 'agents.journal': journal };
      for (const [name, content] of Object.entries(remains)) {
        for (const other of Object.keys(remains)) await rm(file(other), { force: true });
        await writeFile(file(name), content);
        const before = await contents();
        await rejects(open({ epoch: 2 }), 'newer');
        assert.deepEqual(await contents(), before);
      }
    });

    it('takes the long texts of an older database out of its rows, and keeps them', async () => {
      const text = `${'what to build\n'.repeat(5000)} \ud83d`;
      const spec = specOf('Log in', { description: text, verify: text });
      const event = { type: 'feature.added', featureId: 1, spec, seq: 1, at: 0 } as const;
      const after = project(emptySnapshot, event);
      const commit = { before: emptySnapshot, after, events: [event], publications: [] };
      await leaveOlder(dir, 2, statementsFor(commit));
      const size = (await stat(file('agents.db'))).size;
      const store = await open();
      const { snapshot } = await store.load();
      for (const kept of [snapshot.features[1]?.spec, ...(await store.events(0, 9)).map(specIn)]) {
        assert.ok(typeof kept?.description === 'object' && typeof kept.verify === 'object');
        assert.equal(kept.description.hash, kept.verify.hash);
        assert.equal(await store.text(kept.description.hash), text);
      }
      await store.close();
      assert.ok((await stat(file('agents.db'))).size < size - 100_000, 'the rows are as long as before');
    });

    it('replays a journal of the older version from its start', async () => {
      const store = await open();
      for (const commit of commits.slice(0, 4)) await store.commit(commit);
      const journal = await readFile(file('agents.journal'));
      await store.close();
      await rm(file('agents.db'));
      await writeFile(file('agents.journal'), journal);
      const newer = await open({ migrations: next });
      assert.deepEqual(await loadState(newer), states[4]);
      await newer.close();
    });
  });
});

describe('SqlJsStore and its syncs', () => {
  const { commits } = storyOfARun();
  const dir = '/house';

  it('acknowledges a commit only after its sync', async () => {
    const disk = new SimulatedDisk();
    const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
    const from = disk.calls.length;
    for (const commit of commits.slice(0, 3)) {
      await store.commit(commit);
      disk.calls.push('acknowledged');
    }
    const each = ['write', 'sync', 'isAt', 'acknowledged'];
    assert.deepEqual(disk.calls.slice(from), [...each, ...each, ...each]);
    await store.close();
  });

  it('lets commits that come while a sync is under way share the next, one record each', async () => {
    const disk = new SimulatedDisk();
    const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
    const from = disk.calls.length;
    let late: Promise<unknown> = Promise.resolve();
    disk.faultAt = (_, operation) => {
      disk.faultAt = () => undefined;
      assert.equal(operation, 'write');
      late = Promise.all(commits.slice(1, 9).map((commit) => store.commit(commit)));
      return undefined;
    };
    await store.commit(commits[0] ?? assert.fail());
    await late;
    assert.deepEqual(disk.calls.slice(from), ['write', 'sync', 'isAt', 'write', 'sync', 'isAt']);
    const { records } = scanJournal(disk.files[`${dir}/agents.journal`] ?? assert.fail());
    assert.deepEqual(
      records.map(({ lsn }) => lsn),
      Array.from({ length: 10 }, (_, k) => k + 1),
    );
    await store.close();
  });

  it('shows nobody what is not synced yet', async () => {
    const disk = new SimulatedDisk();
    const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
    const order: string[] = [];
    const commit = store.commit(commits[0] ?? assert.fail()).then(() => order.push('stored'));
    const events = store.events(0, 10).then((found) => order.push(`read ${found.length}`));
    await Promise.all([commit, events]);
    assert.deepEqual(order, ['stored', 'read 1']);
    await store.close();
  });

  it('writes a snapshot beside the commits when the journal has grown, and keeps their records', async () => {
    const disk = new SimulatedDisk();
    const store = await openSqlJsStore({
      dir,
      epoch: 1,
      wasmPath,
      files: disk.operations,
      snapshotAtBytes: 3000,
    });
    const from = disk.calls.length;
    for (const commit of commits) {
      await store.commit(commit);
      const size = disk.files[`${dir}/agents.journal`]?.length ?? 0;
      assert.ok(size < 3 * 3000, `the journal has grown to ${size} bytes`);
    }
    assert.ok(
      disk.calls.slice(from).filter((call) => call === 'rename').length >= 4,
      'no snapshot was taken',
    );
    await store.close();
    const again = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
    assert.deepEqual(await loadState(again), storyOfARun().now);
    await again.close();
  });
});
