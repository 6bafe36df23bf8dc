// What cannot be read of the workspace is passed over and named; the rest is in the place.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Failure } from '../../../src/ports/failure';
import { withoutRights } from '../../support/withoutRights';
import type { Tree } from '../files/tempWorkspace';
import { type TempPlaces, tempPlaces } from './tempPlaces';

const slot = 1;

/** A test on a workspace of a user without rights. */
function unprivileged(tree: Tree, test: (given: TempPlaces) => Promise<void>) {
  return async function (this: Mocha.Context) {
    if (process.platform === 'win32') this.skip();
    const given = await tempPlaces(tree);
    await withoutRights(() => test(given), given.workspace.root, given.dir);
  };
}

const mkfifo = (file: string) => execFileSync('mkfifo', [file]);

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
    'is in the place but for that, which is named',
    unprivileged(tree, async ({ workspace: { root }, places }) => {
      const shut: readonly (readonly [file: string, mode: number])[] = [
        ['secret.txt', 0],
        ['shut', 0],
        ['listed', 0o444],
        ['node_modules/p/index.js', 0],
        ['rules/.gitignore', 0],
      ];
      for (const [file, mode] of shut) chmodSync(path.join(root, file), mode);
      const { unread } = await places.prepare(slot);
      for (const [file] of shut) chmodSync(path.join(root, file), 0o755);
      assert.deepEqual(unread, [
        'listed/c.ts',
        'node_modules/p/index.js',
        'rules/.gitignore',
        'secret.txt',
        'shut/',
      ]);
      const folder = places.folderOf(slot);
      assert.equal(readFileSync(path.join(folder, 'rules/d.ts'), 'utf8'), 'd');
      for (const [file] of shut)
        if (file.includes('.')) assert.ok(!existsSync(path.join(folder, file)), file);
      assert.deepEqual(await places.changes(slot), []);
      await places.prepare(slot);
      assert.equal(readFileSync(path.join(folder, 'shut/b.ts'), 'utf8'), 'b');
    }),
  );

  it(
    'keeps what the place has of a folder that is shut meanwhile',
    unprivileged(tree, async ({ workspace: { root }, places }) => {
      await places.prepare(slot);
      chmodSync(path.join(root, 'shut'), 0);
      const arrived = await places.bringUpToDate(slot);
      chmodSync(path.join(root, 'shut'), 0o755);
      assert.deepEqual(arrived.taken, []);
      assert.equal(readFileSync(path.join(places.folderOf(slot), 'shut/b.ts'), 'utf8'), 'b');
    }),
  );

  it(
    'and a place in which a command shut folders and files come together again',
    unprivileged(tree, async ({ places }) => {
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      chmodSync(path.join(folder, 'shut/b.ts'), 0);
      chmodSync(path.join(folder, 'shut'), 0);
      chmodSync(path.join(folder, 'rules'), 0o555);
      const changes = await places.changes(slot);
      assert.deepEqual(
        changes.map(({ path: file, after }) => [file, after.mode]),
        [['shut/b.ts', 0]],
      );
      const written = await places.write(slot, { path: 'rules/n.ts', baseHash: null, content: 'n' });
      assert.ok(written.ok, JSON.stringify(written));
      await places.prepare(slot);
      assert.equal(readFileSync(path.join(folder, 'shut/b.ts'), 'utf8'), 'b');
      assert.equal(lstatSync(path.join(folder, 'rules')).mode & 0o777, 0o755);
      assert.ok(!existsSync(path.join(folder, 'rules/n.ts')));
    }),
  );

  it(
    'takes nothing from an agent where it has what the place has not',
    unprivileged(tree, async ({ workspace: { root }, places }) => {
      mkfifo(path.join(root, 'pipe'));
      writeFileSync(path.join(root, 'huge.bin'), '');
      truncateSync(path.join(root, 'huge.bin'), 2 ** 31);
      chmodSync(path.join(root, 'secret.txt'), 0);
      chmodSync(path.join(root, 'shut'), 0);
      await places.prepare(slot);
      const expected = [
        ['huge.bin', /has 2\.1 GB in the workspace/],
        ['pipe', /is a pipe, a socket or a device in the workspace/],
        ['pipe/below.ts', /lies below "pipe", which is a pipe/],
        ['secret.txt', /"secret\.txt" cannot be read in the workspace/],
        ['shut/new.ts', /lies in a folder that cannot be read in the workspace/],
      ] as const;
      for (const [file, why] of expected) {
        const written = await places.write(slot, { path: file, baseHash: null, content: 'mine' });
        assert.match(written.ok ? 'written' : written.error.message, why);
      }
      const folder = places.folderOf(slot);
      chmodSync(path.join(folder, 'shut'), 0o700);
      for (const file of ['huge.bin', 'pipe', 'secret.txt', 'shut/new.ts', 'free.ts'])
        writeFileSync(path.join(folder, file), 'mine');
      const changes = await places.changes(slot);
      const refused = new Map(changes.map(({ path: file, why }) => [file, why]));
      for (const [file, why] of expected)
        if (file !== 'pipe/below.ts') assert.match(refused.get(file) ?? 'taken', why);
      assert.equal(refused.get('free.ts'), undefined);
      assert.ok(refused.has('free.ts'));
      chmodSync(path.join(root, 'secret.txt'), 0o644);
      chmodSync(path.join(root, 'shut'), 0o755);
    }),
  );

  it('is no place of work when it is gone itself', async () => {
    const { workspace, places } = await tempPlaces(tree);
    await places.prepare(slot);
    renameSync(workspace.root, `${workspace.root}.gone`);
    try {
      await assert.rejects(places.prepare(slot), (error) => Failure.is(error, 'noCopy'));
    } finally {
      renameSync(`${workspace.root}.gone`, workspace.root);
    }
    assert.deepEqual(await places.prepare(slot), { unread: [] });
  });
});
