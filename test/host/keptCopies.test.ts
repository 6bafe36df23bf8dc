// Copies that nobody works in: told from those of a living host, taken away, and swept.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markPlaces, placesFolder } from '../../src/adapters/isolation/placesFolder';
import { findCopies, removeCopies, sizeOfCopies, sweepCopies } from '../../src/host/keptCopies';
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
    const claimed = await claimOwnership(root, { process: { pid: process.pid, started: 'now' } });
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
    const copies = (await findCopies()).find((one) => one.dir === dir);
    assert.ok(copies);
    return copies;
  };

  it('are in use while it lives, and then are not removed', async () => {
    const root = tempFolder();
    const dir = await copiesOf(root);
    const owner = await own(root);
    const copies = await found(dir);
    assert.deepEqual([copies.isInUse, copies.pid], [true, process.pid]);
    assert.equal(await removeCopies(copies), false);
    assert.ok(existsSync(dir));
    await owner.withdraw();
    assert.equal((await found(dir)).isInUse, false);
    assert.equal(await removeCopies(copies), true);
    assert.ok(!existsSync(dir));
  });

  it('are not removed when it came after they were found', async () => {
    const root = tempFolder();
    const copies = await found(await copiesOf(root));
    await own(root);
    assert.equal(await removeCopies(copies), false);
    assert.ok(existsSync(path.join(copies.dir, '1')));
  });

  it('are gone, and no error, when another has removed them since they were found', async () => {
    const [root, gone] = [tempFolder(), tempFolder()];
    const kept = await found(await copiesOf(root));
    const dir = await copiesOf(gone);
    rmSync(gone, { recursive: true });
    const left = await found(dir);
    assert.ok(left.isLeft);
    for (const copies of [kept, left]) {
      rmSync(copies.dir, { recursive: true });
      assert.equal(await removeCopies(copies), true);
    }
  });

  it('leave their workspace to whoever comes next', async () => {
    const root = tempFolder();
    await removeCopies(await found(await copiesOf(root)));
    await own(root);
  });

  it('tell their size, as long as it is asked for', async () => {
    const dir = await copiesOf(tempFolder());
    writeFileSync(path.join(dir, '1', 'big'), Buffer.alloc(3_000_000, 1));
    const bytes = (await sizeOfCopies(await found(dir), AbortSignal.timeout(60_000))) ?? 0;
    assert.ok(bytes >= 3_000_000 && bytes < 3_200_000, String(bytes));
    assert.equal(await sizeOfCopies(await found(dir), AbortSignal.abort()), undefined);
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
