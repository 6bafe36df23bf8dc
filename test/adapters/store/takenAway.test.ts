// What the store does when somebody takes its files away under it: a part is put back, the whole is told.
import { strict as assert } from 'node:assert';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { Failure } from '../../../src/ports/failure';
import type { Store } from '../../../src/ports/store';
import { loadState } from '../../ports/storeConformance';
import { storyOfARun } from '../../support/history';
import { wasmPath } from './wasmPath';

const { commits, states } = storyOfARun();
const half = Math.floor(commits.length / 2);

describe('SqlJsStore whose files are taken away', () => {
  let parent: string;
  let dir: string;
  let store: Store;

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'pa-store-'));
    dir = path.join(parent, 'house');
    await mkdir(dir);
    store = await open(1);
    for (const commit of commits.slice(0, half)) await store.commit(commit);
  });
  afterEach(async () => {
    await store.close();
    await rm(parent, { recursive: true, force: true });
  });

  const open = (epoch: number) => openSqlJsStore({ dir, epoch, wasmPath });
  const file = (name: string) => path.join(dir, name);

  async function goesOnWithAll(): Promise<void> {
    const copy = await mkdtemp(path.join(tmpdir(), 'pa-store-'));
    await cp(dir, copy, { recursive: true }); // as a crash would leave it
    const found = await openSqlJsStore({ dir: copy, epoch: 2, wasmPath });
    assert.deepEqual(await loadState(found), states[half + 1]);
    await found.close();
    await rm(copy, { recursive: true });
    for (const commit of commits.slice(half + 1)) await store.commit(commit);
    await store.close();
    store = await open(2);
    assert.deepEqual(await loadState(store), states.at(-1));
  }

  for (const name of ['agents.journal', 'agents.db']) {
    it(`puts ${name} back when that alone was removed, with the next look`, async () => {
      await rm(file(name));
      await store.confirm();
      await readFile(file(name));
      await store.commit(commits[half] ?? assert.fail());
      await goesOnWithAll();
    });
  }

  it('loses nothing when the journal is removed and no look comes before the next commit', async () => {
    await rm(file('agents.journal'));
    await store.commit(commits[half] ?? assert.fail());
    await goesOnWithAll();
  });

  const gone: Record<string, () => Promise<unknown>> = {
    'was removed': () => rm(dir, { recursive: true }),
    'was removed and made again': async () => {
      await rm(dir, { recursive: true });
      await mkdir(dir);
    },
    'was replaced by a copy of itself': async () => {
      await rename(dir, `${dir}-before`);
      await cp(`${dir}-before`, dir, { recursive: true });
    },
  };
  for (const [what, take] of Object.entries(gone)) {
    it(`says so when the folder ${what}, at a look and at a commit, and writes nothing more`, async () => {
      await take();
      const left = await readFile(file('agents.journal')).catch(() => undefined);
      const commit = store.commit(commits[half] ?? assert.fail());
      for (const asked of [commit, store.confirm()])
        await assert.rejects(asked, (error) => Failure.is(error, 'removed') && error.message.includes(dir));
      await store.close();
      assert.deepEqual(await readFile(file('agents.journal')).catch(() => undefined), left);
    });
  }
});
