// Which keys there are, and what a run can be begun with, for every combination of wish, key and script.
import { strict as assert } from 'node:assert';
import { knownAgents } from '../../../src/core/models/agents';
import { accessWith, chooseModel, isAddressOf, type ModelChoice } from '../../../src/core/models/modelAccess';
import type { ModelName } from '../../../src/core/models/models';
import { knownProviders } from '../../../src/core/models/providers';
import { modelNote, whyNoModel } from '../../../src/vscode/modelChoice';

const providers = knownProviders;
const agents = knownAgents;
const asked = { providers, agents };
const offline = /^Offline model/;

/** For a wish, whose keys there are, and whether a script lies there: the choice, and in a few words. */
const table: readonly (readonly [
  ModelName | undefined,
  readonly string[],
  boolean,
  ModelChoice['kind'],
  string | RegExp,
])[] = [
  [undefined, ['anthropic'], false, 'provider', 'Anthropic'],
  [undefined, ['anthropic'], true, 'provider', 'Anthropic'],
  ['opus', ['anthropic'], true, 'provider', 'Anthropic opus'],
  ['openai/gpt-5', ['anthropic'], true, 'noKey', 'No API key yet'],
  ['openai/gpt-5', ['openai'], true, 'provider', 'OpenAI gpt-5'],
  ['ollama/qwen3-coder', [], false, 'provider', 'Ollama qwen3-coder'],
  ['mine/big', ['anthropic'], false, 'noProvider', 'No provider "mine"'],
  ['constructor/big', ['anthropic'], false, 'noProvider', 'No provider "constructor"'],
  [undefined, ['openai'], false, 'noKey', 'No API key yet'],
  [undefined, [], true, 'offline', offline],
  ['agent/claude-code', [], true, 'agent', 'Claude Code'],
  ['agent/nobodys', ['anthropic'], true, 'noAgent', 'No agent "nobodys"'],
  ['agent/constructor', [], true, 'noAgent', 'No agent "constructor"'],
  ['offline', ['anthropic'], false, 'offline', offline],
  ['offline', [], false, 'offline', offline],
  [undefined, [], false, 'noKey', 'No API key yet'],
  // A named model is never quietly replaced by a script.
  ['haiku', [], true, 'noKey', 'No API key yet'],
];

describe('the choice of a model', () => {
  for (const [model, keys, hasOfflineScript, kind, note] of table) {
    const given = [model ?? 'no wish', keys.join() || 'no key', hasOfflineScript ? 'a script' : 'no script'];
    it(`is ${kind} with ${given.join(', ')}`, () => {
      const access = accessWith((id) => (keys.includes(id) ? 'k' : undefined), providers);
      const choice = chooseModel({ model, providers, agents, access, hasOfflineScript, named: [] });
      assert.equal(choice.kind, kind);
      const why = whyNoModel(choice, asked);
      if (kind === 'noKey') assert.match(why ?? '', /no API key for .*Set one, .*offline-script\.json/);
      else assert.equal(why !== undefined, kind === 'noProvider' || kind === 'noAgent');
      if (typeof note === 'string') assert.equal(modelNote(choice, asked), note);
      else assert.match(modelNote(choice, asked), note);
    });
  }
});

describe('a run without a key and a wish', () => {
  const chosen = (...named: readonly (string | undefined)[]) =>
    chooseModel({ model: undefined, providers, agents, named, access: [], hasOfflineScript: false }).kind;

  it('can be begun where every feature names what wants none', () => {
    assert.equal(chosen('agent/claude-code', 'offline', 'ollama/qwen3-coder'), 'asNamed');
    assert.equal(chosen('agent/claude-code', undefined), 'noKey');
    assert.equal(chosen('agent/claude-code', 'opus'), 'noKey');
    assert.equal(chosen('agent/claude-code', 'no model'), 'noKey');
  });
});

describe('a key', () => {
  it('is never parted from the address that goes with it, and none is none', () => {
    const { anthropic, ollama } = { ...providers };
    const found = accessWith((id) => ({ anthropic: 'k', openai: '' })[id], {
      anthropic,
      ollama,
    } as typeof providers);
    assert.deepEqual(found, [{ provider: 'anthropic', apiKey: 'k', baseUrl: 'https://api.anthropic.com' }]);
  });

  it('goes nowhere but there', () => {
    const key = { apiKey: 'k', baseUrl: 'https://api.anthropic.com' };
    assert.equal(isAddressOf({ ...key, provider: 'anthropic' }, providers), true);
    assert.equal(isAddressOf({ ...key, provider: 'openai' }, providers), false);
    assert.equal(isAddressOf({ ...key, provider: 'constructor' }, providers), false);
  });
});
