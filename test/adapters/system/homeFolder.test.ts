// Where the user's own folders are, also by an environment that names none that can be meant.
import { strict as assert } from 'node:assert';
import os from 'node:os';
import path from 'node:path';
import { placesFolder } from '../../../src/adapters/isolation/placesFolder';
import { configFolder } from '../../../src/adapters/system/configFolder';
import { homeFolder } from '../../../src/adapters/system/homeFolder';
import { tempFolder } from '../files/tempWorkspace';

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
});
