// What is left out of a copy, or linked into it, is the user's word: no ignore file that an agent wrote changes it.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareHouse } from '../../../src/adapters/files/houseFolder';
import { createSlotCopies } from '../../../src/adapters/files/slotCopy';
import { createUserRules } from '../../../src/adapters/files/userRules';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import type { WorkspaceFiles } from '../../../src/ports/workspace';
import { none, slot } from './tempSlot';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from './tempWorkspace';

const project: Tree = {
  '.gitignore': '.env\ndist/\n',
  '.env': 'SECRET=top',
  'sub/.env': 'SECRET=below',
  'rules.txt': '!.env\nsrc/\n',
  'src/a.ts': 'a',
  'dist/out.js': 'o',
};

/** Everything that holds state is made anew, as in another process. */
async function opened(workspace: TempWorkspace) {
  const { root, houseDir } = workspace;
  const user = createUserRules(root, houseDir);
  const copies = createSlotCopies({ root, houseDir, user });
  const files = createWorkspaceFiles({ root, houseDir, user });
  await copies.refresh(slot, none);
  return { copies, files, dir: copies.dirOf(slot), shown: workspace.tree(copies.dirOf(slot)) };
}

async function write(files: WorkspaceFiles, file: string, text: string | null): Promise<void> {
  const kept = await files.keep(file);
  assert.ok(kept.ok);
  const done = await files.replace(file, kept.value.hash, text);
  assert.ok(done.ok, JSON.stringify(done));
}

async function move(files: WorkspaceFiles, from: string, to: string): Promise<void> {
  const kept = await files.keep(from);
  assert.ok(kept.ok && kept.value.hash !== null);
  assert.ok((await files.putKept(to, null, kept.value.hash, 0o644)).ok);
  await write(files, from, null);
}

/** What an agent could do with its tools or a command: both come to these writes. */
const ways: Readonly<Record<string, (files: WorkspaceFiles) => Promise<void>>> = {
  'takes the rule out': (files) => write(files, '.gitignore', 'src/\n'),
  'takes it back': (files) => write(files, '.gitignore', '.env\n!.env\nsrc/\n'),
  'empties the file': (files) => write(files, '.gitignore', ''),
  'takes the file away': (files) => write(files, '.gitignore', null),
  'makes one in a folder': async (files) => {
    await write(files, 'sub/.gitignore', '!.env\n');
    await write(files, 'src/.gitignore', '*\n');
  },
  'makes one of a file of another name': async (files) => {
    await write(files, '.gitignore', null);
    await move(files, 'rules.txt', '.gitignore');
  },
  'goes on from what another agent made of it': async (files) => {
    await write(files, '.gitignore', '# nothing\n');
    await write(files, '.gitignore', 'src/\n!.env\n');
  },
  'makes one too large to be read': async (files) => {
    await write(files, '.gitignore', '#'.repeat(1024 * 1024 + 1));
    await write(files, '.gitignore', 'src/\n!.env\n');
  },
  'makes one that other tools read': (files) => write(files, '.ignore', 'src/\n!.env\n'),
};

