// What is known of a place is not done again: by the next attempt, the next process, and for the next base.
import { strict as assert } from 'node:assert';
import { lstatSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { tickMs } from '../../../src/adapters/isolation/stamp';
import { tempPlaces } from './tempPlaces';

const slot = 1;
const many = 400;

describe('the memory of a place', () => {
  const tree = { 'a.txt': '1\n2\n3\n4\n5\n', 'src/b.txt': 'b\n' };

  it('copies nothing again that is as it was, in another process neither', async () => {
    const { places, reopen } = await tempPlaces(tree);
    await places.prepare(slot);
    const file = path.join(places.folderOf(slot), 'a.txt');
    const before = lstatSync(file).ino;
    await places.prepare(slot);
    assert.equal(lstatSync(file).ino, before);
    await reopen().prepare(slot);
    assert.equal(lstatSync(file).ino, before);
  });

  it('is not needed: without it all is copied anew', async () => {
    const { workspace, dir, places, reopen } = await tempPlaces(tree);
    await places.prepare(slot);
    writeFileSync(path.join(places.folderOf(slot), 'a.txt'), 'mine\n');
    rmSync(path.join(dir, String(slot), 'manifest'));
    await reopen().prepare(slot);
    assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
  });

  it('keeps what a file of the next attempt started from', async () => {
    const { workspace, places } = await tempPlaces(tree);
    await places.prepare(slot);
    const file = path.join(places.folderOf(slot), 'a.txt');
    utimesSync(file, new Date(), new Date());
    assert.deepEqual(await places.changes(slot), []);
    await places.prepare(slot);
    const baseHash = hashOf(readFileSync(file));
    await places.write(slot, { path: 'a.txt', baseHash, content: 'one\n2\n3\n4\n5\n' });
    workspace.put({ 'a.txt': '1\n2\n3\n4\nfive\n' });
    assert.equal((await places.bringUpToDate(slot)).merged.length, 1);
    assert.equal(readFileSync(file, 'utf8'), 'one\n2\n3\n4\nfive\n');
  });

  describe('of many files, which another program copies', () => {
    const files = Object.fromEntries(
      Array.from({ length: many }, (_, k) => [`lib/part${k % 20}/file${k}.txt`, `text ${k}\n`]),
    );
    const big = {
      ...files,
      ...tree,
      'lib/link': { link: 'part1/file1.txt' },
      'node_modules/p/index.js': 'p',
    };

    it('is the workspace, and tells what is changed afterwards', async () => {
      const { workspace, places, reopen } = await tempPlaces(big);
      await rests(path.join(workspace.root, 'lib/part5/file5.txt')); // what was just written is read again each time
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      assert.deepEqual(workspace.tree(folder), workspace.tree());
      assert.deepEqual(await places.changes(slot), []);
      writeFileSync(path.join(folder, 'lib/part1/file1.txt'), 'TEXT 1\n');
      const touched = path.join(folder, 'lib/part2/file2.txt');
      writeFileSync(touched, 'text 2\n');
      rmSync(path.join(folder, 'lib/part3/file3.txt'));
      const changed = ['lib/part1/file1.txt', 'lib/part3/file3.txt'];
      assert.deepEqual(
        (await places.changes(slot)).map((change) => change.path),
        changed,
      );
      workspace.put({ 'lib/part1/file1.txt': 'theirs\n', 'lib/part4/file4.txt': 'theirs\n' });
      const { taken, overlaps } = await places.bringUpToDate(slot);
      assert.deepEqual(taken, ['lib/part4/file4.txt']);
      assert.deepEqual(
        overlaps.map((one) => one.path),
        ['lib/part1/file1.txt'],
      );
      const known = lstatSync(path.join(folder, 'lib/part5/file5.txt')).ino;
      await reopen().prepare(slot);
      assert.deepEqual(workspace.tree(folder), workspace.tree());
      assert.equal(lstatSync(path.join(folder, 'lib/part5/file5.txt')).ino, known);
    });

    it('finds a change right after it was prepared, of the same size and time', async () => {
      const { workspace, places } = await tempPlaces(big);
      const named = 'lib/part1/file1.txt';
      const theirs = path.join(workspace.root, named);
      utimesSync(theirs, 1_000_000_000, 1_000_000_000);
      await rests(theirs);
      await places.prepare(slot);
      const file = path.join(places.folderOf(slot), named);
      writeFileSync(file, 'TEXT 1\n');
      utimesSync(file, 1_000_000_000, 1_000_000_000);
      assert.deepEqual(
        (await places.changes(slot)).map((change) => change.path),
        [named],
      );
    });

    it('puts what is missing into a place that has a part of it', async () => {
      const { workspace, places } = await tempPlaces(big);
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      for (const name of readdirSync(path.join(folder, 'lib')))
        if (name.endsWith('1')) rmSync(path.join(folder, 'lib', name), { recursive: true });
      rmSync(path.join(folder, 'src'), { recursive: true });
      await places.prepare(slot);
      assert.deepEqual(workspace.tree(folder), workspace.tree());
    });
  });
});

/** Once it does, its times alone tell a later change. */
async function rests(file: string): Promise<void> {
  while (Date.now() - lstatSync(file).ctimeMs < 2 * tickMs) await setTimeout(tickMs);
}
