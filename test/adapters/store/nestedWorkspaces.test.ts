// Two folders of which one holds the other are not both at work, whichever of them began, or both at one time.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareStateFolder } from '../../../src/adapters/files/stateFolder';
import { refuseNested } from '../../../src/adapters/store/nestedWorkspaces';
import { type Lease, takeLease } from '../../../src/adapters/store/workspaceLease';
import { Failure } from '../../../src/ports/failure';
import { tempFolder } from '../files/tempWorkspace';

const beatMs = 100;

describe('workspaces inside each other', () => {
  const held: Lease[] = [];
  afterEach(async () => {
    for (const lease of held.splice(0)) await lease.release();
  });

  async function take(root: string): Promise<string> {
    mkdirSync(root, { recursive: true });
    const stateDir = await prepareStateFolder(root);
    const holder = async () => ({ place: root, host: 'laptop', pid: 7 });
    held.push(await takeLease(stateDir, { holder, looked: [root] }, { beatMs, onLost: () => undefined }));
    return stateDir;
  }

  for (const below of ['a', 'packages/deep/a', 'node_modules_of_mine/a']) {
    it(`are refused where "${below}" below is at work, without a trace`, async () => {
      const root = tempFolder();
      await take(path.join(root, below));
      await take(root).catch(() => assert.fail('its own lease is free'));
      await assert.rejects(refuseNested(root, true, { beatMs }), (error) => {
        assert.ok(Failure.is(error, 'occupied'));
        assert.ok(error.message.includes(path.join(root, below)), error.message);
        assert.match(error.message, /process 7 on "laptop"/);
        return true;
      });
      assert.deepEqual(readdirSync(root), [below.split('/')[0]]);
    });
  }

  it('are no two where the one below is at rest, or is no workspace', async () => {
    const root = tempFolder();
    await take(path.join(root, 'a'));
    for (const lease of held.splice(0)) await lease.release();
    mkdirSync(path.join(root, 'b/.parallel-agents/prompts'), { recursive: true });
    mkdirSync(path.join(root, 'c'));
    writeFileSync(path.join(root, 'c/.parallel-agents'), '');
    const stateDir = await take(root);
    await refuseNested(root, true, { beatMs });
    assert.ok(existsSync(stateDir));
  });

  it('are seen by the inner one too when the outer began while it did', async () => {
    const root = tempFolder();
    const inner = path.join(root, 'a');
    await take(inner);
    await prepareStateFolder(root);
    await assert.rejects(refuseNested(inner, true, { beatMs }), (error) => Failure.is(error, 'refused'));
    assert.deepEqual(readdirSync(inner), []);
  });
});
