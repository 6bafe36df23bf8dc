// Folders that deletions empty: gone in the place before a check, as they will be in the workspace; others stay.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempIsolation } from './tempIsolation';

const slot = 1;

describe('folders that deletions empty', () => {
  async function emptied() {
    const temp = await tempIsolation({
      'old/a.txt': 'a',
      'old/deep/b.txt': 'b',
      'old/deep/er/c.txt': 'c',
      'src/d.txt': 'd',
      'kept/e.txt': 'e',
      'kept/x.log': 'log',
      '.gitignore': '*.log\n',
    });
    const gone = ['kept/e.txt', 'old/a.txt', 'old/deep/b.txt', 'old/deep/er/c.txt'];
    for (const file of gone) rmSync(temp.at(file));
    return { ...temp, gone };
  }

  it('go with them, and nothing else', async () => {
    const { workspace, isolation, at, gone } = await emptied();
    mkdirSync(path.join(workspace.root, 'empty'));
    await isolation.bringUpToDate(slot);
    mkdirSync(at('src/new'));
    await isolation.leaveEmptied(slot, gone);
    assert.deepEqual(readdirSync(at('.')).sort(), ['.gitignore', 'empty', 'kept', 'src']);
    assert.deepEqual(readdirSync(at('kept')), ['x.log']);
    assert.ok(existsSync(at('src/new')), 'it was not theirs');
    const changes = await isolation.changes(slot);
    assert.deepEqual(
      changes.map(({ path, isFolder }) => (isFolder ? `${path}/` : path)),
      [...gone, 'src/new/'],
    );
  });

  it('are as the publication leaves them, and can be brought back', async () => {
    const { workspace, isolation, shown, stage, gone } = await emptied();
    await isolation.leaveEmptied(slot, gone);
    const staged = await stage();
    assert.ok((await isolation.publish(staged)).ok);
    assert.deepEqual(shown(), workspace.tree());
    await isolation.withdraw(staged);
    await isolation.prepare(slot);
    assert.deepEqual(shown(), workspace.tree());
  });

  it('come again with what is put back, or comes from the workspace', async () => {
    const { workspace, isolation, shown, at, gone } = await emptied();
    await isolation.leaveEmptied(slot, gone);
    await isolation.putBack(slot, ['old/deep/b.txt']);
    assert.deepEqual(readdirSync(at('old')), ['deep']);
    writeFileSync(path.join(workspace.root, 'old/deep/er/new.txt'), 'new');
    await isolation.bringUpToDate(slot);
    assert.deepEqual(readdirSync(at('old/deep/er')), ['new.txt']);
    await isolation.prepare(slot);
    assert.deepEqual(shown(), workspace.tree());
  });

  it('go where the work is laid into another place, and where it is restored', async () => {
    const { isolation, at, stage } = await emptied();
    const staged = await stage();
    await isolation.prepare(2);
    await isolation.lay(2, staged);
    assert.equal(existsSync(at('old', 2)), false);
    mkdirSync(at('old/deep', 2), { recursive: true });
    writeFileSync(at('old/a.txt', 2), 'made by a check');
    await isolation.restore(2, staged);
    assert.equal(existsSync(at('old', 2)), false);
  });
});
