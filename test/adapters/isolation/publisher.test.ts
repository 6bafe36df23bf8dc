// What a publication does to the workspace: all of it or nothing, and nothing that is not an agent's to change.
import { strict as assert } from 'node:assert';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { BlobStore } from '../../../src/adapters/files/blobStore';
import { PublicationJournal } from '../../../src/adapters/isolation/publicationJournal';
import { Failure } from '../../../src/ports/failure';
import { fastFolder } from '../../support/fastFolder';
import { withoutRights } from '../../support/withoutRights';
import { type Tree, tempFolder } from '../files/tempWorkspace';
import { type Change, openPublishing, type Publishing, stateOf } from './publishing';

const modeOf = (file: string) => statSync(file).mode & 0o777;
const names = (folder: string) => readdirSync(folder).sort();

/** Returns as a publication of these changes does. */
async function publish(on: Publishing, changes: Readonly<Record<string, Change>>) {
  return on.publisher.publish(await on.stage(changes));
}

/** Calls `once` before content is staged for the workspace: every file has been looked at, and none was changed yet. */
function beforeStaging(once: () => void): (kept: BlobStore) => BlobStore {
  let isOver = false;
  return (kept) => ({
    ...kept,
    stageKept: (hash, mode) => {
      if (!isOver) once();
      isOver = true;
      return kept.stageKept(hash, mode);
    },
  });
}

