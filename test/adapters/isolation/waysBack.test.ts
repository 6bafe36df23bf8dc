// Files of a place that lead back into the workspace by its path are found where tools keep such paths.
import { strict as assert } from 'node:assert';
import { tempPlaces } from './tempPlaces';

describe('waysBack', () => {
  it('finds what is followed first of all, and passes over what only looks so or is kept nowhere', async () => {
    const temp = await tempPlaces({ 'src/a.py': 'a\n' });
    const { root } = temp.workspace;
    temp.workspace.put({
      '.venv/lib/python3/site-packages/__editable__.pkg.pth': `${root}/src\n`,
      '.venv/lib/python3/site-packages/other.pth': `${root}-old/src\n`,
      '.venv/bin/pytest': `#!${root}/.venv/bin/python\n`,
      '.venv/bin/python': 'binary',
      '.venv/pyvenv.cfg': `command = python -m venv ${root}/.venv\n`,
      'node_modules/.bin/tsc': `export NODE_PATH="${root}/node_modules/.pnpm"\n`,
      'build/CMakeCache.txt': `CMAKE_HOME_DIRECTORY:INTERNAL=${root}\n`,
      'notes.txt': `${root}\n`,
    });
    await temp.places.prepare(1);
    assert.deepEqual((await temp.places.seen(1)).waysBack, [
      '.venv/lib/python3/site-packages/__editable__.pkg.pth',
      '.venv/bin/pytest',
      'node_modules/.bin/tsc',
      'build/CMakeCache.txt',
      '.venv/pyvenv.cfg',
    ]);
  });
});
