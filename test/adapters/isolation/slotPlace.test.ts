// What a place has put is told from what is written right after, each time.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { SlotPlace } from '../../../src/adapters/isolation/slotPlace';
import { foundAt } from '../../../src/adapters/isolation/survey';
import { tempFolder, tempWorkspace } from '../files/tempWorkspace';

describe('slotPlace', () => {
  it('knows each file that it put without reading it, once it is settled', async () => {
    const names = Array.from({ length: 60 }, (_, k) => `f${k}.txt`);
    const { root } = await tempWorkspace(Object.fromEntries(names.map((name) => [name, name])));
    const dir = tempFolder();
    const at = (name: string) => path.join(dir, name);
    const place = new SlotPlace({
      ...{ top: root, inside: '', room: 3_000, dir: at('copy'), staging: at('incoming'), bases: at('bases') },
      ...{ borrowed: at('objects'), memory: at('memory.json') },
    });
    await place.clear();
    const unknown: string[] = [];
    for (const name of names) {
      const found = foundAt(place.theirs(name)) ?? assert.fail();
      await place.take(name, found);
      await place.settle();
      if (!place.stands(name, foundAt(place.ours(name)) ?? assert.fail())) unknown.push(name);
    }
    assert.deepEqual(unknown, []);
  }).timeout(30_000);
});
