// Where copies lie: outside the workspace, on its disk, nobody else's, and not for ever.
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { placesHome } from '../../../src/adapters/isolation/placesFolder';
import { tempFolder } from '../files/tempWorkspace';

const day = 24 * 3_600_000;

describe('placesHome', () => {
  let cache = '';
  let before: string | undefined;
  beforeEach(() => {
    cache = tempFolder();
    before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  it('is a folder of its own for each workspace, for its user only, the same again each time', async () => {
    const [one, other] = [tempFolder(), tempFolder()];
    const { dir } = await placesHome(one);
    assert.ok(dir.startsWith(path.join(cache, 'parallel-agents') + path.sep));
    assert.equal((await placesHome(one)).dir, dir);
    assert.notEqual((await placesHome(other)).dir, dir);
    assert.equal(statSync(dir).mode & 0o077, 0);
  });

  it('is elsewhere where the usual one lies in the workspace, or others may write to it', async () => {
    const inside = await placesHome(path.dirname(cache));
    assert.ok(path.relative(path.dirname(cache), inside.dir).startsWith('..'), inside.dir);
    const shared = path.join(cache, 'parallel-agents');
    mkdirSync(shared, { recursive: true });
    chmodSync(shared, 0o777);
    assert.ok(!(await placesHome(tempFolder())).dir.startsWith(shared));
  });

  it('gives up what belongs to workspaces that are gone or long unused, and nothing else', async () => {
    const now = Date.now();
    const [own, used, unused, gone] = [tempFolder(), tempFolder(), tempFolder(), tempFolder()];
    const dirs = [
      await placesHome(used, now - 29 * day),
      await placesHome(unused, now - 31 * day),
      await placesHome(gone),
    ];
    for (const { dir } of dirs) mkdirSync(path.join(dir, '1'));
    mkdirSync(path.join(cache, 'parallel-agents', 'notes'));
    rmSync(gone, { recursive: true });
    const { dir, sweep } = await placesHome(own, now);
    await sweep();
    assert.deepEqual(
      dirs.map((one) => existsSync(one.dir)),
      [true, false, false],
    );
    assert.ok(existsSync(dir) && existsSync(path.join(cache, 'parallel-agents', 'notes')));
  });
});
