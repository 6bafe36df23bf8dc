// Shows that the suite runs in a real extension host, and that the extension starts there.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';

describe(`the extension in VS Code ${vscode.version}`, () => {
  const extension = vscode.extensions.getExtension('parallel-agents.parallel-agents');

  it('is found', () => {
    assert.ok(extension);
    assert.equal(extension.packageJSON.main, './dist/extension.js');
  });

  it('activates', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });
});
