// Records that are put out of the way: all of them, nothing of the user's, and nothing lost.
import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setAsideRecords } from '../../../src/adapters/store/setAsideRecords';

describe('setAsideRecords', () => {
  it('keeps the records whole under a dated name, and leaves prompts and earlier ones where they are', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'house-'));
    for (const name of ['blobs', 'slots', 'prompts', 'set-aside-2020']) await mkdir(path.join(dir, name));
    for (const name of ['agents.db', 'agents.journal', 'ignore-rules.json', '.gitignore', 'blobs/x'])
      await writeFile(path.join(dir, name), name);
    const kept = await setAsideRecords(dir, Date.UTC(2026, 10, 26));
    assert.equal(kept, 'set-aside-2026-11-26T00-00-00.000Z');
    assert.deepEqual((await readdir(dir)).sort(), ['.gitignore', 'prompts', kept, 'set-aside-2020'].sort());
    assert.deepEqual((await readdir(path.join(dir, kept), { recursive: true })).sort(), [
      'agents.db',
      'agents.journal',
      'blobs',
      'blobs/x',
      'ignore-rules.json',
      'slots',
    ]);
    assert.equal(await readFile(path.join(dir, kept, 'blobs/x'), 'utf8'), 'blobs/x');
    await rm(dir, { recursive: true });
  });
});
