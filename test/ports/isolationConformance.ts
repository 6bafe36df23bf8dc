// What every `Isolation` promises of its places, as one suite that each implementation runs.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import type { Isolation, PlaceChange } from '../../src/ports/isolation';

/** Files of a folder as a person or a command has them, by canonical path. */
export interface FolderFiles {
  /** Null: no such file. */
  read(path: string): string | null;
  /** Makes folders as needed; keeps the mode of a file that is there. */
  write(path: string, text: string): void;
  remove(path: string): void;
  chmod(path: string, mode: number): void;
  /** Permission bits of a file that is there. */
  mode(path: string): number;
  /** Paths of all files but those that belong to Git and to us, sorted. */
  paths(): readonly string[];
}

export interface IsolationWorld {
  readonly isolation: Omit<
    Isolation,
    'publish' | 'withdraw' | 'leftBegun' | 'forgetBegun' | 'sweep' | 'expand'
  >;
  readonly workspace: FolderFiles;
  /** As a command in the slot's place has them; after its first `prepare`. */
  place(slot: number): FolderFiles;
  dispose(): Promise<void>;
}

export interface WorldSetup {
  readonly files: Readonly<Record<string, string>>;
  /** Names that the user's rules ignore wherever they are. */
  readonly ignored: readonly string[];
  readonly sharedGlobs: readonly string[];
}

const lines = (...all: readonly (string | number)[]) => all.map((line) => `${line}\n`).join('');
const ten = lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
const tenWith = (changed: Readonly<Record<number, string>>) =>
  lines(...Array.from({ length: 10 }, (_, at) => changed[at + 1] ?? at + 1));

