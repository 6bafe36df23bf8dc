// Which copies are listed, and that nothing else is ever removed.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listCopies, putAside, removeAside } from '../../../src/adapters/isolation/keptCopies';
import { markPlaces, placesFolder, placesName } from '../../../src/adapters/isolation/placesFolder';
import { withoutRights } from '../../support/withoutRights';
import { tempFolder } from '../files/tempWorkspace';
import { tempCache } from './tempCache';

describe('kept copies', () => {
  const cache = tempCache();

  async function copiesOf(root: string, usedAt: number, named?: string): Promise<string> {
    const dir = await placesFolder(root, named);
    await markPlaces(dir, root, usedAt);
    mkdirSync(path.join(dir, '1', 'copy'), { recursive: true });
    writeFileSync(path.join(dir, '1', 'copy', 'a.txt'), 'a');
    return dir;
  }

  it('are those of all workspaces, in every folder that was ever named', async () => {
    const [one, other, gone, named] = [tempFolder(), tempFolder(), tempFolder(), tempFolder()];
    const dirs = [
      await copiesOf(one, 1_000),
      await copiesOf(other, 2_000, named),
      await copiesOf(gone, 3_000),
    ];
    rmSync(gone, { recursive: true });
    const found = (await listCopies()).filter(({ dir }) => dirs.includes(dir));
    assert.deepEqual(
      found.sort((a, b) => a.usedAt - b.usedAt),
      [
        { dir: dirs[0], root: one, usedAt: 1_000, isLeft: false },
        { dir: dirs[1], root: other, usedAt: 2_000, isLeft: false },
        { dir: dirs[2], root: gone, usedAt: 3_000, isLeft: true },
      ],
    );
  });

  it('are never what does not bear the mark of the workspace that its name is of', async () => {
    const [root, named] = [tempFolder(), tempFolder()];
    const own = await copiesOf(root, 1_000, named);
    const name = placesName('/some/where');
    for (const [folder, mark] of [
      ['0123456789abcdef', undefined],
      [name, ''],
      [placesName('/other'), '/some/where'],
      ['notes', '/some/where'],
    ] as const) {
      mkdirSync(path.join(named, folder), { recursive: true });
      if (mark !== undefined) writeFileSync(path.join(named, folder, 'workspace'), mark);
    }
    writeFileSync(path.join(named, placesName('/a/file')), '/a/file');
    assert.deepEqual(
      (await listCopies(named)).map(({ dir }) => dir).filter((dir) => dir.startsWith(named)),
      [own],
    );
  });

  it('go out of use in one step, are known as left until they are removed, and go whole', async () => {
    const root = tempFolder();
    const dir = await copiesOf(root, 1_000);
    const aside = (await putAside(dir)) ?? assert.fail();
    assert.ok(!existsSync(dir));
    const left = (await listCopies()).find((copies) => copies.dir === aside);
    assert.equal(left?.isLeft, true);
    assert.equal(await putAside(aside), aside);
    await removeAside(aside);
    assert.deepEqual(readdirSync(path.join(cache(), 'parallel-agents')), []);
  });

  it('go with folders that are closed even to their owner', async function () {
    if (process.platform === 'win32') this.skip();
    const dir = await copiesOf(tempFolder(), 1_000);
    chmodSync(path.join(dir, '1', 'copy'), 0);
    await withoutRights(() => removeAside(dir), cache());
    assert.ok(!existsSync(dir));
  });
});
