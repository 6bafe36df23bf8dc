// Git is asked only where it can answer: at a pipe in its directory it would wait without end.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { askGit } from '../../../src/adapters/files/askGit';
import { gitSource } from '../../../src/adapters/isolation/gitSource';
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
    it(`has none where ${name} is a pipe, and takes that for no repository`, async () => {
      const root = repository();
      const file = path.join(root, '.git', name);
      rmSync(file, { recursive: true, force: true });
      execFileSync('mkfifo', [file]);
      assert.equal(await askGit(root, question), undefined);
      assert.equal(gitSource(root), undefined);
      const other = tempFolder();
      writeFileSync(path.join(other, '.git'), `gitdir: ${path.join(root, '.git')}\n`);
      assert.equal(await askGit(other, question), undefined);
    });
});
