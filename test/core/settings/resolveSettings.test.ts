// Settings as people write them: what a run starts with, and what is said of a value that cannot be used.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { knownAgents } from '../../../src/core/models/agents';
import { knownProviders } from '../../../src/core/models/providers';
import { resolveSettings } from '../../../src/core/settings/resolveSettings';
import { defaultRunSettings, type RunSettings } from '../../../src/core/settings/runSettings';
import type { SettingReader } from '../../../src/core/settings/setting';

const { limits } = defaultRunSettings;

const good: readonly (readonly [set: Record<string, unknown>, expected: Partial<RunSettings>])[] = [
  [{}, { maxAgents: 3, limits }],
  [{ maxAgents: 5 }, { maxAgents: 5 }],
  [{ maxAgents: 12, agentLimit: 16 }, { maxAgents: 12 }],
  [{ enabled: false, maxAgents: 5 }, { maxAgents: 1 }],
  [{ model: 'haiku' }, { model: 'haiku' }],
  [{ model: 'ollama/qwen3-coder:30b' }, { model: 'ollama/qwen3-coder:30b' }],
  [{ model: 'auto' }, {}],
  [{ 'models.preset': 'specialists' }, { preset: 'specialists' }],
  [{ 'models.byCategory': { ' API': 'opus' } }, { byCategory: { api: 'opus' } }],
  [{ 'models.ladder': [] }, { ladder: [] }],
  [{ 'verify.command': 'npm test' }, { verifyCommand: 'npm test' }],
  [{ 'verify.parallel': 1 }, { checksAtOnce: 1 }],
  [{ 'verify.parallel': null }, {}],
  [{ 'verify.exclusive': true }, { exclusiveChecks: true }],
  [{ 'verify.exclusive': false }, {}],
  [{ 'limits.max_retries': 0 }, { limits: { ...limits, maxRetries: 0 } }],
  [{ 'limits.command_timeout': 1.5 }, { limits: { ...limits, commandMs: 1500 } }],
  [{ reattachGrace: 5 }, { reattachGraceMs: 5000 }],
];

const bad: readonly (readonly [name: string, value: unknown])[] = [
  ['maxAgents', 0],
  ['maxAgents', 6],
  ['maxAgents', 999],
  ['maxAgents', '3'],
  ['maxAgents', 2.5],
  ['agentLimit', 1000],
  ['model', 'gpt'],
  ['models.preset', 'fast'],
  ['models.byCategory', ['haiku']],
  ['models.ladder', ['haiku', 'gpt']],
  ['verify.command', 7],
  ['verify.parallel', 0],
  ['verify.parallel', 65],
  ['verify.parallel', 1.5],
  ['verify.parallel', '2'],
  ['verify.exclusive', 'yes'],
  ['verify.exclusive', ['npm test']],
  ['commands.allow', 'npm test'],
  ['commands.allow', [1]],
  ['commands.env', 'DB_URL'],
  ['commands.env', [1]],
  ['verify.shell', 7],
  ['copies.samePlace', 'yes'],
  ['workspace.setup', 'sometimes'],
  ['copies.folder', 7],
  ['copies.maxGb', 0],
  ['copies.maxGb', -1],
  ['copies.maxGb', '10'],
  ['verify.shell', './sh'],
  ['verify.shell', 'bash -e'],
  ['limits.max_actions', 0],
  ['limits.max_session_duration', -1],
  ['limits.verify_timeout', Number.NaN],
];

