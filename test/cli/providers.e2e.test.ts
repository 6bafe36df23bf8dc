// Runs with models of other providers than the usual one, over real HTTP: whole samples, fallbacks, and what it costs.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { copySample, parseEvents, readTree, runCli, userWith } from '../support/cli';
import { repoRoot } from '../support/repoRoot';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

const work = [call('write_file', { path: 'a.txt', content: 'a' }), finish];

describe('a run with models of other providers', () => {
  const cleanUp = cleanUpAfterEach();

  it('builds a whole sample over chat completions, with the user’s key and prices', async () => {
    const { dir, remove } = await copySample('notes-api');
    cleanUp.push(remove);
    const model = await startScriptedModel(path.join(repoRoot, 'examples', 'notes-api'), 'chat');
    cleanUp.push(() => model.close());
    const prices = { 'big:7b': { input: 1_000, output: 0 } };
    const mine = { baseUrl: `${model.baseUrl}/v1`, keyVariable: 'MY_KEY', prices };
    const env = { MY_KEY: 'sk-mine-0123456789', ...userWith({ providers: { mine } }) };
    const args = ['run', '--project-dir', dir, '--max-agents', '3', '--model', 'mine/big:7b', '--json'];
    const { code, lines, notes } = await runCli(args, env);
    assert.equal(code, 0, notes.join('\n'));
    assert.ok(model.requests.every((r) => r.path === '/v1/chat/completions' && r.body.model === 'big:7b'));
    assert.ok(model.requests.every((r) => r.headers.authorization === 'Bearer sk-mine-0123456789'));
    const calls = parseEvents(lines).filter((e) => e.type === 'model.called');
    assert.equal(calls.length, model.asked.length);
    // 11 tokens in, of 1,000 dollars a million.
    for (const { model: name, costUsd } of calls) assert.deepEqual([name, costUsd], ['mine/big:7b', 0.011]);
    const stateFolder = await readTree(path.join(dir, '.parallel-agents'));
    assert.equal(JSON.stringify([lines, notes, stateFolder]).includes('sk-mine-0123456789'), false);
  });

  it('needs no key where the provider wants none, and says that nobody knows what it costs', async () => {
    const { dir, remove } = await writeProject({
      features: [{ name: 'A', verify: 'true' }],
      script: { A: work },
    });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir, 'chat');
    cleanUp.push(() => model.close());
    const user = userWith({ providers: { mine: { baseUrl: model.baseUrl } }, model: 'mine/m' });
    const { code, notes } = await runCli(['run', '--project-dir', dir], user);
    assert.equal(code, 0, notes.join('\n'));
    assert.equal(model.requests[0]?.headers.authorization, undefined);
    const report = (await runCli(['status', '--project-dir', dir], user)).lines.join('\n');
    assert.match(report + notes.join('\n'), /unknown for \d+ tokens in, \d+ out: no price is known/);
  });

  it('takes the usual model for a feature whose provider it cannot ask, and says so', async () => {
    const features = [
      { name: 'A', verify: 'true', model: 'gemini/pro' },
      { name: 'B', verify: 'true', model: 'nobodys/x', depends_on: ['A'] },
    ];
    const { dir, remove } = await writeProject({ features, script: { A: work, B: work } });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const env = {
      ANTHROPIC_API_KEY: 'sk-test-0123456789',
      ...userWith({ providers: { anthropic: { baseUrl: model.baseUrl } } }),
    };
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--max-agents', '1'], env);
    assert.equal(code, 0, notes.join('\n'));
    const started = lines.filter((line) => line.includes('Started'));
    assert.match(started[0] ?? '', /feature 1 - A on sonnet \(.*there is no key for Google Gemini\)/);
    assert.match(started[1] ?? '', /feature 2 - B on sonnet \(.*providers names no "nobodys"\)/);
    assert.ok(model.requests.every(({ body }) => body.model === 'claude-sonnet-5-5'));
  });

  it('goes one model up for each attempt that failed, in a conversation of its own that knows why', async () => {
    const features = [{ name: 'A', category: 'testing', verify: 'grep -q right a.txt' }];
    const attempt = (content: string) => [call('write_file', { path: 'a.txt', content }), finish];
    const script = { A: [attempt('wrong'), attempt('wrong again'), attempt('right')] };
    const { dir, remove } = await writeProject({ features, script });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir);
    cleanUp.push(() => model.close());
    const env = {
      ANTHROPIC_API_KEY: 'sk-test-0123456789',
      ...userWith({ providers: { anthropic: { baseUrl: model.baseUrl } } }),
    };
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--json'], env);
    assert.equal(code, 0, notes.join('\n'));
    const begun = model.requests.filter(({ body }) => body.messages.length === 1);
    const asked = ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5'];
    assert.deepEqual(
      begun.map(({ body }) => body.model),
      asked,
    );
    for (const { body } of begun.slice(1))
      assert.match(JSON.stringify(body.messages), /grep -q right a\.txt/);
    const why = parseEvents(lines).flatMap((e) => (e.type === 'feature.claimed' ? [e.modelWhy] : []));
    assert.match(String(why[2]), /^up from haiku after 2 failed attempts; category testing \(balanced\)$/);
  });

  const refused: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['gemini/pro', { ANTHROPIC_API_KEY: 'k' }, /gemini\/pro needs a key: set GEMINI_API_KEY/],
    ['nobodys/x', {}, /provider "nobodys" that is not known; parallelAgents\.providers .*anthropic, openai/],
    ['gpt', {}, /--model must be haiku, .*provider\/model or agent\/name, not "gpt"/],
  ];
  for (const [model, env, says] of refused) {
    it(`refuses ${model} before anything is begun, with the mend`, async () => {
      const { dir, remove } = await writeProject({
        features: [{ name: 'A', verify: 'true' }],
        script: { A: work },
      });
      cleanUp.push(remove);
      const { code, notes } = await runCli(['run', '--project-dir', dir, '--model', model], env);
      assert.notEqual(code, 0);
      assert.match(notes.join('\n'), says);
    });
  }

  const ofEditor =
    'is a model that an editor answers for, and no window that offers such models has this folder open';

  it('begins no run on a model of an editor that is not there, and says what to do', async () => {
    const { dir, remove } = await writeProject({ features: [{ name: 'A', verify: 'true' }], script: {} });
    cleanUp.push(remove);
    const { code, notes } = await runCli(
      ['run', '--project-dir', dir, '--model', 'vscode/big'],
      userWith({}),
    );
    assert.equal(code, 2);
    const told = `"vscode/big" ${ofEditor}. Open the folder there and start the run from that window, or choose another model.`;
    assert.ok(notes.join('\n').includes(told), notes.join('\n'));
  });

  it('builds what it can while a feature waits for a model of an editor, and ends with the mend', async () => {
    const features = [
      { name: 'A', verify: 'true', model: 'mine/m' },
      { name: 'B', verify: 'true', model: 'vscode/big' },
    ];
    const { dir, remove } = await writeProject({ features, script: { A: work } });
    cleanUp.push(remove);
    const model = await startScriptedModel(dir, 'chat');
    cleanUp.push(() => model.close());
    const user = userWith({ providers: { mine: { baseUrl: model.baseUrl } } });
    const { code, lines, notes } = await runCli(['run', '--project-dir', dir, '--json'], user);
    const events = parseEvents(lines);
    assert.ok(
      events.some((e) => e.type === 'breaker.opened' && e.cause === 'editor' && e.account === 'vscode'),
    );
    assert.ok(events.some((e) => e.type === 'feature.passed'));
    assert.ok(!events.some((e) => e.type === 'feature.failed'), 'nothing is held against a feature');
    assert.match(notes.join('\n'), /Press Start in the editor that has this model/);
    assert.equal(code, 1);
  });
});
