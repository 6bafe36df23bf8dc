// A sparse file of 200 GB, or a pipe, in a place where a file is read: named or left out at once, never begun.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { loadBacklogFile } from '../../../src/adapters/files/backlogFile';
import { createKeptContent } from '../../../src/adapters/files/keptContent';
import { maxFileBytes } from '../../../src/adapters/files/lookAt';
import { OfflineScriptFile } from '../../../src/adapters/files/offlineScriptFile';
import { RuleMemory } from '../../../src/adapters/files/ruleMemory';
import { createSlotCopies } from '../../../src/adapters/files/slotCopy';
import { TrackedFiles } from '../../../src/adapters/files/trackedFiles';
import { createWorkspaceFiles } from '../../../src/adapters/files/workspaceFiles';
import { nodeFiles } from '../../../src/adapters/store/diskFiles';
import { readSettings } from '../../../src/cli/settingsFiles';
import { none, slot, tempSlot } from './tempSlot';
import { tempWorkspace } from './tempWorkspace';

function sparse(file: string): string {
  writeFileSync(file, '');
  truncateSync(file, 200e9);
  return file;
}
function pipe(file: string): string {
  execFileSync('mkfifo', [file]);
  return file;
}

describe('size and kind before content', () => {
  it('leaves a file that is too large out of a copy, and copies the rest', async () => {
    const { workspace, copies, shown } = await tempSlot({ 'a.ts': 'a' });
    sparse(path.join(workspace.root, 'sparse.img'));
    pipe(path.join(workspace.root, 'pipe'));
    assert.deepEqual(await copies.refresh(slot, none), ['sparse.img (200 GB)']);
    assert.deepEqual(shown(), { 'a.ts': 'a' });
    await copies.refreshFile(slot, 'sparse.img', none);
    assert.deepEqual(await copies.changes(slot), []);
  });

  it('leaves a large file that is written all the time as it was, names it, and takes it when it rests', async () => {
    const workspace = await tempWorkspace({ 'a.ts': 'a', 'app.log': Buffer.alloc(maxFileBytes + 1) });
    const log = path.join(workspace.root, 'app.log');
    let laterMs = 0;
    const copies = createSlotCopies({ ...workspace, now: () => Date.now() + laterMs });
    const inCopy = (file: string) => statSync(path.join(copies.dirOf(slot), file));
    assert.deepEqual(await copies.begin(slot, none), []);
    const first = inCopy('app.log');
    assert.equal(first.size, maxFileBytes + 1);
    for (const refresh of [copies.refresh, copies.begin, copies.refresh]) {
      appendFileSync(log, 'one line more\n');
      appendFileSync(path.join(workspace.root, 'a.ts'), 'b');
      assert.deepEqual(await refresh(slot, none), ['app.log (still being written)']);
      assert.deepEqual([inCopy('app.log').ino, inCopy('app.log').size], [first.ino, first.size]);
      assert.equal(inCopy('a.ts').size, statSync(path.join(workspace.root, 'a.ts')).size);
    }
    writeFileSync(path.join(copies.dirOf(slot), 'app.log'), 'by a command');
    assert.deepEqual(await copies.refresh(slot, none), [], 'what a command did to it is put back');
    const second = inCopy('app.log');
    assert.equal(second.size, statSync(log).size);
    appendFileSync(log, 'the last line\n');
    laterMs = 60_000;
    assert.deepEqual(await copies.refresh(slot, none), []);
    assert.equal(inCopy('app.log').size, second.size + 'the last line\n'.length);
  });

  it('copies a large file without reading it, and tells what a command did to it', async () => {
    const { copies, dir } = await tempSlot({ 'large.bin': Buffer.alloc(maxFileBytes + 1) });
    await copies.begin(slot, none);
    const file = path.join(dir, 'large.bin');
    const { mtime } = statSync(file);
    writeFileSync(file, Buffer.alloc(maxFileBytes + 1, 1));
    utimesSync(file, mtime, mtime);
    const [change] = await copies.changes(slot);
    assert.deepEqual([change?.path, change?.content], ['large.bin', undefined]);
    await copies.refresh(slot, none);
    assert.equal(readFileSync(file)[0], 0);
  });

  it('refuses an agent each way of changing such a file, and leaves it be when edits are undone', async () => {
    const workspace = await tempWorkspace({ 'a.ts': 'a' });
    const files = createWorkspaceFiles(workspace);
    const kept = await files.keep('a.ts');
    assert.ok(kept.ok && kept.value.hash);
    sparse(path.join(workspace.root, 'a.ts'));
    const tries = [
      files.read('a.ts'),
      files.keep('a.ts'),
      files.plan('a.ts', null),
      files.plan('a.ts', 'b'),
      files.replace('a.ts', kept.value.hash, null),
      files.readText('a.ts'),
    ];
    for (const refused of await Promise.all(tries)) {
      assert.ok(!refused.ok);
      assert.equal(
        refused.error.message,
        '"a.ts" has 200000000000 bytes; agents change files of at most 8388608.',
      );
    }
    const put = await files.putKept('a.ts', kept.value.hash, kept.value.hash);
    assert.ok(!put.ok && put.error.code === 'changedOnDisk');
    const { hash } = kept.value;
    const edit = { fence: 1, featureId: 1, path: 'a.ts', original: hash, mode: null, written: null };
    assert.equal(await files.undo(edit), 'kept');
  });

  it('takes kept content that has become such a file for changed, and keeps it anew', async () => {
    const { houseDir } = await tempWorkspace();
    const kept = createKeptContent(houseDir);
    const hash = await kept.put(Buffer.from('text'));
    const blob = path.join(houseDir, 'blobs', hash);
    for (const spoil of [sparse, pipe]) {
      rmSync(blob);
      spoil(blob);
      await assert.rejects(kept.get(hash), /was changed/);
      await kept.put(Buffer.from('text'));
      assert.equal(String(await kept.get(hash)), 'text');
    }
  });

  for (const [what, make, words] of [
    ['a sparse file', sparse, /:1:1: This has 200 GB; at most 52 MB are read\.$/],
    ['a pipe', pipe, /:1:1: This is not a regular file\.$/],
  ] as const) {
    it(`names a backlog, a script and settings that are ${what}`, async () => {
      const { root } = await tempWorkspace();
      const backlog = await loadBacklogFile(make(path.join(root, 'features.json')));
      assert.ok(backlog.kind === 'bad');
      assert.match(backlog.problems.map((p) => `:${p.line}:${p.column}: ${p.message}`).join(), words);
      const script = new OfflineScriptFile(make(path.join(root, 'offline-script.json')));
      const played = await script.turnsFor('a', 1);
      assert.match(played.ok ? '' : played.message, words);
      mkdirSync(path.join(root, '.vscode'));
      make(path.join(root, '.vscode', 'settings.json'));
      const { warnings } = await readSettings(root, {}, { XDG_CONFIG_HOME: root });
      assert.match(
        warnings.join(),
        /settings\.json (has 200 GB.*|is not a regular file); its settings are not used\.$/,
      );
    });

    it(`refuses a database that is ${what}`, async () => {
      const { root } = await tempWorkspace();
      const file = make(path.join(root, 'agents.db'));
      await assert.rejects(
        nodeFiles.read(file),
        /agents\.db" (has 200 GB.*|is not a regular file); move it away/,
      );
    });

    it(`takes rules and a repository that are ${what} for none`, async () => {
      const { root, houseDir, user } = await tempWorkspace({ 'src/a.ts': 'a' });
      for (const file of ['.git', '.gitignore', 'src/.gitignore']) make(path.join(root, file));
      make(path.join(houseDir, 'ignore-rules.json'));
      assert.equal((await new TrackedFiles(root).now()).has('src'), false);
      await new RuleMemory(houseDir).ready();
      assert.equal((await user.rules.top()).below('src').ignores('a.ts', 'file'), false);
      assert.ok(readdirSync(root).includes('.git'));
    });
  }
});
