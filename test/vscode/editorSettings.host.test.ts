// The editor's own settings beside ours: the proxy that models are asked through.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { readSettings } from '../../src/vscode/editorSettings';

const { Global } = vscode.ConfigurationTarget;

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
});
