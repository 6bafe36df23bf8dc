// The extension as installed in a real editor: its commands are there, and starting it does no work of its own.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { commandIds } from '../../src/vscode/contributions';

describe('the extension, once active', () => {
  before(async () => {
    await vscode.extensions.getExtension('parallel-agents.parallel-agents')?.activate();
  });

  it('has registered every command', async () => {
    const there = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commandIds).filter((id) => !there.has(id)),
      [],
    );
  });

  it('has written nothing into a folder without a backlog', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const names = (await vscode.workspace.fs.readDirectory(folder.uri)).map(([name]) => name);
    assert.equal(names.includes('.parallel-agents'), false);
  });
});
