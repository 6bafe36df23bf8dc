// What the store promises: notes come back as they were put in, also from a file, also after many changes at once.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';

const milk = { title: 'Milk', text: 'two litres', tags: ['home'] };

describe('the store', () => {
  let openStore;
  let folder;
  let file;
  before(async () => {
    ({ openStore } = await import('../src/store.js'));
    folder = await mkdtemp(path.join(tmpdir(), 'notes-'));
  });
  after(() => folder && rm(folder, { recursive: true }));
  beforeEach(async () => {
    file = path.join(await mkdtemp(path.join(folder, 'case-')), 'notes.json');
  });

  it('keeps what was added', async () => {
    const store = await openStore();
    assert.deepEqual(await store.add(milk), { id: 1, ...milk });
    assert.deepEqual(store.get(1), { id: 1, ...milk });
    assert.deepEqual(store.list(), [{ id: 1, ...milk }]);
    assert.equal(store.get(2), undefined);
  });

  it('updates and removes', async () => {
    const store = await openStore();
    await store.add(milk);
    assert.deepEqual(await store.update(1, { text: 'one litre' }), { id: 1, ...milk, text: 'one litre' });
    assert.equal(await store.remove(1), true);
    assert.equal(await store.remove(1), false);
    assert.equal(await store.update(1, milk), undefined);
    assert.deepEqual(store.list(), []);
  });

  it('is still there after a restart, and never uses an id twice', async () => {
    const before = await openStore(file);
    await before.add(milk);
    await before.add({ ...milk, title: 'Bread' });
    await before.remove(2);
    const store = await openStore(file);
    assert.deepEqual(store.list(), [{ id: 1, ...milk }]);
    assert.equal((await store.add(milk)).id, 3);
  });

  it('loses nothing when changes come at once', async () => {
    const store = await openStore(file);
    await Promise.all(Array.from({ length: 50 }, (_, at) => store.add({ ...milk, title: `Note ${at}` })));
    assert.deepEqual((await openStore(file)).list(), store.list());
    assert.equal(store.list().length, 50);
    assert.deepEqual(await readdir(path.dirname(file)), ['notes.json']);
  });

  it('does not start over a file that it cannot read', async () => {
    await writeFile(file, '{ "lastId": 7, ');
    await assert.rejects(openStore(file), SyntaxError);
  });
});
