// What the store makes of a disk that fails or dies, at every call it makes.
import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { migrations } from '../../../src/adapters/store/migrations';
import { openSqlJsStore, type SqlJsStoreOptions } from '../../../src/adapters/store/sqlJsStore';
import { Failure } from '../../../src/ports/failure';
import type { Loaded, Store } from '../../../src/ports/store';
import { loadState } from '../../ports/storeConformance';
import { type History, longReason, plain, type State, storyOfARun } from '../../support/history';
import { type Fault, SimulatedDisk } from './simulatedDisk';
import { wasmPath } from './wasmPath';

const dir = '/house';
const database = `${dir}/agents.db`;
/** Up to the end of the first attempt: every table has been written to, two of them emptied again. */
const history = storyOfARun(longReason).first(13);

type Files = Readonly<Record<string, Uint8Array>>;

const open = (disk: SimulatedDisk, options: Partial<SqlJsStoreOptions> = {}): Promise<Store> =>
  openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations, ...options });

describe('SqlJsStore on a failing disk', function () {
  this.timeout(120_000);

  /** What the caller of a store knows at the end: which commits it asked for and how many were acknowledged. */
  interface Outcome {
    readonly asked: number;
    readonly acknowledged: number;
    readonly failure?: unknown;
  }

  /** Small limits make snapshots go on beside the commits, with events leaving the database before each. */
  async function live(disk: SimulatedDisk): Promise<Outcome> {
    let asked = 0;
    let acknowledged = 0;
    let store: Store | undefined;
    try {
      store = await open(disk, { snapshotAtBytes: 4000, keptChars: 500 });
      for (const commit of history.commits) {
        asked += 1;
        await store.commit(commit);
        acknowledged += 1;
      }
      return { asked, acknowledged };
    } catch (failure) {
      return { asked, acknowledged, failure };
    } finally {
      await store?.close();
    }
  }

  /** The number of commits in the store, which must be whole and no other; and the store takes the next one. */
  async function commitsIn(disk: SimulatedDisk): Promise<number> {
    disk.faultAt = () => undefined;
    const store = await open(disk, { epoch: 2 });
    try {
      const state = await loadState(store);
      const count = countOf(state, history);
      const told = history.commits.slice(0, count).flatMap(({ events }) => events);
      assert.deepEqual(await store.events(0, 1000), plain(told), 'an event was lost or is told twice');
      const why = state.snapshot.features[1]?.lastFailure;
      if (typeof why === 'object') assert.equal(await store.text(why.hash), longReason);
      const next = history.commits[count];
      if (next) await store.commit(next);
      return count;
    } finally {
      await store.close();
    }
  }

  const oneFault: Record<string, Fault> = {
    'a full disk': { kind: 'half', code: 'ENOSPC' },
    'an error': { kind: 'refused', code: 'EIO' },
    'an error told after the deed': { kind: 'late', code: 'EIO' },
    'a short write': { kind: 'short' },
  };
  for (const [name, fault] of Object.entries(oneFault)) {
    it(`keeps exactly what it acknowledged, after ${name} at any one call`, async () => {
      const hits = new Set<string>();
      for (let call = 1, wasHit = true; wasHit; call++) {
        wasHit = false;
        const disk = new SimulatedDisk();
        disk.faultAt = (now, operation) => {
          if (now !== call) return undefined;
          wasHit = true;
          hits.add(operation);
          return fault;
        };
        const { acknowledged, failure } = await live(disk);
        assert.ok(failure === undefined || Failure.is(failure), `call ${call}: ${String(failure)}`);
        if (failure === undefined) assert.equal(acknowledged, history.commits.length);
        assert.equal(await commitsIn(disk), acknowledged, `call ${call}, ${disk.calls[call - 1]}`);
      }
      assert.deepEqual([...hits].sort(), [
        'close',
        'create',
        'holdFolder',
        'isAt',
        'list',
        'makeFolder',
        'read',
        'rename',
        'sync',
        'syncFolder',
        'write',
      ]);
    });
  }

  const reasons = {
    ENOSPC: 'diskFull',
    EDQUOT: 'diskFull',
    EROFS: 'readOnly',
    EACCES: 'denied',
    EIO: 'io',
  } as const;
  for (const [code, reason] of Object.entries(reasons)) {
    it(`fails with ${reason} while the disk says ${code}, loses nothing, and goes on when it is opened again`, async () => {
      const disk = new SimulatedDisk();
      const store = await open(disk);
      for (const commit of history.commits.slice(0, 5)) await store.commit(commit);
      disk.faultAt = (_, operation) => (operation === 'read' ? undefined : { kind: 'half', code });
      const more = history.commits.slice(5, 9).map((commit) => store.commit(commit));
      for (const outcome of await Promise.allSettled([...more, store.load()])) {
        assert.ok(
          outcome.status === 'rejected' && Failure.is(outcome.reason, reason),
          JSON.stringify(outcome),
        );
        assert.match(
          outcome.reason.message,
          new RegExp(`^Could not write agents.journal in .*: .*\\(${code}\\)`),
        );
      }
      await store.close();
      await assert.rejects(open(disk, { epoch: 2 }), (error) => Failure.is(error, reason));
      const found = await commitsIn(disk);
      assert.ok(found >= 5 && found <= 9, `found ${found}`); // not even cutting back was possible
    });
  }

  it('loses nothing that was acknowledged in a power cut at any call, whatever was not synced', async () => {
    const random = generator(20261121);
    let inSnapshot = 0;
    for (let call = 1, wasHit = true; wasHit; call++) {
      for (let variant = 0; variant < 3; variant++) {
        wasHit = false;
        const disk = new SimulatedDisk();
        disk.faultAt = (now) => {
          if (now !== call) return undefined;
          wasHit = true;
          return { kind: 'death' };
        };
        const { asked, acknowledged } = await live(disk);
        if (`${database}.tmp` in disk.files) inSnapshot += 1;
        const found = await commitsIn(disk.crash(random));
        assert.ok(
          found >= acknowledged && found <= asked,
          `call ${call}: ${acknowledged} <= ${found} <= ${asked}`,
        );
      }
    }
    assert.ok(inSnapshot > 20, 'no power cut hit a snapshot');
  });

  it('trusts no new name whose folder could not be synced', async () => {
    const nothing = () => 0; // of what was not synced survives
    let folderSyncs = 0;
    for (let call = 1, wasHit = true; wasHit; call++) {
      for (const deathAfter of [2, 5, 8]) {
        wasHit = false;
        const disk = new SimulatedDisk();
        disk.faultAt = (now, operation) => {
          if (now === call) wasHit = true;
          if (now === call && operation === 'syncFolder') {
            folderSyncs += 1;
            return { kind: 'refused', code: 'EIO' };
          }
          return now >= call + deathAfter ? { kind: 'death' } : undefined;
        };
        const { asked, acknowledged } = await live(disk);
        const found = await commitsIn(disk.crash(nothing));
        assert.ok(
          found >= acknowledged && found <= asked,
          `call ${call}: ${acknowledged} <= ${found} <= ${asked}`,
        );
      }
    }
    assert.ok(folderSyncs > 20, 'no folder sync was met');
  });

  /** What an owner may find that it has more to do with than to read it, after five commits. */
  const repairs: Record<string, { left: (files: Files) => Files; options?: Partial<SqlJsStoreOptions> }> = {
    'a damaged database': { left: (files) => ({ ...files, [database]: Buffer.from('damaged') }) },
    'no database': { left: ({ [database]: _, ...files }) => files },
    'a long journal': { left: (files) => files, options: { snapshotAtBytes: 100 } },
    'older tables': {
      left: (files) => files,
      options: {
        migrations: [
          ...migrations,
          { version: migrations.length + 1, script: 'CREATE TABLE notes (body TEXT)' },
        ],
      },
    },
  };
  for (const [name, { left, options }] of Object.entries(repairs)) {
    it(`finds all again in a power cut at any call while it repairs ${name}`, async () => {
      const before = new SimulatedDisk();
      const store = await open(before);
      for (const commit of history.commits.slice(0, 5)) await store.commit(commit);
      const files = left(before.files);
      await store.close();
      const random = generator(20261122);
      for (let call = 1, wasHit = true; wasHit; call++) {
        for (let variant = 0; variant < 6; variant++) {
          const disk = new SimulatedDisk(files);
          disk.faultAt = (now) => (now === call ? { kind: 'death' } : undefined);
          const dying = await open(disk, options).catch((error: unknown) => error);
          wasHit = dying instanceof Error;
          const again = await open(disk.crash(random), options);
          assert.deepEqual(await loadState(again), history.states[5], `call ${call}, ${disk.calls.at(-1)}`);
          await again.close();
        }
      }
    });
  }

  it('has a database on disk that is whole at every call', async () => {
    const disk = new SimulatedDisk();
    const seen = new Set<Uint8Array>();
    disk.faultAt = () => {
      const content = disk.files[database];
      if (content) seen.add(content);
      return undefined;
    };
    await live(disk);
    assert.ok(seen.size >= 3, 'none was written but at the open and the close');
    for (const content of seen) {
      const store = await open(new SimulatedDisk({ [database]: content }));
      const loaded = await store.load();
      assert.equal(loaded.repaired, undefined);
      countOf(stateOf(loaded), history);
      await store.close();
    }
  });
});

function stateOf({ snapshot, publications }: Loaded): State {
  return plain({ snapshot, publications });
}

/** How many commits of the history lead to this state. */
function countOf(state: State, { states }: History): number {
  const count = states.findIndex((candidate) => isDeepStrictEqual(candidate, state));
  assert.notEqual(count, -1, `never was: ${JSON.stringify(state)}`);
  return count;
}

/** The same "chance" in every run: a linear congruential generator. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
