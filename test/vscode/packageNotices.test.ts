// That the user's own packages want an install is told once in a run, and nothing is installed without their word.
import { strict as assert } from 'node:assert';
import { EventEmitter } from 'node:events';
import { emptySnapshot } from '../../src/core/events/snapshot';
import type { WorkspaceSetUp } from '../../src/core/settings/machineSettings';
import { PackageNotices } from '../../src/vscode/packageNotices';
import type { HappenedIn } from '../../src/vscode/workspaces';

function follow(choice: WorkspaceSetUp, answer?: string) {
  const changes = new EventEmitter();
  const [said, ran]: [string[], [string, readonly string[]][]] = [[], []];
  const workspaces = {
    onDidHappen: (listener: (happened: HappenedIn) => void) => {
      changes.on('change', listener);
      return { dispose: () => void changes.off('change', listener) };
    },
  };
  const window = {
    showInformationMessage: async (text: string) => {
      said.push(text);
      return answer;
    },
  };
  const notices = new PackageNotices(
    workspaces,
    window,
    async () => choice,
    (...what) => void ran.push(what),
  );
  const publish = async (path: string, runId = 1) => {
    const run = { id: runId, settings: {} };
    const workspace = { root: '/shop', snapshot: { ...emptySnapshot, run } };
    changes.emit('change', { workspace, events: [{ type: 'file.published', path }], reset: false });
    await new Promise(setImmediate);
  };
  return { said, ran, publish, notices, changes };
}

describe('the notice of packages', () => {
  it('is given once in a run for a command, with what to run, and leaves the rest to the user', async () => {
    const { said, ran, publish, notices, changes } = follow('ask');
    await publish('src/a.ts');
    assert.deepEqual(said, []);
    await publish('package-lock.json');
    await publish('package-lock.json');
    assert.deepEqual(said, [
      'Parallel Agents: package-lock.json changed with a feature that passed. Your own packages want `npm install`.',
    ]);
    await publish('package-lock.json', 2);
    assert.equal(said.length, 2);
    assert.deepEqual(ran, []);
    notices.dispose();
    assert.equal(changes.listenerCount('change'), 0);
  });

  it('installs when the user says so', async () => {
    const { ran, publish } = follow('ask', 'Install in Terminal');
    await publish('app/yarn.lock');
    assert.deepEqual(ran, [['/shop', ["cd 'app' && yarn install"]]]);
  });

  it('is none where the user wants it done always, or never', async () => {
    const [always, never] = [follow('always'), follow('never')];
    for (const one of [always, never]) await one.publish('package-lock.json');
    assert.deepEqual([always.said, always.ran], [[], [['/shop', ['npm install']]]]);
    assert.deepEqual([never.said, never.ran], [[], []]);
  });
});
