// What gives a file power by what lies beside it, looked at once in each folder for many files.
import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { powerByPlace, powerByPlaces } from '../../../src/adapters/files/powerByPlace';
import { tempWorkspace } from './tempWorkspace';

describe('power by place', () => {
  const tree = { 'git/HEAD': '', 'env/pyvenv.cfg': '', 'src/a.ts': '' };
  const files = [
    'git/config',
    'git/hooks/x',
    'env/a.py',
    'env/deep/b.py',
    'src/a.ts',
    'src/config',
    'new/HEAD',
  ];

  it('is the same for each of many files', async () => {
    const { root } = await tempWorkspace(tree);
    const all = powerByPlaces(root);
    assert.deepEqual(
      files.map(all),
      files.map((file) => powerByPlace(root, file)),
    );
    assert.deepEqual(
      files.filter((file) => all(file) === undefined),
      ['src/a.ts', 'src/config', 'new/HEAD'],
    );
  });

  it('is that of one moment: no folder is looked at again for the next file', async () => {
    const { root } = await tempWorkspace(tree);
    const all = powerByPlaces(root);
    const asked = () => [all('src/a.ts'), all('src/b.ts'), all('env/c.py')?.slice(0, 7)];
    const first = asked();
    mkdirSync(path.join(root, 'src/pyvenv.cfg'));
    rmSync(path.join(root, 'env/pyvenv.cfg'));
    assert.deepEqual(asked(), first);
    assert.notEqual(powerByPlace(root, 'src/a.ts'), undefined);
  });
});
