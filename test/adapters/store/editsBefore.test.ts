// What the database of an older version says of files that attempts had changed in the workspace: it can be taken back.
import { strict as assert } from 'node:assert';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { createPublisher } from '../../../src/adapters/isolation/publisher';
import type { EditRow } from '../../../src/adapters/store/editsBefore';
import { setMeta } from '../../../src/adapters/store/meta';
import type { Statement } from '../../../src/adapters/store/sqlJsDatabase';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { insert } from '../../../src/adapters/store/statementForms';
import { featureColumns } from '../../../src/adapters/store/statements';
import { newFeature } from '../../../src/core/features/feature';
import type { Loaded } from '../../../src/ports/store';
import { specOf } from '../../support/history';
import { tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { leaveOlder } from './olderDatabase';
import { wasmPath } from './wasmPath';

const sha = (text: string) => hashOf(Buffer.from(text));

const old = { fence: 3, featureId: 2, mode: 0o644, original: sha('old') };

/** A database of version 5 in `dir`: all rows but the last in the file, the last in the journal beside it. */
async function leaveEdits(dir: string, rows: readonly EditRow[]): Promise<void> {
  const inserts = rows.map((row): Statement => {
    const params = [row.fence, row.path, JSON.stringify(row)];
    return { sql: 'INSERT INTO edits (fence, path, body) VALUES (?, ?, ?)', params, rows: 1 };
  });
  const feature = insert('features', {
    id: old.featureId,
    ...featureColumns(newFeature(old.featureId, specOf('Old'))),
  });
  const known = [feature, setMeta('lastFeatureId', old.featureId)];
  await leaveOlder(dir, 5, [...known, ...inserts.slice(0, -1)], inserts.slice(-1));
}

/** As the first host of this version finds it, and the next one. */
async function openTwice(dir: string): Promise<readonly [Loaded, Loaded]> {
  const load = async () => {
    const store = await openSqlJsStore({ dir, wasmPath, epoch: 1 });
    const loaded = await store.load();
    await store.close();
    return loaded;
  };
  return [await load(), await load()];
}

describe('edits of an older version', () => {
  it('become publications, by attempt, as they were last written', async () => {
    const dir = tempFolder();
    await leaveEdits(dir, [
      { ...old, path: 'a.ts', written: sha('new') },
      { ...old, path: 'asked.ts' },
      { ...old, path: 'gone.ts', written: sha('new'), pending: null },
      { ...old, path: 'z.ts', original: null, mode: null, pending: sha('z') },
      { ...old, fence: 1, path: 'a.ts', written: sha('older') },
    ]);
    const state = (hash: string | null, mode: number | null = null) => ({ hash, mode });
    const before = state(old.original, 0o644);
    const [first, second] = await openTwice(dir);
    assert.deepEqual(first.publications, [
      {
        fence: 1,
        featureId: 2,
        stage: 'published',
        files: [{ path: 'a.ts', before, after: state(sha('older')) }],
      },
      {
        fence: 3,
        featureId: 2,
        stage: 'published',
        files: [
          { path: 'a.ts', before, after: state(sha('new')) },
          { path: 'gone.ts', before, after: state(null) },
          { path: 'z.ts', before: state(null), after: state(sha('z')) },
        ],
      },
    ]);
    assert.equal(first.repaired, undefined);
    assert.deepEqual(second.publications, first.publications);
  });

  it('are told where lines of several attempts are in one file, which stays as it is', async () => {
    const dir = tempFolder();
    const shared = { shared: { text: sha('pieces') }, written: sha('new') };
    await leaveEdits(dir, [
      { ...old, path: 'CHANGELOG.md', ...shared },
      { ...old, fence: 4, path: 'CHANGELOG.md', ...shared },
    ]);
    const [first, second] = await openTwice(dir);
    assert.deepEqual(first.publications, []);
    assert.match(first.repaired ?? '', /shared files; look at "CHANGELOG\.md"\.$/);
    assert.equal(second.repaired, undefined);
  });

  it('are taken back from the workspace by what was kept of it then', async () => {
    const workspace = await tempWorkspace({ 'a.ts': 'new', 'sub/z.ts': 'z', 'mine.ts': 'mine' });
    const kept = createBlobStore(workspace.stateDir);
    await kept.put(Buffer.from('old'));
    await leaveEdits(workspace.stateDir, [
      { ...old, path: 'a.ts', written: sha('new') },
      { ...old, path: 'gone.ts', written: null },
      { ...old, path: 'mine.ts', written: sha('new') },
      { ...old, path: 'sub/z.ts', original: null, mode: null, written: sha('z') },
    ]);
    const [{ publications }] = await openTwice(workspace.stateDir);
    const publisher = createPublisher({ ...workspace, kept, memory: workspace.user.memory });
    assert.deepEqual(await publisher.withdraw(publications[0]?.files ?? []), ['mine.ts']);
    assert.deepEqual(workspace.tree(), { 'a.ts': 'old', 'gone.ts': 'old', 'mine.ts': 'mine' });
  });
});
