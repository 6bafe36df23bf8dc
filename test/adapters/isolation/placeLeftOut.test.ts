// What the user does not want copied is not in a place, is no change whatever is there, and may be linked to instead.
import { strict as assert } from 'node:assert';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CopyRules, createLeftOut } from '../../../src/adapters/isolation/leftOut';
import { tempPlaces } from './tempPlaces';

const slot = 1;
const many = Object.fromEntries(Array.from({ length: 400 }, (_, k) => [`src/deep/${k}.txt`, `${k}`]));

async function placed(copyRules: Partial<CopyRules>) {
  const rules = { exclude: [], links: [], ...copyRules };
  const temp = await tempPlaces(
    { 'a.txt': 'a', 'data/big.bin': 'big', 'data/keep.txt': 'keep', 'src/model.ckpt': 'ckpt', ...many },
    { copyRules: () => rules },
  );
  await temp.places.prepare(slot);
  const at = (file: string) => path.join(temp.places.folderOf(slot), file);
  return { ...temp, at, paths: async () => (await temp.places.changes(slot)).map((one) => one.path) };
}

describe('createLeftOut', () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['data/', '', ['data', 'data/x', 'src/data'], ['data.txt', 'src/x']],
    ['/data/', '', ['data', 'data/x/y'], ['src/data']],
    ['*.ckpt', '', ['a.ckpt', 'src/b.ckpt'], ['ckpt', 'a.ckpt.txt']],
    ['src/gen', 'app/', ['app/src/gen', 'app/src/gen/x'], ['src/gen', 'app/gen']],
    ['node_modules', 'app/', ['node_modules/x', 'app/node_modules/x'], ['app/x']],
    ['../other/data/', 'app/', ['other/data/x'], ['app/data', 'data']],
    ['../../out', 'app/', [], ['out', 'app/out']],
    ['# data', '', [], ['data']],
  ];
  for (const [pattern, inside, out, kept] of cases)
    it(`takes ${pattern} ${inside === '' ? '' : `in ${inside} `}as a .gitignore would`, () => {
      const { of } = createLeftOut({ exclude: [pattern], links: [] }, inside);
      const isOut = (at: string) => of(at, at.includes('.') ? 'file' : 'folder') !== undefined;
      assert.deepEqual(
        out.filter((at) => !isOut(at)),
        [],
      );
      assert.deepEqual(kept.filter(isOut), []);
    });

  it('keeps what a later pattern asks for again', () => {
    const { of } = createLeftOut({ exclude: ['*.bin', '!keep.bin'], links: [] }, '');
    assert.equal(of('a.bin', 'file'), 'excluded');
    assert.equal(of('keep.bin', 'file'), undefined);
  });
});

describe('what is left out of a place', () => {
  it('is not copied, by whatever way the rest is', async () => {
    const { at, places } = await placed({ exclude: ['data/', '*.ckpt'] });
    assert.deepEqual([existsSync(at('data')), existsSync(at('src/model.ckpt'))], [false, false]);
    assert.equal(readFileSync(at('src/deep/7.txt'), 'utf8'), '7');
    assert.deepEqual((await places.seen(slot)).excluded, ['data/', 'src/model.ckpt']);
  });

  it('does not come in later, and is no change, whatever is done with it', async () => {
    const { at, places, workspace, paths } = await placed({ exclude: ['data/', '*.ckpt'] });
    workspace.put({ 'data/new.bin': 'new' });
    assert.deepEqual(await places.bringUpToDate(slot), { taken: [], merged: [], overlaps: [] });
    assert.deepEqual(await places.bringUpToDate(slot, ['data', 'data/big.bin']), {
      taken: [],
      merged: [],
      overlaps: [],
    });
    mkdirSync(at('data'));
    writeFileSync(at('data/big.bin'), 'mine');
    writeFileSync(at('b.ckpt'), 'mine');
    writeFileSync(at('b.txt'), 'mine');
    assert.deepEqual(await paths(), ['b.txt']);
    await places.putBack(slot, ['data/big.bin']);
    assert.equal(existsSync(at('data/big.bin')), false);
    assert.equal(workspace.text('data/big.bin'), 'big');
  });

  it('is refused to an agent’s tools, with the setting', async () => {
    const { places } = await placed({ exclude: ['data/'] });
    const done = await places.write(slot, { path: 'data/x.txt', baseHash: null, content: 'x' });
    assert.ok(!done.ok);
    assert.match(
      done.error.message,
      /"data\/x\.txt" is left out of copies \(parallelAgents\.copies\.exclude\)/,
    );
  });
});

describe('what is linked into a place', () => {
  it('is read there, takes no room, and comes in as it changes', async () => {
    const { at, places, workspace, paths } = await placed({ links: ['data', 'src/model.ckpt', 'gone'] });
    assert.deepEqual((await places.seen(slot)).excluded, []);
    assert.ok(lstatSync(at('data')).isSymbolicLink());
    assert.equal(readFileSync(at('data/big.bin'), 'utf8'), 'big');
    assert.equal(readFileSync(at('src/model.ckpt'), 'utf8'), 'ckpt');
    assert.equal(readFileSync(at('src/deep/7.txt'), 'utf8'), '7');
    workspace.put({ 'data/big.bin': 'bigger' });
    assert.deepEqual((await places.bringUpToDate(slot)).taken, []);
    assert.equal(readFileSync(at('data/big.bin'), 'utf8'), 'bigger');
    assert.deepEqual(await paths(), []);
  });

  it('is put back when a command took the link away, and the workspace has it still', async () => {
    const { at, places, workspace, paths } = await placed({ links: ['data'] });
    rmSync(at('data'));
    assert.deepEqual(await paths(), ['data']);
    await places.putBack(slot, ['data']);
    assert.equal(readFileSync(at('data/big.bin'), 'utf8'), 'big');
    rmSync(at('data'));
    await places.prepare(slot);
    assert.equal(readFileSync(at('data/big.bin'), 'utf8'), 'big');
    assert.equal(workspace.text('data/big.bin'), 'big');
  });

  it('is refused to an agent’s tools, with the setting', async () => {
    const { places } = await placed({ links: ['data'] });
    const done = await places.write(slot, { path: 'data/x.txt', baseHash: null, content: 'x' });
    assert.ok(!done.ok);
    assert.match(done.error.message, /"data\/x\.txt" is only linked.*parallelAgents\.copies\.readOnlyLinks/);
  });
});
