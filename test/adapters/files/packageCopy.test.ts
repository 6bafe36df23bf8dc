// Ignored folders, packages and links: what the copy shares with the workspace, and what it must not.
import { strict as assert } from 'node:assert';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { none, slot, tempSlot } from './tempSlot';

describe('packageCopy', () => {
  it('links ignored folders, copies ignored files, and leaves keys where they are', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({
      ...{
        '.gitignore': 'dist/\n*.log\n.env*\n!/sub/kept.log\n',
        'sub/.gitignore': 'gen\n!keep.log\n',
        'dist/o.js': 'o',
      },
      ...{
        'a.log': 'l',
        'sub/keep.log': 'k',
        'sub/gen/x.ts': 'x',
        'gen/y.ts': 'y',
        '.env': 'KEY=1',
        '.env.local': 'KEY=2',
        'sub/.env': 'KEY=3',
      },
    });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), {
      ...{
        '.gitignore': workspace.text('.gitignore'),
        'a.log': 'l',
        dist: `→ ${workspace.root}/dist`,
        'gen/y.ts': 'y',
      },
      ...{
        'sub/.gitignore': 'gen\n!keep.log\n',
        'sub/gen': `→ ${workspace.root}/sub/gen`,
        'sub/keep.log': 'k',
      },
    });
    assert.equal(readFileSync(path.join(dir, 'dist/o.js'), 'utf8'), 'o');
  });

  it('copies a committed .env, and follows rules that change', async () => {
    const { workspace, copies, shown } = await tempSlot({ '.env': 'A=1', 'out/a.js': 'a' });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), { '.env': 'A=1', 'out/a.js': 'a' });
    workspace.put({ '.gitignore': '.env\nout\n' });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), { '.gitignore': '.env\nout\n', out: `→ ${workspace.root}/out` });
    workspace.put({ '.gitignore': '' });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
    assert.equal(workspace.text('out/a.js'), 'a');
  });

  it('copies node_modules, ignored or not, at every depth', async () => {
    const { workspace, copies, shown } = await tempSlot({
      'node_modules/x/i.js': 'x',
      'sub/node_modules/y/i.js': 'y',
      'a.ts': 'a',
    });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), workspace.tree());
  });

  it('leads packages of the workspace into the copy', async () => {
    const { workspace, copies, dir } = await tempSlot({
      ...{
        'node_modules/ext/i.js': 'ext',
        'node_modules/@lib/z/i.js': 'z',
        'node_modules/@app/other/i.js': 'other',
      },
      ...{
        'node_modules/core': { link: '../packages/core' },
        'node_modules/@app/ui': { link: '../../packages/ui' },
      },
      ...{
        'node_modules/.bin/ui': { link: '../@app/ui/cli.js' },
        'node_modules/.bin/ext': { link: '../ext/i.js' },
      },
      ...{ 'packages/core/i.js': 'core', 'packages/ui/i.js': 'ui', 'packages/ui/cli.js': 'cli' },
      ...{
        'packages/ui/node_modules/core': { link: '../../core' },
        'packages/ui/node_modules/p': { link: '../../../node_modules/ext' },
      },
    });
    await copies.refresh(slot, none);
    const real = (file: string) => realpathSync(path.join(dir, file));
    assert.deepEqual(
      {
        core: real('node_modules/core/i.js'),
        ui: real('node_modules/@app/ui/i.js'),
        bin: real('node_modules/.bin/ui'),
        nested: real('packages/ui/node_modules/core/i.js'),
        ext: real('node_modules/ext/i.js'),
        scoped: real('node_modules/@app/other/i.js'),
        store: real('packages/ui/node_modules/p/i.js'),
      },
      {
        ...{
          core: `${dir}/packages/core/i.js`,
          ui: `${dir}/packages/ui/i.js`,
          bin: `${dir}/packages/ui/cli.js`,
        },
        ...{
          nested: `${dir}/packages/core/i.js`,
          ext: `${dir}/node_modules/ext/i.js`,
          scoped: `${dir}/node_modules/@app/other/i.js`,
        },
        store: `${dir}/node_modules/ext/i.js`,
      },
    );
    assert.deepEqual(await copies.changes(slot), []);
    rmSync(path.join(workspace.root, 'node_modules/core'));
    await copies.refresh(slot, none);
    assert.equal(lstatSync(path.join(dir, 'node_modules/core'), { throwIfNoEntry: false }), undefined);
  });

  it('keeps links inside the workspace inside the copy, and drops those that lead out', async () => {
    const { workspace, copies, dir, shown } = await tempSlot({
      ...{
        'a.ts': 'a',
        'sub/rel.ts': { link: '../a.ts' },
        out: { link: '/etc' },
        up: { link: '../' },
        dangling: { link: 'none' },
      },
      ...{
        '.git/config': 'g',
        git: { link: '.git' },
        'sub/here': { link: '.' },
        house: { link: '.parallel-agents' },
      },
    });
    workspace.put({ 'abs.ts': { link: path.join(workspace.root, 'a.ts') }, chain: { link: 'out/hostname' } });
    await copies.refresh(slot, none);
    assert.deepEqual(shown(), {
      'a.ts': 'a',
      'abs.ts': '→ a.ts',
      'sub/here': '→ .',
      'sub/rel.ts': '→ ../a.ts',
    });
    assert.equal(realpathSync(path.join(dir, 'abs.ts')), path.join(dir, 'a.ts'));
    assert.deepEqual(await copies.changes(slot), []);
  });

  it('lets a command use what the one before installed or built', async () => {
    const { workspace, copies, dir } = await tempSlot({
      '.gitignore': 'dist\n',
      'node_modules/x/i.js': 'x',
      'a.ts': 'a',
    });
    const at = (file: string) => path.join(dir, file);
    await copies.refresh(slot, none);
    rmSync(at('node_modules'), { recursive: true });
    for (const folder of ['node_modules/x', 'dist', 'sub/node_modules/y'])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('dist/a.js'), 'built');
    writeFileSync(at('node_modules/x/i.js'), 'installed');
    writeFileSync(at('sub/a.ts'), '');
    assert.deepEqual(
      (await copies.changes(slot)).map((change) => change.path),
      ['sub/a.ts'],
    );
    workspace.put({ 'sub/a.ts': '' });
    await copies.refresh(slot, none);
    assert.deepEqual([existsSync(at('dist/a.js')), existsSync(at('sub/node_modules/y'))], [true, true]);
    assert.equal(readFileSync(at('node_modules/x/i.js'), 'utf8'), 'installed');
    workspace.put({ 'node_modules/new/i.js': '', 'dist/b.js': '' }); // now the workspace has its own, and a newer one
    await copies.refresh(slot, none);
    assert.deepEqual(
      [existsSync(at('node_modules/new/i.js')), readlinkSync(at('dist'))],
      [true, `${workspace.root}/dist`],
    );
  });

  const own = {
    '.gitignore': '.vscode/\n.husky/\n.claude/\n.venv/\nenv/\nbuild/\ndist/\n',
    '.vscode/launch.json': '{}',
    '.husky/_/x': 'mine',
    '.claude/a.json': '{}',
    'node_modules/good/i.js': 'mine',
    '.venv/lib/a.py': 'mine',
    'env/pyvenv.cfg': 'mine',
    'build/sub/.git/hooks/x': 'mine',
    'build/sub/o.js': 'mine',
    'dist/o.js': 'mine',
  };

  it('keeps what a command writes among packages and power files out of the workspace', async () => {
    const { workspace, copies, dir } = await tempSlot(own);
    await copies.begin(slot, none);
    for (const file of [
      ...['.vscode/tasks.json', '.husky/pre-commit', '.claude/settings.json', 'node_modules/evil/i.js'],
      ...['node_modules/good/i.js', '.venv/lib/evil.pth', '.venv/lib/a.py', 'env/evil.py'],
      ...['build/sub/.git/hooks/x', 'build/sub/.vscode/tasks.json'],
    ]) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), 'evil');
    }
    assert.deepEqual(workspace.tree(), own);
    assert.deepEqual(await copies.changes(slot), []);
    assert.equal(lstatSync(path.join(dir, 'dist')).isSymbolicLink(), true, 'nothing in it is withheld');
  });

  it('begins an attempt with the packages as the user has them, copied anew only when someone changed them', async () => {
    const { workspace, copies, dir } = await tempSlot({ 'node_modules/x/i.js': 'x', 'a.ts': 'a' });
    const at = path.join(dir, 'node_modules/x/i.js');
    await copies.begin(slot, none);
    const { ino, mtime, atime } = statSync(at);
    await copies.begin(slot, none);
    assert.equal(statSync(at).ino, ino, 'nothing was changed');
    writeFileSync(at, 'y');
    utimesSync(at, atime, mtime);
    await copies.refresh(slot, none);
    assert.equal(readFileSync(at, 'utf8'), 'y', 'stays for the next command of the attempt');
    await copies.begin(slot, none);
    assert.equal(readFileSync(at, 'utf8'), 'x');
    workspace.put({ 'node_modules/x/i.js': 'new' });
    await copies.begin(slot, none);
    assert.equal(readFileSync(at, 'utf8'), 'new');
  });

  it('links no ignored folder that hides a secret', async () => {
    const { copies, shown, workspace } = await tempSlot({
      '.gitignore': 'private/\nvault/\nlog/\n',
      'private/.env': 'SECRET',
      'private/.gitignore': '!.env\n!deep\n',
      'private/deep/prod.key': 'SECRET',
      'private/deep/readme': 'r',
      'private/data/a.csv': 'a',
      'vault/.ssh/config': 'SECRET',
      'log/a.log': 'l',
    });
    await copies.begin(slot, none);
    assert.deepEqual(shown(), {
      '.gitignore': workspace.text('.gitignore'),
      'private/.gitignore': '!.env\n!deep\n',
      'private/deep/readme': 'r',
      'private/data': `→ ${workspace.root}/private/data`,
      log: `→ ${workspace.root}/log`,
    });
    assert.deepEqual(await copies.changes(slot), []);
  });
});
