// What is made of the files an earlier owner left: torn, cut, damaged, put back, mixed up.
import { strict as assert } from 'node:assert';
import { encodeHead, encodeRecord, scanJournal } from '../../../src/adapters/store/journalRecord';
import { migrations, newestVersion } from '../../../src/adapters/store/migrations';
import { recoverRecords } from '../../../src/adapters/store/recovery';
import { readPublications, readSnapshot } from '../../../src/adapters/store/snapshotRows';
import { loadSqlJs, type SqlJs, SqlJsDatabase } from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { atOnce } from '../../../src/core/shared/steps';
import { plain, type State, storyOfARun } from '../../support/history';
import { SimulatedDisk } from './simulatedDisk';
import { wasmPath } from './wasmPath';

const dir = '/house';
const databasePath = `${dir}/agents.db`;
const journalPath = `${dir}/agents.journal`;
const { commits, states } = storyOfARun();

/** The two files as some moment left them; either may be missing. */
interface Left {
  readonly database?: Uint8Array;
  readonly journal?: Uint8Array;
}

interface Found {
  readonly state: State;
  readonly cutBytes: number;
  readonly unusable: readonly string[];
}

describe('recover', () => {
  let sqlJs: SqlJs;
  /** A database of 7 commits, and a journal of 2 more. */
  let late: Required<Left>;
  /** A database of 2 commits and the owner's, and a journal with its head alone. */
  let early: Required<Left>;
  /** A database of none, and a journal of 3. */
  let first: Required<Left>;

  before(async () => {
    sqlJs = await loadSqlJs(wasmPath);
    late = await leave(7, 2);
    early = await leave(2, 0);
    first = await leave(0, 3);
  });

  const find = async ({ database, journal }: Left): Promise<Found> => {
    const disk = new SimulatedDisk({
      ...(database && { [databasePath]: database }),
      ...(journal && { [journalPath]: journal }),
    });
    const found = await recoverRecords({ files: disk.operations, dir }, sqlJs, migrations);
    try {
      const hasTables = found.lsn > 0;
      const state = hasTables
        ? plain({
            snapshot: atOnce(readSnapshot(found.database)),
            publications: readPublications(found.database),
          })
        : (states[0] as State);
      return { state, cutBytes: found.cutBytes, unusable: found.unusable };
    } finally {
      found.database.close();
    }
  };

  it('finds every commit before the cut, with the journal cut at any byte, also with garbage after it', async function () {
    this.timeout(60_000);
    const { database, journal } = late;
    const { ends } = scanJournal(journal);
    assert.equal(ends.length, 1 + 2, 'one record of the owner and one for each commit');
    const garbage = Buffer.from('\u0000\u0001garbage that is no record', 'latin1');
    for (let cut = 0; cut <= journal.length; cut++) {
      for (const tail of [new Uint8Array(), garbage]) {
        const torn = Buffer.concat([journal.subarray(0, cut), tail]);
        const whole = ends.filter((end) => end <= cut);
        const { state, cutBytes, unusable } = await find({ database, journal: torn });
        assert.deepEqual(state, states[7 + Math.max(0, whole.length - 1)], `cut at ${cut}`);
        assert.equal(cutBytes, torn.length - (whole.at(-1) ?? 0), `cut at ${cut}`);
        assert.deepEqual(unusable, []);
      }
    }
  });

  it('stops at a record in which any one byte is another', async function () {
    this.timeout(60_000);
    const { database, journal } = late;
    const { ends } = scanJournal(journal);
    const [from = 0, to = 0] = ends.slice(-2);
    for (let at = from; at < to; at++) {
      const wrong = journal.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      const { state, cutBytes } = await find({ database, journal: wrong });
      assert.deepEqual(state, states[8], `byte ${at}`);
      assert.equal(cutBytes, to - from, `byte ${at}`);
    }
  });

  /** What lies there, what is found in it, and which files can only be set aside. */
  const cases: Record<string, { left: () => Left; finds: number; unusable?: string[] }> = {
    'nothing at all': { left: () => ({}), finds: 0 },
    'a database without its journal': { left: () => ({ database: late.database }), finds: 7 },
    'a journal from before the last snapshot': {
      left: () => ({ database: late.database, journal: first.journal }),
      finds: 7,
    },
    'no database, and a journal from the very first commit': {
      left: () => ({ journal: first.journal }),
      finds: 3,
    },
    'no database, and a journal that begins later': {
      left: () => ({ journal: late.journal }),
      finds: 0,
      unusable: ['agents.journal'],
    },
    'an empty database, and a journal from the very first commit': {
      left: () => ({ database: new Uint8Array(), journal: first.journal }),
      finds: 3,
      unusable: ['agents.db'],
    },
    'garbage for a database, and a journal that begins later': {
      left: () => ({ database: Buffer.alloc(9000, 'garbage'), journal: late.journal }),
      finds: 0,
      unusable: ['agents.db', 'agents.journal'],
    },
    'a database cut in half, and no journal': {
      left: () => ({ database: half(late.database) }),
      finds: 0,
      unusable: ['agents.db'],
    },
    'a database with a page of zeros': {
      left: () => ({
        database: late.database.map((byte, at) => (at >= 4096 && at < 8192 ? 0 : byte)),
      }),
      finds: 0,
      unusable: ['agents.db'],
    },
    'an SQLite file of someone else': {
      left: () => ({ database: foreign(sqlJs) }),
      finds: 0,
      unusable: ['agents.db'],
    },
    'an older copy of the database, and a journal that begins after it': {
      left: () => ({ database: early.database, journal: late.journal }),
      finds: 2,
      unusable: ['agents.journal'],
    },
    'a database, and a journal of which a later commit is not for it': {
      left: () => ({ database: late.database, journal: withStrange(late.journal) }),
      finds: 7,
      unusable: ['agents.journal'],
    },
    'a database, and the journal that was left when it was closed': { left: () => early, finds: 2 },
    'a copy of the database that is one commit older than what was closed': {
      left: () => ({ database: early.database, journal: encodeHead(1 + 2 + 1, newestVersion(migrations)) }),
      finds: 2,
      unusable: ['agents.journal'],
    },
    'a journal that was closed, and no database': {
      left: () => ({ journal: early.journal }),
      finds: 0,
      unusable: ['agents.journal'],
    },
  };
  for (const [name, { left, finds, unusable = [] }] of Object.entries(cases)) {
    it(`finds ${finds} commits in ${name}`, async () => {
      const found = await find(left());
      assert.deepEqual(found.state, states[finds]);
      assert.deepEqual(found.unusable, unusable);
    });
  }
});

