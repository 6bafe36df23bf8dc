// A tree goes whatever its modes are, and nothing that its links lead to is touched.
import { strict as assert } from 'node:assert';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { roomBelow } from '../../../src/adapters/files/pathRoom';
import { makeChangeable, removeTree } from '../../../src/adapters/files/removeTree';
import { deepName, makeDeepTree } from '../../support/deepTree';
import { withoutRights } from '../../support/withoutRights';
import { tempFolder } from './tempWorkspace';

const isWindows = process.platform === 'win32';

describe('removeTree', () => {
  it('takes nothing away where there is nothing', () => removeTree(path.join(tempFolder(), 'none')));

  it('removes folders that a module cache made read-only, and closed ones', async function () {
    if (isWindows) this.skip();
    await withoutRights(async () => {
      const root = path.join(tempFolder(), 'cache');
      mkdirSync(path.join(root, 'mod/deep'), { recursive: true });
      mkdirSync(path.join(root, 'closed'));
      writeFileSync(path.join(root, 'mod/deep/a.go'), 'a', { mode: 0o444 });
      writeFileSync(path.join(root, 'closed/b'), 'b');
      for (const [folder, mode] of [
        ['mod/deep', 0o555],
        ['mod', 0o555],
        ['closed', 0],
        ['', 0o555],
      ] as const)
        chmodSync(path.join(root, folder), mode);
      await removeTree(root);
      assert.ok(!existsSync(root));
    });
  });

  it('follows no link out of a read-only folder', async function () {
    if (isWindows) this.skip();
    await withoutRights(async () => {
      const [outside, root] = [tempFolder(), path.join(tempFolder(), 'cache')];
      writeFileSync(path.join(outside, 'mine'), 'mine');
      chmodSync(outside, 0o555);
      mkdirSync(root);
      symlinkSync(outside, path.join(root, 'link'));
      symlinkSync(path.join(outside, 'mine'), path.join(root, 'file'));
      chmodSync(root, 0o555);
      await removeTree(root);
      assert.ok(!existsSync(root));
      assert.ok(existsSync(path.join(outside, 'mine')));
      assert.equal(lstatSync(outside).mode & 0o777, 0o555);
      chmodSync(outside, 0o755);
    });
  });

  it('removes a tree deeper than any path, with folders in it that are shut, and follows no link in it', async function () {
    if (isWindows) this.skip();
    await withoutRights(async () => {
      const [outside, above] = [tempFolder(), tempFolder()];
      writeFileSync(path.join(outside, 'mine'), 'mine');
      const root = path.join(above, 'root');
      mkdirSync(root);
      makeDeepTree(root);
      const half = path.join(root, ...Array.from({ length: 100 }, () => deepName));
      symlinkSync(outside, path.join(half, 'link'));
      chmodSync(half, 0o555);
      await removeTree(root);
      assert.deepEqual(readdirSync(above), []);
      assert.ok(existsSync(path.join(outside, 'mine')));
    });
  });

  it('removes the part of such a tree that can hardly be named', async function () {
    if (isWindows) this.skip();
    const [root, lifted] = [tempFolder(), tempFolder()];
    makeDeepTree(root);
    const names = Math.floor(roomBelow(root) / (deepName.length + 1));
    const target = path.join(root, ...Array.from({ length: names }, () => deepName));
    await removeTree(target, lifted);
    assert.ok(!existsSync(target) && existsSync(path.dirname(target)));
    assert.deepEqual(readdirSync(lifted), []);
    await removeTree(root);
  });

  it('takes a link away, not what it leads to', async function () {
    if (isWindows) this.skip();
    const [outside, root] = [tempFolder(), tempFolder()];
    symlinkSync(outside, path.join(root, 'link'));
    await removeTree(path.join(root, 'link'));
    assert.ok(existsSync(outside));
  });
});

describe('makeChangeable', () => {
  it('opens a folder for its owner, and leaves files, links and open folders as they are', function () {
    if (isWindows) this.skip();
    const root = tempFolder();
    writeFileSync(path.join(root, 'file'), '', { mode: 0o400 });
    mkdirSync(path.join(root, 'shut'), { mode: 0o050 });
    mkdirSync(path.join(root, 'open'), { mode: 0o750 });
    symlinkSync(path.join(root, 'file'), path.join(root, 'link'));
    const names = ['file', 'shut', 'open', 'link', 'none'];
    for (const name of names) makeChangeable(path.join(root, name));
    const modes = names.slice(0, 3).map((name) => lstatSync(path.join(root, name)).mode & 0o777);
    assert.deepEqual(modes, [0o400, 0o750, 0o750]);
  });
});
