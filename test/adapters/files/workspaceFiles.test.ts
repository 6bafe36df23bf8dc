// What the host may do to the user's files, and what it must refuse.
import { strict as assert } from 'node:assert';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { maxFileBytes } from '../../../src/adapters/files/lookAt';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import { Failure } from '../../../src/ports/failure';
import type { WorkspaceFiles } from '../../../src/ports/workspace';
import { type TempWorkspace, type Tree, tempFolder, tempWorkspace } from './tempWorkspace';

const sha = (text: string) => hashOf(Buffer.from(text));

async function open(tree: Tree = {}): Promise<{ workspace: TempWorkspace; files: WorkspaceFiles }> {
  const workspace = await tempWorkspace(tree);
  return {
    workspace,
    files: createWorkspaceFiles({ ...workspace, alsoProtected: () => ['plan/backlog.json'] }),
  };
}

/** Every way of naming a file, through every method that takes one: each must refuse with `pathDenied` and change nothing. */
async function assertDenied(files: WorkspaceFiles, file: string, why: RegExp): Promise<void> {
  const answers = [
    await files.read(file),
    await files.keep(file),
    await files.plan(file, 'x'),
    await files.replace(file, null, 'x'),
  ];
  for (const answer of answers) {
    assert.ok(!answer.ok, `${file} was let through`);
    assert.equal(answer.error.code, 'pathDenied');
    assert.match(answer.error.message, why);
    assert.doesNotMatch(answer.error.message, /\p{Cc}/u, 'shown unescaped');
  }
}

