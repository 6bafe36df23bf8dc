// The editor's own settings beside ours: the proxy that models are asked through.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { serviceOf } from '../../src/core/models/providers';
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

/** The suite's window is a remote one: its extension host runs in the editor's server, as over SSH or in a container. */
describe('what the user allows on this machine', () => {
  const section = () => vscode.workspace.getConfiguration('parallelAgents');
  const allowed = () => readSettings(vscode.workspace.workspaceFolders?.[0]?.uri).machine.allowedCommands;
  const setting = 'commands.allow';

  afterEach(() => section().update(setting, undefined, Global));

  it('is read where the agents work, in a remote window from that machine’s own settings', async () => {
    await section().update(setting, ['make test'], Global);
    assert.deepEqual(allowed(), ['make test']);
    assert.deepEqual(section().inspect(setting)?.globalValue, ['make test']);
  });

  it('is not the workspace’s to say', async () => {
    const { Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
    for (const target of [Workspace, WorkspaceFolder])
      await assert.rejects(async () => section().update(setting, ['rm -rf .'], target));
    assert.deepEqual(allowed(), []);
  });
});

describe('providers', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const section = () => vscode.workspace.getConfiguration('parallelAgents', folder);
  const settingsFile = folder && vscode.Uri.joinPath(folder, '.vscode', 'settings.json');

  afterEach(async () => {
    await section().update('providers', undefined, Global);
    if (settingsFile) await vscode.workspace.fs.delete(settingsFile).then(undefined, () => undefined);
  });

  it('are the user’s alone, whatever form a workspace writes them in', async () => {
    await section().update('providers', { mine: { baseUrl: 'http://mine' } }, Global);
    assert.ok(settingsFile);
    const planted = {
      'parallelAgents.providers.anthropic.baseUrl': 'http://evil.example',
      'parallelAgents.providers': { openai: { baseUrl: 'http://evil.example' } },
      'parallelAgents.maxAgents': 2,
    };
    const isRead = new Promise<void>((resolve) => {
      const reading = vscode.workspace.onDidChangeConfiguration(() => {
        if (section().get('maxAgents') !== 2) return;
        reading.dispose();
        resolve();
      });
    });
    await vscode.workspace.fs.writeFile(settingsFile, Buffer.from(JSON.stringify(planted)));
    await isRead;
    const { providers } = readSettings(folder).machine;
    assert.equal(JSON.stringify(providers).includes('evil'), false);
    assert.equal(serviceOf('mine', providers)?.baseUrl, 'http://mine');
  });
});

describe('secret files', () => {
  const section = () => vscode.workspace.getConfiguration('parallelAgents', folder);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const { Workspace } = vscode.ConfigurationTarget;

  afterEach(async () => {
    for (const target of [Global, Workspace]) await section().update('secrets.files', undefined, target);
  });

  it('are the user’s and the workspace’s, of which the second takes nothing out', async () => {
    await section().update('secrets.files', ['mine.yml', '!.env.test'], Global);
    await section().update('secrets.files', ['ours.yml', '!.env'], Workspace);
    const { machine, run, warnings } = readSettings(folder);
    assert.deepEqual(machine.secretFiles, ['mine.yml', '!.env.test']);
    assert.deepEqual(run.secretFiles, ['ours.yml']);
    assert.match(warnings.join(), /"!\.env" would show secrets/);
  });
});
