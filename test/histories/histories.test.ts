// Each version's stored data, opened by this one: it tells what it told when it was written, and is told so again.
import { strict as assert } from 'node:assert';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrations, newestVersion } from '../../src/adapters/store/migrations';
import { readStoredSnapshot } from '../../src/adapters/store/readStoredSnapshot';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot } from '../../src/core/events/snapshot';
import { wasmPath } from '../adapters/store/wasmPath';
import { plain } from '../support/history';
import { folderOf, toldName, versionsThere } from './histories';
import { leaveHistory } from './playHistory';
import { readHistory, type Told } from './readHistory';

describe('histories', () => {
  let dir: string;
  beforeEach(async () => {
    dir = path.join(await mkdtemp(path.join(tmpdir(), 'pa-history-')), 'house');
  });
  afterEach(() => rm(path.dirname(dir), { recursive: true, force: true }));

  it('are there up to the newest version; after a new migration: npm run histories', () => {
    assert.equal(versionsThere().at(-1), newestVersion(migrations));
  });

  for (const version of versionsThere()) {
    describe(`of version ${version}`, () => {
      let told: Told;
      beforeEach(async () => {
        await cp(folderOf(version), dir, { recursive: true });
        told = JSON.parse(await readFile(path.join(dir, toldName), 'utf8'));
      });

      it('tell what they told, also once they were taken over', async () => {
        assert.deepEqual(await readHistory(dir, 2), told);
        assert.deepEqual(await readHistory(dir, 3), told);
      });

      it('are looked at as they are opened, with nothing written', async () => {
        const before = await readdir(dir, { recursive: true });
        const seen = await readStoredSnapshot({ dir, wasmPath });
        assert.deepEqual(plain(seen?.snapshot), told.snapshot);
        assert.deepEqual(await readdir(dir, { recursive: true }), before);
      });

      it('come to their state when all their events are told again', () => {
        assert.deepEqual(
          told.events.map(({ seq }) => seq),
          told.events.map((_, k) => k + 1),
        );
        assert.deepEqual(plain(projectAll(emptySnapshot, told.events)), told.snapshot);
      });

      it('hold some of each', () => assertSomeOfEach(told));

      it('have a journal that goes on from their database, and pages of events that left it', async () => {
        await rm(path.join(dir, 'agents.journal'));
        const alone = await readHistory(dir);
        assert.ok(alone.snapshot.seq > 0 && alone.snapshot.seq < told.snapshot.seq);
        assert.ok((await readdir(path.join(dir, 'history'))).length > 0);
      });
    });
  }

  it('can be made anew, with some of each', async () => {
    await leaveHistory(dir);
    assertSomeOfEach(await readHistory(dir));
  });
});

/** What passed, failed, was skipped, is kept for an approval, at work, locked and waited for. */
function assertSomeOfEach({ snapshot: { features, locks }, publications, texts }: Told): void {
  const stages = Object.values(features).map(({ state }) =>
    state.status === 'claimed' ? state.phase : state.status,
  );
  for (const stage of ['passing', 'failed', 'skipped', 'unconfirmed', 'working', 'waiting'] as const)
    assert.ok(stages.includes(stage), `none is ${stage}`);
  for (const some of [locks.holds, locks.waits, publications, Object.keys(texts)]) assert.ok(some.length > 0);
}
