// Real processes that commit and are killed without warning: nothing they acknowledged may be lost.
import { strict as assert } from 'node:assert';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { loadSqlJs, SqlJsDatabase } from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { repoRoot } from '../../support/repoRoot';
import { wasmPath } from './wasmPath';

/** In all, and in one test: each has its own time on a busy machine. */
const [kills, killsTogether] = [30, 15];

describe('SqlJsStore under kill -9', () => {
  let temp: string;

  before(async () => {
    temp = await mkdtemp(path.join(tmpdir(), 'store-crash-'));
    await build({
      entryPoints: [path.join(repoRoot, 'test/adapters/store/commitLoop.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: path.join(temp, 'commitLoop.cjs'),
      logLevel: 'warning',
    });
  });

  after(() => rm(temp, { recursive: true }));

  for (let from = 0; from < kills; from += killsTogether) {
    const to = from + killsTogether;
    it(`loses no acknowledged commit in kills ${from + 1} to ${to}, and leaves a database that others can open`, async function () {
      this.timeout(60_000);
      const dir = path.join(temp, 'house');
      await mkdir(dir, { recursive: true });
      // What one kill left is looked at while the next process commits.
      let looked = Promise.resolve();
      for (let kill = from + 1; kill <= to; kill++) {
        const acknowledged = await commitUntilKilled(dir, kill, (kill * 37) % 61);
        const left = path.join(temp, `left-${kill}`);
        await cp(dir, left, { recursive: true });
        await looked;
        looked = assertKept(left, kill, acknowledged);
        looked.catch(() => undefined); // it is awaited when the next process has been killed
      }
      await looked;
      if (to < kills) return;
      assert.ok((await readdir(path.join(dir, 'history'))).length > 5, 'no events went to the archive');
    });
  }

  async function assertKept(left: string, kill: number, acknowledged: number): Promise<void> {
    assert.equal(await integrityOf(path.join(left, 'agents.db')), 'ok', `kill ${kill}`);
    const store = await openSqlJsStore({ dir: left, wasmPath, epoch: kill });
    const { snapshot, repaired } = await store.load();
    const events = await store.events(0, 100_000);
    await store.close();
    assert.equal(repaired, undefined);
    assert.ok(
      snapshot.seq >= acknowledged,
      `kill ${kill}: ${snapshot.seq} of ${acknowledged} acknowledged commits`,
    );
    assert.equal(Object.keys(snapshot.features).length, snapshot.seq);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      Array.from({ length: snapshot.seq }, (_, k) => k + 1),
      `kill ${kill}: events lost, doubled or out of order`,
    );
    assert.equal(await integrityOf(path.join(left, 'agents.db')), 'ok', `kill ${kill}, after recovery`);
  }

  /** Returns the last number the process told; it is killed when it has told `lines` of them, at work on the next. */
  async function commitUntilKilled(dir: string, epoch: number, lines: number): Promise<number> {
    const child: ChildProcess = spawn(
      process.execPath,
      [path.join(temp, 'commitLoop.cjs'), dir, wasmPath, String(epoch)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_COMPILE_CACHE: path.join(temp, 'compiled') },
      },
    );
    assert.ok(child.stdout);
    const exited = once(child, 'exit');
    let last = 0;
    let told = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      told += 1;
      if (told === lines + 1) child.kill('SIGKILL');
    }
    assert.deepEqual(await exited, [null, 'SIGKILL']);
    return last;
  }
});

/** By SQLite's own program where there is one, which knows nothing of us; else by sql.js. */
async function integrityOf(file: string): Promise<string> {
  const sqlite = promisify(execFile);
  try {
    return (await sqlite('sqlite3', [file, 'PRAGMA integrity_check'])).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code !== 'ENOENT') return stderr ?? String(error);
  }
  const database = new SqlJsDatabase(await loadSqlJs(wasmPath), await readFile(file));
  try {
    return database
      .query('PRAGMA integrity_check')
      .map((row) => row.text('integrity_check'))
      .join('\n');
  } finally {
    database.close();
  }
}
