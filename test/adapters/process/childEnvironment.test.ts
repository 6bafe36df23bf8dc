// What children get to know of our environment.
import { strict as assert } from 'node:assert';
import {
  commandEnvironment,
  givenVariables,
  programEnvironment,
  secretsIn,
  withheldVariables,
} from '../../../src/adapters/process/childEnvironment';

const secrets = {
  ANTHROPIC_API_KEY: 'x',
  ANTHROPIC_BASE_URL: 'x',
  OPENAI_ORGANIZATION: 'x',
  GITHUB_TOKEN: 'x',
  NPM_TOKEN: 'x',
  npm_config__authToken: 'x',
  MY_SECRET: 'x',
  LC_SECRET: 'x',
  DB_PASSWORD: 'x',
  VSCODE_IPC_HOOK_CLI: 'x',
  VSCODE_GIT_ASKPASS_NODE: 'x',
  ELECTRON_RUN_AS_NODE: '1',
  NODE_OPTIONS: '--require x',
  LD_PRELOAD: 'x',
  GIT_ASKPASS: 'x',
  SSH_AUTH_SOCK: 'x',
};
const way = { HTTPS_PROXY: 'http://127.0.0.1:9', no_proxy: 'localhost', CI: 'true' };
const harmless = { PATH: '/bin', HOME: '/home/me', LC_ALL: 'C', Path: '/windows', JAVA_HOME: '/java' };
const unattended = { TERM: 'dumb', NO_COLOR: '1', GIT_TERMINAL_PROMPT: '0' };

describe('the environment of a command', () => {
  it('is what is harmless, and its tags', () =>
    assert.deepEqual(commandEnvironment({ ...secrets, ...harmless, TERM: 'xterm' }, 'a/b'), {
      ...harmless,
      ...unattended,
      PARALLEL_AGENTS_TAG: 'a/b',
    }));

  it('has the way to the network, and is no build server but where we are', () =>
    assert.deepEqual(commandEnvironment(way, 'a'), { ...way, ...unattended, PARALLEL_AGENTS_TAG: 'a' }));

  it('takes what is added, but never the editor’s, the model’s or another tag', () => {
    const added = { NPM_TOKEN: 'x', NODE_OPTIONS: '--x', GIT_CEILING_DIRECTORIES: '/p', PORT: '1', CI: 'no' };
    const steering = {
      ANTHROPIC_API_KEY: 'x',
      Anthropic_Auth_Token: 'x',
      VSCODE_IPC_HOOK_CLI: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      PARALLEL_AGENTS_TAG: 'forged',
    };
    assert.deepEqual(commandEnvironment({}, 'a', { ...added, ...steering }), {
      ...unattended,
      ...added,
      PARALLEL_AGENTS_TAG: 'a',
    });
  });
});

describe('what commands are given of our environment', () => {
  it('is what is harmless, and what the user named, secrets too', () =>
    assert.deepEqual(givenVariables({ ...secrets, ...harmless }, ['NPM_TOKEN', 'NODE_OPTIONS', 'NOT_SET']), {
      ...harmless,
      NPM_TOKEN: 'x',
      NODE_OPTIONS: '--require x',
    }));

  it('is never the editor’s or the model’s, also when they are named', () =>
    assert.deepEqual(
      givenVariables({ ...secrets, ...harmless }, Object.keys(secrets).slice(0, 2)),
      harmless,
    ));

  it('leaves the rest withheld, but for what every shell makes anew and what we say ourselves', () =>
    assert.deepEqual(
      withheldVariables(
        {
          ...harmless,
          ...way,
          ...unattended,
          DB_URL: 'x',
          GH_TOKEN: 'x',
          SEEN: 'x',
          PWD: '/',
          SHLVL: '1',
          _: 'x',
        },
        ['SEEN'],
      ),
      ['DB_URL', 'GH_TOKEN'],
    ));
});

describe('the environment of a program of ours', () => {
  it('makes the editor act as Node, and holds no secret', () =>
    assert.deepEqual(programEnvironment({ ...secrets, ...harmless }, 'a'), {
      ...harmless,
      ELECTRON_RUN_AS_NODE: '1',
      PARALLEL_AGENTS_TAG: 'a',
    }));
});

describe('the secrets of an environment', () => {
  const told: [environment: Record<string, string>, values: readonly string[]][] = [
    [
      { GITHUB_TOKEN: 'ghp_0123456789', npm_config__authToken: 'npm_abcdef12' },
      ['ghp_0123456789', 'npm_abcdef12'],
    ],
    [{ DB_PASSWORD: 'hunter2!x', ANTHROPIC_API_KEY: 'sk-1234567' }, ['hunter2!x', 'sk-1234567']],
    [{ PATH: '/usr/bin:/secret', EDITOR: 'vi-1234567890', ANTHROPIC_BASE_URL: 'http://localhost:1/x' }, []],
    [{ API_KEY: 'abc', OTHER_TOKEN: '', MY_SECRET: '1234567' }, []],
    [{ TOKEN_MODE: 'production', KEY_EXPIRY: '2026-01-31', KEYCLOAK_URL: 'http://localhost:8080' }, []],
    [{ SSL_KEY_FILE: process.execPath }, []],
    [{ HOOK_SECRET: 'https://hooks.example/T0/B0' }, ['https://hooks.example/T0/B0']],
    [{ https_proxy: 'http://me:pa55w0rd@proxy:8080' }, ['http://me:pa55w0rd@proxy:8080', 'pa55w0rd']],
    [{ HTTP_PROXY: 'http://proxy:8080', NO_PROXY: 'localhost,127.0.0.1' }, []],
    [{ DB_URL: 'postgres://me:hunter2!x@db/dev' }, ['hunter2!x']],
    [{ DB_URL: 'postgres://postgres:postgres@localhost/dev', LOG: 'a:b@c' }, []],
    [{ PASSPHRASE_SECRET: 'correct-horse-battery' }, ['correct-horse-battery']],
  ];
  for (const [environment, values] of told)
    it(`are ${JSON.stringify(values)} in ${JSON.stringify(environment)}`, () =>
      assert.deepEqual(secretsIn(environment), values));
});
