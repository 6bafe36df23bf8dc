// Git answers in a place as it does in the workspace, and nothing done with it there reaches the user's repository.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createUserRules } from '../../../src/adapters/files/userRules';
import { treeAround } from '../../../src/adapters/isolation/gitSource';
import { tempFolder } from '../files/tempWorkspace';
import { rested } from './rested';
import { filesIn, placesOnly } from './tempPlaces';

const slot = 1;

describe('a place and Git', () => {
  const { XDG_CONFIG_HOME } = process.env;
  afterEach(() => {
    if (XDG_CONFIG_HOME === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = XDG_CONFIG_HOME;
  });

  it('answers as in the workspace, with what is staged, changed and untracked', async () => {
    const { root, folder } = await inRepository();
    for (const question of [
      ['status', '--porcelain=v2', '--branch'],
      ['log', '--oneline', '--all'],
      ['describe', '--tags'],
      ['ls-files', '--stage'],
      ['diff'],
      ['diff', '--cached'],
      ['branch', '--all'],
      ['rev-parse', 'HEAD', '--is-shallow-repository'],
      ['config', 'user.email'],
      ['remote', 'get-url', 'origin'],
    ])
      assert.equal(git(folder, ...question), git(root, ...question), question.join(' '));
    assert.equal(git(folder, 'rev-parse', '--show-toplevel').trim(), folder);
  });

  it('reads none of the files anew only because they were copied', async () => {
    const { folder } = await inRepository();
    assert.equal(git(folder, 'diff-files', '--name-only').trim(), 'a.txt');
  });

  it('keeps commits, stashes, branches, settings and hooks to itself, and the next attempt finds none of them', async () => {
    const { root, places, folder } = await inRepository();
    const before = repositoryOf(root);
    writeFileSync(
      path.join(root, '.git/hooks/pre-commit'),
      '#!/bin/sh\ntouch "$(dirname "$0")/../ran"; exit 1\n',
      {
        mode: 0o755,
      },
    );
    before['hooks/pre-commit'] = readFileSync(path.join(root, '.git/hooks/pre-commit'), 'hex');
    writeFileSync(path.join(folder, 'b.txt'), 'changed\n');
    git(folder, 'stash');
    git(folder, 'checkout', '-q', '-b', 'mine');
    writeFileSync(path.join(folder, 'b.txt'), 'again\n');
    git(folder, 'commit', '-qam', 'mine');
    git(folder, 'config', 'core.hooksPath', '/elsewhere');
    git(folder, 'tag', '-d', 'v1');
    git(folder, 'gc', '-q', '--prune=now');
    assert.throws(() => git(folder, 'push', '-q', 'origin', 'mine'));
    assert.deepEqual(repositoryOf(root), before);
    await places.prepare(slot);
    assert.equal(git(folder, 'branch', '--all'), git(root, 'branch', '--all'));
    assert.equal(git(folder, 'config', 'core.hooksPath'), '/dev/null\n');
    assert.equal(git(folder, 'status', '--porcelain'), git(root, 'status', '--porcelain'));
  });

  it('runs nothing that the repository has set', async () => {
    const { root, places, folder } = await inRepository();
    git(root, 'config', 'core.fsmonitor', 'touch ran');
    git(root, 'config', 'alias.x', '!touch ran');
    git(root, 'config', 'filter.f.clean', 'touch ran');
    git(root, 'config', 'remote.origin.url', 'https://user:secret@example.com/x.git');
    await places.prepare(slot);
    const settings = git(folder, 'config', '--local', '--list');
    assert.doesNotMatch(settings, /ran|secret|alias|filter/);
    assert.match(settings, /remote\.origin\.url=https:\/\/example\.com\/x\.git/);
  });

  it('tells for which files Git runs programs in the workspace alone', async () => {
    const root = repository({
      'a.txt': 'a\n',
      'sub/b.pdf': 'b\n',
      'c.txt': 'c\n',
      '.gitattributes': '*.txt filter=up\n*.pdf diff=pdf\n',
    });
    const { places } = await placesOf(root);
    const told = async () => {
      await places.prepare(slot);
      return (await places.seen(slot)).gitPrograms;
    };
    assert.deepEqual(await told(), []);
    for (const unused of ['filter.unused.clean', 'diff.unused.command', 'merge.up.driver'])
      git(root, 'config', unused, 'cat');
    git(root, 'config', 'diff.renames', 'copies');
    assert.deepEqual(await told(), []);
    git(root, 'config', 'filter.up.clean', 'tr a-z A-Z; touch ran');
    git(root, 'config', 'filter.up.required', 'true');
    git(root, 'config', 'diff.pdf.textconv', 'touch ran; cat');
    assert.deepEqual(await told(), [
      { setting: 'filter.up', file: 'a.txt' },
      { setting: 'diff.pdf', file: 'sub/b.pdf' },
    ]);
    assert.equal(existsSync(path.join(root, 'ran')), false, 'nothing of them was run');
    process.env.XDG_CONFIG_HOME = tempFolder();
    filesIn(process.env.XDG_CONFIG_HOME).write('git/config', '[filter "up"]\n\tclean = cat\n');
    assert.deepEqual(await told(), [{ setting: 'diff.pdf', file: 'sub/b.pdf' }]);
  });

  it('takes in what the user commits meanwhile, unless the place has its own', async () => {
    const { root, places, folder } = await inRepository();
    git(root, 'commit', '-qam', 'second');
    await places.bringUpToDate(slot);
    assert.equal(git(folder, 'log', '--oneline'), git(root, 'log', '--oneline'));
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'mine');
    git(root, 'commit', '-q', '--allow-empty', '-m', 'third');
    await places.bringUpToDate(slot);
    assert.match(git(folder, 'log', '--oneline'), /mine/);
  });

  it('is made from the root of the repository around the folder, and only the folder has changes', async () => {
    const root = repository({ 'base.json': '{}\n', 'packages/a/x.js': 'x\n', 'packages/b/y.js': 'y\n' });
    const { places } = await placesOf(path.join(root, 'packages/a'));
    await places.prepare(slot);
    const folder = places.folderOf(slot);
    assert.equal(readFileSync(path.join(folder, '../../base.json'), 'utf8'), '{}\n');
    assert.equal(git(folder, 'ls-files', '--full-name', ':/'), git(root, 'ls-files'));
    writeFileSync(path.join(folder, 'x.js'), 'X\n');
    writeFileSync(path.join(folder, '../b/y.js'), 'Y\n');
    assert.deepEqual(
      (await places.changes(slot)).map((change) => change.path),
      ['x.js'],
    );
    writeFileSync(path.join(root, 'base.json'), '[]\n');
    writeFileSync(path.join(root, 'packages/a/z.js'), 'z\n');
    assert.deepEqual((await places.bringUpToDate(slot)).taken, ['z.js']);
    assert.equal(readFileSync(path.join(folder, '../../base.json'), 'utf8'), '[]\n');
    await places.prepare(slot);
    assert.equal(readFileSync(path.join(folder, '../b/y.js'), 'utf8'), 'y\n');
  });

  it('stays at the folder where the repository around ignores it', async () => {
    const root = repository({ '.gitignore': 'vendor\n', 'vendor/x/a.txt': 'a\n', 'b.txt': 'b\n' });
    const { places } = await placesOf(path.join(root, 'vendor/x'));
    await places.prepare(slot);
    assert.deepEqual(readdirSync(places.folderOf(slot)), ['a.txt']);
    assert.ok(!existsSync(path.join(places.folderOf(slot), '../../b.txt')));
  });

  it('has a Git directory of its own for a submodule and for a work tree', async () => {
    const library = repository({ 'lib.txt': 'lib\n' });
    const root = repository({ 'a.txt': 'a\n' });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/lib');
    git(root, 'commit', '-qam', 'submodule');
    const tree = path.join(tempFolder(), 'tree');
    git(root, 'worktree', 'add', '-q', '-b', 'side', tree);
    for (const top of [root, tree]) {
      const { places } = await placesOf(top);
      await places.prepare(slot);
      const folder = places.folderOf(slot);
      for (const question of [
        ['status', '--porcelain=v2', '--branch'],
        ['ls-files', '--stage'],
        ['submodule', 'status'],
      ])
        assert.equal(git(folder, ...question), git(top, ...question), `${top} ${question.join(' ')}`);
      if (top === tree) continue;
      const before = repositoryOf(root);
      const inside = path.join(folder, 'vendor/lib');
      assert.equal(git(inside, 'log', '--oneline'), git(path.join(top, 'vendor/lib'), 'log', '--oneline'));
      writeFileSync(path.join(inside, 'lib.txt'), 'mine\n');
      git(inside, 'commit', '-qam', 'mine');
      git(folder, 'commit', '-qam', 'mine');
      assert.deepEqual(repositoryOf(root), before);
    }
  });

  it('loses a repository that a command made', async () => {
    const { places, folder } = await inRepository();
    git(folder, 'init', '-q', 'other');
    await places.prepare(slot);
    assert.ok(!existsSync(path.join(folder, 'other')));
  });
});

