// What a package manager has put there, what only comes from running it, and which package it is of.
import { strict as assert } from 'node:assert';
import { isInstalled, packageOf } from '../../../src/core/guardrails/packageFolders';

describe('packages', () => {
  const ignored = (path: string) => /^(vendor|env|\.venv|node_modules)\b/.test(path);
  const installed = [
    'node_modules/a/index.js',
    'node_modules',
    'packages/x/node_modules/@s/a/b.js',
    'node_modules/.bin/a',
    'node_modules/.pnpm/a@1/node_modules/a/i.js',
    'node_modules/.package-lock.json',
    '.venv/lib/python3/site-packages/a.py',
    'vendor/bundle/a.rb',
    'env/lib/a.py',
    'bower_components/a/a.js',
  ];
  const others = [
    'src/a.ts',
    'dist/a.js',
    'app/vendor/a.js',
    'node_modules/.cache/x/y',
    'node_modules/.vite/deps/a.js',
    '.venv/lib/__pycache__/a.pyc',
    '.venv/lib/a.pyc',
    'src/env/a.ts',
    'my_node_modules/a',
  ];
  for (const path of installed)
    it(`are what ${path} is of`, () => assert.equal(isInstalled(path, ignored), true));
  for (const path of others) it(`are not ${path}`, () => assert.equal(isInstalled(path, ignored), false));

  const packages = {
    'node_modules/a/deep/x.js': 'node_modules/a',
    'node_modules/@s/a/x.js': 'node_modules/@s/a',
    'x/node_modules/a/node_modules/b/c.js': 'x/node_modules/a/node_modules/b',
    '.venv/lib/python3/site-packages/a/b.py': '.venv/lib/python3/site-packages/a',
    '.venv/bin/python': '.venv/bin',
    node_modules: 'node_modules',
  };
  for (const [path, folder] of Object.entries(packages))
    it(`have ${path} in ${folder}`, () => assert.equal(packageOf(path), folder));
});