describe('the user’s ignore rules', () => {
  for (const [how, way] of Object.entries(ways)) {
    it(`stand when an agent ${how}, also in a later process`, async () => {
      const workspace = await tempWorkspace(project);
      const first = await opened(workspace);
      await way(first.files);
      await first.copies.refresh(slot, none);
      for (const shown of [workspace.tree(first.dir), (await opened(workspace)).shown]) {
        assert.deepEqual(
          Object.keys(shown).filter((file) => file.endsWith('.env')),
          [],
        );
        assert.equal(shown['src/a.ts'], 'a');
        assert.equal(lstatSync(path.join(first.dir, 'src')).isDirectory(), true, 'source is no link');
        assert.equal(
          lstatSync(path.join(first.dir, 'dist')).isSymbolicLink(),
          true,
          'and the build still is',
        );
      }
      assert.deepEqual(shownScopes(await first.files.expand(['src/*.ts'])), ['src/a.ts']);
    });
  }

  it('change when the user changes them, also on top of an agent’s', async () => {
    const workspace = await tempWorkspace(project);
    const { files, copies, dir } = await opened(workspace);
    workspace.put({ '.gitignore': '.env\n' });
    await copies.refresh(slot, none);
    assert.equal(lstatSync(path.join(dir, 'dist')).isDirectory(), true);
    await write(files, '.gitignore', 'src/\n');
    workspace.put({ '.gitignore': 'src/\nsub/\n' });
    await copies.refresh(slot, none);
    assert.equal(lstatSync(path.join(dir, 'src')).isSymbolicLink(), true);
    assert.equal('sub/.env' in workspace.tree(dir), false, 'it is ignored with all in it');
    assert.equal('.env' in workspace.tree(dir), true, 'it was the user who let go of it');
  });

  it('are again what they were when the agent’s change is undone', async () => {
    const workspace = await tempWorkspace(project);
    const { files, copies, dir } = await opened(workspace);
    const kept = await files.keep('.gitignore');
    assert.ok(kept.ok);
    const written = await files.replace('.gitignore', kept.value.hash, 'src/\n');
    assert.ok(written.ok);
    const edit = { fence: 1, featureId: 1, path: '.gitignore', original: kept.value.hash, mode: 0o644 };
    assert.equal(await files.undo({ ...edit, written: written.value.hash }), 'restored');
    workspace.put({ '.gitignore': '.env\nsrc/\n' });
    await copies.refresh(slot, none);
    assert.equal(lstatSync(path.join(dir, 'src')).isSymbolicLink(), true);
  });

  it('are read from what stands there when the memory of them is damaged', async () => {
    const workspace = await tempWorkspace(project);
    for (const text of ['{', '[["", 1]]', '[["",{"user":1,"agents":[]}]]', '{}']) {
      writeFileSync(path.join(workspace.houseDir, 'ignore-rules.json'), text);
      assert.equal('.env' in (await opened(workspace)).shown, false, text);
    }
  });

  it('and the copy’s own decide together what a command has made', async () => {
    const workspace = await tempWorkspace(project);
    const { copies, dir } = await opened(workspace);
    for (const [file, text] of Object.entries({
      '.gitignore': '!.env\ncache/\n',
      '.env': 'made',
      'cache/x': 'x',
      'b.ts': 'b',
      'src/a.ts': 'aa',
    })) {
      rmSync(path.join(dir, file), { force: true });
      execFileSync('mkdir', ['-p', path.dirname(path.join(dir, file))]);
      writeFileSync(path.join(dir, file), text);
    }
    assert.deepEqual(
      (await copies.changes(slot)).map((change) => change.path),
      ['.gitignore', 'b.ts', 'src/a.ts'],
    );
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

    it('never leave out, or link, what Git tracks', async () => {
      const { workspace, git } = await repository(
        {
          '.gitignore': 'src/\n*.log\n.env.test\n',
          'src/a.ts': 'a',
          'src/new.ts': 'n',
          'kept.log': 'k',
          '.env.test': 'T',
        },
        ['src/a.ts', 'kept.log', '.env.test'],
      );
      const { copies, dir, shown, files } = await opened(workspace);
      const wanted = { '.env.test': 'T', '.gitignore': shown['.gitignore'], 'kept.log': 'k' };
      assert.deepEqual(shown, { ...wanted, 'src/a.ts': 'a', 'src/new.ts': 'n' });
      assert.deepEqual(shownScopes(await files.expand(['src/*.ts'])), ['src/a.ts']);
      for (const file of ['src/a.ts', 'src/new.ts', 'kept.log'])
        writeFileSync(path.join(dir, file), 'changed');
      assert.deepEqual(
        (await copies.changes(slot)).map((change) => change.path),
        ['kept.log', 'src/a.ts'],
      );
      git('rm', '-q', '--cached', 'src/a.ts');
      await copies.refresh(slot, none);
      assert.equal(lstatSync(path.join(dir, 'src')).isSymbolicLink(), true, 'asked anew');
    });

    it('are an agent’s once the user adds them to Git', async () => {
      const { workspace, git } = await repository(project, ['.gitignore']);
      const { files, copies, dir } = await opened(workspace);
      await write(files, '.gitignore', '.env\n');
      await copies.refresh(slot, none);
      assert.equal(lstatSync(path.join(dir, 'dist')).isSymbolicLink(), true);
      git('add', '.gitignore');
      await copies.refresh(slot, none);
      assert.equal(lstatSync(path.join(dir, 'dist')).isDirectory(), true);
    });

    it('are also those that no ignore file in the workspace has', async () => {
      const elsewhere = tempFolder();
      writeFileSync(path.join(elsewhere, 'global'), 'prod.key\n*.pem\n');
      const { workspace, git } = await repository(
        { 'prod.key': 'S', 'a.pem': 'S', '.env': 'S', 'a.ts': 'a' },
        ['a.ts'],
      );
      git('config', 'core.excludesFile', path.join(elsewhere, 'global'));
      writeFileSync(path.join(workspace.root, '.git/info/exclude'), '.env\n!a.pem\n');
      assert.deepEqual((await opened(workspace)).shown, { 'a.pem': 'S', 'a.ts': 'a' });
    });

    it('hold in a work tree and in a folder of the repository', async () => {
      const { workspace, git } = await repository({ 'a.ts': 'a' }, ['a.ts']);
      git('-c', 'user.name=u', '-c', 'user.email=u@e', 'commit', '-qm', 'one');
      const inside = path.join(tempFolder(), 'tree');
      git('worktree', 'add', '-q', inside);
      writeFileSync(path.join(workspace.root, '.git/info/exclude'), '/sub/.env\n');
      writeFileSync(path.join(inside, '.gitignore'), 'sub/x.key\n');
      mkdirSync(path.join(inside, 'sub'));
      for (const name of ['.env', 'x.key', 'b.ts']) writeFileSync(path.join(inside, 'sub', name), 'b');
      const root = path.join(inside, 'sub');
      const houseDir = await prepareHouse(root);
      const user = createUserRules(root, houseDir);
      const slots = createSlotCopies({ root, houseDir, user });
      await slots.begin(slot, none);
      assert.deepEqual(readdirSync(slots.dirOf(slot)), ['b.ts']);
    });

    it('are asked of Git without running what the repository names', async () => {
      const { workspace, git } = await repository({ 'src/a.ts': 'a', '.gitignore': 'src/\n' }, ['src/a.ts']);
      const mark = path.join(workspace.root, 'ran');
      git('config', 'core.fsmonitor', `touch ${mark}; false`);
      const { shown } = await opened(workspace);
      assert.equal(shown['src/a.ts'], 'a');
      assert.equal('ran' in workspace.tree(), false);
    });
  });
});

function shownScopes(named: ReadonlyMap<string, readonly { readonly path: string }[]>): readonly string[] {
  return [...named.values()].flat().map((scope) => scope.path);
}