async function inRepository() {
  const root = repository({ 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'out\n' });
  git(root, 'remote', 'add', 'origin', tempFolder());
  git(root, 'tag', 'v1');
  git(root, 'branch', 'other');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'more');
  git(root, 'pack-refs', '--all');
  writeFileSync(path.join(root, 'a.txt'), 'A\n');
  writeFileSync(path.join(root, 'new.txt'), 'new\n');
  writeFileSync(path.join(root, 'staged.txt'), 'staged\n');
  git(root, 'add', 'staged.txt');
  const { places } = await placesOf(root);
  await places.prepare(slot);
  return { root, places, folder: places.folderOf(slot) };
}

function repository(files: Readonly<Record<string, string>>): string {
  const root = tempFolder();
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'config', 'user.name', 'x');
  git(root, 'config', 'user.email', 'x@example.com');
  for (const [file, text] of Object.entries(files)) filesIn(root).write(file, text);
  git(root, 'add', '.');
  git(root, 'commit', '-qm', 'first');
  return root;
}

async function placesOf(root: string) {
  const stateDir = path.join(root, '.parallel-agents');
  mkdirSync(stateDir);
  writeFileSync(path.join(stateDir, '.gitignore'), '*\n');
  const user = createUserRules(root, stateDir);
  return { places: rested(placesOnly({ root, user }, { top: await treeAround(root) })) };
}

/** As a person has it who has set nothing for all repositories. */
function git(folder: string, ...args: readonly string[]): string {
  const identity = {
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x@example.com',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x@example.com',
  };
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    ...identity,
  };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Every file of the user's Git directory. */
function repositoryOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const git = path.join(root, '.git');
  for (const entry of readdirSync(git, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.relative(git, file)] = readFileSync(file, 'hex');
  }
  return found;
}