describe('workspaceFiles: paths', () => {
  const byText: [string, RegExp][] = [
    ['../outside.txt', /out of the workspace/],
    ['src/../../outside.txt', /out of the workspace/],
    ['..\\outside.txt', /out of the workspace/],
    ['/etc/passwd', /absolute/],
    ['\\\\server\\share\\a', /absolute/],
    ['\\\\?\\C:\\a', /absolute/],
    ['C:..\\a', /drive or a stream/],
    ['src/a.txt:stream', /drive or a stream/],
    ['NUL', /Windows reads/],
    ['src/con.txt', /Windows reads/],
    ['src/a.', /Windows reads/],
    ['src/a ', /Windows reads/],
    ['a\nb', /control characters/],
    ['a\0b', /control characters/],
    ['a'.repeat(5000), /longer than/],
    ['.', /the workspace itself/],
    ['', /the workspace itself/],
    ['.git/config', /belongs to Git/],
    ['src/.GIT/hooks/x', /belongs to Git/],
    ['src/../.git/x', /belongs to Git/],
    ['.vscode/tasks.json', /what to run/],
    ['x.code-workspace', /what to run/],
    ['.parallel-agents/blobs/x', /Parallel Agents/],
    ['features.json', /backlog/],
    ['plan/BACKLOG.json', /backlog/],
  ];
  for (const [file, why] of byText) {
    it(`refuses ${JSON.stringify(file.slice(0, 30))}`, async () => {
      const { files, workspace } = await open({ 'src/a.ts': 'a' });
      await assertDenied(files, file, why);
      assert.deepEqual(workspace.tree(), { 'src/a.ts': 'a' });
    });
  }

  const byDisk: { fact: string; tree: Tree; file: string; why: RegExp }[] = [
    {
      fact: 'a link out of the workspace',
      tree: { 'out.txt': { link: '/etc/hostname' } },
      file: 'out.txt',
      why: /leads out/,
    },
    {
      fact: 'a folder link out of the workspace',
      tree: { out: { link: '/tmp' } },
      file: 'out/new.txt',
      why: /leads out/,
    },
    {
      fact: 'a link by way of the parent',
      tree: { out: { link: '../..' } },
      file: 'out/etc/x',
      why: /leads out/,
    },
    {
      fact: 'a link inside, naming the file',
      tree: { 'b.ts': 'b', 'a.ts': { link: 'b.ts' } },
      file: 'a.ts',
      why: /real name is "b\.ts"/,
    },
    {
      fact: 'a folder link inside',
      tree: { 'b/x.ts': 'b', a: { link: 'b' } },
      file: 'a/x.ts',
      why: /real name is "b"/,
    },
    {
      fact: 'a link to what is protected',
      tree: { '.git/config': '', g: { link: '.git' } },
      file: 'g/config',
      why: /belongs to Git/,
    },
    { fact: 'a dangling link', tree: { 'a.ts': { link: 'nowhere' } }, file: 'a.ts', why: /leads nowhere/ },
    { fact: 'a link in a circle', tree: { 'a.ts': { link: 'a.ts' } }, file: 'a.ts', why: /leads nowhere/ },
    { fact: 'a folder', tree: { 'src/a.ts': 'a' }, file: 'src', why: /is a folder/ },
    { fact: 'a path below a file', tree: { 'src/a.ts': 'a' }, file: 'src/a.ts/b', why: /not a folder/ },
    {
      fact: 'a twin in case',
      tree: { 'src/a.ts': 'a' },
      file: 'src/A.ts',
      why: /existing "a\.ts" only in case/,
    },
    {
      fact: 'a folder twin in case',
      tree: { 'src/a.ts': 'a' },
      file: 'SRC/new.ts',
      why: /existing "src" only in case/,
    },
    {
      fact: 'a twin in Unicode form',
      tree: { 'cafe\u0301.txt': 'a' },
      file: 'caf\u00e9.txt',
      why: /Unicode form/,
    },
  ];
  for (const { fact, tree, file, why } of byDisk) {
    it(`refuses ${fact}`, async () => {
      const { files, workspace } = await open(tree);
      const before = workspace.tree();
      await assertDenied(files, file, why);
      assert.deepEqual(workspace.tree(), before);
    });
  }

  it('writes beside the other name of a hard link, which keeps its content', async () => {
    const { files, workspace } = await open({ 'a.ts': 'a' });
    const outside = path.join(tempFolder(), 'b.ts');
    linkSync(path.join(workspace.root, 'a.ts'), outside);
    assert.ok((await files.replace('a.ts', sha('a'), 'new')).ok);
    assert.equal(readFileSync(outside, 'utf8'), 'a');
    assert.equal(workspace.text('a.ts'), 'new');
  });

  it('never follows a folder that is swapped for a link while it works', async function () {
    // Elsewhere no call can start at an open folder, and a last look must do (openFolder.ts).
    if (process.platform !== 'linux') this.skip();
    const { files, workspace } = await open({ 'src/a.ts': 'a' });
    const outside = tempFolder();
    const trap = path.join(outside, 'a.ts');
    const src = path.join(workspace.root, 'src');
    let isOver = false;
    const swapping = (async () => {
      // Each time at another moment of the write, which takes some twenty turns of the loop.
      for (let time = 0; !isOver; time++) {
        for (let turn = 0; turn < time % 23; turn++) await new Promise(setImmediate);
        renameSync(src, `${src}.real`);
        symlinkSync(outside, src);
        for (let turn = 0; turn < time % 7; turn++) await new Promise(setImmediate);
        rmSync(src);
        renameSync(`${src}.real`, src);
      }
    })();
    let now = 'a';
    const seen = new Set<string>();
    for (let round = 0; round < 300 || (seen.size < 2 && round < 5000); round++) {
      // The content that is expected, so that nothing but the place tells the two apart.
      writeFileSync(trap, now);
      const done = await files.replace('src/a.ts', sha(now), `${round}`);
      assert.equal(readFileSync(trap, 'utf8'), now, 'written outside');
      if (done.ok) now = `${round}`;
      seen.add(done.ok ? 'ok' : done.error.code);
    }
    isOver = true;
    await swapping;
    assert.equal(workspace.text('src/a.ts'), now);
    assert.ok(seen.size > 1 && seen.has('ok'), `the swap never met a write: ${[...seen]}`);
  });
});

