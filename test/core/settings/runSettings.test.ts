// Settings of a run as a database holds them: known ones are taken, those that give power and nonsense are not.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  defaultRunSettings,
  type RunSettings,
  readRunSettings,
} from '../../../src/core/settings/runSettings';

const full: RunSettings = {
  ...defaultRunSettings,
  maxAgents: 4,
  model: 'haiku',
  preset: 'aggressive',
  byCategory: { api: 'opus' },
  ladder: ['haiku', 'ollama/big'],
  verifyCommand: 'npm test',
  checksAtOnce: 2,
  exclusiveChecks: true,
  only: [1, 2],
  reattachGraceMs: 0,
  limits: {
    ...defaultRunSettings.limits,
    maxRetries: 0,
    attemptMs: { haiku: 1, sonnet: 2, opus: 3, other: 4 },
  },
};
const { maxAgents, limits, reattachGraceMs } = defaultRunSettings;
const bare = { maxAgents, limits, reattachGraceMs };

describe('readRunSettings', () => {
  it('takes what was stored', () => {
    assert.deepEqual(readRunSettings(JSON.parse(JSON.stringify(full))), full);
    assert.deepEqual(readRunSettings({}), bare);
  });

  it('drops what only the user of a machine has a say in, and what nobody knows', () => {
    const power = { allowedCommands: ['curl *'], baseUrl: 'http://evil.example', agentLimit: 64 };
    assert.deepEqual(readRunSettings({ ...full, ...power, extra: 1, constructor: 2 }), full);
  });

  for (const wrong of [
    null,
    7,
    'x',
    [],
    { maxAgents: '3' },
    { maxAgents: 0 },
    { maxAgents: 2.5 },
    { model: 'gpt' },
    { model: 'constructor' },
    { preset: 'constructor' },
    { byCategory: { api: 'gpt' } },
    { byCategory: [] },
    { ladder: ['gpt'] },
    { verifyCommand: 1 },
    { checksAtOnce: 0 },
    { exclusiveChecks: 'yes' },
    { sharedLocks: 'x' },
    { sharedLocks: [1] },
    { only: [0] },
    { only: ['1'] },
    { reattachGraceMs: -1 },
    { limits: 'x' },
    { limits: { maxActions: -1, extra: 1, attemptMs: { haiku: 'x', fable: 1 } } },
  ]) {
    it(`falls back on the default for ${JSON.stringify(wrong)}`, () => {
      assert.deepEqual(readRunSettings(wrong), bare);
    });
  }
});
