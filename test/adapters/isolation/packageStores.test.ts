// A package manager that links from its store is told which, where links cannot tell it.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { packageStores } from '../../../src/adapters/isolation/packageStores';
import { type Tree, tempWorkspace } from '../files/tempWorkspace';

const told = (store: string) => ({ npm_config_store_dir: store, pnpm_config_store_dir: store });
const home = { HOME: '/home/u' };
const json = '{\n  "layoutVersion": 5,\n  "storeDir": "/data/store/v10",\n  "pendingBuilds": []\n}';

describe('packageStores', () => {
  const cases: readonly (readonly [string, Tree, Record<string, string>, Record<string, string>])[] = [
    ['is not pnpm’s', { 'package.json': '{}', 'package-lock.json': '{}' }, home, {}],
    ['recorded its store', { 'node_modules/.modules.yaml': json }, home, told('/data/store')],
    ['did so as YAML', { 'node_modules/.modules.yaml': 'a: 1\nstoreDir: /s/v3\nb: 2\n' }, home, told('/s')],
    ['has installed nothing yet', { 'pnpm-lock.yaml': '' }, home, told('/home/u/.local/share/pnpm/store')],
    [
      'is one of several',
      { 'pnpm-workspace.yaml': '' },
      { ...home, XDG_DATA_HOME: '/d' },
      told('/d/pnpm/store'),
    ],
    ['lies under pnpm’s home', { 'pnpm-lock.yaml': '' }, { ...home, PNPM_HOME: '/p' }, told('/p/store')],
    ['names its store', { 'pnpm-lock.yaml': '', '.npmrc': 'store-dir=/x\n' }, home, {}],
    ['names it in another file', { 'pnpm-workspace.yaml': 'packages: []\nstoreDir: /x\n' }, home, {}],
  ];
  for (const [what, tree, variables, expected] of cases)
    it(`tells what is right for a project that ${what}`, async () => {
      const { root } = await tempWorkspace(tree);
      assert.deepEqual(packageStores({ top: root, folder: root }, variables), expected);
    });

  it('looks above the opened folder, up to the top of what is copied', async () => {
    const { root } = await tempWorkspace({ 'a/pnpm-lock.yaml': '', 'a/b/c/x.js': '' });
    const at = (top: string) =>
      packageStores({ top: path.join(root, top), folder: path.join(root, 'a/b/c') }, home);
    assert.deepEqual(at('a'), told('/home/u/.local/share/pnpm/store'));
    assert.deepEqual(at('a/b'), {});
  });
});
