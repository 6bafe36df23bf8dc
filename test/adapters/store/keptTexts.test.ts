// Texts beside the rows: what lies under the right name and is none all the same is told as gone.
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { KeptTexts, textName } from '../../../src/adapters/store/keptTexts';
import { rejects } from '../../ports/storeConformance';
import { SimulatedDisk } from './simulatedDisk';

describe('KeptTexts', () => {
  it('gives back what was kept, however much of it looks like a list', async () => {
    const disk = new SimulatedDisk();
    const texts = new KeptTexts(disk.operations, '/house');
    const text = `${'['.repeat(5_000)}half \ud83d pair`;
    await texts.put(new Map([[textName(text), text]]));
    assert.equal(await texts.get(textName(text)), text);
  });

  for (const content of ['null', '[]', '{"__proto__":"x"}', '7', '{', '', '['.repeat(2_000_000)])
    it(`takes ${content.slice(0, 20) || 'nothing'} for no text, whose name anybody can tell`, async () => {
      const name = createHash('sha256').update(content).digest('hex');
      const disk = new SimulatedDisk({ [`/house/texts/${name}`]: Buffer.from(content) });
      await rejects(new KeptTexts(disk.operations, '/house').get(name), 'corrupt');
    });
});
