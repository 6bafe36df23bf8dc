// Files that Git or Python would run for what lies beside them, or for what Git's settings name: none is an agent's to write.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import { type TempWorkspace, type Tree, tempWorkspace } from './tempWorkspace';

async function opened(tree: Tree) {
  const workspace = await tempWorkspace(tree);
  return { workspace, files: createWorkspaceFiles(workspace) };
}

function repository({ root }: TempWorkspace) {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  git('init', '-q');
  return git;
}

describe('files that have power by their place', () => {
  const pieces = ['HEAD', 'config', 'objects/keep', 'refs/keep'];
  for (const order of [pieces, [...pieces].reverse(), ['config', 'objects/keep', 'HEAD', 'refs/keep']])
    it(`make no Git directory in the order ${order.join(', ')}`, async () => {
      const { workspace, files } = await opened({ 'a.ts': 'a' });
      for (const name of order) await files.replace(`bare/${name}`, null, 'x');
      const made = Object.keys(workspace.tree());
      assert.equal(made.includes('bare/HEAD') && made.length > 2, false, made.join(' '));
      assert.ok(made.length > 1, 'one alone is an ordinary file');
    });

  it('make none when they are written at once, nor at the top', async () => {
    const { workspace, files } = await opened({});
    await Promise.all(pieces.map((name) => files.replace(name, null, 'x')));
    const made = Object.keys(workspace.tree());
    assert.ok(made.length === 1 || !made.includes('HEAD'), made.join(' '));
  });

  it('change none that is there, and say why', async () => {
    const { files } = await opened({
      'fixtures/repo.git/HEAD': 'ref',
      'fixtures/repo.git/config': '[core]',
    });
    const done = await files.keep('fixtures/repo.git/config');
    assert.ok(!done.ok);
    assert.match(done.error.message, /takes "fixtures\/repo\.git" for a Git directory/);
  });

  it('are not those of an ordinary folder of such a name', async () => {
    const { files } = await opened({ 'src/config/a.ts': '', 'src/head.ts': '' });
    for (const file of ['src/config/b.ts', 'src/refs/x.ts', 'src/objects/config', 'HEAD'])
      assert.ok((await files.replace(file, null, 'x')).ok, file);
  });

  it('are what lies in a Python environment of any name', async () => {
    const { files } = await opened({ 'env3/pyvenv.cfg': 'home = /usr', 'venv/README.md': 'about venv' });
    const done = await files.replace('env3/bin/activate', null, 'x');
    assert.ok(!done.ok);
    assert.match(done.error.message, /belongs to a Python environment/);
    assert.ok((await files.replace('venv/a.py', null, 'x')).ok, 'no environment');
  });

  it('are hooks and programs that Git’s settings name', async () => {
    const { workspace } = await opened({
      'scripts/hooks/pre-commit': 'mine',
      'tools/diff.sh': '',
      'git.cfg': '[alias]\n',
    });
    const git = repository(workspace);
    git('config', 'core.hooksPath', 'scripts/hooks');
    git('config', 'diff.external', 'sh tools/diff.sh --all');
    git('config', 'include.path', '../git.cfg');
    const files = createWorkspaceFiles(workspace);
    for (const [file, why] of [
      ['scripts/hooks/pre-commit', /holds hooks that Git runs/],
      ['Scripts/Hooks/new', /holds hooks that Git runs/],
      ['tools/diff.sh', /named by the settings of Git/],
      ['git.cfg', /named by the settings of Git/],
    ] as const) {
      const done = await files.keep(file);
      assert.ok(!done.ok, file);
      assert.equal(done.error.code, 'pathDenied');
      assert.match(done.error.message, why);
    }
    assert.ok((await files.replace('scripts/build.sh', null, 'x')).ok);
  });
});
