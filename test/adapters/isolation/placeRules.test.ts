// What is never a change, and never published, is the user's word: no ignore file that an agent wrote decides it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { prepareStateFolder } from '../../../src/adapters/files/stateFolder';
import { createUserRules } from '../../../src/adapters/files/userRules';
import type { Isolation } from '../../../src/ports/isolation';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { inWorkspace, pathsOf, type TempIsolation, tempIsolation } from './tempIsolation';

const project: Tree = {
  '.gitignore': '.env\ndist/\n',
  '.env': 'SECRET=top',
  'sub/.env': 'SECRET=below',
  'rules.txt': '!.env\nsrc/\n',
  'src/a.ts': 'a',
  'dist/out.js': 'o',
};

/** What an agent could do with its tools; a command comes to the same files. */
const ways: Readonly<Record<string, (temp: TempIsolation) => Promise<void>>> = {
  'takes the rule out': (temp) => write(temp, '.gitignore', 'src/\n'),
  'takes it back': (temp) => write(temp, '.gitignore', '.env\n!.env\nsrc/\n'),
  'empties the file': (temp) => write(temp, '.gitignore', ''),
  'takes the file away': (temp) => write(temp, '.gitignore', null),
  'makes one in a folder': async (temp) => {
    await write(temp, 'sub/.gitignore', '!.env\n');
    await write(temp, 'src/.gitignore', '*\n');
  },
  'makes one of a file of another name': async (temp) => {
    await write(temp, '.gitignore', null);
    const baseHash = hashOf(Buffer.from(temp.workspace.text('rules.txt')));
    assert.ok((await temp.isolation.move(1, { from: 'rules.txt', to: '.gitignore', baseHash })).ok);
  },
  'goes on from what another agent made of it': async (temp) => {
    await write(temp, '.gitignore', '# nothing\n');
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    await temp.isolation.prepare(1);
    await write(temp, '.gitignore', 'src/\n!.env\n');
  },
  'makes one too large to be read': async (temp) => {
    await write(temp, '.gitignore', '#'.repeat(1024 * 1024 + 1));
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    await temp.isolation.prepare(1);
    await write(temp, '.gitignore', 'src/\n!.env\n');
  },
  'makes one that other tools read': (temp) => write(temp, '.ignore', 'src/\n!.env\n'),
  'has a command make one': async (temp) =>
    temp.run({ '.gitignore': 'src/\n!.env\n', 'src/.gitignore': '*\n' }),
};

async function write(temp: TempIsolation, file: string, text: string | null): Promise<void> {
  const done = await temp.write(file, text);
  assert.ok(done.ok, JSON.stringify(done));
}

const written = { '.env': 'mine', 'sub/.env': 'mine', 'src/a.ts': 'mine', 'dist/out.js': 'mine' };

/** What of `written` a command can bring into the workspace. */
async function toldOfWritten(temp: TempIsolation): Promise<readonly string[]> {
  temp.run(written);
  return pathsOf(await temp.isolation.changes(1)).filter((file) => file in written);
}

