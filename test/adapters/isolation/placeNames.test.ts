// Names that not every system can have: what is there keeps its name, and what no text can name is told, never passed over.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { createPublisher } from '../../../src/adapters/isolation/publisher';
import type { TempWorkspace } from '../files/tempWorkspace';
import { tempPlaces } from './tempPlaces';

const slot = 1;
/** Latin-1 for `café`, as it is told. */
const shown = 'caf\uFFFD';
const bytesOf = (...parts: readonly string[]) => Buffer.from(parts.join('/'), 'latin1');
const namesIn = (folder: string) =>
  readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('latin1'))
    .sort();

function publisherOf({ root, stateDir, user }: TempWorkspace) {
  return createPublisher({ root, stateDir, kept: createBlobStore(stateDir), memory: user.memory });
}

describe('names that are no UTF-8', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('are told where a command gives them, in new and old folders, and put back', async () => {
    const { places } = await tempPlaces({ 'a.txt': 'a', 'src/b.txt': 'b', [`${shown}.md`]: 'its real name' });
    await places.prepare(slot);
    const dir = places.folderOf(slot);
    for (const name of ['caf\xe9.txt', 'caf\xe8.txt', 'src/caf\xe9']) writeFileSync(bytesOf(dir, name), 'x');
    mkdirSync(bytesOf(dir, 'new'));
    mkdirSync(bytesOf(dir, 'new/caf\xe9'));
    writeFileSync(bytesOf(dir, 'new/caf\xe9/deep.txt'), 'x');
    const changes = await places.changes(slot);
    const paths = [`${shown}.txt`, `new/${shown}`, `src/${shown}`];
    assert.deepEqual(
      changes.map(({ path }) => path),
      paths,
    );
    for (const { why } of changes) assert.match(why ?? '', /no UTF-8.*give it a name in UTF-8/);
    await places.putBack(slot, paths);
    assert.deepEqual(await places.changes(slot), []);
    assert.deepEqual(readdirSync(dir).sort(), ['a.txt', `${shown}.md`, 'src']);
    assert.deepEqual(namesIn(`${dir}/src`), ['b.txt']);
  });

  it('are no change where they are ignored, and gone with the next attempt', async () => {
    const { places } = await tempPlaces({ 'a.txt': 'a', '.gitignore': '*.log\n' });
    await places.prepare(slot);
    writeFileSync(bytesOf(places.folderOf(slot), 'caf\xe9.log'), 'x');
    assert.deepEqual(await places.changes(slot), []);
    assert.deepEqual((await places.prepare(slot)).unread, []);
    assert.deepEqual(namesIn(places.folderOf(slot)), ['.gitignore', 'a.txt']);
  });

  for (const files of [1, 400, 2_100]) {
    it(`are told as lacking where the workspace has them, beside ${files} others`, async () => {
      const { workspace, places } = await tempPlaces({ 'a/a.txt': 'a' });
      const { root } = workspace;
      for (let k = 0; k < files; k++) writeFileSync(path.join(root, `a/${k}.txt`), '');
      writeFileSync(bytesOf(root, 'a/caf\xe9.txt'), 'x');
      symlinkSync(bytesOf('caf\xe9.txt'), path.join(root, 'link'));
      const lacking = [`a/${shown}.txt (a name that is no UTF-8)`, 'link (a name that is no UTF-8)'];
      for (const time of ['first', 'again']) {
        assert.deepEqual((await places.prepare(slot)).unread, lacking, time);
        assert.equal(namesIn(`${places.folderOf(slot)}/a`).includes('caf\xe9.txt'), false);
        assert.deepEqual(await places.changes(slot), []);
      }
      assert.equal(namesIn(`${root}/a`).includes('caf\xe9.txt'), true);
    });
  }

  it('are told of the text of a link as well', async () => {
    const { places } = await tempPlaces({ 'a.txt': 'a' });
    await places.prepare(slot);
    symlinkSync(bytesOf('caf\xe9'), path.join(places.folderOf(slot), 'link'));
    const [change] = await places.changes(slot);
    assert.match(change?.why ?? '', /not a regular file/);
  });
});

describe('names that agents would not be let give', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  const odd = ['cafe\u0301.txt', 'a\\b.txt', 'tab\there.txt', 'line\nend.txt', 'cafe\u0301/\u001b.txt'];

  for (const name of odd) {
    it(`stay as they are where there is a ${JSON.stringify(name)}, which can be changed and removed`, async () => {
      const { workspace, places, stage } = await tempPlaces({ [name]: 'old', 'a.txt': 'a' });
      await places.prepare(slot);
      const at = path.join(places.folderOf(slot), name);
      const bring = async () => {
        const changes = await places.changes(slot);
        assert.deepEqual(
          changes.map(({ path, why }) => [path, why]),
          [[name, undefined]],
        );
        const staged = await stage(slot, [name]);
        assert.deepEqual(await publisherOf(workspace).publish(staged), { ok: true, value: {} });
        return staged;
      };
      writeFileSync(at, 'new');
      const staged = await bring();
      assert.deepEqual(workspace.tree(), { [name]: 'new', 'a.txt': 'a' });
      assert.deepEqual(await publisherOf(workspace).withdraw(staged), []);
      assert.deepEqual(workspace.tree(), { [name]: 'old', 'a.txt': 'a' });
      await places.prepare(slot);
      rmSync(at);
      const removed = await bring();
      assert.deepEqual(workspace.tree(), { 'a.txt': 'a' });
      assert.deepEqual(await publisherOf(workspace).withdraw(removed), []);
      assert.deepEqual(workspace.tree(), { [name]: 'old', 'a.txt': 'a' });
    });

    it(`are told with the mend where ${JSON.stringify(name)} is new`, async () => {
      const { places } = await tempPlaces({ 'a.txt': 'a' });
      await places.prepare(slot);
      const at = path.join(places.folderOf(slot), name);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, 'new');
      const [change] = await places.changes(slot);
      assert.match(change?.why ?? '', /call it ".*"|Give the new file another name\./);
      await places.putBack(slot, [change?.path ?? '']);
      assert.deepEqual(await places.changes(slot), []);
    });
  }

  it('may be mended: the old one goes, and one of another form comes', async () => {
    const { workspace, places, stage } = await tempPlaces({ 'cafe\u0301.txt': 'x' });
    await places.prepare(slot);
    execFileSync('mv', ['cafe\u0301.txt', 'caf\u00e9.txt'], { cwd: places.folderOf(slot) });
    const changes = await places.changes(slot);
    assert.deepEqual(
      changes.map(({ why }) => why),
      [undefined, undefined],
    );
    const staged = await stage(
      slot,
      changes.map(({ path }) => path),
    );
    assert.deepEqual(await publisherOf(workspace).publish(staged), { ok: true, value: {} });
    assert.deepEqual(workspace.tree(), { 'caf\u00e9.txt': 'x' });
  });
});
