// Where copies lie: outside the workspace, on its disk, nobody else's; or where the user says.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allHomes, markPlaces, placesFolder } from '../../../src/adapters/isolation/placesFolder';
import { Failure } from '../../../src/ports/failure';
import { withoutRights } from '../../support/withoutRights';
import { tempFolder } from '../files/tempWorkspace';
import { tempCache } from './tempCache';

describe('placesFolder', () => {
  const cache = tempCache();

  it('is a folder of its own for each workspace, for its user only, the same again each time', async () => {
    const [one, other] = [tempFolder(), tempFolder()];
    const dir = await placesFolder(one);
    assert.ok(dir.startsWith(path.join(cache(), 'parallel-agents') + path.sep));
    assert.equal(await placesFolder(one), dir);
    assert.notEqual(await placesFolder(other), dir);
    await markPlaces(dir, one);
    assert.equal(statSync(dir).mode & 0o077, 0);
  });

  it('is elsewhere where the usual one lies in the workspace, or others may write to it', async () => {
    const inside = await placesFolder(path.dirname(cache()));
    assert.ok(path.relative(path.dirname(cache()), inside).startsWith('..'), inside);
    const shared = path.join(cache(), 'parallel-agents');
    mkdirSync(shared, { recursive: true });
    chmodSync(shared, 0o777);
    assert.ok(!(await placesFolder(tempFolder())).startsWith(shared));
  });

  it('has no link on its way', async () => {
    const link = path.join(tempFolder(), 'cache');
    symlinkSync(cache(), link);
    process.env.XDG_CACHE_HOME = link;
    assert.ok((await placesFolder(tempFolder())).startsWith(cache()));
  });

  it('is in the folder that the user names, made where it is not there, and found again later', async () => {
    const [root, parent] = [tempFolder(), tempFolder()];
    const named = path.join(parent, 'not/yet');
    const dir = await placesFolder(root, named);
    assert.equal(path.dirname(dir), named);
    assert.equal(statSync(named).mode & 0o077, 0);
    await placesFolder(root, named);
    assert.equal((await allHomes()).filter((home) => home === named).length, 1);
    const list = path.join(cache(), 'parallel-agents', 'folders');
    assert.equal(readFileSync(list, 'utf8'), `${JSON.stringify(named)}\n`);
    writeFileSync(list, `"half a li`, { flag: 'a' });
    assert.ok((await allHomes()).includes(named));
  });

  it('knows the home folder by its sign, and follows links to where they lead', async () => {
    const before = process.env.HOME;
    const home = tempFolder();
    process.env.HOME = home;
    try {
      assert.equal(os.homedir(), home);
      assert.equal(
        path.dirname(await placesFolder(tempFolder(), '~/my copies')),
        path.join(home, 'my copies'),
      );
      symlinkSync(path.join(home, 'my copies'), path.join(home, 'link'));
      const dir = await placesFolder(tempFolder(), path.join(home, 'link'));
      assert.equal(path.dirname(dir), path.join(home, 'my copies'));
    } finally {
      if (before === undefined) delete process.env.HOME;
      else process.env.HOME = before;
    }
  });

  /** What is wrong with it, and what to do; and nothing is made in the workspace. */
  async function refused(root: string, named: string, ...said: readonly RegExp[]): Promise<void> {
    const before = readdirSync(root);
    await assert.rejects(placesFolder(root, named), (error) => {
      assert.ok(Failure.is(error, 'copyRefused'), String(error));
      assert.ok(error.message.includes(`"${named}"`), error.message);
      for (const one of [/parallelAgents\.copies\.folder/, ...said]) assert.match(error.message, one);
      return true;
    });
    assert.deepEqual(readdirSync(root), before);
  }

  it('refuses one that is not absolute', async () => {
    const root = tempFolder();
    await refused(root, 'copies', /not absolute/, /"~\/copies"/);
    await refused(root, './copies', /not absolute/);
    await refused(root, '~other/copies', /not absolute/);
  });

  it('refuses one inside the workspace, by whatever way', async () => {
    const [root, beside] = [tempFolder(), tempFolder()];
    for (const named of [root, path.join(root, 'copies'), path.join(beside, '..', path.basename(root), 'x')])
      await refused(root, named, /lies inside the workspace/, /outside of it/);
    symlinkSync(root, path.join(beside, 'link'));
    await refused(
      root,
      path.join(beside, 'link', 'deep', 'copies'),
      /leads to ".*deep\/copies", which lies inside the workspace/,
    );
  });

  it('refuses one inside the repository that is copied', async () => {
    const top = tempFolder();
    spawnSync('git', ['init', '-q'], { cwd: top });
    const root = path.join(top, 'package');
    mkdirSync(root);
    await refused(root, path.join(top, 'copies'), /the repository that is copied/);
    assert.ok(!existsSync(path.join(top, 'copies')));
  });

  it('refuses one that cannot be made', async () => {
    const [root, parent] = [tempFolder(), tempFolder()];
    writeFileSync(path.join(parent, 'file'), '');
    await refused(root, path.join(parent, 'file'), /a file in its way|not a folder/);
    await refused(root, path.join(parent, 'file', 'copies'), /a file in its way/);
    symlinkSync('loop', path.join(parent, 'loop'));
    await refused(root, path.join(parent, 'loop', 'copies'), /cannot be made or written to \(ELOOP\)/);
    if (process.platform === 'win32') return;
    chmodSync(parent, 0o555);
    await withoutRights(
      () => refused(root, path.join(parent, 'new'), /\(EACCES\)/, /name another/),
      parent,
      root,
    );
  });

  it('refuses one that is another’s, or that others may write to', async function () {
    if (process.platform === 'win32') this.skip();
    const [root, shared, theirs] = [tempFolder(), tempFolder(), tempFolder()];
    chmodSync(shared, 0o777);
    await refused(root, shared, /others may write to it/, /chmod go-w/);
    assert.deepEqual(readdirSync(shared), []);
    if (process.getuid?.() !== 0) return;
    chownSync(theirs, 12_345, 12_345);
    await refused(root, theirs, /belongs to user 12345/, /your own/);
  });
});
