// What is shut in a workspace or in a place keeps no attempt from its start, and is never taken for deleted.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { shutMessage } from '../../../src/core/shared/unread';
import { Failure } from '../../../src/ports/failure';
import { withoutRights } from '../../support/withoutRights';
import { type Tree, tempWorkspace } from '../files/tempWorkspace';
import { inWorkspace, type TempIsolation } from './tempIsolation';

const nothing = { taken: [], merged: [], overlaps: [] };

/** A test of a user without rights, on a workspace and a place that are theirs. */
function unprivileged(tree: Tree, test: (given: TempIsolation) => Promise<void>) {
  return async function (this: Mocha.Context) {
    if (process.platform === 'win32') this.skip();
    const given = inWorkspace(await tempWorkspace(tree));
    const work = async () => {
      await given.isolation.prepare(1);
      await test(given);
    };
    await withoutRights(work, given.workspace.root, given.dir);
  };
}

describe('what is shut', () => {
  const tree = { 'a.ts': 'a', 'secret.txt': 's', 'shut/b.ts': 'b' };

  it(
    'in the workspace goes from the place, is named, and comes again when it is opened',
    unprivileged(tree, async (temp) => {
      const { isolation, workspace } = temp;
      chmodSync(path.join(workspace.root, 'secret.txt'), 0);
      chmodSync(path.join(workspace.root, 'shut'), 0);
      assert.deepEqual(await isolation.prepare(1), { unread: ['secret.txt', 'shut/'] });
      assert.ok(!existsSync(temp.at('secret.txt')));
      assert.equal(statSync(temp.at('shut')).mode & 0o777, 0);
      for (const paths of [undefined, ['secret.txt', 'shut/b.ts']])
        assert.deepEqual(await isolation.bringUpToDate(1, paths), nothing);
      assert.deepEqual(await temp.told(), []);
      chmodSync(path.join(workspace.root, 'secret.txt'), 0o644);
      chmodSync(path.join(workspace.root, 'shut'), 0o755);
      const { taken } = await isolation.bringUpToDate(1);
      assert.deepEqual(taken, ['secret.txt', 'shut/b.ts']);
      assert.deepEqual(temp.shown(), tree);
      assert.deepEqual(await temp.told(), []);
    }),
  );

  it(
    'in the workspace is told once, and is nothing that the attempt did',
    unprivileged(tree, async (temp) => {
      chmodSync(path.join(temp.workspace.root, 'secret.txt'), 0);
      const { taken, overlaps } = await temp.isolation.bringUpToDate(1);
      assert.deepEqual([taken, overlaps], [['secret.txt'], []]);
      assert.deepEqual(await temp.isolation.bringUpToDate(1), nothing);
      assert.deepEqual(await temp.told(), []);
    }),
  );

  it(
    'is no empty workspace when it is the workspace itself',
    unprivileged(tree, async (temp) => {
      chmodSync(temp.workspace.root, 0o311);
      const failed = await temp.isolation.prepare(1).catch((error: unknown) => error);
      chmodSync(temp.workspace.root, 0o700);
      assert.ok(Failure.is(failed, 'noCopy'), String(failed));
      assert.deepEqual(temp.shown(), tree);
    }),
  );

  it(
    'in a place by a module cache goes with the attempt, and a read-only folder takes what is new',
    unprivileged({ 'src/a.ts': 'a', '.gitignore': 'cache/\n' }, async (temp) => {
      mkdirSync(temp.at('cache/mod'), { recursive: true });
      writeFileSync(temp.at('cache/mod/a.go'), 'a', { mode: 0o444 });
      for (const folder of ['cache/mod', 'cache', 'src']) chmodSync(temp.at(folder), 0o555);
      temp.workspace.put({ 'src/new.ts': 'n' });
      assert.deepEqual((await temp.isolation.bringUpToDate(1)).taken, ['src/new.ts']);
      assert.deepEqual(readdirSync(temp.at('cache')), ['mod'], 'within an attempt it stays');
      await temp.isolation.prepare(1);
      assert.deepEqual(temp.shown(), { '.gitignore': 'cache/\n', 'src/a.ts': 'a', 'src/new.ts': 'n' });
    }),
  );

  it(
    'in a place is opened for what is put back, laid and written there',
    unprivileged(tree, async (temp) => {
      const { isolation } = temp;
      await isolation.prepare(2);
      assert.ok((await temp.write('shut/b.ts', 'two', 2)).ok);
      const staged = await temp.stage(2);
      temp.run({ 'shut/b.ts': 'one' });
      chmodSync(temp.at('shut'), 0o555);
      await isolation.putBack(1, ['shut/b.ts']);
      assert.equal(temp.shown()['shut/b.ts'], 'b');
      chmodSync(temp.at('shut'), 0o555);
      assert.deepEqual((await isolation.lay(1, staged)).taken, ['shut/b.ts']);
      chmodSync(temp.at('shut'), 0o555);
      assert.ok((await temp.write('shut/b.ts', 'agent')).ok);
      chmodSync(temp.at('shut'), 0o555);
      assert.ok((await temp.write('shut/b.ts', null)).ok);
      chmodSync(temp.at('shut'), 0o555);
      assert.ok((await temp.write('shut/new/c.ts', 'c')).ok);
      assert.deepEqual(temp.shown(), { 'a.ts': 'a', 'secret.txt': 's', 'shut/new/c.ts': 'c' });
    }),
  );

  it(
    'is refused to be written or moved by the name it has in the workspace, not by that of the place',
    unprivileged(tree, async (temp) => {
      const { isolation } = temp;
      temp.run({ 'odd/c.ts': 'c' });
      chmodSync(temp.at('shut'), 0);
      chmodSync(temp.at('secret.txt'), 0);
      chmodSync(temp.at('odd'), 0o300);
      const edits = [
        ['shut/b.ts', isolation.write(1, { path: 'shut/b.ts', baseHash: null, content: 'x' })],
        ['shut/new/c.ts', isolation.write(1, { path: 'shut/new/c.ts', baseHash: null, content: 'x' })],
        ['secret.txt', isolation.write(1, { path: 'secret.txt', baseHash: null, content: 'x' })],
        ['odd/new.ts', isolation.write(1, { path: 'odd/new.ts', baseHash: null, content: 'x' })],
        ['shut/b.ts', isolation.write(1, { path: 'shut/b.ts', baseHash: null, content: null })],
        ['shut/b.ts', isolation.move(1, { from: 'shut/b.ts', to: 'b.ts', baseHash: '' })],
        [
          'shut/a.ts',
          isolation.move(1, { from: 'a.ts', to: 'shut/a.ts', baseHash: hashOf(Buffer.from('a')) }),
        ],
      ] as const;
      for (const [file, edit] of edits) {
        const made = await edit;
        assert.ok(!made.ok && made.error.code === 'pathDenied', file);
        const isOfShut = file.startsWith('shut/');
        const unseen = `"${file}" lies in "shut", which may not be looked into`;
        assert.equal(
          made.error.message.slice(0, unseen.length),
          isOfShut ? unseen : shutMessage(file).slice(0, unseen.length),
        );
      }
      chmodSync(temp.at('odd'), 0o700);
    }),
  );

  it(
    'and lies where a link of a command leads stays shut',
    unprivileged({ 'a/in/x.ts': 'x', 'b/in/x.ts': 'mine' }, async (temp) => {
      const shut = path.join(temp.workspace.root, 'b/in');
      temp.run({ a: { link: path.join(temp.workspace.root, 'b') } });
      temp.workspace.put({ 'a/in/x.ts': 'x2' });
      chmodSync(shut, 0o500);
      await temp.isolation.stage(1, ['a/in/x.ts']);
      await temp.isolation.bringUpToDate(1);
      assert.equal(statSync(shut).mode & 0o777, 0o500);
      assert.deepEqual(temp.workspace.text('b/in/x.ts'), 'mine');
      assert.equal(temp.shown()['a/in/x.ts'], 'x2');
    }),
  );
});
