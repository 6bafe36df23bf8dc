// A sparse file of 200 GB, or a pipe, in a workspace or a place: named or refused at once, never begun.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { maxFileBytes } from '../../../src/adapters/files/lookAt';
import { Failure } from '../../../src/ports/failure';
import { pathsOf, type TempIsolation, tempIsolation } from './tempIsolation';

const hash = hashOf(Buffer.from('a'));
const nothing = { taken: [], merged: [], overlaps: [] };

function sparse(file: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, '');
  truncateSync(file, 200e9);
}

function pipe(file: string): void {
  rmSync(file, { force: true });
  execFileSync('mkfifo', [file]);
}

const odd = [
  ['a sparse file', sparse, /It has 200 GB/],
  ['a pipe', pipe, /It is not a regular file/],
] as const;

describe('size and kind before content, in a place', () => {
  const inWorkspace = (temp: TempIsolation, file: string) => path.join(temp.workspace.root, file);

  it('leaves a file that is too large and a pipe out, names the one, and has the rest', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a' });
    sparse(inWorkspace(temp, 'sparse.img'));
    pipe(inWorkspace(temp, 'pipe'));
    for (const _ of [1, 2]) {
      assert.deepEqual(await temp.isolation.prepare(1), { unread: ['sparse.img (200 GB)'] });
      assert.deepEqual(temp.shown(), { 'a.ts': 'a' });
      assert.deepEqual(await temp.isolation.bringUpToDate(1), nothing);
      assert.deepEqual(await temp.isolation.bringUpToDate(1, ['sparse.img', 'pipe']), nothing);
      assert.deepEqual(await temp.told(), []);
    }
  });

  it('makes a file what its base is, though that is too large to be kept', async () => {
    const temp = await tempIsolation({ 'a.bin': 'a'.repeat(60e6) });
    await temp.isolation.texts(1, ['a.bin']); // what its base is can be told while it still is that
    const place = path.join(temp.isolation.folderOf(1), 'a.bin');
    writeFileSync(place, 'b');
    const files = await temp.stage();
    const asBases = files.map(({ path, before }) => ({ path, before, after: before }));
    assert.deepEqual(await temp.isolation.restore(1, asBases), []);
    assert.equal(statSync(place).size, 60e6);
    assert.deepEqual(await temp.told(), []);
    assert.deepEqual(await temp.isolation.restore(1, files), []);
    assert.equal(statSync(place).size, 1);
  });

  for (const [what, make] of odd) {
    it(`takes away a file that has become ${what} in the workspace, once, and never publishes onto it`, async () => {
      const temp = await tempIsolation({ 'a.ts': 'a', 'b.ts': 'b' });
      assert.ok((await temp.write('b.ts', 'mine')).ok);
      const staged = await temp.stage();
      for (const file of ['a.ts', 'b.ts']) make(inWorkspace(temp, file));
      const done = await temp.isolation.publish(staged);
      assert.equal(done.ok, false);
      assert.equal((await temp.isolation.bringUpToDate(1)).overlaps.length, 0);
      assert.deepEqual(await temp.isolation.bringUpToDate(1), nothing);
      assert.deepEqual(await temp.isolation.prepare(1).then(() => temp.shown()), {});
    });

    it(`leaves ${what} be that stands where a publication is taken back`, async () => {
      const temp = await tempIsolation({ 'a.ts': 'a' });
      assert.ok((await temp.write('a.ts', 'mine')).ok);
      const staged = await temp.stage();
      assert.ok((await temp.isolation.publish(staged)).ok);
      make(inWorkspace(temp, 'a.ts'));
      assert.deepEqual(await temp.isolation.withdraw(staged), ['a.ts']);
    });
  }

  describe('of a large file', () => {
    async function changed(): Promise<TempIsolation> {
      const temp = await tempIsolation({ 'large.bin': Buffer.alloc(maxFileBytes + 1) });
      const { mtime } = statSync(temp.at('large.bin'));
      writeFileSync(temp.at('large.bin'), Buffer.alloc(maxFileBytes + 1, 1));
      utimesSync(temp.at('large.bin'), mtime, mtime);
      return temp;
    }

    it('tells what a command did to it that keeps size and time, and publishes it', async () => {
      const temp = await changed();
      assert.deepEqual(await temp.told(), [['large.bin', undefined]]);
      assert.ok((await temp.isolation.publish(await temp.stage())).ok);
      assert.equal(temp.workspace.text('large.bin').charCodeAt(0), 1);
    });

    it('has it again as it was in the next attempt', async () => {
      const temp = await changed();
      await temp.isolation.prepare(1);
      assert.deepEqual(await temp.told(), []);
      assert.equal(temp.shown()['large.bin']?.charCodeAt(0), 0);
    });
  });

  it('tells what is too large, or no file, of what a command made, and refuses to keep it', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a', 'b.ts': 'b' });
    for (const file of ['a.ts', 'new.bin']) sparse(temp.at(file));
    for (const file of ['b.ts', 'pipe']) pipe(temp.at(file));
    const told = await temp.told();
    const tooLarge = 'It has 200 GB; files of at most 52 MB are brought over.';
    const noFile = 'It is not a regular file; only the content of files is brought over.';
    assert.deepEqual(told, [
      ['a.ts', tooLarge],
      ['b.ts', noFile],
      ['new.bin', tooLarge],
      ['pipe', noFile],
    ]);
    for (const [file] of told)
      await assert.rejects(temp.isolation.stage(1, [file]), (error) => Failure.is(error, 'refused'), file);
    await temp.isolation.putBack(1, pathsOf(await temp.isolation.changes(1)));
    assert.deepEqual(temp.shown(), { 'a.ts': 'a', 'b.ts': 'b' });
  });

  it('refuses an agent each way of changing such a file', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a', 'b.ts': 'b' });
    for (const [what, make, code] of [
      ['sparse', sparse, 'notText'],
      ['pipe', pipe, 'pathDenied'],
    ] as const) {
      make(temp.at('a.ts'));
      const before = statSync(temp.at('a.ts'));
      const tries = [
        ...[hash, null].flatMap((baseHash) => [
          temp.isolation.write(1, { path: 'a.ts', baseHash, content: 'b' }),
          temp.isolation.write(1, { path: 'a.ts', baseHash, content: null }),
        ]),
        temp.isolation.move(1, { from: 'a.ts', to: 'c.ts', baseHash: hash }),
      ];
      for (const done of await Promise.all(tries)) {
        assert.equal(done.ok ? 'done' : done.error.code, code, what);
        if (!done.ok && code === 'notText')
          assert.match(
            done.error.message,
            /"a\.ts" has 200000000000 bytes; agents change files of at most 8388608/,
          );
      }
      const after = statSync(temp.at('a.ts'));
      assert.deepEqual([after.ino, after.size], [before.ino, before.size]);
    }
  });

  it('stands beside what another attempt lays, whatever stands there', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a', 'b.ts': 'b' });
    await temp.isolation.prepare(2);
    for (const file of ['a.ts', 'b.ts']) assert.ok((await temp.write(file, 'two', 2)).ok);
    const staged = await temp.stage(2);
    sparse(temp.at('a.ts'));
    pipe(temp.at('b.ts'));
    const { overlaps } = await temp.isolation.lay(1, staged);
    assert.deepEqual(
      overlaps.map(({ path: file, ours }) => [file, ours]),
      [
        ['a.ts', null],
        ['b.ts', null],
      ],
    );
    assert.deepEqual(temp.shown(), { 'a.ts': 'two', 'b.ts': 'two' });
  });
});
