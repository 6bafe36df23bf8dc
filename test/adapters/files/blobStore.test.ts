// Content that is relied upon later is what its name says, or is said to be lost.
import { strict as assert } from 'node:assert';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { hashOf } from '../../../src/adapters/files/contentHash';
import { Failure } from '../../../src/ports/failure';
import { type TempWorkspace, tempWorkspace } from './tempWorkspace';

const isCorrupt = (error: unknown) => Failure.is(error, 'corrupt');
const opened = (workspace: TempWorkspace) => createBlobStore(workspace.stateDir);

describe('blobStore', () => {
  it('is given back to the letter, whatever it was taken from', async () => {
    const workspace = await tempWorkspace({ 'a.bin': Buffer.from([0xff, 0, 0xd8]), 'run.sh': '\ufeff#\r\n' });
    chmodSync(path.join(workspace.root, 'run.sh'), 0o555);
    const kept = opened(workspace);
    for (const [file, mode] of [
      ['a.bin', 0o644],
      ['run.sh', 0o555],
    ] as const) {
      const bytes = readFileSync(path.join(workspace.root, file));
      const hash = hashOf(bytes);
      assert.deepEqual(await kept.putFile(path.join(workspace.root, file)), { hash, mode });
      assert.equal(await kept.put(bytes), hash, 'a second time');
      assert.deepEqual(await opened(workspace).get(hash), bytes, 'in another process');
      const staged = await kept.stageKept(hash, 0o750);
      assert.deepEqual([readFileSync(staged), statSync(staged).mode & 0o777], [bytes, 0o750]);
    }
  });

  it('is not taken through a link, nor from what is no file', async () => {
    const { root, stateDir } = await tempWorkspace({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    symlinkSync('a.txt', path.join(root, 'link'));
    const kept = createBlobStore(stateDir);
    assert.deepEqual(await kept.putFile(path.join(root, 'link')), { notRead: 'special' });
    assert.deepEqual(await kept.putFile(path.join(root, 'sub')), { notRead: 'folder' });
    assert.deepEqual(await kept.putFile(path.join(root, 'none')), { notRead: 'missing' });
    assert.deepEqual(readdirSync(path.join(stateDir, 'tmp')), []);
  });

  it('stays what it was when the file goes on', async () => {
    const workspace = await tempWorkspace({ 'a.txt': 'a' });
    const kept = opened(workspace);
    await kept.putFile(path.join(workspace.root, 'a.txt'));
    workspace.put({ 'a.txt': 'changed' });
    assert.equal(String(await kept.get(hashOf(Buffer.from('a')))), 'a');
  });

  it('that is damaged, lost or never was kept is said to be, and is kept anew', async () => {
    const { stateDir } = await tempWorkspace();
    const kept = createBlobStore(stateDir);
    const hash = await kept.put(Buffer.from('text'));
    chmodSync(path.join(stateDir, 'blobs', hash), 0o600);
    writeFileSync(path.join(stateDir, 'blobs', hash), 'x');
    const none = hashOf(Buffer.from('never'));
    for (const lost of [hash, none, '../../a.ts', `../blobs/${hash}`, '']) {
      assert.equal(await kept.has(lost), false, lost);
      await assert.rejects(kept.get(lost), isCorrupt, lost);
      await assert.rejects(kept.stageKept(lost, 0o644), isCorrupt, lost);
    }
    assert.deepEqual(readdirSync(path.join(stateDir, 'tmp')), []);
    await kept.put(Buffer.from('text'));
    assert.equal(String(await kept.get(hash)), 'text');
  });

  it('goes when nothing needs it, with what another process was about to put; our own staged files stay', async () => {
    const workspace = await tempWorkspace();
    const { stateDir } = workspace;
    const kept = opened(workspace);
    const wanted = await kept.put(Buffer.from('wanted'));
    await kept.put(Buffer.from('unwanted'));
    await opened(workspace).stage(Buffer.from('theirs'), undefined);
    const ours = await kept.stage(Buffer.from('ours'), undefined);
    await kept.sweep(new Set([wanted]));
    assert.deepEqual(readdirSync(path.join(stateDir, 'blobs')), [wanted]);
    assert.deepEqual(readdirSync(path.join(stateDir, 'tmp')), [path.basename(ours)]);
  });
});
