// Clean Up Copies in a real editor: the list is answered with the keyboard's own commands, and the disk tells what went.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { markPlaces, placesFolder } from '../../src/adapters/isolation/placesFolder';
import { claimOwnership, type Owner } from '../../src/host/ownership';
import { commandIds } from '../../src/vscode/contributions';

describe('Clean Up Copies', () => {
  const folders: string[] = [];
  const owners: Owner[] = [];

  afterEach(async () => {
    for (const owner of owners.splice(0)) await owner.withdraw();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** Copies of a project of their own. */
  async function copies(): Promise<{ readonly root: string; readonly dir: string }> {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-project-')));
    const dir = await placesFolder(root);
    folders.push(root, dir);
    await markPlaces(dir, root);
    mkdirSync(path.join(dir, '1', 'copy'), { recursive: true });
    writeFileSync(path.join(dir, '1', 'copy', 'a.txt'), 'a'.repeat(100_000));
    return { root, dir };
  }

  /** Runs the command, and gives `answer` until the list has taken it. */
  async function run(answer: string): Promise<void> {
    let isOver = false;
    const over = Promise.resolve(vscode.commands.executeCommand(commandIds.cleanUpCopies)).then(() => {
      isOver = true;
    });
    while (!isOver) {
      await vscode.commands.executeCommand(answer);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await over;
  }

  it('removes what is chosen, which is all at first, and leaves what has a host', async () => {
    const [one, other, held] = [await copies(), await copies(), await copies()];
    const owner = await claimOwnership(held.root);
    assert.ok(owner.kind === 'owner');
    owners.push(owner);
    await run('workbench.action.acceptSelectedQuickOpenItem');
    assert.deepEqual(
      [one, other, held].map(({ dir }) => existsSync(dir)),
      [false, false, true],
    );
    assert.ok(existsSync(path.join(held.dir, '1', 'copy', 'a.txt')));
  });

  it('removes nothing when it is cancelled', async () => {
    const { dir } = await copies();
    await run('workbench.action.closeQuickOpen');
    assert.ok(existsSync(path.join(dir, '1', 'copy', 'a.txt')));
  });
});
