// What an agent's tools see of its copy on disk, and what they must not.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { secretFiles } from '../../src/core/features/namedSecrets';
import { shutMessage } from '../../src/core/shared/unread';
import type { CopyFiles } from '../../src/ports/copyFiles';
import { Failure } from '../../src/ports/failure';
import { createSlotCopyFiles } from '../../src/worker/slotCopyFiles';
import { withoutRights } from '../support/withoutRights';

describe('slotCopyFiles', () => {
  let temp: string;
  let files: CopyFiles;

  beforeEach(async () => {
    temp = await mkdtemp(path.join(tmpdir(), 'slot-copy-'));
    await put('copy/src/b.js', 'let b;\nfoo(1);\n');
    await put('copy/a.txt', '\ufeffone\r\nfoo\r\n');
    files = createSlotCopyFiles(path.join(temp, 'copy'), secretFiles(['config/prod.yml']));
  });
  afterEach(() => rm(temp, { recursive: true }));

  async function put(name: string, content: string | Buffer): Promise<void> {
    const full = path.join(temp, name);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, content);
  }
  const link = (name: string, target: string) => symlink(target, path.join(temp, name));

  it('reads text without its byte order mark, and hashes the bytes', async () => {
    const hash = createHash('sha256').update('\ufeffone\r\nfoo\r\n').digest('hex');
    assert.deepEqual(await files.read('a.txt'), { ok: true, value: { text: 'one\nfoo\n', hash } });
  });

  it('finds what is there by the name it has, and by another Unicode form of it', async () => {
    for (const name of ['caf\u0065\u0301/o\u0308.txt', 'back\\slash.txt', 'tab\there.txt'])
      await put(`copy/${name}`, 'x');
    const nfd = 'caf\u0065\u0301/o\u0308.txt';
    assert.equal(await files.found(nfd), nfd);
    assert.equal(await files.found(nfd.normalize('NFC')), nfd);
    await put(`copy/${nfd.normalize('NFC')}`, 'y');
    assert.equal(await files.found(nfd.normalize('NFC')), nfd.normalize('NFC'));
    assert.equal(await files.found('back\\slash.txt'), 'back\\slash.txt');
    assert.equal(await files.found('tab\there.txt'), 'tab\there.txt');
    for (const name of ['', '.', '..', '../copy/a.txt', '/etc/passwd', 'src//b.js', 'A.TXT', 'a.txt/x'])
      assert.equal(await files.found(name), undefined, name);
  });

  it('reads nothing where there is no file', async () => {
    await link('copy/dangling', 'nowhere');
    for (const name of ['b.txt', 'no/such.txt', 'a.txt/below', 'dangling']) {
      assert.deepEqual(await files.read(name), { ok: true, value: null }, name);
    }
  });

  it('follows a link that stays inside', async () => {
    await link('copy/inner', 'src');
    const read = await files.read('inner/b.js');
    assert.equal(read.ok && read.value?.text, 'let b;\nfoo(1);\n');
  });

  it('reads text in the encoding it has', async () => {
    await put('copy/latin.c', Buffer.from('// café\r\n', 'latin1'));
    await put('copy/wide.rc', Buffer.from('\ufeff// naïve\r\n', 'utf16le'));
    const texts = await Promise.all(['latin.c', 'wide.rc'].map((file) => files.read(file)));
    assert.deepEqual(
      texts.map((read) => read.ok && read.value?.text),
      ['// café\n', '// naïve\n'],
    );
  });

  it('withholds files of settings that hold a token, under whatever name, and shows those that hold none', async () => {
    await put('copy/.npmrc', 'foo=1\n//registry.example.com/:_authToken=npm-token-7431\n');
    await put('copy/src/.npmrc', 'foo=registry\n');
    await link('copy/notes.txt', '.npmrc');
    for (const name of ['.npmrc', 'notes.txt']) {
      const read = await files.read(name);
      assert.equal(!read.ok && read.error.code, 'pathDenied', name);
    }
    const shown = await files.read('src/.npmrc');
    assert.equal(shown.ok && shown.value?.text, 'foo=registry\n');
    const query = { text: 'foo', isRegex: false, folder: '', maxMatches: 10 };
    const found = await files.search(query, new AbortController().signal);
    const where = found.ok ? found.value.matches.map((match) => match.path) : [];
    assert.deepEqual(where, ['a.txt', 'src/.npmrc', 'src/b.js']);
  });

  it('withholds secrets by name, there or not, and through a link of another name', async () => {
    await put('copy/.env', 'foo=top');
    await put('copy/config/prod.yml', 'foo: top');
    await put('copy/src/.env.example', 'foo=');
    await link('copy/notes.txt', '.env');
    await link('copy/.envs', '.');
    for (const name of [
      '.env',
      '.env.local',
      'certs/server.pem',
      'config/prod.yml',
      'notes.txt',
      '.envs/.env',
      'src/../.ENV',
    ]) {
      const read = await files.read(name);
      const told = `"${name}" may hold secrets, so agents neither read nor write it; leave it to the user.`;
      assert.deepEqual(read, { ok: false, error: { code: 'pathDenied', message: told } }, name);
    }
    const query = { text: 'foo', isRegex: false, folder: '', maxMatches: 10 };
    const found = await files.search(query, new AbortController().signal);
    const where = found.ok ? found.value.matches.map((match) => match.path) : [];
    assert.deepEqual(where, ['a.txt', 'src/.env.example', 'src/b.js']);
    const listed = await files.list('');
    assert.ok(listed.ok && listed.value.paths.includes('.env'), 'its name is no secret');
  });

  it('refuses every way out by a link', async () => {
    await put('secret/key.txt', 'foo');
    await put('copyright.txt', 'a name that begins like the copy’s');
    await link('copy/folder', '../secret');
    await link('copy/file.txt', '../secret/key.txt');
    await link('copy/absolute', path.join(temp, 'secret'));
    await link('copy/parent', '..');
    await link('copy/sibling', '../copyright.txt');
    for (const name of [
      'folder/key.txt',
      'file.txt',
      'absolute/key.txt',
      'parent/secret/key.txt',
      'sibling',
      'parent',
    ]) {
      const read = await files.read(name);
      assert.equal(!read.ok && read.error.code, 'pathDenied', name);
    }
    const listed = await files.list('folder');
    assert.equal(!listed.ok && listed.error.code, 'pathDenied');
    const all = await files.search({ text: 'foo', isRegex: false, folder: '', maxMatches: 10 }, never);
    assert.deepEqual(all.ok && all.value.matches.map((match) => match.path), ['a.txt', 'src/b.js']);
  });

  const odd: [what: string, make: () => Promise<unknown>, code: string][] = [
    ['a folder', () => put('copy/odd/x', ''), 'badInput'],
    ['a binary file', () => put('copy/odd', Buffer.from([1, 0, 2])), 'notText'],
    ['half a character of UTF-16', () => put('copy/odd', Buffer.from([0xff, 0xfe, 0x61])), 'notText'],
    ['a file that is too large', () => put('copy/odd', Buffer.alloc(4 * 1024 * 1024 + 1, 'a')), 'badInput'],
    [
      'a named pipe, without waiting for it',
      async () => execFileSync('mkfifo', [path.join(temp, 'copy', 'odd')]),
      'badInput',
    ],
  ];
  for (const [what, make, code] of odd) {
    it(`refuses to read ${what}`, async () => {
      await make();
      const read = await files.read('odd');
      assert.equal(!read.ok && read.error.code, code);
    });
  }

  it('tells what the system refuses as a failure', async () => {
    await assert.rejects(files.read('x'.repeat(300)), (error) => Failure.is(error, 'io'));
  });

  it('tells the loss of the whole copy as what it is', async () => {
    await rm(path.join(temp, 'copy'), { recursive: true });
    for (const look of [() => files.read('a.txt'), () => files.list('')])
      await assert.rejects(look(), { reason: 'noCopy', message: /^The copy of the workspace is gone: / });
  });

  it('lists files in order, without what is not the project’s own', async () => {
    for (const name of [
      '.git/config',
      'node_modules/x/index.js',
      '.parallel-agents/x',
      'src/node_modules/y.js',
      'B.txt',
      'src/.env',
    ]) {
      await put(`copy/${name}`, '');
    }
    await link('copy/linked', 'src');
    await link('copy/alias.txt', 'a.txt');
    assert.deepEqual(await files.list(''), {
      ok: true,
      value: { paths: ['B.txt', 'a.txt', 'alias.txt', 'src/.env', 'src/b.js'], partial: false, shut: [] },
    });
    assert.deepEqual(await files.list('src'), {
      ok: true,
      value: { paths: ['src/.env', 'src/b.js'], partial: false, shut: [] },
    });
  });

  it('refuses to list what is no folder', async () => {
    for (const name of ['a.txt', 'nowhere']) {
      const listed = await files.list(name);
      assert.equal(!listed.ok && listed.error.code, 'badInput');
    }
  });

  it('finds lines by text and by expression', async () => {
    const search = (text: string, isRegex: boolean, maxMatches = 10) =>
      files.search({ text, isRegex, folder: '', maxMatches }, never);
    const inText = { path: 'a.txt', line: 2, text: 'foo' };
    const inCode = { path: 'src/b.js', line: 2, text: 'foo(1);' };
    assert.deepEqual(await search('foo', false), {
      ok: true,
      value: { matches: [inText, inCode], partial: false, tooLarge: [], shut: [] },
    });
    assert.deepEqual(await search('foo(', false), {
      ok: true,
      value: { matches: [inCode], partial: false, tooLarge: [], shut: [] },
    });
    assert.deepEqual(await search('^fo+$', true), {
      ok: true,
      value: { matches: [inText], partial: false, tooLarge: [], shut: [] },
    });
    assert.deepEqual(await search('foo', false, 1), {
      ok: true,
      value: { matches: [inText], partial: true, tooLarge: [], shut: [] },
    });
  });

  it('passes over and names files that are too large to search, and does not begin them', async () => {
    await put('copy/src/sparse.bin', 'foo');
    await truncate(path.join(temp, 'copy/src/sparse.bin'), 200e9);
    const found = await files.search({ text: 'foo', isRegex: false, folder: 'src', maxMatches: 10 }, never);
    const inCode = { path: 'src/b.js', line: 2, text: 'foo(1);' };
    assert.deepEqual(found, {
      ok: true,
      value: { matches: [inCode], partial: false, tooLarge: ['src/sparse.bin'], shut: [] },
    });
    const read = await files.read('src/sparse.bin');
    assert.ok(!read.ok);
    assert.equal(read.error.message, '"src/sparse.bin" has 200 GB; at most 4.2 MB are read.');
  });

  it('refuses in words what may not be read, and passes over it in a folder', async function () {
    if (process.platform === 'win32') this.skip();
    await put('copy/shut/c.js', 'foo');
    await put('copy/src/d.js', 'foo');
    await link('copy/alias.js', 'shut/c.js');
    await withoutRights(async () => {
      await chmod(path.join(temp, 'copy/shut'), 0);
      await chmod(path.join(temp, 'copy/src/d.js'), 0);
      for (const name of ['shut/c.js', 'shut/new.js', 'src/d.js', 'alias.js'])
        assert.deepEqual(await files.read(name), {
          ok: false,
          error: { code: 'pathDenied', message: shutMessage(name) },
        });
      const listed = await files.list('');
      assert.deepEqual(listed.ok && listed.value.shut, ['shut/']);
      assert.deepEqual(listed.ok && listed.value.paths, ['a.txt', 'src/b.js', 'src/d.js']);
      const within = await files.list('shut');
      assert.equal(!within.ok && within.error.message, shutMessage('shut'));
      const found = await files.search({ text: 'foo', isRegex: false, folder: '', maxMatches: 10 }, never);
      assert.deepEqual(found.ok && found.value.shut, ['shut/', 'src/d.js']);
      assert.deepEqual(found.ok && found.value.matches.map((match) => match.path), ['a.txt', 'src/b.js']);
      await chmod(path.join(temp, 'copy/shut'), 0o700);
    }, temp);
  });

  it('refuses an expression that cannot be read, or never ends', async () => {
    await put('copy/long.txt', `${'a'.repeat(60)}!`);
    for (const [text, words] of [
      ['(', /Invalid regular expression/],
      ['(a+)+$', /takes longer than/],
    ] as const) {
      const found = await files.search({ text, isRegex: true, folder: '', maxMatches: 10 }, never);
      assert.ok(!found.ok && found.error.code === 'badInput');
      assert.match(found.error.message, words);
    }
  });

  it('stops searching when it is told to', async () => {
    const stopped = files.search(
      { text: 'a', isRegex: false, folder: '', maxMatches: 10 },
      AbortSignal.abort(),
    );
    await assert.rejects(stopped, (error) => Failure.is(error, 'aborted'));
  });
});

const never = new AbortController().signal;
