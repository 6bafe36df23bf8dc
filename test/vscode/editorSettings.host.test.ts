// The editor's own settings beside ours: the proxy that models are asked through, and what a workspace has no say in.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { readSettings } from '../../src/vscode/editorSettings';

const { Global, Workspace } = vscode.ConfigurationTarget;

describe('the settings of the editor', () => {
  const http = () => vscode.workspace.getConfiguration('http');
  const proxy = () => readSettings(vscode.workspace.workspaceFolders?.[0]?.uri).machine.proxy;

  afterEach(async () => {
    for (const name of ['proxy', 'noProxy', 'proxySupport']) await http().update(name, undefined, Global);
  });

  it('name no proxy unless the user does', () => assert.equal(proxy(), undefined));

  it('name the user’s proxy with the hosts it is not for, unless extensions are to use none', async () => {
    await http().update('proxy', 'http://proxy.example:8080', Global);
    await http().update('noProxy', ['inside.example'], Global);
    assert.deepEqual(proxy(), { address: 'http://proxy.example:8080', except: ['inside.example'] });
    await http().update('proxySupport', 'off', Global);
    assert.equal(proxy(), undefined);
  });

  it('take no variables, shell or proxy from a workspace', async () => {
    const ours = () => vscode.workspace.getConfiguration('parallelAgents');
    const tried = [
      [ours(), 'commands.env', ['GITHUB_TOKEN']],
      [ours(), 'verify.shell', '/tmp/sh'],
      [http(), 'proxy', 'http://evil.example'],
    ] as const;
    for (const [section, name, value] of tried) {
      // Refused, or written and without effect: the editor's affair.
      await section.update(name, value, Workspace).then(undefined, () => undefined);
    }
    try {
      const { machine } = readSettings(vscode.workspace.workspaceFolders?.[0]?.uri);
      assert.deepEqual([machine.variables, machine.shell, machine.proxy], [[], undefined, undefined]);
    } finally {
      for (const [section, name] of tried)
        await section.update(name, undefined, Workspace).then(undefined, () => undefined);
    }
  });
});
