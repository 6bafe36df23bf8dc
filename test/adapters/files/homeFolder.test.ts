// Where the user's own folders are, also by an environment that names none that can be meant.
import { strict as assert } from 'node:assert';
import os from 'node:os';
import path from 'node:path';
import { homeFolder, userName } from '../../../src/adapters/files/homeFolder';
import { placesFolder } from '../../../src/adapters/isolation/placesFolder';
import { configFolder } from '../../../src/adapters/system/configFolder';
import { tempFolder } from './tempWorkspace';

describe('the user’s own folders', () => {
  const names = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'] as const;
  let before: Partial<Record<string, string>>;
  beforeEach(function () {
    if (process.platform !== 'linux') this.skip();
    before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  });
  afterEach(() => {
    for (const name of names) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it('are where HOME says', async () => {
    const home = tempFolder();
    process.env.HOME = home;
    process.env.XDG_CACHE_HOME = 'cache'; // to be ignored
    assert.equal(homeFolder(), home);
    assert.equal(configFolder({ XDG_CONFIG_HOME: 'config' }), path.join(home, '.config/parallel-agents'));
    assert.equal(configFolder({ XDG_CONFIG_HOME: '/c' }), '/c/parallel-agents');
    const dir = await placesFolder(tempFolder());
    assert.equal(path.dirname(dir), path.join(home, '.cache/parallel-agents'));
  });

  for (const home of ['rel', '', './rel'])
    it(`are where the system says when HOME is ${JSON.stringify(home)}`, () => {
      process.env.HOME = home;
      assert.equal(homeFolder(), os.userInfo().homedir);
      assert.equal(configFolder({}), path.join(os.userInfo().homedir, '.config/parallel-agents'));
    });

  it('are at the root for a user of whom the system knows nothing, not where somebody stands', function () {
    if (process.getuid?.() !== 0) return this.skip();
    process.seteuid?.(54_321);
    try {
      for (const home of [undefined, '', 'rel']) {
        if (home === undefined) delete process.env.HOME;
        else process.env.HOME = home;
        assert.equal(homeFolder(), '/');
        assert.equal(userName(), undefined);
      }
    } finally {
      process.seteuid?.(0);
    }
  });
});