describe('resolveSettings', () => {
  for (const [set, expected] of good) {
    it(`takes ${JSON.stringify(set)}`, () => {
      const { settings, warnings } = resolveSettings((name) => set[name]);
      assert.deepEqual(warnings, []);
      assert.deepEqual({ ...settings, ...expected }, settings);
    });
  }

  it('keeps what the user allows on the machine apart from what a run is started with', () => {
    const set: Record<string, unknown> = {
      'commands.allow': ['npm run lint'],
      'commands.env': ['DB_URL', ' PYTHONPATH '],
      'secrets.files': ['*.secret', ' !.env.test'],
      'verify.shell': 'bash',
      'copies.samePlace': false,
      'copies.readOnlyLinks': ['data'],
      'workspace.setup': 'never',
      'copies.folder': ' ~/copies ',
      'copies.maxGb': 0.5,
      providers: { anthropic: { baseUrl: 'http://127.0.0.1:1' } },
      agents: { mine: { command: ['my-agent', '--acp'] } },
      agentLimit: 9,
    };
    const ofUser: SettingReader = (name, of) => (of === 'workspace' ? undefined : set[name]);
    const { settings, machine } = resolveSettings(ofUser);
    assert.deepEqual(machine, {
      allowedCommands: ['npm run lint'],
      variables: ['DB_URL', 'PYTHONPATH'],
      secretFiles: ['*.secret', '!.env.test'],
      shell: 'bash',
      samePlace: false,
      readOnlyLinks: ['data'],
      workspaceSetUp: 'never',
      copiesFolder: '~/copies',
      copyLimitBytes: 500_000_000,
      providers: {
        ...knownProviders,
        anthropic: { ...knownProviders.anthropic, baseUrl: 'http://127.0.0.1:1' },
      },
      agents: { ...knownAgents, mine: { title: 'mine', command: ['my-agent', '--acp'], variables: [] } },
      agentLimit: 9,
    });
    assert.deepEqual(settings, resolveSettings(() => undefined).settings);
  });

  for (const [name, value] of bad) {
    it(`warns of ${name} = ${JSON.stringify(value)} and uses the default`, () => {
      const { settings, machine, warnings } = resolveSettings((asked) =>
        asked === name ? value : undefined,
      );
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0]?.startsWith(`parallelAgents.${name} must be `), warnings[0]);
      assert.deepEqual(
        { settings, machine, oneAtATime: false, warnings: [] },
        resolveSettings(() => undefined),
      );
    });
  }

  it('names each category whose model there cannot be, and takes the others', () => {
    const byCategory = { ui: 'gpt', api: 'opus' };
    const { settings, warnings } = resolveSettings((name) =>
      name === 'models.byCategory' ? byCategory : undefined,
    );
    assert.deepEqual(settings.byCategory, { api: 'opus' });
    assert.match(
      warnings.join('\n'),
      /^parallelAgents\.models\.byCategory\.ui must be haiku, .*; it is left out\.$/,
    );
  });

  it('adds a workspace’s secret files to the user’s, and takes none out for it', () => {
    const said = { user: ['a.yml', '!.env.test'], workspace: ['b.yml', '!.env', 'x[1].yml'] };
    const read: SettingReader = (name, of) => (name === 'secrets.files' && of ? said[of] : undefined);
    const { settings, machine, warnings } = resolveSettings(read);
    assert.deepEqual(machine.secretFiles, ['a.yml', '!.env.test']);
    assert.deepEqual(settings.secretFiles, ['b.yml']);
    assert.match(
      warnings[0] ?? '',
      /"!\.env" would show secrets to agents, which only your own settings may/,
    );
    assert.match(warnings[1] ?? '', /in the workspace's settings.*"x\[1\]\.yml" has brackets/);
    assert.equal(warnings.length, 2);
  });

  for (const of of ['user', 'workspace'] as const)
    it(`warns of secret files that are no list in the settings of the ${of}, and keeps what always is secret`, () => {
      const read: SettingReader = (name, whose) =>
        name === 'secrets.files' && whose === of ? '.env' : undefined;
      const { settings, machine, warnings } = resolveSettings(read);
      assert.deepEqual([warnings.length, machine.secretFiles, settings.secretFiles], [1, [], undefined]);
      assert.match(warnings[0] ?? '', /secrets\.files must be a list of globs/);
    });
});