describe('publisher', () => {
  const tree: Tree = {
    'src/a.ts': 'a',
    'src/b.ts': 'b',
    'old/deep/c.ts': 'c',
    'run.sh': '#!/bin/sh\n',
    'pic.png': new Uint8Array([0xff, 0, 0xd8]),
  };
  const changes: Readonly<Record<string, Change>> = {
    'src/a.ts': 'a2',
    'old/deep/c.ts': null,
    'run.sh': { mode: 0o755 },
    'pic.png': new Uint8Array([0, 0xff]),
    'new/deep/d.ts': { text: 'd', mode: 0o700 },
  };
  const published = {
    'new/deep/d.ts': 'd',
    'pic.png': Buffer.from([0, 0xff]).toString(),
    'run.sh': '#!/bin/sh\n',
    'src/a.ts': 'a2',
    'src/b.ts': 'b',
  };

  it('puts changed, new and deleted files and modes into the workspace, and folders with them', async () => {
    const on = await openPublishing(tree);
    chmodSync(on.at('src/a.ts'), 0o640);
    const files = await on.stage(changes);
    rmSync(on.place, { recursive: true }); // what is staged does not need its place
    assert.deepEqual(await on.publisher.publish(files), { ok: true, value: {} });
    assert.deepEqual(on.workspace.tree(), published);
    assert.deepEqual(
      ['run.sh', 'src/a.ts', 'new/deep/d.ts'].map((file) => modeOf(on.at(file))),
      [0o755, 0o640, 0o700],
    );
    assert.ok(!existsSync(on.at('old')), 'the folder that it emptied');
    assert.deepEqual(names(path.join(on.workspace.stateDir, 'tmp')), []);
  });

  it('leaves each file to its owner and group, and new ones to the group that their folder hands on', async () => {
    const on = await openPublishing({ 'src/a.ts': 'a', 'shared/b.ts': 'b' });
    const isRoot = process.getuid?.() === 0;
    // Others than root can give a file only to a group that they are in.
    const [uid = 0, gid = 0] = [
      isRoot ? 12_345 : process.getuid?.(),
      isRoot
        ? 23_456
        : (process.getgroups?.().find((group) => group !== process.getgid?.()) ?? process.getgid?.()),
    ];
    chownSync(on.at('src/a.ts'), uid, gid);
    chownSync(on.at('shared'), process.getuid?.() ?? 0, gid);
    chmodSync(on.at('shared'), 0o2775);
    await publish(on, {
      'src/a.ts': 'a2',
      'src/new.ts': 'n',
      'shared/new.ts': 'n',
      'shared/deep/new.ts': 'n',
    });
    const ownerOf = (file: string) => [statSync(on.at(file)).uid, statSync(on.at(file)).gid];
    const mine = [process.getuid?.(), process.getgid?.()];
    assert.deepEqual(ownerOf('src/a.ts'), [uid, gid]);
    assert.deepEqual(ownerOf('src/new.ts'), mine);
    assert.deepEqual(ownerOf('shared/new.ts'), [mine[0], gid]);
    assert.deepEqual(ownerOf('shared/deep/new.ts'), [mine[0], gid]);
  });

  it('takes all of it back, and folders with it', async () => {
    const on = await openPublishing(tree);
    chmodSync(on.at('old/deep/c.ts'), 0o600);
    const before = on.workspace.tree();
    const files = await on.stage(changes);
    assert.ok((await on.publisher.publish(files)).ok);
    assert.deepEqual(await on.again().withdraw(files), []);
    assert.deepEqual(on.workspace.tree(), before);
    assert.deepEqual([modeOf(on.at('run.sh')), modeOf(on.at('old/deep/c.ts'))], [0o644, 0o600]);
    assert.ok(!existsSync(on.at('new')));
    assert.deepEqual(await on.publisher.withdraw(files), [], 'a second time');
    assert.ok((await on.publisher.publish(files)).ok, 'and again into it');
    assert.deepEqual(on.workspace.tree(), published);
  });

  it('leaves what somebody changed since, and says so', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage(changes);
    assert.ok((await on.publisher.publish(files)).ok);
    on.workspace.put({ 'src/a.ts': 'mine', 'old/deep/c.ts': 'mine' });
    chmodSync(on.at('new/deep/d.ts'), 0o755);
    assert.deepEqual(await on.publisher.withdraw(files), ['new/deep/d.ts', 'old/deep/c.ts', 'src/a.ts']);
    const { 'src/a.ts': a, 'old/deep/c.ts': c, 'new/deep/d.ts': d, 'pic.png': pic } = on.workspace.tree();
    assert.deepEqual([a, c, d, pic], ['mine', 'mine', 'd', Buffer.from([0xff, 0, 0xd8]).toString()]);
  });

  it('does not take for published what it could not take back', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage({ 'src/a.ts': 'a2' });
    assert.ok((await on.publisher.publish(files)).ok);
    on.workspace.put({ 'src/a.ts': 'mine' });
    assert.deepEqual(await on.publisher.withdraw(files), ['src/a.ts']);
    const done = await on.publisher.publish(files);
    assert.ok(!done.ok && done.error.code === 'changedOnDisk');
  });

  const others: { fact: string; change: (on: Publishing) => void; path: string }[] = [
    { fact: 'has changed', path: 'src/a.ts', change: (on) => writeFileSync(on.at('src/a.ts'), 'mine') },
    { fact: 'is gone', path: 'src/a.ts', change: (on) => rmSync(on.at('src/a.ts')) },
    { fact: 'has another mode', path: 'run.sh', change: (on) => chmodSync(on.at('run.sh'), 0o700) },
    {
      fact: 'that is to go has changed',
      path: 'old/deep/c.ts',
      change: (on) => on.workspace.put({ 'old/deep/c.ts': 'x' }),
    },
    {
      fact: 'that is to come is there',
      path: 'new/deep/d.ts',
      change: (on) => on.workspace.put({ 'new/deep/d.ts': 'x' }),
    },
  ];
  for (const { fact, change, path: file } of others) {
    it(`changes nothing where a file ${fact}`, async () => {
      const on = await openPublishing(tree);
      const files = await on.stage(changes);
      change(on);
      const before = on.workspace.tree();
      const done = await on.publisher.publish(files);
      assert.ok(!done.ok && done.error.code === 'changedOnDisk');
      assert.equal(done.error.message, `"${file}" was changed on disk.`);
      assert.deepEqual(on.workspace.tree(), before);
    });

    it(`puts all back where a file ${fact} in the last moment`, async () => {
      const on: Publishing = await openPublishing(
        tree,
        beforeStaging(() => change(on)),
      );
      mkdirSync(on.at('empty'));
      const files = await on.stage({ ...changes, 'empty/e.ts': 'e', 'zz/z.ts': 'z' });
      const before = on.workspace.tree();
      const done = await on.publisher.publish(files);
      assert.ok(!done.ok && done.error.code === 'changedOnDisk');
      assert.match(done.error.message, new RegExp(`"${file}"`));
      const now = on.workspace.tree();
      for (const name of Object.keys({ ...before, ...now }))
        if (name !== file) assert.equal(now[name], before[name], name);
      assert.ok(existsSync(on.at('empty')) && !existsSync(on.at('zz')), 'folders');
      assert.deepEqual(names(path.join(on.workspace.stateDir, 'tmp')), []);
    });
  }

  it('names all that changed, and takes nothing of the same content for its own', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage(changes);
    on.workspace.put({ 'src/a.ts': 'mine', 'pic.png': 'mine', 'new/deep/d.ts': 'd' });
    chmodSync(on.at('new/deep/d.ts'), 0o700);
    const done = await on.publisher.publish(files);
    assert.ok(!done.ok);
    assert.equal(done.error.message, '"src/a.ts" was changed on disk. "pic.png" was changed on disk.');
    assert.equal(on.workspace.text('new/deep/d.ts'), 'd');
  });

  it('is done once: a second call finds it there, also when somebody went on from it', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage(changes);
    assert.ok((await on.publisher.publish(files)).ok);
    assert.ok((await on.again().publish(files)).ok);
    on.workspace.put({ 'src/a.ts': 'mine' });
    assert.ok((await on.again().publish(files)).ok);
    assert.deepEqual(on.workspace.tree(), { ...published, 'src/a.ts': 'mine' });
  });

  it('says what one had begun of which there is no record any more, until that is told, and nothing of one that was ended', async () => {
    const on = await openPublishing(tree);
    assert.ok((await on.publisher.publish(await on.stage(changes))).ok);
    assert.deepEqual(await on.again().leftBegun(), []);
    const puts = [{ path: 'src/a.ts' }, { path: 'new/x.ts', createdFolder: 'new' }];
    await new PublicationJournal(on.workspace.stateDir).write({ key: 'lost', puts, isDone: false });
    for (const time of ['first', 'second'])
      assert.deepEqual(await on.again().leftBegun(), ['src/a.ts', 'new/x.ts'], time);
    await on.again().forgetBegun();
    assert.deepEqual(await on.again().leftBegun(), []);
  });

  it('puts all back when the disk refuses one of them, and goes through once it does not', async () => {
    const on = await openPublishing({ ...tree, 'zz/shut/x.ts': 'x' });
    const files = await on.stage({ ...changes, 'zz/shut/x.ts': 'x2' });
    const before = on.workspace.tree();
    chmodSync(on.at('zz/shut'), 0o555);
    await withoutRights(async () => {
      const shut = on.at('zz/shut/x.ts');
      await assert.rejects(
        on.publisher.publish(files),
        (error) => Failure.is(error, 'denied') && error.message.includes(`-> '${shut}'`),
      );
    }, on.workspace.root);
    assert.deepEqual(on.workspace.tree(), before);
    chmodSync(on.at('zz/shut'), 0o755);
    assert.ok((await on.publisher.publish(files)).ok);
    assert.deepEqual(on.workspace.tree(), { ...published, 'zz/shut/x.ts': 'x2' });
  });

  it('changes nothing when what it is to put is damaged', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage(changes);
    const hash = files.find((file) => file.path === 'src/a.ts')?.after.hash ?? '';
    writeFileSync(path.join(on.workspace.stateDir, 'blobs', hash), 'x');
    const before = on.workspace.tree();
    await assert.rejects(on.publisher.publish(files), (error) => Failure.is(error, 'corrupt'));
    assert.deepEqual(on.workspace.tree(), before);
  });

  const turns: {
    fact: string;
    tree: Tree;
    changes: Record<string, Change>;
    after: Record<string, string>;
  }[] = [
    {
      fact: 'a file becomes a folder',
      tree: { lib: 'x', other: 'o' },
      changes: { lib: null, 'lib/index.ts': 'x' },
      after: { 'lib/index.ts': 'x', other: 'o' },
    },
    {
      fact: 'a folder becomes a file',
      tree: { 'lib/deep/index.ts': 'x' },
      changes: { 'lib/deep/index.ts': null, lib: 'x' },
      after: { lib: 'x' },
    },
    {
      fact: 'a name changes its case',
      tree: { 'src/Foo.ts': 'x' },
      changes: { 'src/Foo.ts': null, 'src/foo.ts': 'x' },
      after: { 'src/foo.ts': 'x' },
    },
    {
      fact: 'a folder changes its case',
      tree: { 'SRC/a.ts': 'x' },
      changes: { 'SRC/a.ts': null, 'src/a.ts': 'x' },
      after: { 'src/a.ts': 'x' },
    },
  ];
  for (const { fact, tree: from, changes: made, after } of turns) {
    it(`publishes, twice, and takes back that ${fact}`, async () => {
      const on = await openPublishing(from);
      const files = await on.stage(made);
      assert.deepEqual(await on.publisher.publish(files), { ok: true, value: {} });
      assert.deepEqual(on.workspace.tree(), after);
      assert.deepEqual(await on.again().publish(files), { ok: true, value: {} });
      assert.deepEqual(await on.publisher.withdraw(files), []);
      assert.deepEqual(on.workspace.tree(), from);
    });

    it(`puts all back where ${fact} and another file has changed in the last moment`, async () => {
      const on: Publishing = await openPublishing(
        { ...from, 'zz.ts': 'z' },
        beforeStaging(() => on.workspace.put({ 'zz.ts': 'mine' })),
      );
      const done = await publish(on, { ...made, 'zz.ts': 'z2' });
      assert.ok(!done.ok && done.error.code === 'changedOnDisk');
      assert.deepEqual(on.workspace.tree(), { ...from, 'zz.ts': 'mine' });
    });
  }

  it('leaves a folder that holds something else, and one in which something comes', async () => {
    const on = await openPublishing({ 'a/x.ts': 'x', 'a/mine.ts': 'm', 'b/old.ts': 'o' });
    chmodSync(on.at('b'), 0o750);
    assert.ok((await publish(on, { 'a/x.ts': null, 'b/old.ts': null, 'b/new.ts': 'n' })).ok);
    assert.deepEqual(on.workspace.tree(), { 'a/mine.ts': 'm', 'b/new.ts': 'n' });
    assert.equal(modeOf(on.at('b')), 0o750);
  });

  it('leaves the other name of a hard link as it is', async () => {
    const on = await openPublishing({ 'a.ts': 'a', 'run.sh': 'r' });
    const outside = tempFolder(fastFolder());
    for (const file of ['a.ts', 'run.sh']) linkSync(on.at(file), path.join(outside, file));
    assert.ok((await publish(on, { 'a.ts': 'a2', 'run.sh': { mode: 0o755 } })).ok);
    assert.equal(readFileSync(path.join(outside, 'a.ts'), 'utf8'), 'a');
    assert.equal(modeOf(path.join(outside, 'run.sh')), 0o644);
  });

  it('carries a file of 50 MiB without holding it', async () => {
    const size = 50 * 1024 * 1024;
    const on = await openPublishing({ 'a.bin': Buffer.alloc(size, 1) });
    const [afterAt, bytes] = [path.join(on.place, 'a.bin'), Buffer.alloc(size, 2)];
    writeFileSync(afterAt, bytes);
    const change = { path: 'a.bin', before: stateOf(on.at('a.bin')), beforeAt: on.at('a.bin'), afterAt };
    const before = process.memoryUsage.rss();
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    }, 5);
    try {
      assert.ok((await on.publisher.publish(await on.publisher.stage([change]))).ok);
    } finally {
      clearInterval(watching);
    }
    assert.ok(readFileSync(on.at('a.bin')).equals(bytes));
    assert.ok(most < size / 2, `${most} bytes`);
  });

  it("remembers the user's own ignore rules before it changes them", async () => {
    const on = await openPublishing({ '.gitignore': 'dist\n' });
    const files = await on.stage({ '.gitignore': 'src\n', 'sub/.gitignore': '*\n' });
    assert.ok((await on.publisher.publish(files)).ok);
    const { memory } = on.workspace.user;
    await memory.ready();
    assert.equal(memory.userText('', Buffer.from('src\n')), 'dist\n');
    assert.equal(memory.userText('sub', Buffer.from('*\n')), null);
  });

  it('keeps what it replaces, also when that was not to be had before', async () => {
    const on = await openPublishing({ 'a.ts': 'a' });
    writeFileSync(path.join(on.place, 'a.ts'), 'a2');
    const [afterAt, before] = [path.join(on.place, 'a.ts'), stateOf(on.at('a.ts'))];
    const files = await on.publisher.stage([{ path: 'a.ts', before, afterAt }]);
    assert.ok((await on.publisher.publish(files)).ok);
    assert.deepEqual(await on.publisher.withdraw(files), []);
    assert.equal(on.workspace.text('a.ts'), 'a');
  });

  it('stages what is there, and refuses what is no file', async () => {
    const on = await openPublishing({ 'a.ts': 'a', 'b.ts': 'b' });
    mkdirSync(path.join(on.place, 'a.ts'));
    symlinkSync('/etc/hostname', path.join(on.place, 'b.ts'));
    const change = (file: string) => ({
      path: file,
      before: stateOf(on.at(file)),
      afterAt: path.join(on.place, file),
    });
    assert.deepEqual(await on.publisher.stage([change('a.ts'), change('none.ts')]), [
      { path: 'a.ts', before: stateOf(on.at('a.ts')), after: { hash: null, mode: null } },
      { path: 'none.ts', before: { hash: null, mode: null }, after: { hash: null, mode: null } },
    ]);
    await assert.rejects(on.publisher.stage([change('b.ts')]), (error) => Failure.is(error, 'refused'));
  });

  it('sweeps what nothing needs', async () => {
    const on = await openPublishing(tree);
    const files = await on.stage({ 'src/a.ts': 'a2' });
    const [file] = files;
    assert.ok(file?.after.hash && file.before.hash);
    writeFileSync(path.join(on.workspace.stateDir, 'tmp', 'left'), 'x');
    const inUse = await on.kept.stage(Buffer.from('x'), 0o600);
    await on.publisher.sweep(new Set([file.after.hash]));
    assert.deepEqual(names(path.join(on.workspace.stateDir, 'blobs')), [file.after.hash]);
    assert.deepEqual(names(path.join(on.workspace.stateDir, 'tmp')), [path.basename(inUse)]);
  });
});
