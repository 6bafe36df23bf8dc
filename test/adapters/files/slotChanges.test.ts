// What a command did in a copy is told, all of it and nothing else.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { none, slot, tempSlot } from './tempSlot';

const noFile = 'It is not a regular file; only the content of files is brought over.';
const tooLarge = (size: string) => `It has ${size}; what a command makes is brought over up to 1 MB a file.`;
const sha = (text: string) => hashOf(Buffer.from(text));

describe('slotChanges', () => {
  it('takes files by their size, and begins none that is too large', async () => {
    const { copies, dir } = await tempSlot({ 'a.ts': 'a', 'same.bin': 'x'.repeat(2_000_000) });
    await copies.refresh(slot, none);
    for (const file of ['a.ts', 'new.bin']) {
      writeFileSync(path.join(dir, file), '');
      truncateSync(path.join(dir, file), 200e9);
    }
    writeFileSync(path.join(dir, 'same.bin'), 'x'.repeat(2_000_000));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    assert.deepEqual(await copies.changes(slot), [
      { path: 'a.ts', before: sha('a'), content: undefined, why: tooLarge('200 GB') },
      { path: 'new.bin', before: null, content: undefined, why: tooLarge('200 GB') },
      { path: 'pipe', before: null, content: undefined, why: noFile },
    ]);
  });

  it('tells what a command changed, made and deleted, and nothing else', async () => {
    const { copies, dir } = await tempSlot({
      ...{
        '.gitignore': 'dist\n*.log\n',
        'a.ts': 'a',
        'b.ts': 'b',
        'same.ts': 's',
        'c/d.ts': 'd',
        'c/e/f.ts': 'f',
        'g.bin': 'text',
        'old.log': 'l',
      },
      ...{ '.vscode/settings.json': '{}', 'dist/x.js': 'x', kind: 'file', 'l.ts': { link: 'a.ts' } },
    });
    await copies.refresh(slot, none);
    assert.deepEqual(await copies.changes(slot), []);
    const at = (file: string) => path.join(dir, file);
    writeFileSync(at('a.ts'), '\ufeffA\r\n');
    rmSync(at('b.ts'));
    writeFileSync(at('same.ts'), 's');
    rmSync(at('c'), { recursive: true });
    writeFileSync(at('g.bin'), Buffer.from([0xff, 0]));
    writeFileSync(at('huge.txt'), 'x'.repeat(1024 * 1024 + 1));
    mkdirSync(at('n/e'), { recursive: true });
    writeFileSync(at('n/e/w.ts'), 'new');
    for (const file of ['old.log', 'new.log', '.vscode/settings.json', '.vscode/tasks.json', 'features.json'])
      writeFileSync(at(file), 'x');
    mkdirSync(at('.git'));
    writeFileSync(at('.git/config'), 'x');
    rmSync(at('l.ts'));
    symlinkSync('/etc/passwd', at('sneaky.ts'));
    rmSync(at('kind'));
    mkdirSync(at('kind'));
    writeFileSync(at('kind/now.ts'), 'folder');
    assert.deepEqual(await copies.changes(slot), [
      { path: 'b.ts', before: sha('b'), content: null },
      { path: 'c/d.ts', before: sha('d'), content: null },
      { path: 'c/e/f.ts', before: sha('f'), content: null },
      { path: 'kind', before: sha('file'), content: null },
      // What no agent may write is told as well: whoever takes changes over says no, and says it aloud.
      { path: '.vscode/settings.json', before: sha('{}'), content: 'x' },
      { path: '.vscode/tasks.json', before: null, content: 'x' },
      { path: 'a.ts', before: sha('a'), content: '\ufeffA\r\n' },
      { path: 'features.json', before: null, content: 'x' },
      { path: 'g.bin', before: sha('text'), content: undefined, why: 'It is not text in UTF-8.' },
      { path: 'huge.txt', before: null, content: undefined, why: tooLarge('1 MB') },
      { path: 'kind/now.ts', before: null, content: 'folder' },
      { path: 'l.ts', before: null, content: undefined, why: 'It was a link; only files are removed.' },
      { path: 'n/e/w.ts', before: null, content: 'new' },
      { path: 'sneaky.ts', before: null, content: undefined, why: noFile },
    ]);
  });

  it('are gone once they are brought over or dropped', async () => {
    const { copies, dir, edit, shown, workspace } = await tempSlot({ 'a.ts': 'a', 'b.ts': 'b' });
    await copies.refresh(slot, none);
    for (const file of ['a.ts', 'b.ts', 'c.ts']) writeFileSync(path.join(dir, file), 'x');
    await edit('a.ts', 'x');
    for (const { path: file } of await copies.changes(slot)) await copies.refreshFile(slot, file, none);
    assert.deepEqual(await copies.changes(slot), []);
    assert.deepEqual(shown(), { 'a.ts': 'x', 'b.ts': 'b' });
    assert.deepEqual(shown(), workspace.tree());
  });

  it('are found when size and times are as before', async () => {
    const { copies, dir } = await tempSlot({ 'a.ts': 'a' });
    await copies.refresh(slot, none);
    const { atime, mtime } = statSync(path.join(dir, 'a.ts'));
    writeFileSync(path.join(dir, 'a.ts'), 'b');
    utimesSync(path.join(dir, 'a.ts'), atime, mtime);
    assert.deepEqual(await copies.changes(slot), [{ path: 'a.ts', before: sha('a'), content: 'b' }]);
  });
});
