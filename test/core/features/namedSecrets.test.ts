// Which files are secrets by the settings: what they add, what they take out, and who may not.
import { strict as assert } from 'node:assert';
import { furtherSecrets, secretFiles, wrongSecretGlob } from '../../../src/core/features/namedSecrets';

/** What the settings say, a path, and whether it is a secret then. */
const named: readonly (readonly [globs: readonly string[], path: string, isSecret: boolean])[] = [
  [[], '.env', true],
  [['config/prod.yml'], '.env', true],
  [['config/prod.yml'], 'config/prod.yml', true],
  [['config/prod.yml'], 'Config/Prod.YML', true],
  [['config/prod.yml'], 'config/prod.yml~', true],
  [['config/prod.yml'], 'config/prod.yml.bak', true],
  [['config/prod.yml'], 'config/pr\u200dod.yml', true],
  [['config/prod.yml'], 'other/config/prod.yml', false],
  [['/prod.yml'], 'prod.yml', true],
  [['*.secret'], 'a/b/x.secret', true],
  [['*.secret'], 'a/b/x.secret.ts', false],
  [['{dev,prod}.yml'], 'deploy/prod.yml', true],
  [['vault/'], 'a/vault/x/y.txt', true],
  [['vault'], 'a/vault/x/y.txt', true],
  [['config/*'], 'config/deep/x.yml', true],
  [['config/**/x.yml'], 'config/deep/x.yml', true],
  [['.env.example'], '.env.example', true],
  [[' *.secret '], 'x.secret', true],
  [['!.env.test'], '.env.test', false],
  [['!.env.test'], '.env', true],
  [['!.env.test'], '.env.test~', true],
  [['!fixtures/'], 'test/fixtures/server.key', false],
  [['!fixtures/'], 'server.key', true],
  [['!.env.test', '.env.*'], '.env.test', true],
  [['.env.*', '!.env.test'], '.env.test', false],
];

describe('secret files of the settings', () => {
  for (const [globs, path, expected] of named)
    it(`${expected ? 'withhold' : 'show'} ${JSON.stringify(path)} with ${JSON.stringify(globs)}`, () =>
      assert.equal(secretFiles(globs)(path), expected));

  it('are none less by what a workspace or another face adds', () => {
    const all = furtherSecrets(['!.env.test'], ['!.env', ' !*', '*.secret', '.env.test']);
    const is = secretFiles(all);
    assert.deepEqual(
      ['.env', 'x.secret', '.env.test', 'a.ts'].map((path) => is(path)),
      [true, true, true, false],
    );
  });

  it('are by their content those that may hold some, unless the user says otherwise', () => {
    const token = '//registry.example.com/:_authToken=npm-token-7431\n';
    const plain = 'registry=https://registry.example.com/\n';
    assert.deepEqual(
      [token, plain, undefined].map((text) => secretFiles([])('a/.npmrc', text)),
      [true, false, false],
    );
    assert.equal(secretFiles(['!.npmrc'])('a/.npmrc', token), false);
    assert.equal(secretFiles([])('a/notes.txt', token), false);
    assert.equal(secretFiles(['.npmrc'])('a/.npmrc', plain), true);
  });

  for (const glob of ['', '!', 'x[ab].yml', '../x', 'a/../../x', '~/x', 'C:\\x'])
    it(`are not named by ${JSON.stringify(glob)}`, () => assert.notEqual(wrongSecretGlob(glob), undefined));
  for (const glob of ['*.secret', '!.env.test', 'a..b', 'config/~x', './a/b'])
    it(`may be named by ${JSON.stringify(glob)}`, () => assert.equal(wrongSecretGlob(glob), undefined));
});
