// Settings and key while a run is open, in a real editor: a change acts at once, and a next host gets the key again.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { ApiKeys } from '../../src/vscode/apiKeys';
import { LiveSettings } from '../../src/vscode/liveSettings';
import { Workspaces } from '../../src/vscode/workspaces';
import { diskFull, example, run } from './scenes';
import { ScriptedSession } from './scriptedSession';

describe('settings while a run is open', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite needs a folder');
  const settings = () => vscode.workspace.getConfiguration('parallelAgents');
  const secrets = new Map<string, string>();
  const secretsChanged = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  const memory: vscode.Memento = {
    keys: () => [],
    get: <T>(_key: string, instead?: T) => instead,
    update: async () => undefined,
  };
  let session: ScriptedSession;
  let workspaces: Workspaces;
  let live: LiveSettings;
  let apiKeys: ApiKeys;

  beforeEach(async () => {
    const history = example();
    run(history, { maxAgents: 3 });
    session = new ScriptedSession(folder.uri.fsPath, history);
    workspaces = new Workspaces(async () => ({ kind: 'session', session, told: [] }), memory);
    const storage = {
      get: async (key: string) => secrets.get(key),
      store: async (key: string, value: string) => {
        secrets.set(key, value);
        secretsChanged.fire({ key });
      },
      delete: async (key: string) => void secrets.delete(key),
      onDidChange: secretsChanged.event,
    };
    apiKeys = new ApiKeys(storage, {});
    live = new LiveSettings(workspaces, apiKeys);
    await workspaces.shown?.open();
  });

  afterEach(async () => {
    live.dispose();
    await workspaces.dispose();
    secrets.clear();
    for (const name of ['maxAgents', 'enabled', 'copies.maxGb']) {
      await settings().update(name, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  /** Resolves when the session was asked for `call`. */
  async function asked(call: string): Promise<void> {
    while (!session.asked.includes(call)) await new Promise((resolve) => setImmediate(resolve));
  }

  it('take over another number of agents', async () => {
    await settings().update('maxAgents', 2, vscode.ConfigurationTarget.Global);
    await asked('configure maxAgents');
  });

  it('go down to one agent when working in parallel is switched off', async () => {
    await settings().update('enabled', false, vscode.ConfigurationTarget.Global);
    await asked('configure maxAgents');
  });

  it('say nothing when the number stays as it is', async () => {
    const changed = new Promise<void>((resolve) => void live.onDidChange(() => resolve()));
    await settings().update('maxAgents', 3, vscode.ConfigurationTarget.Global);
    await Promise.race([changed, vscode.commands.executeCommand('workbench.action.closeAllEditors')]);
    assert.equal(session.asked.includes('configure maxAgents'), false);
  });

  it('have a copy tried at once that the settings did not allow, and nothing else', async () => {
    session.tell((history) => history.record([diskFull]));
    const changed = new Promise<void>((resolve) => void live.onDidChange(() => resolve()));
    await settings().update('copies.maxGb', 11, vscode.ConfigurationTarget.Global);
    await changed;
    assert.equal(session.asked.includes('resume'), false);
    session.tell((history) => history.record([{ ...diskFull, cause: 'copies' }]));
    await settings().update('copies.maxGb', 12, vscode.ConfigurationTarget.Global);
    await asked('resume');
  });

  it('hand the key over when it is set, and to the next host again', async () => {
    await apiKeys.write('openai', 'sk-test');
    await asked('configure access');
    session.asked.length = 0;
    session.reset();
    await asked('configure access');
  });
});
