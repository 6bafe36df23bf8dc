// What is put back many files at a time: what stands in the way goes first, and folders go that hold nothing any more.
import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempIsolation } from './tempIsolation';

const slot = 1;

describe('putting back', () => {
  it('leaves the place as the workspace is, also where files and folders have changed places', async () => {
    const { workspace, isolation, at, shown } = await tempIsolation({
      file: 'f',
      'folder/a.txt': 'a',
      'folder/deep/b.txt': 'b',
      'kept/c.txt': 'c',
    });
    for (const name of ['file', 'folder']) rmSync(at(name), { recursive: true });
    for (let k = 0; k < 100; k++)
      for (const folder of ['file', 'file/deep', 'made/x', `made/${k}/y`, 'kept']) {
        mkdirSync(at(folder), { recursive: true });
        writeFileSync(at(`${folder}/${k}.txt`), `${k}`);
      }
    writeFileSync(at('folder'), 'now a file');
    writeFileSync(at('kept/c.txt'), 'changed');
    const changes = await isolation.changes(slot);
    assert.equal(changes.length, 505);
    await isolation.putBack(
      slot,
      changes.map((change) => change.path),
    );
    assert.deepEqual(await isolation.changes(slot), []);
    assert.deepEqual(shown(), workspace.tree());
    for (const name of ['made', 'made/7', 'made/x']) assert.equal(shown()[name], undefined);
  });

  it('is asked of changes in the order of their paths, and of new twins the first one stands', async function () {
    if (process.platform !== 'linux') return this.skip();
    const { isolation, at } = await tempIsolation({ 'a.txt': 'a' });
    const names = Array.from({ length: 40 }, (_, k) => `twin${k}.txt`);
    for (const name of [...names, ...names.map((name) => name.toUpperCase())]) writeFileSync(at(name), name);
    const changes = await isolation.changes(slot);
    assert.deepEqual(
      changes.map((change) => change.path),
      [...names, ...names.map((name) => name.toUpperCase())].sort(),
    );
    assert.equal(changes.filter(({ why }) => why?.includes('only in case')).length, 40);
    const again = await isolation.changes(slot);
    assert.deepEqual(again, changes, path.basename(at('.')));
  });
});
