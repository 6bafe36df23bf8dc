// A slot's copy shows the workspace as it is, with other attempts' files as they were.
import { strict as assert } from 'node:assert';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { createSlotCopies } from '../../../src/adapters/files/slotCopy';
import { Failure } from '../../../src/ports/failure';
import { none, slot, tempSlot } from './tempSlot';
import { tempFolder } from './tempWorkspace';

const sha = (text: string) => hashOf(Buffer.from(text));

describe('slotCopy', () => {
  it('copies content, mode and time, and nothing of Git or ours', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({
      'a.sh': 'a',
      'src/b.ts': 'b',
      '.git/config': 'c',
      'sub/.git': 'd',
      'sub/e.ts': 'e',
    });
    chmodSync(path.join(workspace.root, 'a.sh'), 0o755);
    utimesSync(path.join(workspace.root, 'a.sh'), 1, 1_000_000_000);
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), { 'a.sh': 'a', 'src/b.ts': 'b', 'sub/e.ts': 'e' });
    assert.equal(statSync(path.join(dir, 'a.sh')).mode & 0o777, 0o755);
    assert.equal(statSync(path.join(dir, 'a.sh')).mtimeMs, 1_000_000_000_000);
  });

  it('follows the workspace: changed, new, deleted, renamed, and kinds that swap', async () => {
    const { workspace, copies, shown } = await tempSlot({
      'a.ts': 'a',
      'b.ts': 'b',
      'c/d.ts': 'd',
      'e/f.ts': 'f',
      'g.ts': 'g',
    });
    await copies.refresh(slot, none);
    const at = (file: string) => path.join(workspace.root, file);
    appendFileSync(at('a.ts'), '+');
    rmSync(at('b.ts'));
    renameSync(at('c'), at('c2'));
    rmSync(at('e'), { recursive: true });
    rmSync(at('g.ts'));
    workspace.put({ e: 'now a file', 'g.ts/h.ts': 'now a folder', 'n/o/p.ts': 'new' });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
  });

  it('sees a change of the same size and time', async () => {
    const { workspace, copies, shown } = await tempSlot({ 'a.ts': 'old' });
    const file = path.join(workspace.root, 'a.ts');
    await copies.refresh(slot, none);
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'new');
    utimesSync(file, atime, mtime);
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), { 'a.ts': 'new' });
  });

  it('begins an attempt with nothing that an earlier one left in ignored places', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({
      '.gitignore': 'out/\nreport.txt\n',
      'a.ts': 'a',
      'node_modules/p/index.js': 'p',
      'data.log': 'd',
    });
    workspace.put({ 'lib/.gitignore': '*.gen\n' });
    const clean = () => copies.begin(slot, none).then(shown);
    const before = await clean();
    rmSync(path.join(dir, 'node_modules'), { recursive: true });
    for (const file of [
      'node_modules/.bin/node',
      'out/a.js',
      'report.txt',
      'lib/x.gen',
      'lib/node_modules/q',
    ]) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), 'left');
    }
    await copies.refresh(slot, none);
    for (const file of [
      'node_modules/.bin/node',
      'out/a.js',
      'report.txt',
      'lib/x.gen',
      'lib/node_modules/q',
    ])
      assert.equal(shown()[file], 'left', `${file} is gone within the attempt`);
    assert.deepEqual(await clean(), before);
  });

  it('puts back what a command did, and takes away what it left', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({
      'a.ts': 'a',
      'b.ts': 'b',
      'c/d.ts': 'd',
      'run.sh': 'r',
      'e/f.ts': 'f',
    });
    await copies.refresh(slot, none);
    const outside = tempFolder();
    const at = (file: string) => path.join(dir, file);
    writeFileSync(at('a.ts'), 'x');
    rmSync(at('b.ts'));
    rmSync(at('c'), { recursive: true });
    symlinkSync(outside, at('c'));
    chmodSync(at('run.sh'), 0o600);
    mkdirSync(at('left/behind'), { recursive: true });
    writeFileSync(at('left/behind/x.ts'), 'x');
    rmSync(at('e'), { recursive: true });
    writeFileSync(at('e'), 'a file');
    mkdirSync(at('.git'));
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
    assert.deepEqual(
      [existsSync(at('left')), existsSync(at('.git')), statSync(at('run.sh')).mode & 0o777],
      [false, false, 0o644],
    );
    assert.deepEqual(workspace.tree(outside), {}, 'written through a planted link');
  });

  it("shows other attempts' files as they were, and as they are when those are done", async () => {
    const { workspace, copies, shown, edit } = await tempSlot({
      'a.ts': 'a',
      'b.ts': 'b',
      'c/d/e.ts': 'e',
      'f.ts': 'f',
    });
    const before = workspace.tree();
    await copies.refresh(slot, none);
    await edit('a.ts', 'half done');
    await edit('b.ts', null);
    await edit('c/d/e.ts', null);
    rmSync(path.join(workspace.root, 'c'), { recursive: true });
    await edit('new/g.ts', 'half done');
    const overlay = new Map([
      ['a.ts', sha('a')],
      ['b.ts', sha('b')],
      ['c/d/e.ts', sha('e')],
      ['new/g.ts', null],
    ]);
    for (const attempt of [1, 2]) {
      await copies.refresh(slot, overlay);
      assert.deepEqual(shown(), before, `time ${attempt}`);
    }
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
  });

  it('fails when kept content is gone', async () => {
    const { copies } = await tempSlot({ 'a.ts': 'a' });
    await assert.rejects(copies.refresh(slot, new Map([['a.ts', sha('lost')]])), (error) =>
      Failure.is(error, 'corrupt'),
    );
    await copies.refresh(slot, none);
  });

  it('takes over what an earlier process left, damaged or not', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({ 'a.ts': 'a', 'b.ts': 'b' });
    await copies.refresh(slot, none);
    const kept = lstatSync(path.join(dir, 'a.ts')).ino;
    writeFileSync(path.join(dir, 'b.ts'), 'x');
    writeFileSync(path.join(dir, 'c.ts'), 'x');
    await createSlotCopies(workspace).refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
    assert.equal(lstatSync(path.join(dir, 'a.ts')).ino, kept, 'the same content was copied again');
  });

  it('brings one file up to date, whatever stands in its way', async () => {
    const { workspace, copies, dir, shown, edit } = await tempSlot({
      'a.ts': 'a',
      'c/d.ts': 'd',
      'other.ts': 'o',
    });
    await copies.refresh(slot, none);
    const at = (file: string) => path.join(dir, file);
    workspace.put({ 'other.ts': 'changed, but not asked for' });
    await edit('a.ts', 'a2');
    await copies.refreshFile(slot, 'a.ts', none);
    assert.deepEqual(shown(), { 'a.ts': 'a2', 'c/d.ts': 'd', 'other.ts': 'o' });
    await copies.refreshFile(slot, 'a.ts', new Map([['a.ts', sha('a')]]));
    assert.equal(shown()['a.ts'], 'a');
    const outside = tempFolder();
    rmSync(at('c'), { recursive: true });
    symlinkSync(outside, at('c'));
    await copies.refreshFile(slot, 'c/d.ts', none);
    assert.equal(shown()['c/d.ts'], 'd');
    assert.deepEqual(workspace.tree(outside), {});
    rmSync(at('c'), { recursive: true });
    writeFileSync(at('c'), 'file');
    await copies.refreshFile(slot, 'c/d.ts', none);
    assert.equal(shown()['c/d.ts'], 'd');
    await edit('c/d.ts', null);
    await copies.refreshFile(slot, 'c/d.ts', none);
    await edit('n/e/w.ts', 'w');
    await copies.refreshFile(slot, 'n/e/w.ts', none);
    writeFileSync(at('stray.ts'), 'x');
    await copies.refreshFile(slot, 'stray.ts', none);
    assert.deepEqual(shown(), { 'a.ts': 'a', 'n/e/w.ts': 'w', 'other.ts': 'o' });
    assert.deepEqual(await copies.changes(slot), []);
  });

  it('carries out calls at once one after the other', async () => {
    const { workspace, copies, shown } = await tempSlot({ 'a.ts': 'a', 'b.ts': 'b' });
    await Promise.all([
      copies.refresh(slot, none),
      copies.refreshFile(slot, 'a.ts', none),
      copies.refresh(slot, none),
      copies.changes(slot),
      copies.refresh(2, none),
    ]);
    assert.deepEqual(shown(), workspace.tree());
    assert.deepEqual(workspace.tree(copies.dirOf(2)), workspace.tree());
  });
});
