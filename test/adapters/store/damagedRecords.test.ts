// Records that can be read and are none of ours: told with their place before anything is done by them, and left as they are.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { encodeRecord, scanJournal } from '../../../src/adapters/store/journalRecord';
import { migrate, migrations } from '../../../src/adapters/store/migrations';
import { readStoredSnapshot } from '../../../src/adapters/store/readStoredSnapshot';
import {
  loadSqlJs,
  type SqlJs,
  SqlJsDatabase,
  type Statement,
} from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { isOwnForm } from '../../../src/adapters/store/statementForms';
import { rejects } from '../../ports/storeConformance';
import { storyOfARun } from '../../support/history';
import { SimulatedDisk } from './simulatedDisk';
import { wasmPath } from './wasmPath';

const dir = '/house';
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const endless = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)';

/** What somebody does to a database of ours, and what is said of it. */
const tables: readonly (readonly [does: string, says: RegExp])[] = [
  [`CREATE TABLE more (n)`, /the table "more"/],
  [`CREATE INDEX more ON events (type)`, /the index "more"/],
  [`CREATE TRIGGER t AFTER INSERT ON meta BEGIN UPDATE features SET losses = 9; END`, /the trigger "t"/],
  [`CREATE VIEW v AS SELECT * FROM meta`, /the view "v"/],
  [`CREATE VIEW "\u202Ev" AS SELECT 1`, /^[^\u202E]*the view "[^\u202E]+$/],
  [`DROP TABLE agents`, /the table "agents" is missing/],
  [`ALTER TABLE features ADD COLUMN more TEXT`, /the table "features"/],
  [`ALTER TABLE locks ADD COLUMN twice GENERATED ALWAYS AS (slot * 2)`, /the table "locks"/],
  [
    `DROP TABLE runs; CREATE TABLE runs (id, status, started_seq, body DEFAULT (random()))`,
    /the table "runs"/,
  ],
  [
    `DROP TABLE agents; CREATE VIEW agents AS ${endless} SELECT n AS slot, n AS fence, '' AS body FROM r`,
    /the view "agents"/,
  ],
  [
    `ALTER TABLE features RENAME TO f2; CREATE VIEW features AS ${endless} SELECT f2.* FROM r, f2 WHERE r.n < 0`,
    /agents\.db is not as ours/,
  ],
  [
    `ALTER TABLE meta RENAME TO m2; CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta SELECT * FROM m2; DROP TABLE m2`,
    /the table "meta"/,
  ],
];

const rows: readonly (readonly [does: string, says: RegExp])[] = [
  ...['null', '[]', '{}', '3', '"text"', '{', '', deep(50_000), '{"__proto__":{"name":"x"}}'].flatMap(
    (json) =>
      (
        [
          ['features', 'spec', /"features".* id 1 .*"spec"/],
          ['features', 'state', /"features".* id 1 .*"state"/],
          ['agents', 'body', /"agents".* slot 1 .*"body"/],
          ['runs', 'body', /"runs".* id 1 .*"body"/],
          ['publications', 'body', /"publications".* fence 1 .*"body"/],
        ] as const
      ).map(([table, column, says]) => [`UPDATE ${table} SET ${column} = '${json}'`, says] as const),
  ),
  ...['learned_files', 'last_failure'].map(
    (column) =>
      [`UPDATE features SET ${column} = '{}'`, new RegExp(`"features".* id 1 .*"${column}"`)] as const,
  ),
  ...[
    'seq',
    'owner',
    'breaker',
    'experience',
    'lastFence',
    'accounts',
    'schema',
    'lsn',
    'epoch',
    'bindings',
  ].flatMap((key) =>
    ['"x"', '', deep(50_000)].map(
      (json) =>
        [`UPDATE meta SET value = '${json}' WHERE key = '${key}'`, new RegExp(`"meta".*"${key}"`)] as const,
    ),
  ),
  ...['seq', 'bindings', 'epoch'].map(
    (key) => [`DELETE FROM meta WHERE key = '${key}'`, new RegExp(`"meta".*no "${key}"`)] as const,
  ),
  [`UPDATE features SET spec = json_set(spec, '$.dependsOn', 'Log in') WHERE id = 2`, /id 2 .*"spec"/],
  [`UPDATE features SET spec = json_set(spec, '$.files[0]', 7)`, /id 1 .*"spec"/],
  [`UPDATE features SET spec = json_set(spec, '$.more', json('${deep(900)}'))`, /id 1 .*"spec"/],
  [`UPDATE features SET state = json_remove(state, '$.claim.fence')`, /id 1 .*"state"/],
  [`UPDATE features SET spec = x'00ff'`, /id 1 .*no text in "spec"/],
  [`UPDATE features SET id = 9223372036854775807 WHERE id = 2`, /number of ours in "id"/],
  [`UPDATE features SET id = -2 WHERE id = 2`, /id -2 has no id of ours/],
  [`UPDATE features SET failures = 'many'`, /"failures"/],
  [`UPDATE features SET fence = 9 WHERE id = 1`, /id 1 is not what its columns say/],
  [`UPDATE agents SET fence = 9`, /slot 1 is not what its columns say/],
  [`UPDATE runs SET status = 'finished'`, /id 1 is not what its columns say/],
  [`UPDATE publications SET fence = 9`, /fence 9 is not what its columns say/],
  [`UPDATE locks SET kind = 'door'`, /"locks".* seq \d+ locks nothing/],
  [`UPDATE events SET body = 'null'`, /"events".* seq \d+ .*"body"/],
  [`UPDATE meta SET value = '0' WHERE key = 'lastFeatureId'`, /"lastFeatureId" is below 2/],
  [`UPDATE meta SET value = '0' WHERE key = 'lastFence'`, /"lastFence" is below 1/],
  [`UPDATE meta SET value = '0' WHERE key = 'seq'`, /"seq" is below/],
  ...['seq', 'lastFence', 'lastFeatureId', 'epoch', 'lsn'].map(
    (key) =>
      [
        `UPDATE meta SET value = '9007199254740991' WHERE key = '${key}'`,
        new RegExp(`"${key}" is above`),
      ] as const,
  ),
  [
    `UPDATE features SET (state, status, phase, fence) = (SELECT state, status, phase, fence FROM features WHERE id = 1)`,
    /"features".* id 1 and 2 have one fence/,
  ],
  [
    `UPDATE locks SET fence = 9; UPDATE meta SET value = '9' WHERE key = 'lastFence'`,
    /"locks".* fence 9 is of no attempt at work/,
  ],
  ...['feature_id = 2', 'feature_id = 7', 'slot = 2', 'held = 0, slot = 3'].map(
    (as) => [`UPDATE locks SET ${as}`, /"locks".* fence \d is of no attempt at work/] as const,
  ),
  ...[`'$.featureId', 2`, `'$.featureId', 7`, `'$.status', 'waiting', '$.featureId', 2`].map(
    (as) =>
      [
        `UPDATE agents SET body = json_set(body, ${as})`,
        /"agents".* slot 1 is of no attempt at work/,
      ] as const,
  ),
  [
    `UPDATE agents SET slot = 2, body = json_set(body, '$.slot', 2)`,
    /"agents".* slot 2 is of no attempt at work/,
  ],
  [
    `UPDATE agents SET body = json_set(body, '$.fence', 9), fence = 9; UPDATE meta SET value = '9' WHERE key = 'lastFence'`,
    /"agents".* slot 1 is of no attempt at work/,
  ],
  [
    `DELETE FROM agents; UPDATE features SET state = '{"status":"pending"}', status = 'pending', phase = '', fence = 0 WHERE id = 1`,
    /"locks".* is of no attempt at work/,
  ],
  [
    `DELETE FROM locks; UPDATE features SET state = '{"status":"pending"}', status = 'pending', phase = '', fence = 0 WHERE id = 1`,
    /"agents".* slot 1 is of no attempt at work/,
  ],
  [
    `UPDATE publications SET body = json_set(body, '$.featureId', 7)`,
    /"publications".* fence 1 is of feature 7, which does not exist/,
  ],
  [
    `DELETE FROM locks; DELETE FROM agents; DELETE FROM features WHERE id = 1`,
    /"publications".* fence 1 is of feature 1, which does not exist/,
  ],
  [
    `UPDATE publications SET body = json_set(body, '$.featureId', 2)`,
    /"publications".* fence 1 is of feature 2, and that fence is feature 1's/,
  ],
];

describe('records that are not ours', () => {
  let sqlJs: SqlJs;
  /** With rows in every table. */
  let ours: Uint8Array;
  before(async () => {
    sqlJs = await loadSqlJs(wasmPath);
    ours = await leave(10);
  });

  const changed = (script: string): Uint8Array => {
    const database = new SqlJsDatabase(sqlJs, ours);
    try {
      database.script(script);
      return database.export();
    } finally {
      database.close();
    }
  };

  /** By whoever looks, whoever opens them, and whoever takes them over. */
  async function assertRefused(left: Readonly<Record<string, Uint8Array>>, says: RegExp): Promise<void> {
    const disk = new SimulatedDisk(left);
    const place = { dir, wasmPath, files: disk.operations };
    const opening = [false, true].map(
      (adopt) => () => openSqlJsStore({ ...place, epoch: 3, binding: { own: 'mine', adopt } }),
    );
    // Who only looks asks for no publication, and bears no epoch.
    const looking =
      /publications|edits|epoch|bindings|"lsn" is above/.test(says.source) || says.source.includes('fence 9')
        ? []
        : [() => readStoredSnapshot(place)];
    for (const begin of [...looking, ...opening]) {
      const { message } = await rejects(begin(), 'corrupt');
      assert.match(message, says);
      assert.match(
        message,
        /Nothing was changed\. Start Over .*--start-over.* moving agents\.db and agents\.journal/,
      );
      assert.ok(message.length < 600, `${message.length} characters`);
    }
    assert.deepEqual(disk.files, left);
  }

  for (const [does, says] of [...tables, ...rows])
    it(`are told as ${says.source}, after ${shortened(does)}`, () =>
      assertRefused({ [`${dir}/agents.db`]: changed(does) }, says));

  it('are no bytes of ours where the list of tables leads on to other pages, and set aside', async () => {
    const script = Array.from({ length: 200 }, (_, k) => `CREATE TABLE t${k} (n);`).join('');
    const disk = new SimulatedDisk({ [`${dir}/agents.db`]: changed(script) });
    const store = await openSqlJsStore({ dir, wasmPath, epoch: 3, files: disk.operations });
    assert.match((await store.load()).repaired ?? '', /damaged/);
    await store.close();
  });

  it('are left out of the history, which feeds no decision, where they are events', async () => {
    const bad = [`'null'`, `'{'`, `json_remove(body, '$.spec')`, `json_set(body, '$.seq', 9)`, `''`];
    const script = bad.map((body, k) => `UPDATE events SET body = ${body} WHERE seq = ${k + 1};`).join('');
    const disk = new SimulatedDisk({ [`${dir}/agents.db`]: changed(script) });
    const store = await openSqlJsStore({ dir, wasmPath, epoch: 3, files: disk.operations });
    const seqs = (await store.events(0, 3)).map(({ seq }) => seq);
    await store.close();
    assert.deepEqual(seqs, [6, 7, 8]); // a short answer would say that there are no more
  });

  it('are told of tables of an older version before those are brought up to date', async () => {
    const database = new SqlJsDatabase(sqlJs);
    migrate(database, migrations, 0, 4);
    const values = `'pending', '', 0, '{"status":"pending"}', 0, 0, '[]', 'null'`;
    database.script(`UPDATE meta SET value = '1' WHERE key = 'lastFeatureId'`);
    database.script(`INSERT INTO features VALUES (1, 'A', '[]', ${values})`);
    await assertRefused({ [`${dir}/agents.db`]: database.export() }, /"features".* id 1 .*"spec"/);
    database.script(`DELETE FROM features; INSERT INTO edits VALUES (1, 'a.ts', '{"written":7,"path":[]}')`);
    await assertRefused({ [`${dir}/agents.db`]: database.export() }, /"edits".* fence 1 .*"body"/);
    database.close();
  });

  it('are not those that hold more in a row than this version knows of', async () => {
    const more = changed(`UPDATE features SET spec = json_set(spec, '$.later', json('{"__proto__":[]}'))`);
    const disk = new SimulatedDisk({ [`${dir}/agents.db`]: more });
    const found = await readStoredSnapshot({ dir, wasmPath, files: disk.operations });
    assert.equal(found?.snapshot.features[1]?.spec.name, 'Log in');
    assert.equal(Object.getPrototypeOf(found.snapshot.features[1].spec), Object.prototype);
  });

  it('are told of a journal whose records are whole and say what we do not', async () => {
    const record = (statement: Statement) =>
      encodeRecord({ lsn: 1, epoch: 1, schema: 6, statements: [statement] });
    const change = { params: [], rows: 0 };
    const packed = { lsn: 1, epoch: 1, schema: 6, sql: [], steps: [] };
    const journals: readonly Uint8Array[] = [
      record({ ...change, sql: `${endless} INSERT INTO meta SELECT n, n FROM r` }),
      record({ ...change, sql: `CREATE VIEW v AS ${endless} SELECT n FROM r` }),
      record({ ...change, sql: `UPDATE meta SET value = (${endless} SELECT count(*) FROM r) WHERE key = ?` }),
      record({ ...change, sql: 'UPDATE meta SET value = ? WHERE key = ?; DROP TABLE meta' }),
      record({ ...change, sql: 'UPDATE sqlite_master SET sql = ? WHERE name = ?' }),
      record({ ...change, sql: 'PRAGMA writable_schema = ON' }),
      ...[
        null,
        [],
        3,
        'text',
        { ...packed, lsn: '1' },
        { ...packed, schema: 0 },
        { ...packed, epoch: null },
      ].map(whole),
      ...[
        { ...packed, sql: null },
        { ...packed, steps: [null] },
        { ...packed, steps: [[0, 1, []]] },
      ].map(whole),
      whole({ ...packed, sql: ['DELETE FROM events'], steps: [[0, 0, [{}]]] }),
      framed(Buffer.from(deep(2_000_000))),
      framed(Buffer.from('{')),
      framed(Buffer.from('{"__proto__":{"lsn":1,"epoch":1,"schema":6,"sql":[],"steps":[]}}')),
    ];
    for (const journal of journals)
      await assertRefused({ [`${dir}/agents.journal`]: journal }, /record 1 of agents\.journal/);
  });

  it('are none of those that our own commits make', async () => {
    for (const journal of [await journalOf(20), await journalOf(3)]) {
      const { records, cutBytes } = scanJournal(journal);
      assert.equal(cutBytes, 0);
      const all = records.flatMap(({ statements }) => statements);
      assert.ok(all.length > 5 && all.every(({ sql }) => isOwnForm(sql)));
    }
  });
});

const { commits } = storyOfARun();

/** The database as it lies after some commits. */
async function leave(count: number): Promise<Uint8Array> {
  const disk = new SimulatedDisk();
  const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
  for (const commit of commits.slice(0, count)) await store.commit(commit);
  await store.close();
  return disk.files[`${dir}/agents.db`] ?? assert.fail();
}

async function journalOf(count: number): Promise<Uint8Array> {
  const disk = new SimulatedDisk();
  const store = await openSqlJsStore({ dir, epoch: 1, wasmPath, files: disk.operations });
  for (const commit of commits.slice(0, count)) await store.commit(commit);
  const journal = disk.files[`${dir}/agents.journal`] ?? assert.fail();
  await store.close();
  return journal;
}

function whole(value: unknown): Uint8Array {
  return framed(Buffer.from(JSON.stringify(value)));
}

/** As the journal keeps a record: anybody can do that. */
function framed(body: Buffer): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, createHash('sha256').update(body).digest().subarray(0, 8), body]);
}

function shortened(text: string): string {
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