/** The files as they lie after some commits, a snapshot by closing, and more commits. */
async function leave(beforeSnapshot: number, afterSnapshot: number): Promise<Required<Left>> {
  const disk = new SimulatedDisk();
  const open = () => openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
  if (beforeSnapshot > 0) {
    const store = await open();
    for (const commit of commits.slice(0, beforeSnapshot)) await store.commit(commit);
    await store.close();
  }
  const store = await open();
  for (const commit of commits.slice(beforeSnapshot, beforeSnapshot + afterSnapshot))
    await store.commit(commit);
  const left = { database: at(disk, databasePath), journal: at(disk, journalPath) };
  await store.close();
  return left;
}

function at(disk: SimulatedDisk, path: string): Uint8Array {
  const content = disk.files[path];
  assert.ok(content, `${path} is missing`);
  return content;
}

/** A whole commit more, which changes a row that is not there. */
function withStrange(journal: Uint8Array): Uint8Array {
  const { lsn, epoch, schema } = scanJournal(journal).records.at(-1) ?? assert.fail();
  const statement = { sql: 'UPDATE meta SET value = ? WHERE key = ?', params: ['1', 'none'], rows: 1 };
  return Buffer.concat([journal, encodeRecord({ lsn: lsn + 1, epoch, schema, statements: [statement] })]);
}

function half(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, bytes.length / 2);
}

function foreign(sqlJs: SqlJs): Uint8Array {
  const database = new SqlJsDatabase(sqlJs);
  database.script('CREATE TABLE recipes (name TEXT)');
  try {
    return database.export();
  } finally {
    database.close();
  }
}
