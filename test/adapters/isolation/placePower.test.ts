// Files that Git or Python would run for what lies beside them, or for what Git's settings name: none is an agent's, by no way.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { inWorkspace, pathsOf, type TempIsolation, tempIsolation } from './tempIsolation';

const state = (text: string) => ({ hash: hashOf(Buffer.from(text)), mode: 0o644 });

/** In a repository whose settings name things in the workspace. */
async function inRepository(tree: Tree, settings: Readonly<Record<string, string>>): Promise<TempIsolation> {
  return asRepository(await tempWorkspace(tree), settings);
}

async function asRepository(
  workspace: TempWorkspace,
  settings: Readonly<Record<string, string>>,
): Promise<TempIsolation> {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: workspace.root, stdio: 'pipe' });
  git('init', '-q');
  for (const [key, value] of Object.entries(settings)) git('config', key, value);
  const temp = inWorkspace(workspace);
  await temp.isolation.prepare(1);
  return temp;
}

/** An agent's tools refuse it; of a command it is told with the reason; and no publication brings it into the workspace. */
async function assertKept(temp: TempIsolation, file: string, why: RegExp): Promise<void> {
  const { isolation, workspace } = temp;
  const before = workspace.tree();
  const isThere = file in temp.shown();
  const text = isThere ? temp.shown()[file] : undefined;
  const tries = [
    await temp.write(file, 'agent'),
    ...(isThere ? [await temp.write(file, null)] : []),
    await isolation.move(1, { from: 'plain.txt', to: file, baseHash: state('plain').hash }),
    ...(text === undefined
      ? []
      : [await isolation.move(1, { from: file, to: 'moved.txt', baseHash: state(text).hash })]),
  ];
  for (const done of tries) {
    assert.equal(done.ok ? 'done' : done.error.code, 'pathDenied', file);
    assert.match(done.ok ? '' : done.error.message, why);
  }
  assert.equal(temp.shown()[file], text);
  temp.run({ [file]: 'command' });
  const reason = (await temp.told()).find(([name]) => name === file)?.[1];
  assert.match(reason ?? 'it may be published', why);
  const published = await isolation.publish(await isolation.stage(1, [file]));
  assert.equal(published.ok ? 'published' : published.error.code, 'pathDenied');
  assert.match(published.ok ? '' : published.error.message, why);
  assert.deepEqual(workspace.tree(), before);
}