describe('workspaceFiles: contents', () => {
  it('reads hash and mode, and knows absence', async () => {
    const { files, workspace } = await open({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(path.join(workspace.root, 'run.sh'), 0o755);
    assert.deepEqual(await files.read('run.sh'), {
      ok: true,
      value: { hash: sha('#!/bin/sh\n'), mode: 0o755 },
    });
    assert.deepEqual(await files.read('none/at/all'), { ok: true, value: { hash: null, mode: null } });
  });

  it('keeps content under its hash, and names the folder that a new file needs', async () => {
    const { files } = await open({ 'src/a.ts': 'a' });
    const kept = await files.keep('src/a.ts');
    assert.ok(kept.ok && kept.value.hash === sha('a') && kept.value.createdFolder === undefined);
    assert.equal(await files.keptText(sha('a')), 'a');
    assert.deepEqual(await files.keep('src/b.ts'), { ok: true, value: { hash: null, mode: null } });
    assert.deepEqual(await files.keep('src/x/y/z.ts'), {
      ok: true,
      value: { hash: null, mode: null, createdFolder: 'src/x' },
    });
  });

  it('replaces in one step, keeping mode, mark and line ends, as planned', async () => {
    const { files, workspace } = await open({ 'a.sh': '\ufeffone\r\ntwo\r\n' });
    chmodSync(path.join(workspace.root, 'a.sh'), 0o750);
    const planned = await files.plan('a.sh', 'three\nfour\n');
    const done = await files.replace('a.sh', sha('\ufeffone\r\ntwo\r\n'), 'three\nfour\n');
    assert.deepEqual(done, planned);
    assert.deepEqual(done, { ok: true, value: { hash: sha('\ufeffthree\r\nfour\r\n') } });
    assert.equal(workspace.text('a.sh'), '\ufeffthree\r\nfour\r\n');
    assert.equal(statSync(path.join(workspace.root, 'a.sh')).mode & 0o777, 0o750);
    assert.deepEqual(readdirSync(path.join(workspace.houseDir, 'tmp')), []);
  });

  it('makes new files with their folders, deletes, and does nothing for what is the same', async () => {
    const { files, workspace } = await open({ 'a.ts': 'a' });
    assert.deepEqual(await files.replace('x/y/b.ts', null, 'b'), { ok: true, value: { hash: sha('b') } });
    assert.equal(statSync(path.join(workspace.root, 'x/y/b.ts')).mode & 0o777, 0o644 & ~process.umask());
    assert.deepEqual(await files.replace('a.ts', sha('a'), null), { ok: true, value: { hash: null } });
    assert.deepEqual(await files.replace('a.ts', null, null), { ok: true, value: { hash: null } });
    const before = statSync(path.join(workspace.root, 'x/y/b.ts')).ino;
    assert.ok((await files.replace('x/y/b.ts', sha('b'), 'b')).ok);
    assert.equal(statSync(path.join(workspace.root, 'x/y/b.ts')).ino, before);
    assert.deepEqual(workspace.tree(), { 'x/y/b.ts': 'b' });
  });

  const refusals: {
    fact: string;
    content: string | Uint8Array;
    expected: string | null;
    next: string | null;
    code: string;
  }[] = [
    { fact: 'a file that changed', content: 'human', expected: sha('a'), next: 'b', code: 'changedOnDisk' },
    {
      fact: 'a file that came into being',
      content: 'human',
      expected: null,
      next: 'b',
      code: 'changedOnDisk',
    },
    {
      fact: 'deleting a file that changed',
      content: 'human',
      expected: sha('a'),
      next: null,
      code: 'changedOnDisk',
    },
    {
      fact: 'a file that is not UTF-8',
      content: Buffer.from([0xe9, 0x20]),
      expected: null,
      next: 'b',
      code: 'notText',
    },
    { fact: 'a file with NUL', content: 'a\0', expected: sha('a\0'), next: 'b', code: 'notText' },
    {
      fact: 'a file too large',
      content: Buffer.alloc(maxFileBytes + 1, 'a'),
      expected: null,
      next: 'b',
      code: 'notText',
    },
    { fact: 'NUL as text', content: 'a', expected: sha('a'), next: 'a\0', code: 'badInput' },
    { fact: 'half a character', content: 'a', expected: sha('a'), next: '\ud800', code: 'badInput' },
    {
      fact: 'too much text',
      content: 'a',
      expected: sha('a'),
      next: 'a'.repeat(maxFileBytes + 1),
      code: 'badInput',
    },
  ];
  for (const { fact, content, expected, next, code } of refusals) {
    it(`refuses ${fact}`, async () => {
      const { files, workspace } = await open({ 'a.ts': content });
      const done = await files.replace('a.ts', expected, next);
      assert.equal(done.ok ? 'ok' : done.error.code, code);
      assert.deepEqual(readFileSync(path.join(workspace.root, 'a.ts')), Buffer.from(content));
      assert.deepEqual(readdirSync(path.join(workspace.houseDir, 'tmp')), []);
    });
  }

  it('deletes a binary file, which its kept content brings back', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xd8]);
    const { files, workspace } = await open({ 'a.png': bytes });
    const kept = await files.keep('a.png');
    assert.ok(kept.ok && (await files.replace('a.png', hashOf(bytes), null)).ok);
    const edit = {
      fence: 1,
      featureId: 1,
      path: 'a.png',
      original: hashOf(bytes),
      mode: 0o644,
      written: null,
    };
    assert.equal(await files.undo(edit), 'restored');
    assert.deepEqual(readFileSync(path.join(workspace.root, 'a.png')), bytes);
  });

  it('says what the disk refuses', async () => {
    const { files, workspace } = await open({ 'a.ts': 'a' });
    rmSync(path.join(workspace.houseDir, 'tmp'), { recursive: true });
    writeFileSync(path.join(workspace.houseDir, 'tmp'), 'in the way');
    await assert.rejects(
      files.replace('a.ts', sha('a'), 'b'),
      (error) => Failure.is(error, 'io') && /write "a\.ts"/.test(error.message),
    );
    assert.equal(workspace.text('a.ts'), 'a');
  });

  it('sweeps what nothing needs, and finds out when kept content was tampered with', async () => {
    const { files, workspace } = await open({ 'a.ts': 'a', 'b.ts': 'b' });
    await files.keep('a.ts');
    await files.keep('b.ts');
    writeFileSync(path.join(workspace.houseDir, 'tmp', 'left'), 'x');
    await files.sweep(new Set([sha('a')]));
    assert.deepEqual(readdirSync(path.join(workspace.houseDir, 'blobs')), [sha('a')]);
    assert.deepEqual(readdirSync(path.join(workspace.houseDir, 'tmp')), []);
    await assert.rejects(files.keptText(sha('b')), (error) => Failure.is(error, 'corrupt'));
    await assert.rejects(files.keptText('../../a.ts'), (error) => Failure.is(error, 'corrupt'));
    chmodSync(path.join(workspace.houseDir, 'blobs', sha('a')), 0o600);
    writeFileSync(path.join(workspace.houseDir, 'blobs', sha('a')), 'x');
    await assert.rejects(files.keptText(sha('a')), (error) => Failure.is(error, 'corrupt'));
    await files.keep('a.ts');
    assert.equal(await files.keptText(sha('a')), 'a');
  });

  it('tells what declared paths, folders and globs name', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, k) => [`many/f${k}.txt`, '']));
    const { files, workspace } = await open({
      ...{ 'src/a.ts': '', 'src/deep/b.ts': '', 'src/deep/c.js': '', 'dist/d.ts': '', 'app/[id].ts': '' },
      ...{ 'node_modules/e/e.ts': '', '.git/f.ts': '', '.gitignore': 'dist\n', ...many },
      ...{ 'src/deep/.gitignore': 'hidden.ts\n', 'src/deep/hidden.ts': '' },
      ...{ 'src/l.ts': { link: 'a.ts' }, linked: { link: 'src/deep' }, gone: { link: 'nowhere' } },
      ...{ out: { link: '..' }, 'Ünï.ts': '' },
      ...{ 'docs/AGENTS.md': '', 'docs/a.md': '', '.github/workflows/ci.yml': '' },
    });
    mkdirSync(path.join(workspace.root, 'src/empty'));
    const cases: Record<string, string[]> = {
      // Globs: the files they match, without what is ignored or protected, and not through links.
      '**/*.ts': ['app/[id].ts', 'src/a.ts', 'src/deep/b.ts', 'Ünï.ts'],
      './src/*.ts': ['src/a.ts'],
      'src/**/*.{js,ts}': ['src/a.ts', 'src/deep/b.ts', 'src/deep/c.js'],
      // No match, or more than 200: the folder before the wildcard.
      'dist/**/x.ts': ['dist/'],
      'src/*.css': ['src/'],
      '*.css': ['/'],
      'many/*.txt': ['many/'],
      // Files that others obey, only where the glob names them.
      'docs/*.md': ['docs/a.md'],
      '*/AGENTS.md': ['docs/AGENTS.md'],
      '.github/workflows/*.yml': ['.github/workflows/ci.yml'],
      // Folders, also when they are written like a file.
      'src/': ['src/'],
      'src/**': ['src/'],
      src: ['src/'],
      'src/deep': ['src/deep/'],
      // Files, there or not, and one whose name looks like a glob.
      'src/a.ts': ['src/a.ts'],
      'src/new/x.ts': ['src/new/x.ts'],
      'app/[id].ts': ['app/[id].ts'],
      // Other ways of writing the same name.
      './src/../SRC/A.ts': ['src/a.ts'],
      'U\u0308ni\u0308.ts': ['Ünï.ts'],
      // Links: what they lead to, if that is in the workspace.
      'src/l.ts': ['src/a.ts'],
      linked: ['src/deep/'],
      'linked/b.ts': ['src/deep/b.ts'],
      'linked/new/x.ts': ['src/deep/new/x.ts'],
      'linked/*.js': ['src/deep/'],
      'gone/x.ts': ['gone/x.ts'],
      'out/x.ts': ['out/x.ts'],
      // No paths in the workspace.
      '../**': [],
      '/etc/passwd': [],
    };
    const named = await files.expand(Object.keys(cases));
    const shown = Object.fromEntries(
      [...named].map(([text, scopes]) => [
        text,
        scopes.map((scope) => (scope.kind === 'folder' ? `${scope.path}/` : scope.path)),
      ]),
    );
    assert.deepEqual(shown, cases);
  });

  it('gives back a text to the letter, and puts a kept one in place the same way', async () => {
    const { files, workspace } = await open({
      'a.md': '\ufeffone\r\ntwo\n',
      'run.sh': '#!/bin/sh\n',
      'a.png': '\0',
    });
    chmodSync(path.join(workspace.root, 'run.sh'), 0o755);
    const text = '\ufeffone\r\ntwo\nthree\r\n';
    const before = await files.readText('a.md');
    assert.ok(before.ok && before.value);
    assert.equal(before.value.text, '\ufeffone\r\ntwo\n');
    const hash = await files.keepText(text);
    assert.equal(await files.keptText(hash), text);
    assert.deepEqual(await files.putKept('a.md', before.value.hash, hash), { ok: true, value: { hash } });
    assert.equal(readFileSync(path.join(workspace.root, 'a.md'), 'utf8'), text);
    const stale = await files.putKept('a.md', before.value.hash, hash);
    assert.equal(stale.ok ? 'put' : stale.error.code, 'changedOnDisk');
    assert.ok((await files.putKept('new/run.sh', null, hash, 0o755)).ok);
    assert.equal(statSync(path.join(workspace.root, 'new/run.sh')).mode & 0o777, 0o755);
    assert.ok((await files.putKept('run.sh', sha('#!/bin/sh\n'), hash)).ok);
    assert.equal(
      statSync(path.join(workspace.root, 'run.sh')).mode & 0o777,
      0o755,
      'an old file keeps its own',
    );
    assert.deepEqual(await files.readText('none'), { ok: true, value: null });
    const binary = await files.readText('a.png');
    assert.equal(binary.ok ? 'read' : binary.error.code, 'notText');
  });
});
