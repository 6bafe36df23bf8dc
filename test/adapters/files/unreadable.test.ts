// What cannot be read is passed over and named; the rest is copied. What a command shuts in its copy is opened again.
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../../src/ports/failure';
import { withoutRights } from '../../support/withoutRights';
import { none, slot, tempSlot } from './tempSlot';
import type { Tree } from './tempWorkspace';

/** A test on a workspace of a user without rights. */
function unprivileged(tree: Tree, test: (given: Awaited<ReturnType<typeof tempSlot>>) => Promise<void>) {
  return async function (this: Mocha.Context) {
    if (process.platform === 'win32') this.skip();
    const given = await tempSlot(tree);
    await withoutRights(() => test(given), given.workspace.root);
  };
}

describe('a workspace with what cannot be read', () => {
  const tree = {
    'a.ts': 'a',
    'secret.txt': 's',
    'shut/b.ts': 'b',
    'listed/c.ts': 'c',
    'node_modules/p/index.js': 'p',
    'rules/.gitignore': 'x',
    'rules/d.ts': 'd',
  };

  it(
    'is copied but for that, which is named',
    unprivileged(tree, async ({ workspace: { root }, copies, shown }) => {
      const shut: [file: string, mode: number][] = [
        ['secret.txt', 0],
        ['shut', 0],
        ['listed', 0o444],
        ['node_modules/p/index.js', 0],
        ['rules/.gitignore', 0],
      ];
      for (const [file, mode] of shut) chmodSync(path.join(root, file), mode);
      const unread = await copies.begin(slot, none);
      const left = ['listed/c.ts', 'node_modules/p/index.js', 'rules/.gitignore', 'secret.txt', 'shut/'];
      assert.deepEqual(unread, left);
      assert.deepEqual(shown(), { 'a.ts': 'a', 'rules/d.ts': 'd' });
      for (const [file] of shut) chmodSync(path.join(root, file), 0o755);
      assert.deepEqual(await copies.refresh(slot, none), []);
      assert.equal(shown()['secret.txt'], 's');
      assert.equal(shown()['shut/b.ts'], 'b');
    }),
  );

  it(
    'loses from the copy what is shut later',
    unprivileged(tree, async ({ workspace: { root }, copies, shown }) => {
      assert.deepEqual(await copies.begin(slot, none), []);
      chmodSync(path.join(root, 'secret.txt'), 0);
      assert.deepEqual(await copies.refresh(slot, none), ['secret.txt']);
      assert.equal(shown()['secret.txt'], undefined);
      assert.deepEqual(await copies.changes(slot), []);
    }),
  );

  it(
    'cannot be copied at all when it is shut itself, and is no empty one',
    unprivileged(tree, async ({ workspace: { root }, copies, shown }) => {
      await copies.begin(slot, none);
      chmodSync(root, 0o311);
      const shut = await copies.begin(slot, none).catch((error: unknown) => error);
      assert.ok(Failure.is(shut, 'noCopy'), String(shut));
      chmodSync(root, 0o700);
      await copies.begin(slot, none);
      assert.equal(shown()['a.ts'], 'a');
    }),
  );

  it(
    'cannot be copied when it is gone',
    unprivileged(tree, async ({ workspace: { root }, copies }) => {
      renameSync(root, `${root}.away`);
      const gone = await copies.begin(slot, none).catch((error: unknown) => error);
      renameSync(`${root}.away`, root);
      assert.ok(Failure.is(gone, 'noCopy'), String(gone));
    }),
  );
});

describe('what a command shuts in its copy', () => {
  it(
    'does not look deleted, and is opened again',
    unprivileged({ 'src/a.ts': 'a', 'b.ts': 'b' }, async ({ copies, dir, shown }) => {
      await copies.begin(slot, none);
      chmodSync(path.join(dir, 'src'), 0);
      writeFileSync(path.join(dir, 'b.ts'), 'changed');
      chmodSync(path.join(dir, 'b.ts'), 0);
      const [change, ...others] = await copies.changes(slot);
      assert.deepEqual([change?.path, change?.content, others], ['b.ts', undefined, []]);
      chmodSync(dir, 0o555);
      chmodSync(path.join(dir, 'src'), 0o555);
      await copies.refresh(slot, none);
      assert.deepEqual(shown(), { 'src/a.ts': 'a', 'b.ts': 'b' });
    }),
  );

  it(
    'does not keep the slot from the next attempt: a read-only cache goes, and a file for a read-only folder comes',
    unprivileged({ 'src/a.ts': 'a', '.gitignore': 'cache/\n' }, async ({ workspace, copies, dir, shown }) => {
      await copies.begin(slot, none);
      mkdirSync(path.join(dir, 'cache/mod'), { recursive: true });
      writeFileSync(path.join(dir, 'cache/mod/a.go'), 'a', { mode: 0o444 });
      for (const folder of ['cache/mod', 'cache', 'src']) chmodSync(path.join(dir, folder), 0o555);
      workspace.put({ 'src/new.ts': 'n' });
      await copies.refresh(slot, none);
      assert.deepEqual(readdirSync(path.join(dir, 'cache')), ['mod'], 'within an attempt it stays');
      await copies.begin(slot, none);
      assert.deepEqual(shown(), { '.gitignore': 'cache/\n', 'src/a.ts': 'a', 'src/new.ts': 'n' });
    }),
  );
});