function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function isolationConformance(
  name: string,
  createWorld: (setup: WorldSetup) => Promise<IsolationWorld>,
): void {
  describe(`${name} as a place of work`, () => {
    let world: IsolationWorld;
    const files = {
      'a.txt': 'a\n',
      'src/b.txt': ten,
      'src/deep/c.txt': 'c\n',
      'list.md': 'one\ntwo\n',
      'out/x.js': 'x\n',
    };

    beforeEach(async () => {
      world = await createWorld({ files, ignored: ['out', 'x.log'], sharedGlobs: ['list.md'] });
      await world.isolation.prepare(1);
    });
    afterEach(() => world.dispose());

    const told = async (slot = 1) => (await world.isolation.changes(slot)).map(inText);
    const nothing = { taken: [], merged: [], overlaps: [] };
    const changeInEachWay = () => {
      const place = world.place(1);
      place.write('src/new.txt', 'new\n');
      place.write('a.txt', 'A\n');
      place.remove('src/b.txt');
      place.chmod('src/deep/c.txt', 0o755);
      return place;
    };

    describe('prepare', () => {
      it('gives the place all of the workspace, ignored files too', () => {
        assert.deepEqual(world.place(1).paths(), world.workspace.paths());
        for (const path of world.workspace.paths())
          assert.equal(world.place(1).read(path), world.workspace.read(path), path);
      });

      it('finds nothing changed', async () => assert.deepEqual(await told(), []));

      it('leaves nothing of what an earlier attempt did', async () => {
        const place = world.place(1);
        place.write('a.txt', 'other\n');
        place.write('new/file.txt', 'new\n');
        place.write('out/x.js', 'built\n');
        place.write('out/y.js', 'built\n');
        place.write('node_modules/p/index.js', 'p\n');
        place.remove('src/b.txt');
        place.chmod('src/deep/c.txt', 0o755);
        await world.isolation.prepare(1);
        assert.deepEqual(place.paths(), world.workspace.paths());
        for (const path of world.workspace.paths()) {
          assert.equal(place.read(path), world.workspace.read(path), path);
          assert.equal(place.mode(path), world.workspace.mode(path), path);
        }
        assert.deepEqual(await told(), []);
      });

      it('takes what the workspace has become', async () => {
        world.workspace.write('a.txt', 'A\n');
        world.workspace.write('new.txt', 'new\n');
        world.workspace.remove('src/deep/c.txt');
        world.workspace.chmod('src/b.txt', 0o755);
        await world.isolation.prepare(1);
        assert.deepEqual(world.place(1).paths(), world.workspace.paths());
        assert.equal(world.place(1).read('a.txt'), 'A\n');
        assert.equal(world.place(1).mode('src/b.txt'), 0o755);
      });

      it('comes in its turn among the calls for a slot', async () => {
        const first = world.isolation.write(1, { path: 'n.txt', baseHash: null, content: 'n\n' });
        const second = world.isolation.prepare(1);
        const third = world.isolation.write(1, { path: 'm.txt', baseHash: null, content: 'm\n' });
        assert.ok((await first).ok && (await third).ok);
        await second;
        assert.deepEqual(await told(), ['m.txt: - → m']);
      });
    });

    it('is set up by a command until a lockfile changes or it is made anew, and each place by itself', async () => {
      const { isolation } = world;
      const isSetUp = async () => [await isolation.isSetUp(1, 'npm ci'), await isolation.isSetUp(1, 'make')];
      assert.deepEqual(await isSetUp(), [false, false]);
      world.place(1).write('node_modules/made.js', 'made\n');
      await isolation.wasSetUp(1, 'npm ci');
      assert.deepEqual(await isSetUp(), [true, false]);
      assert.equal(await isolation.isSetUp(2, 'npm ci'), false);
      world.place(1).write('a.txt', 'A\n');
      world.place(1).write('src/node_modules/x/package-lock.json', '{}\n');
      assert.deepEqual(await isSetUp(), [true, false], 'these are none of its lockfiles');
      world.place(1).write('package-lock.json', '{}\n');
      assert.deepEqual(await isSetUp(), [false, false]);
      await isolation.wasSetUp(1, 'npm ci');
      assert.deepEqual(await isSetUp(), [true, false]);
      await isolation.prepare(1);
      assert.deepEqual(await isSetUp(), [false, false]);
    });

    it('shows nothing of a place to the workspace or to another', async () => {
      await world.isolation.prepare(2);
      assert.notEqual(world.isolation.folderOf(1), world.isolation.folderOf(2));
      world.place(1).write('a.txt', 'mine\n');
      world.place(1).write('out/x.js', 'mine\n');
      world.place(1).remove('src/b.txt');
      await world.isolation.write(1, { path: 'n.txt', baseHash: null, content: 'n\n' });
      for (const other of [world.workspace, world.place(2)]) {
        assert.deepEqual(other.paths(), Object.keys(files).concat(rulesOf(other)).sort());
        assert.equal(other.read('a.txt'), 'a\n');
        assert.equal(other.read('out/x.js'), 'x\n');
      }
    });

    describe('changes', () => {
      it('tells what commands changed, made and removed, and modes, by path', async () => {
        changeInEachWay();
        assert.deepEqual(await told(), [
          'a.txt: a → A',
          'src/b.txt: 1 → -',
          'src/deep/c.txt: c → c 755',
          'src/new.txt: - → new',
        ]);
      });

      it('tells them again, until they are put back', async () => {
        world.place(1).write('a.txt', 'A\n');
        assert.deepEqual(await told(), ['a.txt: a → A']);
        assert.deepEqual(await told(), ['a.txt: a → A']);
        world.place(1).write('a.txt', 'a\n');
        assert.deepEqual(await told(), []);
      });

      it('passes over what the user ignores, and packages', async () => {
        world.place(1).write('out/x.js', 'built\n');
        world.place(1).write('src/x.log', 'log\n');
        world.place(1).write('node_modules/p/index.js', 'p\n');
        world.place(1).remove('out/x.js');
        assert.deepEqual(await told(), []);
      });

      it('knows what the place started from, also when the workspace goes on', async () => {
        world.place(1).write('a.txt', 'A\n');
        await told();
        world.workspace.write('a.txt', 'theirs\n');
        assert.deepEqual(await told(), ['a.txt: a → A']);
      });
    });

    describe('write', () => {
      it('changes, makes and removes a file that is what the writer saw', async () => {
        const edit = { path: 'a.txt', baseHash: hashOfText('a\n'), content: 'A\n' };
        assert.deepEqual(await world.isolation.write(1, edit), {
          ok: true,
          value: { hash: hashOfText('A\n') },
        });
        const add = { path: 'new/n.txt', baseHash: null, content: 'n\n' };
        assert.deepEqual(await world.isolation.write(1, add), {
          ok: true,
          value: { hash: hashOfText('n\n') },
        });
        const remove = { path: 'src/b.txt', baseHash: hashOfText(ten), content: null };
        assert.deepEqual(await world.isolation.write(1, remove), { ok: true, value: { hash: null } });
        assert.equal(world.place(1).read('a.txt'), 'A\n');
        assert.equal(world.place(1).read('new/n.txt'), 'n\n');
        assert.equal(world.place(1).read('src/b.txt'), null);
        assert.deepEqual(await told(), ['a.txt: a → A', 'new/n.txt: - → n', 'src/b.txt: 1 → -']);
      });

      const stale = [
        { path: 'a.txt', baseHash: hashOfText('other\n'), content: 'A\n' },
        { path: 'a.txt', baseHash: null, content: 'A\n' },
        { path: 'new.txt', baseHash: hashOfText('a\n'), content: 'A\n' },
        { path: 'a.txt', baseHash: hashOfText('other\n'), content: null },
      ];
      for (const write of stale) {
        it(`refuses ${JSON.stringify([write.path, write.baseHash?.slice(0, 4), write.content])}`, async () => {
          const done = await world.isolation.write(1, write);
          assert.equal(done.ok ? 'written' : done.error.code, 'changedOnDisk');
          assert.deepEqual(await told(), []);
        });
      }

      it('keeps the mode', async () => {
        world.workspace.chmod('a.txt', 0o755);
        await world.isolation.prepare(1);
        await world.isolation.write(1, { path: 'a.txt', baseHash: hashOfText('a\n'), content: 'A\n' });
        assert.equal(world.place(1).mode('a.txt'), 0o755);
      });
    });

    describe('move', () => {
      const move = { from: 'a.txt', to: 'moved/a.txt', baseHash: hashOfText('a\n') };

      it('takes bytes and mode along', async () => {
        world.workspace.chmod('a.txt', 0o755);
        await world.isolation.prepare(1);
        assert.deepEqual(await world.isolation.move(1, move), { ok: true, value: { hash: move.baseHash } });
        assert.deepEqual(await told(), ['a.txt: a 755 → -', 'moved/a.txt: - → a 755']);
      });

      it('refuses a name that is taken, and a file that has changed', async () => {
        const taken = await world.isolation.move(1, { ...move, to: 'src/b.txt' });
        assert.equal(taken.ok ? 'moved' : taken.error.code, 'changedOnDisk');
        const changed = await world.isolation.move(1, { ...move, baseHash: hashOfText('b\n') });
        assert.equal(changed.ok ? 'moved' : changed.error.code, 'changedOnDisk');
        assert.deepEqual(await told(), []);
      });
    });

    describe('bringUpToDate', () => {
      it('finds nothing when nothing changed', async () =>
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing));

      it('takes what only the workspace changed, and what that was is no change of the place', async () => {
        world.workspace.write('a.txt', 'A\n');
        world.workspace.write('new/n.txt', 'n\n');
        world.workspace.remove('src/b.txt');
        world.place(1).write('src/deep/c.txt', 'mine\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1), {
          ...nothing,
          taken: ['a.txt', 'new/n.txt', 'src/b.txt'],
        });
        assert.equal(world.place(1).read('a.txt'), 'A\n');
        assert.equal(world.place(1).read('new/n.txt'), 'n\n');
        assert.equal(world.place(1).read('src/b.txt'), null);
        assert.deepEqual(await told(), ['src/deep/c.txt: c → mine']);
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
      });

      it('takes a mode', async () => {
        world.workspace.chmod('a.txt', 0o755);
        await world.isolation.bringUpToDate(1);
        assert.equal(world.place(1).mode('a.txt'), 0o755);
        assert.deepEqual(await told(), []);
      });

      it('looks at the named paths only', async () => {
        world.workspace.write('a.txt', 'A\n');
        world.workspace.write('src/deep/c.txt', 'C\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1, ['src/deep/c.txt', 'none.txt']), {
          ...nothing,
          taken: ['src/deep/c.txt'],
        });
        assert.equal(world.place(1).read('a.txt'), 'a\n');
      });

      it('merges by lines what both changed, and the new base is what the workspace has', async () => {
        const edit = { path: 'src/b.txt', baseHash: hashOfText(ten), content: tenWith({ 2: 'mine' }) };
        assert.ok((await world.isolation.write(1, edit)).ok);
        const theirs = tenWith({ 8: 'theirs' });
        world.workspace.write('src/b.txt', theirs);
        assert.deepEqual(await world.isolation.bringUpToDate(1), {
          ...nothing,
          merged: [{ path: 'src/b.txt', theirs: hashOfText(theirs) }],
        });
        assert.equal(world.place(1).read('src/b.txt'), tenWith({ 2: 'mine', 8: 'theirs' }));
        const [change] = await world.isolation.changes(1);
        assert.equal(change?.before.hash, hashOfText(theirs));
        world.workspace.write('src/b.txt', tenWith({ 8: 'again' }));
        await world.isolation.bringUpToDate(1);
        assert.equal(world.place(1).read('src/b.txt'), tenWith({ 2: 'mine', 8: 'again' }));
      });

      it('merges what a command changed, if it was looked at before', async () => {
        world.place(1).write('src/b.txt', tenWith({ 2: 'mine' }));
        await told();
        world.workspace.write('src/b.txt', tenWith({ 8: 'theirs' }));
        assert.equal((await world.isolation.bringUpToDate(1)).merged.length, 1);
        assert.equal(world.place(1).read('src/b.txt'), tenWith({ 2: 'mine', 8: 'theirs' }));
      });

      it('gives the place theirs and hands back ours where the same lines were changed', async () => {
        const mine = tenWith({ 2: 'mine' });
        await world.isolation.write(1, { path: 'src/b.txt', baseHash: hashOfText(ten), content: mine });
        const theirs = tenWith({ 2: 'theirs' });
        world.workspace.write('src/b.txt', theirs);
        assert.deepEqual(await world.isolation.bringUpToDate(1), {
          ...nothing,
          overlaps: [{ path: 'src/b.txt', theirs: hashOfText(theirs), ours: mine }],
        });
        assert.equal(world.place(1).read('src/b.txt'), theirs);
        assert.deepEqual(await told(), []);
      });

      it('is an overlap where one removed what the other changed', async () => {
        await world.isolation.write(1, { path: 'a.txt', baseHash: hashOfText('a\n'), content: 'mine\n' });
        const remove = { path: 'src/deep/c.txt', baseHash: hashOfText('c\n'), content: null };
        await world.isolation.write(1, remove);
        world.workspace.remove('a.txt');
        world.workspace.write('src/deep/c.txt', 'theirs\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1), {
          ...nothing,
          overlaps: [
            { path: 'a.txt', theirs: null, ours: 'mine\n' },
            { path: 'src/deep/c.txt', theirs: hashOfText('theirs\n'), ours: null },
          ],
        });
        assert.equal(world.place(1).read('a.txt'), null);
        assert.equal(world.place(1).read('src/deep/c.txt'), 'theirs\n');
        assert.deepEqual(await told(), []);
      });

      it('tells nothing of what both made the same', async () => {
        await world.isolation.write(1, { path: 'a.txt', baseHash: hashOfText('a\n'), content: 'A\n' });
        await world.isolation.write(1, { path: 'n.txt', baseHash: null, content: 'n\n' });
        world.workspace.write('a.txt', 'A\n');
        world.workspace.write('n.txt', 'n\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
        assert.deepEqual(await told(), []);
      });

      it('is an overlap where both made a new file', async () => {
        await world.isolation.write(1, { path: 'n.txt', baseHash: null, content: 'mine\n' });
        world.workspace.write('n.txt', 'theirs\n');
        const { overlaps } = await world.isolation.bringUpToDate(1);
        assert.deepEqual(overlaps, [{ path: 'n.txt', theirs: hashOfText('theirs\n'), ours: 'mine\n' }]);
      });

      it('takes both lines that were added at one spot of a shared file, theirs first', async () => {
        const edit = {
          path: 'list.md',
          baseHash: hashOfText('one\ntwo\n'),
          content: lines('one', 'two', 'mine'),
        };
        await world.isolation.write(1, edit);
        world.workspace.write('list.md', lines('one', 'two', 'theirs'));
        assert.equal((await world.isolation.bringUpToDate(1)).merged.length, 1);
        assert.equal(world.place(1).read('list.md'), lines('one', 'two', 'theirs', 'mine'));
      });

      it('leaves ignored files as the place has made them, and takes others, untold', async () => {
        world.workspace.write('out/y.js', 'y\n');
        world.workspace.write('out/x.js', 'theirs\n');
        world.place(1).write('out/x.js', 'built\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
        assert.equal(world.place(1).read('out/x.js'), 'built\n');
        assert.equal(world.place(1).read('out/y.js'), 'y\n');
      });
    });

    describe('packages', () => {
      const at = 'node_modules/p/index.js';
      const none = { packages: [], isMixed: false };
      const seen = async () => (await world.isolation.seen(1)).installed;

      it('that the user installs, changes and removes are seen, and taken when asked', async () => {
        assert.deepEqual(await world.isolation.bringPackages(1), none);
        for (const now of ['1\n', '2\n', null]) {
          if (now === null) world.workspace.remove(at);
          else world.workspace.write(at, now);
          await world.isolation.bringUpToDate(1);
          assert.notEqual(world.place(1).read(at), now, 'not by itself');
          assert.deepEqual(await seen(), ['node_modules/p']);
          const came = { packages: ['node_modules/p'], isMixed: false };
          assert.deepEqual(await world.isolation.bringPackages(1), came);
          assert.equal(world.place(1).read(at), now);
          assert.deepEqual([await seen(), await world.isolation.bringPackages(1)], [[], none]);
          assert.deepEqual(await told(), []);
        }
      });

      it('are not taken where commands have installed others', async () => {
        world.place(1).write('node_modules/own/index.js', 'own\n');
        assert.deepEqual(await world.isolation.bringPackages(1), none);
        world.workspace.write(at, '1\n');
        const mixed = { packages: ['node_modules/p'], isMixed: true };
        assert.deepEqual(await world.isolation.bringPackages(1), mixed);
        assert.equal(world.place(1).read(at), null);
        await world.isolation.prepare(1);
        assert.deepEqual(await world.isolation.bringPackages(1), none);
      });
    });

    it('puts back what the workspace has, of whatever was changed', async () => {
      const place = changeInEachWay();
      world.workspace.write('a.txt', 'theirs\n');
      await world.isolation.putBack(1, ['a.txt', 'src/new.txt', 'src/b.txt', 'src/deep/c.txt']);
      assert.equal(place.read('a.txt'), 'theirs\n');
      assert.equal(place.read('src/new.txt'), null);
      assert.equal(place.read('src/b.txt'), ten);
      assert.deepEqual(await told(), []);
    });

    describe('stage and lay', () => {
      it('tells what files were and are', async () => {
        await world.isolation.write(1, { path: 'a.txt', baseHash: hashOfText('a\n'), content: 'A\n' });
        world.place(1).remove('src/b.txt');
        const staged = await world.isolation.stage(1, ['a.txt', 'src/b.txt']);
        const changes = await world.isolation.changes(1);
        assert.deepEqual(staged, changes);
      });

      it('tells the texts of both states, also when the place has gone on', async () => {
        changeInEachWay();
        const staged = await world.isolation.stage(1, ['a.txt', 'src/b.txt', 'src/new.txt']);
        world.place(1).write('a.txt', 'later\n');
        assert.deepEqual(await Promise.all(staged.map((file) => world.isolation.read(file))), [
          { before: 'a\n', after: 'A\n' },
          { before: tenWith({}), after: null },
          { before: null, after: 'new\n' },
        ]);
      });

      it('lays files into another place as if they had been changed there', async () => {
        await world.isolation.prepare(2);
        world.place(1).write('a.txt', 'A\n');
        world.place(1).write('n.txt', 'n\n');
        world.place(1).remove('src/deep/c.txt');
        world.place(1).write('src/b.txt', tenWith({ 2: 'one' }));
        world.place(2).write('src/b.txt', tenWith({ 8: 'two' }));
        const paths = (await world.isolation.changes(1)).map(({ path }) => path);
        const staged = await world.isolation.stage(1, paths);
        assert.deepEqual(await world.isolation.lay(2, staged), {
          taken: ['a.txt', 'n.txt', 'src/deep/c.txt'],
          merged: [{ path: 'src/b.txt', theirs: hashOfText(tenWith({ 2: 'one' })) }],
          overlaps: [],
        });
        assert.equal(world.place(2).read('src/b.txt'), tenWith({ 2: 'one', 8: 'two' }));
        assert.deepEqual(
          (await told(2)).map((line) => line.split(':')[0]),
          ['a.txt', 'n.txt', 'src/b.txt', 'src/deep/c.txt'],
        );
        assert.equal(world.workspace.read('a.txt'), 'a\n');
      });

      it('hands back what stood in the way of what is laid', async () => {
        await world.isolation.prepare(2);
        world.place(1).write('a.txt', 'one\n');
        world.place(2).write('a.txt', 'two\n');
        const { overlaps } = await world.isolation.lay(2, await world.isolation.stage(1, ['a.txt']));
        assert.deepEqual(overlaps, [{ path: 'a.txt', theirs: hashOfText('one\n'), ours: 'two\n' }]);
        assert.equal(world.place(2).read('a.txt'), 'one\n');
      });
    });

    describe('secretsIn', () => {
      const value = 'top-secret-1';
      const paths = ['a.txt', 'src/b.txt', 'copy.txt'];
      const secretsAfter = async (change: (place: FolderFiles) => void) => {
        world.workspace.write('.env', `A=${value}\n`);
        world.workspace.write('list.md', `known: ${value}\n`);
        await world.isolation.prepare(1);
        change(world.place(1));
        const changed = (await world.isolation.changes(1)).map(({ path }) => path);
        return world.isolation.secretsIn(await world.isolation.stage(1, changed));
      };

      it('names files that would show a secret file’s values, and whose', async () => {
        const held = await secretsAfter((place) => {
          for (const path of paths) place.write(path, `const a = '${value}';\n`);
          place.write('src/deep/c.txt', 'none\n');
        });
        assert.deepEqual(
          held,
          ['a.txt', 'copy.txt', 'src/b.txt'].map((path) => ({ path, of: ['.env'] })),
        );
      });

      it('names none for a value that a file of the work has held before', async () => {
        const held = await secretsAfter((place) => {
          place.write('list.md', `still: ${value}\n`);
          place.write('copy.txt', value);
        });
        assert.deepEqual(held, []);
      });

      it('goes by what the workspace has, not by what was made of it in the place', async () => {
        const held = await secretsAfter((place) => {
          place.write('.env', 'A=another-secret-1\n');
          place.write('a.txt', 'another-secret-1\n');
        });
        assert.deepEqual(held, []);
      });
    });

    describe('texts', () => {
      it('are what files of the place say, and what they were made from', async () => {
        const place = changeInEachWay();
        place.write('src/b.txt', 'now\n');
        const asked = ['src/b.txt', 'src/new.txt', 'a.txt', 'src/deep', 'not/there.txt'];
        place.remove('a.txt');
        assert.deepEqual(Object.fromEntries(await world.isolation.texts(1, asked)), {
          'src/b.txt': { before: ten, after: 'now\n' },
          'src/new.txt': { before: null, after: 'new\n' },
          'a.txt': { before: 'a\n', after: null },
          'src/deep': { before: null, after: null },
          'not/there.txt': { before: null, after: null },
        });
      });
    });

    describe('anticipate', () => {
      /** What another attempt is about to publish. */
      const toCome = async () => {
        await world.isolation.prepare(2);
        const other = world.place(2);
        other.write('a.txt', 'A\n');
        other.chmod('a.txt', 0o755);
        other.write('new/n.txt', 'n\n');
        other.remove('src/deep/c.txt');
        const paths = (await world.isolation.changes(2)).map(({ path }) => path);
        return world.isolation.stage(2, paths);
      };
      const publish = ({ write, chmod, remove }: FolderFiles) => {
        write('a.txt', 'A\n');
        chmod('a.txt', 0o755);
        write('new/n.txt', 'n\n');
        remove('src/deep/c.txt');
      };
      const paths = ['a.txt', 'new/n.txt', 'src/deep/c.txt'];

      it('takes in what is to come, of which nothing is a change of the place', async () => {
        world.place(1).write('src/b.txt', 'mine\n');
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        const place = world.place(1);
        assert.deepEqual(
          paths.map((path) => place.read(path)),
          ['A\n', 'n\n', null],
        );
        assert.equal(place.mode('a.txt'), 0o755);
        assert.deepEqual(await told(), ['src/b.txt: 1 → mine']);
        assert.equal(world.workspace.read('a.txt'), 'a\n');
      });

      it('finds nothing new once it has come', async () => {
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        publish(world.workspace);
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
        assert.deepEqual(await told(), []);
        world.workspace.write('a.txt', 'later\n');
        assert.deepEqual(await world.isolation.bringUpToDate(1), { ...nothing, taken: ['a.txt'] });
      });

      it('takes what the workspace has of it where it does not come', async () => {
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        assert.deepEqual(await world.isolation.bringUpToDate(1), { ...nothing, taken: paths });
        assert.deepEqual(world.place(1).paths(), world.workspace.paths());
        for (const path of world.workspace.paths()) {
          assert.equal(world.place(1).read(path), world.workspace.read(path), path);
          assert.equal(world.place(1).mode(path), world.workspace.mode(path), path);
        }
      });

      it('has it put back to what is to come, whatever was made of it', async () => {
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        const place = world.place(1);
        place.remove('a.txt');
        place.write('new/n.txt', 'mine\n');
        place.write('src/deep/c.txt', 'again\n');
        await world.isolation.putBack(1, paths);
        assert.deepEqual(
          paths.map((path) => place.read(path)),
          ['A\n', 'n\n', null],
        );
        assert.equal(place.mode('a.txt'), 0o755);
        assert.deepEqual(await told(), []);
        await world.isolation.bringUpToDate(1);
        place.write('a.txt', 'mine\n');
        await world.isolation.putBack(1, ['a.txt']);
        assert.equal(place.read('a.txt'), 'a\n', 'nothing is to come any more');
      });

      it('has it put back where a folder of it was emptied', async () => {
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        world.place(1).remove('new/n.txt');
        const made = (await world.isolation.changes(1)).map(({ path }) => path);
        await world.isolation.putBack(1, made);
        assert.equal(world.place(1).read('new/n.txt'), 'n\n');
        publish(world.workspace);
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
        assert.deepEqual(await told(), []);
      });

      it('takes the rest of what has come in part', async () => {
        const staged = await toCome();
        world.workspace.write('new/n.txt', 'n\n');
        world.workspace.remove('src/deep/c.txt');
        await world.isolation.bringUpToDate(1);
        assert.equal(await world.isolation.anticipate(1, staged), true);
        assert.deepEqual(
          paths.map((path) => world.place(1).read(path)),
          ['A\n', 'n\n', null],
        );
        world.workspace.write('a.txt', 'A\n');
        world.workspace.chmod('a.txt', 0o755);
        assert.deepEqual(await world.isolation.bringUpToDate(1), nothing);
      });

      it('is no news before it comes, nor once it has; what the workspace has else is', async () => {
        const place = world.place(1);
        place.write('src/b.txt', 'mine\n');
        assert.deepEqual(await told(), ['src/b.txt: 1 → mine']);
        assert.equal(await world.isolation.anticipate(1, await toCome()), true);
        assert.deepEqual(await world.isolation.news(1), []);
        world.workspace.write('src/b.txt', world.workspace.read('src/b.txt') ?? ''); // only touched
        assert.deepEqual(await world.isolation.news(1), []);
        world.workspace.write('src/b.txt', 'theirs\n');
        world.workspace.write('src/more.txt', 'new\n');
        assert.deepEqual(await world.isolation.news(1), ['src/b.txt', 'src/more.txt']);
        assert.equal(place.read('src/b.txt'), 'mine\n');
        assert.equal(place.read('src/more.txt'), null);
        publish(world.workspace);
        assert.deepEqual(await world.isolation.news(1), ['src/b.txt', 'src/more.txt']);
      });

      it('tells what comes otherwise, and keeps what was made of it meanwhile', async () => {
        const staged = await toCome();
        assert.equal(await world.isolation.anticipate(1, staged), true);
        publish(world.workspace);
        world.workspace.write('new/n.txt', 'other\n');
        world.place(1).write('a.txt', 'mine\n');
        assert.deepEqual(await told(), ['a.txt: A 755 → mine 755']);
        assert.deepEqual(await world.isolation.bringUpToDate(1), { ...nothing, taken: ['new/n.txt'] });
        assert.deepEqual(await told(), ['a.txt: A 755 → mine 755']);
      });

      const own: readonly (readonly [string, (place: FolderFiles) => void])[] = [
        ['changed one of the files', ({ write }) => write('a.txt', 'mine\n')],
        ['removed one', ({ remove }) => remove('a.txt')],
        ['given one another mode', ({ chmod }) => chmod('a.txt', 0o700)],
        ['a file of its own in the place of a new one', ({ write }) => write('new/n.txt', 'mine\n')],
      ];
      for (const [what, change] of own) {
        it(`leaves all as it is where the place has ${what}`, async () => {
          const staged = await toCome();
          change(world.place(1));
          const before = await told();
          assert.equal(await world.isolation.anticipate(1, staged), false);
          assert.deepEqual(await told(), before);
          assert.equal(world.place(1).read('src/deep/c.txt'), 'c\n');
        });
      }

      it('leaves all as it is where they were made on something else than the place has', async () => {
        const staged = await toCome();
        world.workspace.write('a.txt', 'theirs\n');
        await world.isolation.bringUpToDate(1);
        assert.equal(await world.isolation.anticipate(1, staged), false);
        assert.equal(world.place(1).read('src/deep/c.txt'), 'c\n');
        assert.deepEqual(await told(), []);
      });
    });

    describe('restore', () => {
      const staged = async () =>
        world.isolation.stage(
          1,
          (await world.isolation.changes(1)).map(({ path }) => path),
        );

      it('makes files what was staged of them, whatever was done to them since', async () => {
        const place = changeInEachWay();
        const before = await told();
        const files = await staged();
        place.write('src/new.txt', 'other\n');
        place.remove('a.txt');
        place.write('src/b.txt', 'again\n');
        place.chmod('src/deep/c.txt', 0o644);
        assert.deepEqual(await world.isolation.restore(1, files), []);
        assert.deepEqual(await told(), before);
        assert.equal(place.read('a.txt'), 'A\n');
        assert.equal(place.read('src/new.txt'), 'new\n');
      });

      it('makes files what their bases are, and then again what was staged', async () => {
        changeInEachWay();
        const before = await told();
        const files = await staged();
        const asBases = files.map(({ path, before }) => ({ path, before, after: before }));
        assert.deepEqual(await world.isolation.restore(1, asBases), []);
        assert.deepEqual(await told(), []);
        assert.deepEqual(await world.isolation.restore(1, files), []);
        assert.deepEqual(await told(), before);
      });

      it('brings back no older version of what the workspace has changed since', async () => {
        const place = world.place(1);
        place.write('src/b.txt', tenWith({ 2: 'mine' }));
        place.chmod('a.txt', 0o755);
        place.write('src/deep/c.txt', 'mine\n');
        place.remove('list.md');
        const files = await staged();
        place.write('src/b.txt', tenWith({ 2: 'mine', 5: 'made' }));
        place.chmod('a.txt', 0o644);
        place.write('src/deep/c.txt', 'c\n');
        place.write('list.md', 'one\ntwo\n');
        world.workspace.write('src/b.txt', tenWith({ 8: 'theirs' }));
        world.workspace.write('a.txt', 'A\n');
        world.workspace.write('src/deep/c.txt', 'theirs\n');
        world.workspace.write('list.md', 'one\ntwo\nthree\n');
        await world.isolation.bringUpToDate(1);
        assert.deepEqual(await world.isolation.restore(1, files), [
          { path: 'list.md', theirs: hashOfText('one\ntwo\nthree\n'), ours: null },
          { path: 'src/deep/c.txt', theirs: hashOfText('theirs\n'), ours: 'mine\n' },
        ]);
        assert.equal(place.read('src/b.txt'), tenWith({ 2: 'mine', 8: 'theirs' }));
        assert.equal(place.read('src/deep/c.txt'), 'theirs\n');
        assert.equal(place.read('list.md'), 'one\ntwo\nthree\n');
        assert.deepEqual(await told(), ['a.txt: A → A 755', 'src/b.txt: other → other']);
      });
    });

    /** `path: before → after`, each by its first line, and its mode where it is not the usual one. */
    function inText({ path, before, after, why }: PlaceChange): string {
      const known = ['a', 'A', 'c', 'm', 'n', 'new', 'mine'].map(
        (line) => [hashOfText(`${line}\n`), line] as const,
      );
      const names = new Map<string | null, string>([...known, [hashOfText(ten), '1'], [null, '-']]);
      const side = ({ hash, mode }: PlaceChange['before']) =>
        `${names.get(hash) ?? 'other'}${mode === null || mode === 0o644 ? '' : ` ${mode.toString(8)}`}`;
      return `${path}: ${side(before)} → ${side(after)}${why === undefined ? '' : ` (${why})`}`;
    }
  });
}

/** Where the rules themselves are files. */
function rulesOf(files: FolderFiles): readonly string[] {
  return files.read('.gitignore') === null ? [] : ['.gitignore'];
}
