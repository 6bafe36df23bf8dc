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
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { none, slot, tempSlot } from './tempSlot';

describe('packageLinks', () => {
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

  it('links node_modules as one, ignored or not, at every depth', async () => {
    const { workspace, copies, shown } = await tempSlot({
      'node_modules/x/i.js': 'x',
      'sub/node_modules/y/i.js': 'y',
      'a.ts': 'a',
    });
    await copies.refresh(slot, none);
    const { root } = workspace;
    assert.deepEqual(shown(), {
      'a.ts': 'a',
      node_modules: `→ ${root}/node_modules`,
      'sub/node_modules': `→ ${root}/sub/node_modules`,
    });
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
    const { root } = workspace;
    assert.deepEqual(
      {
        core: real('node_modules/core/i.js'),
        ui: real('node_modules/@app/ui/i.js'),
        bin: real('node_modules/.bin/ui'),
        nested: real('packages/ui/node_modules/core/i.js'),
        ext: real('node_modules/ext/i.js'),
        scoped: real('node_modules/@app/other/i.js'),
        wholeScope: readlinkSync(path.join(dir, 'node_modules/@lib')),
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
          ext: `${root}/node_modules/ext/i.js`,
          scoped: `${root}/node_modules/@app/other/i.js`,
        },
        ...{ wholeScope: `${root}/node_modules/@lib`, store: `${root}/node_modules/ext/i.js` },
      },
    );
    assert.deepEqual(await copies.changes(slot), []);
    rmSync(path.join(root, 'node_modules/core'));
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
    rmSync(at('node_modules'));
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
      [readlinkSync(at('node_modules')), readlinkSync(at('dist'))],
      [`${workspace.root}/node_modules`, `${workspace.root}/dist`],
    );
  });
});
