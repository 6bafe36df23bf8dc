// Work that passed its check and needs the user's approval all the same: it made the check prove less, or changed nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunSettings } from '../../src/core/settings/runSettings';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { type Hands, SimulatedHost } from '../doubles/simulatedHost';

const test = "test('sum', () => assert.equal(sum(1, 2), 3));\n";
const skipped = test.replace('test(', 'test.skip(');

/** One feature whose agent does that; its check passes. */
async function hostWith(files: readonly string[], work: (hands: Hands) => Promise<unknown>) {
  const workspace = new MemoryIsolation();
  workspace.put('sum.test.js', test);
  const host = await SimulatedHost.open({
    workspace,
    backlog: [{ name: 'a', files }],
    agents: () => async (hands) => {
      await work(hands);
      await hands.handIn();
    },
  });
  await host.run();
  assert.deepEqual(host.bugs, []);
  const state = host.engine.snapshot.features[1]?.state;
  return {
    host,
    workspace,
    why: state?.status === 'claimed' && state.phase === 'unconfirmed' ? state.why : '',
  };
}

const needs =
  'Its check passed, and it needs your approval (diff 1 shows it; confirm 1, or reject 1 to give it up):';

describe('work whose check proves less by it', () => {
  it('stays out of the workspace until the user says yes', async () => {
    const { host, workspace, why } = await hostWith([], ({ write }) => write('sum.test.js', skipped));
    assert.equal(why, `${needs} it changed "sum.test.js", which has tests that are left out now.`);
    assert.equal(workspace.files.get('sum.test.js'), test);
    assert.equal(host.engine.snapshot.run?.outcome, 'incomplete');
    assert.equal((await host.engine.judgement.confirm(1)).ok, true);
    assert.equal(workspace.files.get('sum.test.js'), skipped);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('can be looked at until then', async () => {
    const { host } = await hostWith([], ({ write }) => write('sum.test.js', skipped));
    const { judgement } = host.engine;
    const kept = judgement.kept(1);
    assert.ok(kept.ok);
    assert.deepEqual(await Promise.all(kept.value.files.map(kept.value.textsOf)), [
      { before: test, after: skipped },
    ]);
    await judgement.confirm(1);
    const none = judgement.kept(1);
    const refused = judgement.kept(2);
    assert.deepEqual(
      [none, refused].map((answer) => !answer.ok && answer.error),
      [
        { code: 'badTransition', message: 'Feature 1 does not wait for your check; it is passing.' },
        { code: 'unknownFeature', message: 'There is no feature with the id 2.' },
      ],
    );
  });

  it('is given up with a no', async () => {
    const { host, workspace } = await hostWith([], ({ write }) => write('sum.test.js', null));
    assert.equal((await host.engine.judgement.reject(1)).ok, true);
    assert.equal(workspace.files.get('sum.test.js'), test);
    assert.equal(host.statusOf(1), 'failed');
  });

  for (const declared of ['sum.test.js', '*.test.js', 'SUM.test.js'])
    it(`passes where the feature says that it changes it: ${declared}`, async () => {
      const { host, workspace } = await hostWith([declared], ({ write }) => write('sum.test.js', skipped));
      assert.equal(host.statusOf(1), 'passing');
      assert.equal(workspace.files.get('sum.test.js'), skipped);
    });
});

describe('a feature for which nothing was changed', () => {
  it('is not passing by a check that was green before', async () => {
    const { host, why } = await hostWith([], async () => undefined);
    const without = needs.replace('diff 1 shows it; ', '');
    assert.equal(why, `${without} nothing was changed for it.`);
    const kept = host.engine.judgement.kept(1);
    assert.ok(!kept.ok);
    assert.equal(kept.error.message, 'Nothing was changed for feature 1.');
    assert.equal((await host.engine.judgement.confirm(1)).ok, true);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('passes by a check that can find nothing: no proof was asked for', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a', verify: 'true' }],
      agents:
        () =>
        ({ handIn }) =>
          handIn(),
    });
    await host.run();
    assert.equal(host.statusOf(1), 'passing');
  });

  it('passes once the check proves that something was', async () => {
    const { host } = await hostWith([], ({ write }) => write('b.js', '1'));
    assert.equal(host.statusOf(1), 'passing');
  });
});

describe('work that would show what a secret file holds', () => {
  const secret = 'top-secret-7431';
  const why = '"notes.txt", which holds values of your secret file ".env"';

  async function asked(spec: Record<string, unknown>, settings: Partial<RunSettings> = {}) {
    const workspace = new MemoryIsolation();
    workspace.put('.env', `SECRET=${secret}\n`);
    const host = await SimulatedHost.open({
      workspace,
      backlog: [{ name: 'a', ...spec }],
      settings,
      agents: () => async (hands) => {
        await hands.write('notes.txt', `copied: ${secret}\n`);
        await hands.handIn();
      },
    });
    await host.run();
    return { host, workspace, state: host.engine.snapshot.features[1]?.state };
  }

  it('waits for the user’s approval though its check is green, and says whose it is, never what', async () => {
    const { host, workspace, state } = await asked({});
    assert.ok(state?.status === 'claimed' && state.phase === 'unconfirmed');
    assert.equal(state.why, `${needs} it changed ${why}.`);
    assert.equal(workspace.files.has('notes.txt'), false);
    assert.equal(JSON.stringify(host.events).includes(secret), false);
    assert.ok((await host.engine.judgement.confirm(1)).ok);
    assert.equal(workspace.files.get('notes.txt'), `copied: ${secret}\n`);
  });

  it('waits for it also where the feature declares the file', async () => {
    const { state } = await asked({ files: ['notes.txt'] });
    assert.ok(state?.status === 'claimed' && state.phase === 'unconfirmed');
  });

  it('says so where no check proves it', async () => {
    const { state } = await asked({}, { verifyCommand: undefined });
    assert.ok(state?.status === 'claimed' && state.phase === 'unconfirmed');
    assert.match(String(state.why), /^There is no check for it/);
    assert.ok(String(state.why).endsWith(` It changed ${why}.`), String(state.why));
  });
});
