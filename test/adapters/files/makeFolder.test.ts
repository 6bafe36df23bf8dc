// Folders are made, or it is said that they cannot be; nothing is tried for ever.
import { strict as assert } from 'node:assert';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../src/adapters/files/makeFolder';
import { tempFolder } from './tempWorkspace';

describe('a folder that is to be there', () => {
  it('is made with those above it, for its user alone, and again', async () => {
    const top = tempFolder();
    const folder = path.join(top, 'a', 'b', 'c');
    await makeFolder(folder);
    await makeFolder(folder);
    for (const made of ['a', 'a/b', 'a/b/c'])
      assert.equal(statSync(path.join(top, made)).mode & 0o777, 0o700, made);
  });

  it('is refused where it cannot be made', async () => {
    const top = tempFolder();
    writeFileSync(path.join(top, 'file'), '');
    symlinkSync('/nowhere/at/all', path.join(top, 'link'));
    await assert.rejects(makeFolder(path.join(top, 'file', 'a', 'b')), { code: 'ENOTDIR' });
    await assert.rejects(makeFolder(path.join(top, 'link', 'a')), { code: /ENOENT|ENOTDIR/ });
  });

  it('is refused where the system knows no folder above it and makes none', async function () {
    if (process.platform !== 'linux') this.skip();
    await assert.rejects(makeFolder('/proc/no-such/config/parallel-agents'), { code: 'ENOENT' });
  });
});
