// Copies that nobody works in: told from those of a living host, taken away, and swept.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { listCopies } from '../../src/adapters/isolation/keptCopies';
import { markPlaces, placesFolder } from '../../src/adapters/isolation/placesFolder';
import { areInUse, sweepCopies, takeAway } from '../../src/host/keptCopies';
import { claimOwnership, type Owner } from '../../src/host/ownership';
import { tempFolder } from '../adapters/files/tempWorkspace';
import { tempCache } from '../adapters/isolation/tempCache';

const day = 24 * 3_600_000;

describe('kept copies of a host', () => {
  tempCache();
  const owners: Owner[] = [];
  afterEach(async () => {
    for (const owner of owners.splice(0)) await owner.withdraw();
  });

  async function own(root: string): Promise<Owner> {
    const claimed = await claimOwnership(root);
    assert.ok(claimed.kind === 'owner');
    owners.push(claimed);
    return claimed;
  }

  async function copiesOf(root: string, usedAt = Date.now()): Promise<string> {
    const dir = await placesFolder(root);
    await markPlaces(dir, root, usedAt);
    mkdirSync(path.join(dir, '1'));
    return dir;
  }

  const found = async (dir: string) => {
    const copies = (await listCopies()).find((one) => one.dir === dir);
    assert.ok(copies);
    return copies;
  };

  it('are in use while it lives, and then are not taken', async () => {
    const root = tempFolder();
    const copies = await found(await copiesOf(root));
    const owner = await own(root);
    assert.equal(await areInUse(copies), true);
    assert.equal(await takeAway(copies), undefined);
    assert.ok(existsSync(copies.dir));
    await owner.withdraw();
    assert.equal(await areInUse(copies), false);
    const aside = await takeAway(copies);
    assert.ok(aside !== undefined && existsSync(path.join(aside, '1')) && !existsSync(copies.dir));
  });

  it('leave their workspace to whoever comes next', async () => {
    const root = tempFolder();
    const copies = await found(await copiesOf(root));
    await takeAway(copies);
    await own(root);
  });

  it('are given up when their workspace is gone or long unused, and no host has it', async () => {
    const now = Date.now();
    const [used, unused, gone, held] = [tempFolder(), tempFolder(), tempFolder(), tempFolder()];
    const dirs = [
      await copiesOf(used, now - 29 * day),
      await copiesOf(unused, now - 31 * day),
      await copiesOf(gone),
      await copiesOf(held, now - 31 * day),
    ];
    const [first = ''] = dirs;
    mkdirSync(path.join(path.dirname(first), '0123456789abcdef'));
    rmSync(gone, { recursive: true });
    await own(held);
    await sweepCopies(undefined, now);
    assert.deepEqual(
      dirs.map((dir) => existsSync(dir)),
      [true, false, false, true],
    );
    assert.ok(existsSync(path.join(path.dirname(first), '0123456789abcdef')), 'bears no mark');
  });
});
