// Links, modes and files of other kinds in a place: as in the workspace, and no way leads back into it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { withoutRights } from '../../support/withoutRights';
import { tempFolder } from '../files/tempWorkspace';
import { tempPlaces } from './tempPlaces';

const slot = 1;
const nothing = { taken: [], merged: [], overlaps: [] };

describe('entries of a place', () => {
  describe('links', () => {
    it('lead to the same spot, inside to the one of the place', async () => {
      const outside = tempFolder();
      writeFileSync(path.join(outside, 'o.txt'), 'outside');
      const { workspace, places } = await tempPlaces({ 'real/a.txt': 'a', 'real/b.txt': 'b' });
      const { root } = workspace;
      const back = path.join(outside, 'back');
      symlinkSync(root, back);
      const links = {
        relative: 'real',
        file: 'real/a.txt',
        absolute: path.join(root, 'real/a.txt'),
        through: path.join(back, 'real/a.txt'),
        self: root,
        'real/up': '../real/b.txt',
        out: path.join(outside, 'o.txt'),
        above: path.relative(root, path.join(outside, 'o.txt')),
        crooked: 'relative/../real/b.txt',
        dangling: 'nowhere',
        lost: path.join(root, 'nowhere'),
      };
      for (const [link, to] of Object.entries(links)) symlinkSync(to, path.join(root, link));
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      for (const link of Object.keys(links)) {
        const text = readlinkSync(path.join(folder, link));
        const leads = path.resolve(folder, path.dirname(link), text);
        assert.ok(!leads.startsWith(root) && !leads.startsWith(back), `${link} leads to ${leads}`);
        const expected = existsSync(path.join(root, link)) && statSync(path.join(root, link)).isFile();
        if (expected)
          assert.equal(
            readFileSync(path.join(folder, link), 'utf8'),
            readFileSync(path.join(root, link), 'utf8'),
            link,
          );
      }
      assert.equal(readlinkSync(path.join(folder, 'relative')), 'real');
      assert.equal(readlinkSync(path.join(folder, 'self')), folder);
      assert.deepEqual(await places.changes(slot), []);
      assert.deepEqual(await places.bringUpToDate(slot), nothing);
    });

    it('that a command made or changed are told with the reason why they stay', async () => {
      const { places } = await tempPlaces({
        'a.txt': 'a',
        link: { link: 'a.txt' },
        other: { link: 'a.txt' },
      });
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      symlinkSync('a.txt', path.join(folder, 'new'));
      rmSync(path.join(folder, 'link'));
      symlinkSync('elsewhere', path.join(folder, 'link'));
      rmSync(path.join(folder, 'other'));
      const changes = await places.changes(slot);
      assert.deepEqual(
        changes.map(({ path: file, why }) => [file, why !== undefined]),
        [
          ['link', true],
          ['new', true],
          ['other', true],
        ],
      );
      await places.putBack(slot, ['link', 'new', 'other']);
      assert.deepEqual(await places.changes(slot), []);
    });

    it('in the stead of a folder keep what lay in that from going', async () => {
      const { workspace, places } = await tempPlaces({
        'sd/f': 'f',
        'sd/deep/g': 'g',
        't/f': 't',
        gone: 'x',
      });
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      rmSync(path.join(folder, 'sd'), { recursive: true });
      rmSync(path.join(folder, 'gone'));
      symlinkSync('t', path.join(folder, 'sd'));
      const changes = await places.changes(slot);
      assert.deepEqual(
        changes.map(({ path: file, why }) => [file, why !== undefined]),
        [
          ['gone', false],
          ['sd', true],
          ['sd/deep/g', true],
          ['sd/f', true],
        ],
      );
      await places.putBack(slot, ['gone', 'sd', 'sd/deep/g', 'sd/f']);
      assert.deepEqual(workspace.tree(folder), workspace.tree());
    });

    it('in the stead of a folder let nothing out of the place', async () => {
      const { workspace, places } = await tempPlaces({ 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' });
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      rmSync(path.join(folder, 'src'), { recursive: true });
      symlinkSync(path.join(workspace.root, 'src'), path.join(folder, 'src'));
      const write = { path: 'src/n.txt', baseHash: null, content: 'n\n' };
      const written = await places.write(slot, write);
      assert.equal(written.ok ? 'written' : written.error.code, 'pathDenied');
      workspace.put({ 'src/a.txt': 'A\n' });
      await places.bringUpToDate(slot);
      await places.putBack(slot, ['src/b.txt']);
      assert.deepEqual(workspace.tree(), { 'src/a.txt': 'A\n', 'src/b.txt': 'b\n' });
      assert.ok(lstatSync(path.join(folder, 'src')).isDirectory());
    });
  });

  describe('modes', () => {
    it('are those of the workspace for the copy of it as well, in a folder that stays its user’s alone', async () => {
      const { workspace, dir, places } = await tempPlaces({ 'a.txt': 'a' });
      const mode = (folder: string) => lstatSync(folder).mode & 0o777;
      const look = async () => {
        for (const wanted of [0o755, 0o550, 0o750]) {
          chmodSync(workspace.root, wanted);
          await places.prepare(slot);
          const above = path.dirname(places.folderOf(slot));
          assert.deepEqual([places.folderOf(slot), above, dir].map(mode), [wanted, 0o700, 0o700]);
          await places.putBack(slot, ['a.txt']);
          assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
          assert.equal((await places.write(slot, { path: 'b.txt', baseHash: null, content: 'b' })).ok, true);
        }
      };
      await withoutRights(look, workspace.root, dir);
    });

    it('of files and folders are those of the workspace', async () => {
      const { workspace, places } = await tempPlaces({ 'bin/run': '#!/bin/sh\n', 'closed/a.txt': 'a' });
      chmodSync(path.join(workspace.root, 'bin/run'), 0o755);
      chmodSync(path.join(workspace.root, 'closed/a.txt'), 0o444);
      chmodSync(path.join(workspace.root, 'closed'), 0o555);
      const mode = (file: string) => lstatSync(path.join(places.folderOf(slot), file)).mode & 0o777;
      for (const _ of [1, 2]) {
        await places.prepare(slot);
        assert.deepEqual(['bin/run', 'closed/a.txt', 'closed'].map(mode), [0o755, 0o444, 0o555]);
      }
      chmodSync(path.join(workspace.root, 'closed'), 0o755);
    });

    it('of a file that both changed come together', async () => {
      const { workspace, places } = await tempPlaces({ run: 'one\n' });
      await places.prepare(slot);
      chmodSync(path.join(places.folderOf(slot), 'run'), 0o755);
      await places.changes(slot);
      workspace.put({ run: 'two\n' });
      await places.bringUpToDate(slot);
      const [change] = await places.changes(slot);
      assert.deepEqual([change?.before.mode, change?.after.mode], [0o644, 0o755]);
      assert.equal(readFileSync(path.join(places.folderOf(slot), 'run'), 'utf8'), 'two\n');
    });

    it('that close a folder or a file do not keep the next attempt from its start', async () => {
      const { workspace, places } = await tempPlaces({ 'src/a.txt': 'a' });
      await places.prepare(slot);
      chmodSync(path.join(places.folderOf(slot), 'src/a.txt'), 0o000);
      chmodSync(path.join(places.folderOf(slot), 'src'), 0o000);
      await places.prepare(slot);
      assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
    });
  });

  it('leaves sockets and pipes out, and tells one that a command made', async () => {
    const { workspace, places } = await tempPlaces({ 'a.txt': 'a' });
    execFileSync('mkfifo', [path.join(workspace.root, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path.join(workspace.root, 'socket'), resolve));
    try {
      assert.deepEqual(await places.prepare(slot), { unread: [] });
      assert.deepEqual(readdirSync(places.folderOf(slot)), ['a.txt']);
      execFileSync('mkfifo', [path.join(places.folderOf(slot), 'made')]);
      assert.deepEqual(
        (await places.changes(slot)).map(({ why }) => why),
        ['It is not a regular file; only the content of files is brought over.'],
      );
    } finally {
      server.close();
    }
  });

  it('parts the place from a file with two names', async () => {
    const { workspace, places } = await tempPlaces({ 'a.txt': 'a' });
    linkSync(path.join(workspace.root, 'a.txt'), path.join(workspace.root, 'b.txt'));
    await places.prepare(slot);
    writeFileSync(path.join(places.folderOf(slot), 'a.txt'), 'mine');
    assert.equal(workspace.text('a.txt'), 'a');
    assert.equal(workspace.text('b.txt'), 'a');
  });

  it('names what is too large, and a large file that is written all the time', async () => {
    const { workspace, places } = await tempPlaces({ 'huge.bin': '', 'log.bin': '' });
    truncateSync(path.join(workspace.root, 'huge.bin'), 1024 ** 3 + 1);
    truncateSync(path.join(workspace.root, 'log.bin'), 9 * 1024 ** 2);
    assert.deepEqual((await places.prepare(slot)).unread, ['huge.bin (1.1 GB)']);
    writeFileSync(path.join(workspace.root, 'log.bin'), 'x', { flag: 'a' });
    assert.deepEqual((await places.prepare(slot)).unread, [
      'huge.bin (1.1 GB)',
      'log.bin (still being written)',
    ]);
    assert.equal(lstatSync(path.join(places.folderOf(slot), 'log.bin')).size, 9 * 1024 ** 2);
  });

  it('says of a file above 50 MiB that it is not brought over', async () => {
    const { places } = await tempPlaces({ 'a.txt': 'a' });
    await places.prepare(slot);
    writeFileSync(path.join(places.folderOf(slot), 'big.bin'), '');
    truncateSync(path.join(places.folderOf(slot), 'big.bin'), 50 * 1024 ** 2 + 1);
    const [change] = await places.changes(slot);
    assert.match(change?.why ?? '', /at most 52 MB/);
    assert.match(change?.after.hash ?? '', /^[0-9a-f]{64}$/);
  });

  const names: readonly (readonly [string, RegExp])[] = [
    ['A.TXT', /differs from the existing "a.txt" only in case/],
    ['SRC/new.txt', /differs from the existing "src" only in case/],
    ['cafe\u0301.txt', /NFC/],
    ['.git2/../.GitModules', /agents do not write it/],
  ];
  for (const [name, why] of names) {
    it(`says why ${JSON.stringify(name)} cannot be brought over`, async () => {
      const { places } = await tempPlaces({ 'a.txt': 'a', 'src/b.txt': 'b' });
      await places.prepare(slot);
      const file = path.join(places.folderOf(slot), name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, 'x');
      const changes = await places.changes(slot);
      assert.equal(changes.length, 1);
      assert.match(changes[0]?.why ?? '', why);
    });
  }

  describe('new folders', () => {
    async function withFolders(...folders: readonly string[]) {
      const { workspace, places } = await tempPlaces({ 'a.txt': 'a', '.gitignore': 'log\n' });
      mkdirSync(path.join(workspace.root, 'theirs/empty'), { recursive: true });
      await places.prepare(slot);
      const at = (file: string) => path.join(places.folderOf(slot), file);
      for (const folder of folders) mkdirSync(at(folder), { recursive: true });
      const told = async () =>
        (await places.changes(slot)).map((one) => (one.isFolder ? `${one.path}/` : one.path));
      return { workspace, places, at, told };
    }

    it('are told where nothing is in them, the outermost, and are gone when they are put back', async () => {
      const { workspace, places, at, told } = await withFolders('out/deep/er', 'new/sub', 'new/none', 'log');
      writeFileSync(at('new/sub/f'), 'f');
      const changes = await places.changes(slot);
      assert.deepEqual(await told(), ['new/none/', 'new/sub/f', 'out/']);
      assert.match(changes[2]?.why ?? '', /^It is an empty folder; .* \.gitkeep\.$/);
      await places.putBack(slot, ['new/none', 'out']);
      rmSync(at('new'), { recursive: true });
      assert.deepEqual([existsSync(at('log')), await told()], [true, []]);
      rmSync(at('log'), { recursive: true });
      assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
    });

    it('are not empty with what is ignored, kept apart, linked or of packages', async () => {
      const { at, told } = await withFolders('a/log', 'b/.git', 'c/node_modules', 'd', 'e');
      symlinkSync('x', at('d/link'));
      writeFileSync(at('e/log'), '');
      assert.deepEqual(await told(), ['b/.git', 'd/link']);
    });

    it('of the set-up stay, until the place is made anew', async () => {
      const { places, at, told } = await withFolders('uploads/small');
      await places.wasSetUp(slot, 'make');
      assert.deepEqual(await told(), []);
      mkdirSync(at('uploads/large'));
      assert.deepEqual(await told(), ['uploads/large/']);
      await places.prepare(slot);
      assert.equal(existsSync(at('uploads')), false);
      mkdirSync(at('uploads'));
      assert.deepEqual(await told(), ['uploads/']);
    });
  });

  describe('records of Git’s, or ours, that a command made', () => {
    const places = async () => {
      const temp = await tempPlaces({ 'own/.git/HEAD': 'ref: refs/heads/main\n', 'own/a.txt': 'a' });
      await temp.places.prepare(slot);
      const at = (file: string) => path.join(temp.places.folderOf(slot), file);
      const make = (...folders: readonly string[]) => {
        for (const folder of folders) mkdirSync(at(folder), { recursive: true });
      };
      const told = async () =>
        (await temp.places.changes(slot)).map((change) => [change.path, change.isApart ?? false]);
      return { ...temp, at, make, told };
    };

    it('are told, and gone when they are put back, with nothing of what lies beside them', async () => {
      const { places: all, at, make, told } = await places();
      make('.git', 'lib/.git/objects', 'lib/deep/.parallel-agents');
      writeFileSync(at('lib/x.txt'), 'x');
      assert.deepEqual(await told(), [
        ...['.git', 'lib/.git', 'lib/deep/.parallel-agents'].map((file) => [file, true]),
        ['lib/x.txt', false],
      ]);
      const [change] = await all.changes(slot);
      assert.match(
        change?.why ?? '',
        /^It is what Git, or we, keep records in, and the project has none there;/,
      );
      await all.putBack(slot, ['.git', 'lib/.git', 'lib/deep/.parallel-agents']);
      assert.deepEqual(await told(), [['lib/x.txt', false]]);
      assert.equal(existsSync(at('.git')), false);
    });

    it('are no news where the workspace has some, or the set-up made them', async () => {
      const { places: all, make, told } = await places();
      make('own/.git', 'module/.git');
      assert.deepEqual(await told(), [['module/.git', true]]);
      await all.wasSetUp(slot, 'make');
      assert.deepEqual(await told(), []);
    });
  });

  it('says why the second of two new names that differ only in case cannot be brought over', async function () {
    if (process.platform !== 'linux') return this.skip();
    const { places } = await tempPlaces({ 'a.txt': 'a' });
    await places.prepare(slot);
    const at = (file: string) => path.join(places.folderOf(slot), file);
    mkdirSync(at('new'));
    mkdirSync(at('NEW'));
    for (const file of ['CASE', 'case', 'new/x', 'NEW/y']) writeFileSync(at(file), file);
    const changes = await places.changes(slot);
    const held = changes.filter(({ why }) => why !== undefined);
    assert.deepEqual([changes.length, held.length], [4, 2]);
    for (const { why } of held) assert.match(why ?? '', /differs from the existing ".+" only in case/);
  });

  it('finds a change that keeps size and time', async () => {
    const { places } = await tempPlaces({ 'a.txt': 'a' });
    await places.prepare(slot);
    const file = path.join(places.folderOf(slot), 'a.txt');
    const { atime, mtime } = lstatSync(file);
    writeFileSync(file, 'b');
    utimesSync(file, atime, mtime);
    assert.deepEqual(
      (await places.changes(slot)).map((change) => change.path),
      ['a.txt'],
    );
  });

  it('keeps times, by which build tools know what is newer', async () => {
    const { workspace, places } = await tempPlaces({ 'a.txt': 'a' });
    utimesSync(path.join(workspace.root, 'a.txt'), 1_000_000_000, 1_000_000_000.5);
    await places.prepare(slot);
    assert.equal(lstatSync(path.join(places.folderOf(slot), 'a.txt')).mtimeMs, 1_000_000_000_500);
  });

  describe('kinds that change', () => {
    const turns: readonly (readonly [string, (root: string) => void])[] = [
      [
        'a file becomes a folder',
        (root) => {
          rmSync(path.join(root, 'a'));
          mkdirSync(path.join(root, 'a'));
          writeFileSync(path.join(root, 'a/in.txt'), 'in');
        },
      ],
      [
        'a folder becomes a file',
        (root) => {
          rmSync(path.join(root, 'src'), { recursive: true });
          writeFileSync(path.join(root, 'src'), 'file');
        },
      ],
      [
        'a file becomes a link',
        (root) => {
          rmSync(path.join(root, 'a'));
          symlinkSync('src', path.join(root, 'a'));
        },
      ],
      ['a folder gets another name', (root) => renameSync(path.join(root, 'src'), path.join(root, 'lib'))],
    ];
    for (const [fact, turn] of turns) {
      for (const way of ['bringUpToDate', 'prepare'] as const) {
        it(`${fact} in the workspace, and ${way} follows`, async () => {
          const { workspace, places } = await tempPlaces({ a: 'a', 'src/b/c.txt': 'c' });
          await places.prepare(slot);
          turn(workspace.root);
          await places[way](slot);
          assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
          assert.deepEqual(await places.changes(slot), []);
        });
        it(`${fact} in the place, and prepare puts it right`, async () => {
          const { workspace, places } = await tempPlaces({ a: 'a', 'src/b/c.txt': 'c' });
          await places.prepare(slot);
          turn(places.folderOf(slot));
          await places.prepare(slot);
          assert.deepEqual(workspace.tree(places.folderOf(slot)), workspace.tree());
        });
      }
    }
  });
});
