// Lockfiles are known by their names, but for those that packages brought with them.
import { strict as assert } from 'node:assert';
import { installCommand, isLockfile } from '../../../src/core/guardrails/lockfiles';

describe('lockfiles', () => {
  const cases: readonly (readonly [string, boolean, string | undefined])[] = [
    ['package-lock.json', true, 'npm install'],
    ['packages/a/yarn.lock', true, "cd 'packages/a' && yarn install"],
    ["it's/uv.lock", true, "cd 'it'\\''s' && uv sync"],
    ['node_modules/x/package-lock.json', false, "cd 'node_modules/x' && npm install"],
    ['vendor/x/composer.lock', false, "cd 'vendor/x' && composer install"],
    ['constructor', false, undefined],
    ['package.json', false, undefined],
    ['a/my-package-lock.json', false, undefined],
  ];
  for (const [path, is, install] of cases)
    it(`${is ? 'takes' : 'does not take'} ${path} for one`, () => {
      assert.equal(isLockfile(path), is);
      assert.equal(installCommand(path), install);
    });
});
