// Git is asked only where it can answer: at a pipe in its directory it would wait without end.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { askGit } from '../../../src/adapters/files/askGit';
import { namedByGit } from '../../../src/adapters/files/namedByGit';
import { OuterRules } from '../../../src/adapters/files/outerRules';
import { gitSource } from '../../../src/adapters/isolation/gitSource';
import { createProtection } from '../../../src/adapters/isolation/protection';
import { tempFolder } from './tempWorkspace';

describe('asking Git', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  function repository(): string {
    const root = tempFolder();
    execFileSync('git', ['init', '-q', root]);
    return root;
  }
  const cannotAnswer = {
    reason: 'gitSilent',
    message: /^Git cannot be asked about ".*": it would wait in ".*" at/,
  };
  const question = ['rev-parse', '--is-inside-work-tree'];

  it('has an answer in a folder of a repository, and in a work tree of another place', async () => {
    const root = repository();
    mkdirSync(path.join(root, 'sub'));
    assert.equal(await askGit(path.join(root, 'sub'), question), 'true\n');
    const other = tempFolder();
    writeFileSync(path.join(other, '.git'), `gitdir: ${path.join(root, '.git')}\n`);
    assert.equal(await askGit(other, question), 'true\n');
    assert.ok(gitSource(other));
  });

  for (const name of ['HEAD', 'config', 'index', 'packed-refs', 'info/exclude', 'commondir', 'objects'])
    it(`is refused where ${name} is a pipe, which is taken for no repository`, async () => {
      const root = repository();
      const file = path.join(root, '.git', name);
      rmSync(file, { recursive: true, force: true });
      execFileSync('mkfifo', [file]);
      await assert.rejects(askGit(root, question), cannotAnswer);
      await assert.rejects(namedByGit(root), cannotAnswer);
      assert.equal(gitSource(root), undefined);
      const other = tempFolder();
      writeFileSync(path.join(other, '.git'), `gitdir: ${path.join(root, '.git')}\n`);
      await assert.rejects(askGit(other, question), cannotAnswer);
    });

  for (const name of ['index', 'packed-refs', 'config'])
    it(`is refused where ${name} is larger than Git's can be, which is taken for no repository`, async () => {
      const root = repository();
      writeFileSync(path.join(root, '.git', name), '');
      truncateSync(path.join(root, '.git', name), 2 * 1024 ** 3);
      await assert.rejects(askGit(root, question), cannotAnswer);
      assert.equal(gitSource(root), undefined);
    });

  it('has none where Git refuses', async () => {
    const root = repository();
    writeFileSync(path.join(root, '.git/config'), '[broken');
    assert.equal(await askGit(root, question), undefined);
  });

  it('is given up in words when Git waits, and asked anew', async () => {
    const root = repository();
    const pipe = path.join(root, 'settings');
    execFileSync('mkfifo', [pipe]);
    execFileSync('git', ['-C', root, 'config', 'include.path', pipe]);
    const rules = new OuterRules(root);
    const protect = createProtection(root, () => []);
    const silent = { reason: 'gitSilent', message: /^Git does not answer about ".*"; it may wait at a pipe/ };
    await assert.rejects(Promise.any([rules.files(), protect(root)]), ({ errors }: AggregateError) =>
      errors.every((error) => error.reason === silent.reason && silent.message.test(error.message)),
    );
    rmSync(pipe);
    execFileSync('git', ['-C', root, 'config', 'core.hooksPath', 'tools/hooks']);
    assert.match((await protect(root))('tools/hooks/pre-commit') ?? '', /hooks that Git runs/);
    assert.equal((await rules.files()).length, 2);
  });

  it('is done again for what settings name once one of their files is another', async () => {
    const root = repository();
    const set = (key: string, value: string) => execFileSync('git', ['-C', root, 'config', key, value]);
    const protect = createProtection(root, () => []);
    const isFree = async (file: string) => (await protect(root))(file) === undefined;
    assert.ok(await isFree('tools/hooks/pre-commit'));
    set('core.hooksPath', 'tools/hooks');
    assert.ok(!(await isFree('tools/hooks/pre-commit')));
    set('include.path', '../more');
    assert.ok(await isFree('tools/own/pre-push'));
    writeFileSync(path.join(root, 'more'), '[core]\n\thooksPath = tools/own\n');
    assert.ok(!(await isFree('more')));
    assert.ok(!(await isFree('tools/own/pre-push')));
    writeFileSync(path.join(root, 'more'), '[core]\n\thooksPath = tools/others\n');
    assert.ok(!(await isFree('tools/others/pre-push')));
  });

  it('is done again once a link to settings leads to others, or the branch decides on others', async () => {
    const root = repository();
    const git = (...args: readonly string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'pipe' });
    const protect = createProtection(root, () => []);
    const isFree = async (file: string) => (await protect(root))(file) === undefined;
    const settings = path.join(tempFolder(), 'settings');
    writeFileSync(settings, '[core]\n\thooksPath = tools/first\n');
    symlinkSync(settings, path.join(root, '.git/more'));
    git('config', 'include.path', 'more');
    assert.ok(!(await isFree('tools/first/pre-push')));
    writeFileSync(settings, '[core]\n\thooksPath = tools/second\n');
    assert.ok(!(await isFree('tools/second/pre-push')));
    writeFileSync(path.join(root, '.git/dev'), '[core]\n\thooksPath = tools/dev\n');
    git('config', 'includeIf.onbranch:dev.path', 'dev');
    assert.ok(await isFree('tools/dev/pre-push'));
    git('symbolic-ref', 'HEAD', 'refs/heads/dev');
    assert.ok(!(await isFree('tools/dev/pre-push')));
  });

  it('is no answer when Git cannot be started or was killed', async () => {
    const root = repository();
    const bin = tempFolder();
    writeFileSync(path.join(bin, 'git'), '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = bin;
    try {
      await assert.rejects(askGit(root, question), { reason: 'spawn', message: /^Git could not be asked: / });
    } finally {
      process.env.PATH = PATH;
    }
  });
});