describe('files that have power by their place', () => {
  const pieces = ['HEAD', 'config', 'objects/keep', 'refs/keep'];
  const bare = Object.fromEntries(pieces.map((name) => [`bare/${name}`, 'x']));
  const orders = [pieces, [...pieces].reverse(), ['config', 'objects/keep', 'HEAD', 'refs/keep']];
  for (const order of orders)
    it(`make no Git directory in the order ${order.join(', ')}`, async () => {
      const temp = await tempIsolation({ 'a.ts': 'a' });
      for (const name of order) await temp.write(`bare/${name}`, 'x');
      const made = Object.keys(temp.shown());
      assert.equal(made.includes('bare/HEAD') && made.length > 2, false, made.join(' '));
      assert.ok(made.length > 1, 'one alone is an ordinary file');
    });

  it('make none when they are written at once, nor at the top', async () => {
    const temp = await tempIsolation({});
    await Promise.all(pieces.map((name) => temp.write(name, 'x')));
    const made = Object.keys(temp.shown());
    assert.ok(made.length === 1 || !made.includes('HEAD'), made.join(' '));
  });

  it('make none when a command makes them: each is told with the reason, and all are refused', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a' });
    temp.run(bare);
    const told = await temp.told();
    assert.deepEqual(
      told.map(([file]) => file),
      Object.keys(bare).sort(),
    );
    for (const [file, why] of told) assert.match(why ?? '', /Git/, file);
    const done = await temp.isolation.publish(await temp.stage());
    assert.equal(done.ok ? 'published' : done.error.code, 'pathDenied');
    assert.deepEqual(temp.workspace.tree(), { 'a.ts': 'a' });
  });

  it('make none out of the work of two attempts', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a' });
    const { isolation } = temp;
    await isolation.prepare(2);
    assert.ok((await temp.write('bare/HEAD', 'x', 1)).ok);
    assert.ok((await temp.write('bare/config', 'x', 2)).ok);
    assert.ok((await isolation.publish(await temp.stage(1))).ok, 'one alone is an ordinary file');
    const second = await isolation.publish(await temp.stage(2));
    assert.equal(second.ok ? 'published' : second.error.code, 'pathDenied');
    await isolation.bringUpToDate(2);
    const [[file, why] = []] = await temp.told(2);
    assert.equal(file, 'bare/config');
    assert.match(why ?? '', /takes "bare" for a Git directory/);
    assert.deepEqual(temp.workspace.tree(), { 'a.ts': 'a', 'bare/HEAD': 'x' });
  });

  it('change none that is there, and say why', async () => {
    const tree = { 'repo.git/HEAD': 'ref', 'repo.git/config': '[core]', 'plain.txt': 'plain' };
    const temp = await tempIsolation(tree);
    await assertKept(temp, 'repo.git/config', /takes "repo\.git" for a Git directory/);
    await assertKept(temp, 'repo.git/hooks/post-checkout', /takes "repo\.git" for a Git directory/);
  });

  it('are not those of an ordinary folder of such a name', async () => {
    const temp = await tempIsolation({ 'src/config/a.ts': '', 'src/head.ts': '' });
    const files = ['src/config/b.ts', 'src/refs/x.ts', 'src/objects/config', 'HEAD'];
    for (const file of files) assert.ok((await temp.write(file, 'x')).ok, file);
    assert.deepEqual(
      await temp.told(),
      files.sort().map((file) => [file, undefined]),
    );
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
  });

  it('are what lies in a Python environment of any name', async () => {
    const tree = { 'env3/pyvenv.cfg': 'home = /usr', 'venv/README.md': 'about venv', 'plain.txt': 'plain' };
    const temp = await tempIsolation(tree);
    await assertKept(temp, 'env3/bin/activate', /belongs to a Python environment/);
    assert.ok((await temp.write('venv/a.py', 'x')).ok, 'no environment');
    temp.run({ 'made/pyvenv.cfg': '', 'made/a.py': 'x' });
    const why = new Map(await temp.told());
    assert.match(why.get('made/a.py') ?? '', /belongs to a Python environment/);
    assert.equal(why.get('venv/a.py'), undefined);
  });

  const named: readonly (readonly [file: string, why: RegExp])[] = [
    ['scripts/hooks/pre-commit', /holds hooks that Git runs/],
    ['scripts/hooks/new', /holds hooks that Git runs/],
    ['tools/diff.sh', /named by the settings of Git/],
    ['git.cfg', /named by the settings of Git/],
  ];
  const settings = {
    'core.hooksPath': 'scripts/hooks',
    'diff.external': 'sh tools/diff.sh --all',
    'include.path': '../git.cfg',
    'user.name': 'Ann',
    'init.defaultBranch': 'main',
    'core.symlinks': 'true',
  };
  const tools = {
    'scripts/hooks/pre-commit': 'mine',
    'tools/diff.sh': '',
    'git.cfg': '[alias]\n',
    'plain.txt': 'plain',
  };

  it('are hooks and programs that Git’s settings name', async () => {
    const temp = await inRepository(tools, settings);
    for (const [file, why] of named) await assertKept(temp, file, why);
    const other = await temp.write('Scripts/Hooks/new', 'x');
    assert.match(other.ok ? '' : other.error.message, /holds hooks that Git runs/);
    assert.ok((await temp.write('scripts/build.sh', 'x')).ok);
    // Of settings that are words, the names are no files.
    for (const file of ['main', 'true', 'Ann']) assert.ok((await temp.write(file, 'x')).ok, file);
  });

  const hook = 'scripts/hooks/pre-commit';
  const isHook = /holds hooks that Git runs/;
  const withHooks = { [hook]: 'mine', 'plain.txt': 'plain' };

  it('are hooks however they are named: from home, through a link, behind the folder that a command asks for', async () => {
    const { HOME } = process.env;
    const workspace = await tempWorkspace({ ...withHooks, 'tools/my diff.sh': '', 'tools/go.sh': '' });
    const { root } = workspace;
    process.env.HOME = path.dirname(root);
    try {
      symlinkSync('scripts', path.join(root, 'linked'));
      const ways = [`~/${path.basename(root)}/scripts/hooks`, 'linked/hooks'];
      for (const hooksPath of ways) {
        const temp = await asRepository(workspace, { 'core.hooksPath': hooksPath });
        await assertKept(temp, hook, isHook);
      }
      const temp = await asRepository(workspace, {
        'diff.external': "'tools/my diff.sh' --all",
        'alias.go': '!"$(git rev-parse --show-toplevel)"/tools/go.sh',
      });
      for (const file of ['tools/my diff.sh', 'tools/go.sh'])
        await assertKept(temp, file, /named by the settings of Git/);
    } finally {
      if (HOME === undefined) delete process.env.HOME;
      else process.env.HOME = HOME;
    }
  });

  it('are those of settings that the environment names', async () => {
    const settings = path.join(tempFolder(), 'settings');
    writeFileSync(settings, '[core]\n\thooksPath = scripts/hooks\n');
    const { GIT_CONFIG_GLOBAL } = process.env;
    process.env.GIT_CONFIG_GLOBAL = settings;
    try {
      await assertKept(await inRepository(withHooks, {}), hook, isHook);
    } finally {
      if (GIT_CONFIG_GLOBAL === undefined) delete process.env.GIT_CONFIG_GLOBAL;
      else process.env.GIT_CONFIG_GLOBAL = GIT_CONFIG_GLOBAL;
    }
  });

  it('are those of a repository within the workspace', async () => {
    for (const isRepository of [true, false]) {
      const tree = { 'api/scripts/hooks/pre-commit': 'mine', 'plain.txt': 'plain' };
      const workspace = await tempWorkspace(tree);
      const git = (folder: string, ...args: readonly string[]) =>
        execFileSync('git', ['-C', path.join(workspace.root, folder), ...args], { stdio: 'pipe' });
      if (isRepository) git('', 'init', '-q');
      git('api', 'init', '-q');
      git('api', 'config', 'core.hooksPath', 'scripts/hooks');
      const temp = inWorkspace(workspace);
      await temp.isolation.prepare(1);
      await assertKept(temp, 'api/scripts/hooks/pre-commit', isHook);
      assert.ok((await temp.write('scripts/hooks/pre-commit', 'x')).ok, 'not named from the top');
    }
  });

  it('are those also when a command sets Git otherwise in its place', async () => {
    const temp = await inRepository(tools, settings);
    temp.run({ '.git/config': '' });
    assert.equal((await temp.write('tools/diff.sh', 'x')).ok, false);
    temp.run(Object.fromEntries(named.map(([file]) => [file, 'x'])));
    const told = await temp.told();
    assert.deepEqual(
      told.map(([file]) => file),
      named.map(([file]) => file).sort(),
    );
    for (const [file, why] of told) assert.match(why ?? '', /Git/, file);
  });

  it('are told beside a change that may be published, which is', async () => {
    const temp = await inRepository(tools, settings);
    temp.run({ 'tools/diff.sh': 'x', 'tools/new.sh': 'x' });
    const free = (await temp.isolation.changes(1)).filter(({ why }) => why === undefined);
    assert.deepEqual(pathsOf(free), ['tools/new.sh']);
    assert.ok((await temp.isolation.publish(await temp.isolation.stage(1, pathsOf(free)))).ok);
    assert.deepEqual([temp.workspace.text('tools/new.sh'), temp.workspace.text('tools/diff.sh')], ['x', '']);
  });

  it('are not gone around by an older record of what was staged', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a' });
    assert.ok((await temp.write('x/config', 'x')).ok);
    const staged = await temp.stage();
    temp.workspace.put({ 'x/HEAD': 'ref: refs/heads/main\n' });
    const done = await temp.again().isolation.publish(staged);
    assert.match(done.ok ? '' : done.error.message, /takes "x" for a Git directory/);
    assert.deepEqual(Object.keys(temp.workspace.tree()), ['a.ts', 'x/HEAD']);
  });
});
