// What an agent's own tools may do to the files of its place, and what they must be refused.
import { strict as assert } from 'node:assert';
import { chmodSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { maxFileBytes } from '../../../src/adapters/files/lookAt';
import { type Tree, tempFolder } from '../files/tempWorkspace';
import { whileSwapped } from './swapForLink';
import { type TempIsolation, tempIsolation } from './tempIsolation';

const sha = (text: string) => hashOf(Buffer.from(text));

/** Each way of naming a file to a tool must refuse with `pathDenied`, and change nothing. */
async function assertDenied({ isolation }: TempIsolation, file: string, why: RegExp): Promise<void> {
  const baseHash = sha('a');
  const answers = [
    await isolation.write(1, { path: file, baseHash: null, content: 'x' }),
    await isolation.write(1, { path: file, baseHash, content: 'x' }),
    await isolation.write(1, { path: file, baseHash, content: null }),
    await isolation.move(1, { from: file, to: 'moved.ts', baseHash }),
    await isolation.move(1, { from: 'free.ts', to: file, baseHash }),
  ];
  for (const [at, answer] of answers.entries()) {
    assert.ok(!answer.ok, `${file} was let through, way ${at}`);
    assert.equal(answer.error.code, 'pathDenied', `way ${at}`);
    assert.match(answer.error.message, why);
    assert.doesNotMatch(answer.error.message, /\p{Cc}/u, 'shown unescaped');
  }
}

describe('placeEdits: paths', () => {
  const byText: readonly (readonly [string, RegExp])[] = [
    ['../outside.txt', /out of the workspace/],
    ['src/../../outside.txt', /out of the workspace/],
    ['..\\outside.txt', /out of the workspace/],
    ['/etc/passwd', /absolute/],
    ['\\\\server\\share\\a', /absolute/],
    ['\\\\?\\C:\\a', /absolute/],
    ['C:\\a', /absolute/],
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
  it('are refused by what they say, every way of naming them', async () => {
    const tree = { 'src/a.ts': 'a', 'free.ts': 'a' };
    const temp = await tempIsolation(tree, ['plan/backlog.json']);
    for (const [file, why] of byText) await assertDenied(temp, file, why);
    assert.deepEqual(temp.shown(), tree);
    assert.deepEqual(await temp.told(), []);
  });

  it('are whatever the file system knows, also where another system would not', async () => {
    const temp = await tempIsolation({ 'src/a:b.txt': 'old', 'src/aux.c': 'old', 'src/Foo.ts': 'foo' });
    for (const file of ['src/a:b.txt', 'src/aux.c', 'src/new.'])
      assert.equal((await temp.write(file, 'new')).ok, true, file);
    const [from, to] = ['src/Foo.ts', 'src/foo.ts'];
    const moved = await temp.isolation.move(1, { from, to, baseHash: sha('foo') });
    assert.equal(moved.ok, true);
    assert.deepEqual(
      await temp.told(),
      ['src/Foo.ts', 'src/a:b.txt', 'src/aux.c', 'src/foo.ts', 'src/new.'].map((file) => [file, undefined]),
    );
    assert.equal((await temp.isolation.publish(await temp.stage())).ok, true);
    assert.deepEqual(readdirSync(path.join(temp.workspace.root, 'src')).sort(), [
      'a:b.txt',
      'aux.c',
      'foo.ts',
      'new.',
    ]);
  });

  const byDisk: readonly {
    readonly fact: string;
    readonly tree: Tree;
    readonly file: string;
    readonly why: RegExp;
  }[] = [
    { fact: 'a link out', tree: { 'out.txt': { link: '/etc/hostname' } }, file: 'out.txt', why: /leads out/ },
    { fact: 'a folder link out', tree: { out: { link: '/tmp' } }, file: 'out/new.txt', why: /leads out/ },
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
      tree: { '.vscode/x.json': '', g: { link: '.vscode' } },
      file: 'g/x.json',
      why: /what to run/,
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
      file: 'SRC/n.ts',
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
    for (const by of ['the workspace', 'a command'])
      it(`are refused where ${by} has ${fact} there`, async () => {
        const temp = await tempIsolation({ 'free.ts': 'a', ...(by === 'the workspace' ? tree : {}) });
        if (by === 'a command') temp.run(tree);
        const [before, told] = [temp.shown(), await temp.told()];
        await assertDenied(temp, file, why);
        assert.deepEqual(temp.shown(), before);
        assert.deepEqual(await temp.told(), told);
      });
  }

  it('of the workspace, and what links lead to, are never reached by way of the place', async () => {
    const temp = await tempIsolation({ 'src/a.ts': 'a', 'free.ts': 'a' });
    temp.run({ src: { link: path.join(temp.workspace.root, 'src') } });
    await assertDenied(temp, 'src/a.ts', /leads out/);
    assert.deepEqual(temp.workspace.tree(), { 'free.ts': 'a', 'src/a.ts': 'a' });
  });

  it('with a second name that a command gave them are parted from it', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a', 'b.ts': 'b' });
    for (const file of ['a.ts', 'b.ts']) {
      rmSync(temp.at(file));
      linkSync(path.join(temp.workspace.root, file), temp.at(file));
    }
    assert.ok((await temp.write('a.ts', 'agent')).ok);
    assert.ok((await temp.write('b.ts', null)).ok);
    assert.deepEqual(temp.workspace.tree(), { 'a.ts': 'a', 'b.ts': 'b' });
    assert.deepEqual(temp.shown(), { 'a.ts': 'agent' });
  });

  it('are never followed out of the place when a folder is swapped for a link meanwhile', async function () {
    // Elsewhere no call can start at an open folder, and a last look must do (openFolder.ts).
    if (process.platform !== 'linux') this.skip();
    const temp = await tempIsolation({ 'src/a.ts': 'a' });
    const outside = tempFolder();
    const trap = path.join(outside, 'a.ts');
    let now = 'a';
    const seen = new Set<string>();
    await whileSwapped(temp.at('src'), outside, 23, async () => {
      for (let round = 0; round < 100 || (seen.size < 2 && round < 2000); round++) {
        // The content that is expected, so that nothing but the place tells the two apart.
        writeFileSync(trap, now);
        const write = { path: 'src/a.ts', baseHash: sha(now), content: `${round}` };
        const done = await temp.isolation.write(1, write);
        assert.equal(readFileSync(trap, 'utf8'), now, 'written outside');
        assert.deepEqual(readdirSync(outside), ['a.ts']);
        if (done.ok) now = write.content;
        seen.add(done.ok ? 'ok' : done.error.code);
      }
    });
    assert.equal(temp.shown()['src/a.ts'], now);
    assert.ok(seen.size > 1 && seen.has('ok'), `the swap never met a write: ${[...seen]}`);
  }).timeout(60_000);
});

describe('placeEdits: contents', () => {
  const refusals: readonly {
    readonly fact: string;
    readonly content: string | Uint8Array;
    readonly next: string;
    readonly code: string;
  }[] = [
    {
      fact: 'a file that is no text',
      content: Buffer.from([0x89, 0x50, 0, 0, 1]),
      next: 'b',
      code: 'notText',
    },
    { fact: 'a file too large', content: Buffer.alloc(maxFileBytes + 1, 'a'), next: 'b', code: 'notText' },
    { fact: 'NUL as text', content: 'a', next: 'a\0', code: 'badInput' },
    { fact: 'half a character', content: 'a', next: '\ud800', code: 'badInput' },
    { fact: 'too much text', content: 'a', next: 'a'.repeat(maxFileBytes + 1), code: 'badInput' },
    { fact: 'what its encoding lacks', content: Buffer.from([0xe9, 0x20]), next: '中', code: 'badInput' },
  ];
  for (const { fact, content, next, code } of refusals) {
    it(`refuse ${fact}`, async () => {
      const temp = await tempIsolation({ 'a.ts': content });
      const done = await temp.write('a.ts', next);
      assert.equal(done.ok ? 'ok' : done.error.code, code);
      assert.deepEqual(readFileSync(temp.at('a.ts')), Buffer.from(content));
      assert.deepEqual(await temp.told(), []);
    });
  }

  it('keep mode, mark and line ends, in the place and in the workspace', async () => {
    const temp = await tempIsolation({ 'a.sh': '\ufeffone\r\ntwo\r\n' });
    chmodSync(path.join(temp.workspace.root, 'a.sh'), 0o750);
    await temp.isolation.prepare(1);
    const expected = '\ufeffthree\r\nfour\r\n';
    assert.deepEqual(await temp.write('a.sh', 'three\nfour\n'), { ok: true, value: { hash: sha(expected) } });
    assert.deepEqual([temp.shown()['a.sh'], statSync(temp.at('a.sh')).mode & 0o777], [expected, 0o750]);
    assert.ok((await temp.isolation.publish(await temp.stage())).ok);
    const published = path.join(temp.workspace.root, 'a.sh');
    assert.deepEqual([temp.workspace.text('a.sh'), statSync(published).mode & 0o777], [expected, 0o750]);
  });

  it('keep the encoding of a file that is no UTF-8', async () => {
    const temp = await tempIsolation({ 'a.txt': Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]) });
    assert.ok((await temp.write('a.txt', 'thé\n')).ok);
    assert.deepEqual(readFileSync(temp.at('a.txt')), Buffer.from([0x74, 0x68, 0xe9, 0x0a]));
  });

  it('are deleted and moved also where they are no text, and come back to the bit', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xd8]);
    const temp = await tempIsolation({ 'a.png': bytes, 'b.png': bytes });
    const { isolation, workspace } = temp;
    assert.ok((await temp.write('a.png', null)).ok);
    assert.ok((await isolation.move(1, { from: 'b.png', to: 'img/b.png', baseHash: hashOf(bytes) })).ok);
    const staged = await temp.stage();
    assert.ok((await isolation.publish(staged)).ok);
    assert.deepEqual(Object.keys(workspace.tree()), ['img/b.png']);
    assert.deepEqual(readFileSync(path.join(workspace.root, 'img/b.png')), bytes);
    assert.deepEqual(await isolation.withdraw(staged), []);
    for (const file of ['a.png', 'b.png'])
      assert.deepEqual(readFileSync(path.join(workspace.root, file)), bytes);
  });

  it('that are new are no change any more once they are gone again', async () => {
    const temp = await tempIsolation({ 'a.ts': 'a' });
    assert.ok((await temp.write('x/y/b.ts', 'b')).ok);
    assert.ok((await temp.write('x/y/b.ts', null)).ok);
    assert.ok((await temp.write('a.ts', 'b')).ok);
    assert.ok((await temp.write('a.ts', 'a')).ok);
    assert.ok((await temp.write('x/y/b.ts', 'b')).ok);
    const moved = { from: 'x/y/b.ts', to: 'b.ts', baseHash: sha('b') };
    assert.ok((await temp.isolation.move(1, moved)).ok);
    assert.ok((await temp.write('b.ts', null)).ok);
    assert.deepEqual(await temp.told(), []);
    assert.deepEqual(await temp.write('none.ts', null), { ok: true, value: { hash: null } });
  });
});
