// Which files of settings are secrets by what they hold, and which of it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mayHoldSecrets, secretsHeldIn } from '../../../src/core/guardrails/secretBearers';

const bearing = [
  '.npmrc',
  'packages/a/.npmrc',
  '.NPMRC',
  '.yarnrc',
  '.yarnrc.yml',
  'bunfig.toml',
  'NuGet.Config',
  'pip.conf',
  'pip.ini',
  '.condarc',
  '.bundle/config',
  'auth.json',
  'gradle.properties',
  'settings.xml',
  '.mcp.json',
  '.cursor/mcp.json',
  '.claude/settings.local.json',
  '.gitconfig',
  'profiles.yml',
];
const others = ['package.json', 'config', 'a/config', 'settings.json', '.npmrc.ts', 'xnpmrc', 'src/auth.ts'];

const cases: [what: string, text: string, values: string[]][] = [
  [
    'the token for a registry',
    'registry=https://registry.example.com/\n//registry.example.com/:_authToken=npm_0123456789abcdef\n',
    ['npm_0123456789abcdef'],
  ],
  ['name and password of it, packed', '_auth=bWU6aHVudGVyMg==\nalways-auth=true\n', ['bWU6aHVudGVyMg==']],
  ['its password', '//example.com/:_password="aHVudGVyMmh1bnRlcjI="\n', ['aHVudGVyMmh1bnRlcjI=']],
  ['what Yarn has', 'npmRegistryServer: "https://a.b"\nnpmAuthToken: "npm-token-7431"\n', ['npm-token-7431']],
  [
    'an address with a password',
    '[global]\nindex-url = https://me:hunter2-7@example.com/simple\n',
    ['hunter2-7'],
  ],
  ['signing passwords', 'org.gradle.jvmargs=-Xmx2g\nRELEASE_KEY_PASSWORD=hunter2-7\n', ['hunter2-7']],
  ['what Maven has', '<server><id>x</id><password>hunter2-7</password></server>', ['hunter2-7']],
  ['what NuGet has', '<add key="ClearTextPassword" value="hunter2-7" />', ['hunter2-7']],
  [
    'keys of servers',
    '{"env": {"GITHUB_TOKEN": "ghp_0123456789abcdefghij", "PORT": "3000"}}',
    ['ghp_0123456789abcdefghij'],
  ],
  [
    'a known token under any name',
    '{"github-oauth": {"github.com": "gho_0123456789abcdefghij"}}',
    ['gho_0123456789abcdefghij'],
  ],
  ['a password with spaces', 'password: "correct horse 9 battery"', ['correct horse 9 battery']],
  ['the source of a gem', 'BUNDLE_ENTERPRISE__EXAMPLE__COM: "0abc12:9def34"\n', ['0abc12:9def34']],
  ['a header', '{"headers": {"Authorization": "Bearer abc-123-def"}}', ['Bearer abc-123-def']],
  [
    'no variable',
    '//example.com/:_authToken=$' + '{NPM_TOKEN}\npassword: "{{ env_var(\'PASS\') }}"\na-token=%TOKEN%\n',
    [],
  ],
  ['no plain settings', 'registry=https://registry.example.com/\nsave-exact=true\nfund=false\n', []],
  ['no word', 'token=required\npassword: changeme\n', []],
  ['no comment', '# //example.com/:_authToken=npm_0123456789abcdef\n; _auth=bWU6aHVudGVyMg==\n', []],
];

describe('files that may hold secrets', () => {
  for (const path of bearing) it(`are such as ${path}`, () => assert.equal(mayHoldSecrets(path), true));
  for (const path of others) it(`are none such as ${path}`, () => assert.equal(mayHoldSecrets(path), false));
  for (const [what, text, values] of cases)
    it(`hold ${what}`, () => assert.deepEqual(secretsHeldIn(text), values));
});