describe('the user’s ignore rules', () => {
  for (const [how, way] of Object.entries(ways)) {
    it(`stand when an agent ${how}: in its place, published, and in a later process`, async () => {
      const temp = await tempIsolation(project);
      await way(temp);
      assert.deepEqual(await toldOfWritten(temp), ['src/a.ts'], 'in its place');
      await temp.isolation.putBack(1, Object.keys(written));
      assert.ok((await temp.isolation.publish(await temp.stage())).ok);
      const later = temp.again();
      await later.isolation.prepare(1);
      assert.deepEqual(await later.told(), []);
      assert.deepEqual(await toldOfWritten(later), ['src/a.ts']);
      assert.deepEqual(await named(later.isolation, 'src/*.ts'), ['src/a.ts']);
      assert.deepEqual(await named(later.isolation, 'dist/*.js'), ['dist']);
    });
  }

  const ignoring = {
    '.gitignore': '.env\nkeys/\n',
    '.env': 'mine',
    'keys/a.pem': 'mine',
    'src/.env': 'mine',
  };
  const showing: readonly (readonly [rules: string | null, shown: readonly string[] | undefined])[] = [
    ['!.env\n', ['.env', 'keys/a.pem', 'src/.env']],
    ['.env\n', ['keys/a.pem']],
    [null, ['.env', 'keys/a.pem', 'src/.env']],
    ['.env*\nkeys\ndist/\n', undefined],
  ];
  for (const [rules, shown] of showing)
    it(`are told with secrets that Git would see after a change to ${JSON.stringify(rules)}`, async () => {
      const temp = await tempIsolation(ignoring);
      const shows = async () =>
        new Map((await temp.isolation.changes(1)).map((change) => [change.path, change.shows]));
      await write(temp, '.gitignore', rules);
      assert.deepEqual((await shows()).get('.gitignore'), undefined, 'there is no Git');
      execFileSync('git', ['init', '-q', temp.workspace.root]);
      await write(temp, 'b.txt', 'b');
      assert.deepEqual((await shows()).get('.gitignore'), shown);
      assert.deepEqual((await shows()).get('b.txt'), undefined);
      // Where something else of the user's keeps them out, an ignore file has no part in it.
      writeFileSync(path.join(temp.workspace.root, '.git/info/exclude'), '.env\nkeys/\n');
      if (rules?.startsWith('!') !== true) assert.deepEqual((await shows()).get('.gitignore'), undefined);
    });

  it('change when the user changes them, also on top of an agent’s', async () => {
    const temp = await tempIsolation(project);
    temp.workspace.put({ '.gitignore': '.env\n' });
    await temp.isolation.bringUpToDate(1);
    assert.deepEqual(await toldOfWritten(temp), ['dist/out.js', 'src/a.ts']);
    await temp.isolation.prepare(1);
    await write(temp, '.gitignore', 'src/\n');
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    temp.workspace.put({ '.gitignore': 'src/\nsub/\n' });
    await temp.isolation.prepare(1);
    assert.deepEqual(await toldOfWritten(temp), ['.env', 'dist/out.js'], 'it was the user who let go of it');
  });

  it('are again what they were when the agent’s change is taken back', async () => {
    const temp = await tempIsolation(project);
    await write(temp, '.gitignore', 'src/\n');
    const staged = await temp.stage();
    assert.ok((await temp.isolation.publish(staged)).ok);
    assert.deepEqual(await temp.isolation.withdraw(staged), []);
    await temp.isolation.prepare(1);
    assert.deepEqual(await toldOfWritten(temp), ['src/a.ts']);
    temp.workspace.put({ '.gitignore': '.env\nsrc/\n' });
    await temp.isolation.prepare(1);
    assert.deepEqual(await toldOfWritten(temp), ['dist/out.js']);
  });

  for (const text of ['{', '[["", 1]]', '[["",{"user":1,"agents":[]}]]', '{}'])
    it(`are read from what stands there when the memory of them is ${text}`, async () => {
      const temp = inWorkspace(await tempWorkspace(project));
      writeFileSync(path.join(temp.workspace.stateDir, 'ignore-rules.json'), text);
      await temp.isolation.prepare(1);
      assert.deepEqual(await toldOfWritten(temp), ['src/a.ts']);
    });

  it('are remembered anew over a memory that holds more than was ever written', async () => {
    const temp = await tempIsolation(project);
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const entries = `[["x",{"user":null,"agents":[],"more":${deep}},${deep}],["y",{"user":null,"agents":[${deep}]}]]`;
    writeFileSync(path.join(temp.workspace.stateDir, 'ignore-rules.json'), entries);
    temp.run({ '.gitignore': '!.env\n' });
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
  });

  it('and the place’s own decide together what a command has made, but not what was there', async () => {
    const temp = await tempIsolation(project);
    temp.run({
      '.gitignore': '!.env\ncache/\nsrc/\n',
      '.env': 'made',
      'cache/x': 'x',
      'b.ts': 'b',
      'src/a.ts': 'aa',
      'src/new.ts': 'n',
    });
    rmSync(temp.at('rules.txt'));
    const changed = ['.gitignore', 'b.ts', 'rules.txt', 'src/a.ts'];
    assert.deepEqual(pathsOf(await temp.isolation.changes(1)), changed);
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    const after = temp.workspace.tree();
    assert.deepEqual(
      [after['.env'], after['cache/x'], after['src/new.ts']],
      ['SECRET=top', undefined, undefined],
    );
  });

  it('let nothing be told of what comes into a place, which comes all the same', async () => {
    const temp = await tempIsolation(project);
    await write(temp, '.gitignore', 'src/\n');
    temp.workspace.put({ '.env': 'new', 'dist/more.js': 'm', 'src/a.ts': 'new' });
    const { taken } = await temp.isolation.bringUpToDate(1);
    assert.deepEqual(taken, ['src/a.ts']);
    const shown = temp.shown();
    assert.deepEqual([shown['.env'], shown['dist/more.js'], shown['src/a.ts']], ['new', 'm', 'new']);
  });

  describe('in a Git repository', () => {
    async function repository(tree: Tree, added: readonly string[]) {
      const workspace = await tempWorkspace(tree);
      const git = (...args: readonly string[]) =>
        execFileSync('git', ['-c', 'core.autocrlf=false', ...args], { cwd: workspace.root, stdio: 'pipe' });
      git('init', '-q');
      git('add', '-f', '--', ...added);
      return { workspace, git };
    }

    async function opened(workspace: TempWorkspace): Promise<TempIsolation> {
      const temp = inWorkspace(workspace);
      await temp.isolation.prepare(1);
      return temp;
    }

    const change = async (temp: TempIsolation, files: readonly string[]) => {
      temp.run(Object.fromEntries(files.map((file) => [file, 'changed'])));
      return pathsOf(await temp.isolation.changes(1));
    };

    it('never hold for what Git tracks', async () => {
      const { workspace, git } = await repository(
        {
          '.gitignore': 'src/\n*.log\n.env.test\n',
          'src/a.ts': 'a',
          'src/new.ts': 'n',
          'kept.log': 'k',
          '.env.test': 'T',
          'other.log': 'o',
        },
        ['src/a.ts', 'kept.log', '.env.test'],
      );
      const temp = await opened(workspace);
      assert.deepEqual(await named(temp.isolation, 'src/*.ts'), ['src/a.ts']);
      const files = ['src/a.ts', 'src/new.ts', 'kept.log', '.env.test', 'other.log'];
      assert.deepEqual(await change(temp, files), ['.env.test', 'kept.log', 'src/a.ts']);
      rmSync(temp.at('kept.log'));
      assert.deepEqual(pathsOf(await temp.isolation.changes(1)), ['.env.test', 'kept.log', 'src/a.ts']);
      assert.ok((await temp.isolation.publish(await temp.stage())).ok);
      assert.deepEqual(workspace.tree()['kept.log'], undefined);
      assert.deepEqual(workspace.text('src/a.ts'), 'changed');
      git('rm', '-qf', '--cached', 'src/a.ts');
      await temp.isolation.prepare(1);
      temp.run({ 'src/a.ts': 'again' });
      assert.deepEqual(pathsOf(await temp.isolation.changes(1)), [], 'asked anew');
    });

    it('are an agent’s once the user adds them to Git', async () => {
      const { workspace, git } = await repository(project, ['.gitignore']);
      const temp = await opened(workspace);
      await write(temp, '.gitignore', '.env\n');
      assert.ok((await temp.isolation.publish(await temp.stage())).ok);
      await temp.isolation.prepare(1);
      assert.deepEqual(await toldOfWritten(temp), ['src/a.ts']);
      git('add', '.gitignore');
      await temp.isolation.prepare(1);
      assert.deepEqual(await toldOfWritten(temp), ['dist/out.js', 'src/a.ts']);
    });

    it('are also those that no ignore file in the workspace has', async () => {
      const elsewhere = tempFolder();
      writeFileSync(path.join(elsewhere, 'global'), 'prod.key\n*.pem\n');
      const { workspace, git } = await repository(
        { 'prod.key': 'S', 'a.pem': 'S', 'notes.txt': 'N', 'a.ts': 'a' },
        ['a.ts'],
      );
      git('config', 'core.excludesFile', path.join(elsewhere, 'global'));
      writeFileSync(path.join(workspace.root, '.git/info/exclude'), 'notes.txt\n!a.pem\n');
      const temp = await opened(workspace);
      assert.deepEqual(temp.shown(), { 'a.pem': 'S', 'a.ts': 'a', 'notes.txt': 'N', 'prod.key': 'S' });
      const files = Object.keys(temp.shown());
      assert.deepEqual(await change(temp, files), ['a.pem', 'a.ts']);
      temp.run({ '.git/info/exclude': 'a.ts\na.pem\n' });
      assert.deepEqual(pathsOf(await temp.isolation.changes(1)), ['a.pem', 'a.ts'], 'a command has no say');
    });

    it('hold in a work tree and in a folder of the repository', async () => {
      const { workspace, git } = await repository({ 'a.ts': 'a' }, ['a.ts']);
      git('-c', 'user.name=u', '-c', 'user.email=u@e', 'commit', '-qm', 'one');
      const inside = path.join(tempFolder(), 'tree');
      git('worktree', 'add', '-q', inside);
      writeFileSync(path.join(workspace.root, '.git/info/exclude'), '/sub/.env\n');
      writeFileSync(path.join(inside, '.gitignore'), 'sub/x.key\n');
      mkdirSync(path.join(inside, 'sub'));
      const files = ['.env', 'x.key', 'b.ts'];
      for (const name of files) writeFileSync(path.join(inside, 'sub', name), 'b');
      const root = path.join(inside, 'sub');
      const stateDir = await prepareStateFolder(root);
      const temp = await opened({ ...workspace, root, stateDir, user: createUserRules(root, stateDir) });
      for (const name of files) writeFileSync(temp.at(name), 'changed');
      assert.deepEqual(pathsOf(await temp.isolation.changes(1)), ['b.ts']);
    });

    it('are asked of Git without running what the repository names', async () => {
      const { workspace, git } = await repository({ 'src/a.ts': 'a', '.gitignore': 'src/\n' }, ['src/a.ts']);
      const mark = path.join(workspace.root, 'ran');
      git('config', 'core.fsmonitor', `touch ${mark}; false`);
      const temp = await opened(workspace);
      assert.deepEqual(await change(temp, ['src/a.ts']), ['src/a.ts']);
      assert.ok((await temp.isolation.publish(await temp.stage())).ok);
      assert.equal('ran' in workspace.tree(), false);
    });
  });
});

async function named(isolation: Isolation, glob: string): Promise<readonly string[]> {
  return [...(await isolation.expand([glob])).values()].flat().map((scope) => scope.path);
}
