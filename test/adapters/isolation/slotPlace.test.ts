// What a place has put is told from what is written right after, each time.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { lstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { ArrivalList } from '../../../src/adapters/isolation/arrivals';
import { bringUpToDate } from '../../../src/adapters/isolation/bringUpToDate';
import { SlotPlace } from '../../../src/adapters/isolation/slotPlace';
import { tickMs } from '../../../src/adapters/isolation/stamp';
import { foundAt } from '../../../src/adapters/isolation/survey';
import { tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { placesOnly } from './tempPlaces';

describe('slotPlace', () => {
  it('knows each file that it put without reading it, once it rests', async () => {
    const names = Array.from({ length: 60 }, (_, k) => `f${k}.txt`);
    const place = await placeOf(names);
    const unknown: string[] = [];
    for (const name of names) {
      const found = foundAt(place.theirs(name)) ?? assert.fail();
      await place.take(name, found);
      await place.rest();
      if (!place.stands(name, foundAt(place.ours(name)) ?? assert.fail())) unknown.push(name);
    }
    assert.deepEqual(unknown, []);
  }).timeout(30_000);

  it('loses no base of a file that was written while it was copied, and is the same', async () => {
    const place = await placeOf(['a.txt']);
    await place.take('a.txt', foundAt(place.theirs('a.txt')));
    await place.rest();
    writeFileSync(place.theirs('a.txt'), 'the same');
    execFileSync('cp', ['-a', place.theirs('a.txt'), place.ours('a.txt')]);
    const found = foundAt(place.theirs('a.txt')) ?? assert.fail();
    place.putUntil('a.txt', found, { untilMs: Date.now() + 1_000 }); // as one of many that another program has copied
    const told = new ArrivalList('', () => true);
    const arriving = { place, told, isShared: () => false, isIgnored: () => false };
    await bringUpToDate(arriving, new Map([['a.txt', found]]), () => true);
    await place.rest();
    assert.ok(await place.isUntouched('a.txt', foundAt(place.ours('a.txt'))));
    writeFileSync(place.ours('a.txt'), 'changed');
    assert.equal(await place.keepBase('a.txt'), hashOf(Buffer.from('the same')));
  });
});

describe('a place that something was put into', () => {
  it('rests before a command is run there, though the call that put it is over sooner', async () => {
    const places = placesOnly(await tempWorkspace({ 'a.txt': 'a' }));
    await places.prepare(1);
    const { cwd } = await places.commandPlace(1);
    const agoMs = Date.now() - lstatSync(path.join(cwd, 'a.txt')).ctimeMs;
    assert.ok(agoMs >= tickMs, `${agoMs} ms`);
  });
});

async function placeOf(names: readonly string[]): Promise<SlotPlace> {
  const { root } = await tempWorkspace(Object.fromEntries(names.map((name) => [name, name])));
  const dir = tempFolder();
  const at = (name: string) => path.join(dir, name);
  const place = new SlotPlace({
    top: root,
    inside: '',
    room: 3_000,
    dir: at('copy'),
    staging: at('incoming'),
    bases: at('bases'),
    borrowed: at('objects'),
    memory: at('memory.json'),
  });
  await place.clear();
  return place;
}
