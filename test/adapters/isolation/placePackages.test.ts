// Packages and what was built in a place: there from the first command on, apart from the workspace's, and no change.
import { strict as assert } from 'node:assert';
import {
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathsOf, tempIsolation } from './tempIsolation';

const nothing = { taken: [], merged: [], overlaps: [] };

describe('packages and built files of a place', () => {
  it('lead to packages of the place, whichever way they are linked', async () => {
    const temp = await tempIsolation({
      'node_modules/ext/i.js': 'ext',
      'node_modules/@lib/z/i.js': 'z',
      'node_modules/core': { link: '../packages/core' },
      'node_modules/@app/ui': { link: '../../packages/ui' },
      'node_modules/.bin/ui': { link: '../@app/ui/cli.js' },
      'node_modules/.bin/ext': { link: '../ext/i.js' },
      'packages/core/i.js': 'core',
      'packages/ui/i.js': 'ui',
      'packages/ui/cli.js': 'cli',
      'packages/ui/node_modules/core': { link: '../../core' },
      'packages/ui/node_modules/p': { link: '../../../node_modules/ext' },
    });
    temp.workspace.put({ 'node_modules/abs': { link: path.join(temp.workspace.root, 'packages/core') } });
    await temp.isolation.prepare(1);
    const leads = {
      'node_modules/core/i.js': 'packages/core/i.js',
      'node_modules/abs/i.js': 'packages/core/i.js',
      'node_modules/@app/ui/i.js': 'packages/ui/i.js',
      'node_modules/.bin/ui': 'packages/ui/cli.js',
      'node_modules/.bin/ext': 'node_modules/ext/i.js',
      'packages/ui/node_modules/core/i.js': 'packages/core/i.js',
      'packages/ui/node_modules/p/i.js': 'node_modules/ext/i.js',
      'node_modules/@lib/z/i.js': 'node_modules/@lib/z/i.js',
    };
    for (const [from, to] of Object.entries(leads))
      assert.equal(realpathSync(temp.at(from)), temp.at(to), from);
    assert.deepEqual(await temp.told(), []);
    rmSync(path.join(temp.workspace.root, 'node_modules/core'));
    await temp.isolation.prepare(1);
    assert.equal(lstatSync(temp.at('node_modules/core'), { throwIfNoEntry: false }), undefined);
  });

  it('stay as a command installed or built them until the attempt is over, whatever the workspace gets', async () => {
    const temp = await tempIsolation({ '.gitignore': 'dist\n', 'node_modules/x/i.js': 'x', 'a.ts': 'a' });
    rmSync(temp.at('node_modules'), { recursive: true });
    const made = {
      'node_modules/x/i.js': 'installed',
      'dist/a.js': 'built',
      'sub/node_modules/y/i.js': 'installed',
    };
    temp.run({ ...made, 'sub/a.ts': 'mine' });
    assert.deepEqual(await temp.told(), [['sub/a.ts', undefined]]);
    temp.workspace.put({
      'node_modules/x/i.js': 'newer',
      'node_modules/new/i.js': 'n',
      'dist/a.js': 'newer',
    });
    temp.workspace.put({ 'sub/node_modules/y/i.js': 'newer' });
    assert.deepEqual(await temp.isolation.bringUpToDate(1), nothing);
    const shown = temp.shown();
    for (const [file, text] of Object.entries(made)) assert.equal(shown[file], text, file);
    assert.equal(existsSync(temp.at('node_modules/new')), false);
    await temp.isolation.prepare(1);
    assert.deepEqual(temp.shown(), temp.workspace.tree());
  });

  it('never enter the workspace, with all that a command writes among them and among power files', async () => {
    const own = {
      '.gitignore': '.vscode/\n.husky/\n.claude/\n.venv/\nenv/\nbuild/\ndist/\n',
      '.vscode/launch.json': '{}',
      '.husky/_/x': 'mine',
      '.claude/a.json': '{}',
      '.venv/lib/a.py': 'mine',
      'node_modules/good/i.js': 'mine',
      'env/pyvenv.cfg': 'mine',
      'dist/o.js': 'mine',
      'build/sub/o.js': 'mine',
      'lib/node_modules/z/i.js': 'mine',
    };
    const temp = await tempIsolation(own);
    const evil = [
      '.vscode/tasks.json',
      '.husky/pre-commit',
      '.claude/settings.json',
      'node_modules/evil/i.js',
      'node_modules/good/i.js',
      '.venv/lib/evil.pth',
      '.venv/lib/a.py',
      'env/evil.py',
      'dist/o.js',
      'build/sub/.git/hooks/x',
      'build/sub/.vscode/tasks.json',
      'lib/node_modules/z/i.js',
    ];
    temp.run(Object.fromEntries(evil.map((file) => [file, 'evil'])));
    assert.deepEqual(temp.workspace.tree(), own);
    assert.deepEqual(await temp.told(), []);
    temp.run({ 'src/a.ts': 'a' });
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    assert.deepEqual(temp.workspace.tree(), { ...own, 'src/a.ts': 'a' });
  });

  it('are told with the reason where they are not ignored, and cannot be published', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a', '.vscode/settings.json': '{}' });
    temp.run({
      '.vscode/settings.json': 'x',
      '.vscode/tasks.json': 'x',
      '.venv/a.py': 'x',
      'features.json': 'x',
    });
    const told = await temp.told();
    const files = ['.venv/a.py', '.vscode/settings.json', '.vscode/tasks.json', 'features.json'];
    assert.deepEqual(
      told.map(([file]) => file),
      files,
    );
    for (const [file, why] of told) {
      assert.match(why ?? '', /agents do not write it/, file);
      const done = await temp.isolation.publish(await temp.isolation.stage(1, [file]));
      assert.equal(done.ok ? 'published' : done.error.code, 'pathDenied', file);
    }
    await temp.isolation.putBack(1, pathsOf(await temp.isolation.changes(1)));
    assert.deepEqual(temp.shown(), temp.workspace.tree());
  });

  it('are those of the user for each attempt, copied anew only where someone changed them', async () => {
    const temp = await tempIsolation({ 'node_modules/x/i.js': 'x', 'node_modules/x/j.js': 'j', 'a.ts': 'a' });
    const at = temp.at('node_modules/x/i.js');
    const inode = (file: string) => statSync(temp.at(file)).ino;
    const before = [inode('node_modules/x/i.js'), inode('node_modules/x/j.js'), inode('a.ts')];
    await temp.isolation.prepare(1);
    assert.deepEqual([inode('node_modules/x/i.js'), inode('node_modules/x/j.js'), inode('a.ts')], before);
    const { mtime, atime } = statSync(at);
    writeFileSync(at, 'y');
    utimesSync(at, atime, mtime);
    await temp.isolation.prepare(1);
    assert.equal(readFileSync(at, 'utf8'), 'x');
    assert.equal(inode('node_modules/x/j.js'), before[1]);
    temp.workspace.put({ 'node_modules/x/i.js': 'n' });
    await temp.isolation.prepare(1);
    assert.equal(readFileSync(at, 'utf8'), 'n');
  });

  it('are left as they are where a command deletes what Git does not track', async () => {
    const temp = await tempIsolation({
      '.gitignore': 'dist\n',
      'dist/o.js': 'o',
      'node_modules/x/i.js': 'x',
    });
    for (const folder of ['dist', 'node_modules']) rmSync(temp.at(folder), { recursive: true });
    assert.deepEqual(await temp.told(), []);
    temp.run({ dist: 'a file now' });
    assert.deepEqual(await temp.told(), []);
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    assert.equal(temp.workspace.text('dist/o.js'), 'o');
  });
});
