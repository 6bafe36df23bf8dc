// What a set-up command left in a place stays for later attempts exactly as long as it is as it was left.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Places } from '../../../src/adapters/isolation/places';
import { tempPlaces } from './tempPlaces';

const slot = 1;
const command = 'npm ci';

async function setUpOnce(exclude: readonly string[], alsoMakes: readonly string[] = []) {
  const temp = await tempPlaces(
    { 'a.js': 'a', 'package-lock.json': '1', 'node_modules/theirs/index.js': 'the user’s own' },
    { copyRules: () => ({ exclude, links: [] }) },
  );
  await temp.places.prepare(slot);
  const at = (file: string) => path.join(temp.places.folderOf(slot), file);
  const make = (file: string, text = 'made') => {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  };
  for (const file of ['node_modules/p/index.js', 'node_modules/.bin/p', ...alsoMakes]) make(file);
  await temp.places.wasSetUp(slot, command);
  const isThere = () => existsSync(at('node_modules/p/index.js'));
  const isSetUp = (places: Places = temp.places) => places.isSetUp(slot, command);
  return { ...temp, at, make, isThere, isSetUp };
}

describe('what a set-up command left', () => {
  it('stays for the next attempt, and for the next process', async () => {
    const { places, reopen, isThere, isSetUp } = await setUpOnce(['node_modules']);
    await places.prepare(slot);
    assert.deepEqual([isThere(), await isSetUp()], [true, true]);
    const again = reopen();
    await again.prepare(slot);
    assert.deepEqual([isThere(), await isSetUp(again)], [true, true]);
  });

  const touches: Readonly<Record<string, (at: (file: string) => string) => void>> = {
    'wrote a file of it': (at) => writeFileSync(at('node_modules/p/index.js'), 'MADE'),
    'added to it': (at) => writeFileSync(at('node_modules/q.js'), ''),
    'took from it': (at) => rmSync(at('node_modules/.bin/p')),
    'changed a mode': (at) => chmodSync(at('node_modules/p/index.js'), 0o755),
  };
  for (const [what, touch] of Object.entries(touches))
    it(`does not, where somebody ${what}`, async () => {
      const { places, at, isThere, isSetUp } = await setUpOnce(['node_modules']);
      touch(at);
      await places.prepare(slot);
      assert.deepEqual([isThere(), await isSetUp()], [false, false]);
    });

  it('does not, where nobody can tell by what is known of it', async () => {
    for (const known of ['null', '7', '[]', '{', '{"command":[],"locks":{},"print":1}']) {
      const { places, dir, isThere, isSetUp } = await setUpOnce(['node_modules']);
      const [memory] = readdirSync(dir, { recursive: true }).filter(
        (name) => path.basename(String(name)) === 'setup',
      );
      writeFileSync(path.join(dir, String(memory)), known);
      await places.prepare(slot);
      assert.deepEqual([isThere(), await isSetUp()], [false, false], known);
    }
  });

  it('stays, and is to be set up again, where the workspace has other lockfiles by then', async () => {
    const { places, workspace, isThere, isSetUp } = await setUpOnce(['node_modules']);
    workspace.put({ 'package-lock.json': '2' });
    await places.prepare(slot);
    assert.deepEqual([isThere(), await isSetUp()], [true, false]);
  });

  it('does not stay where it made more than lies in what is left out, for that would be missing', async () => {
    const { places, isThere, isSetUp } = await setUpOnce(['node_modules'], ['dist/built.js']);
    assert.ok(await isSetUp());
    await places.prepare(slot);
    assert.deepEqual([isThere(), await isSetUp()], [false, false]);
  });

  it('does not stay where nothing is left out: the place is what the workspace is', async () => {
    const { places, at, isThere, isSetUp } = await setUpOnce([]);
    await places.prepare(slot);
    assert.deepEqual([isThere(), await isSetUp()], [false, false]);
    assert.ok(existsSync(at('node_modules/theirs/index.js')));
  });
});
