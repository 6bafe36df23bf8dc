// What commands leave for people is kept out of their reach, bounded, without keys, and beside the work.
import { strict as assert } from 'node:assert';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ArtifactStore } from '../../../src/adapters/isolation/artifacts';
import { Failure } from '../../../src/ports/failure';
import { tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { tempIsolation } from './tempIsolation';

const key = 'sk-very-secret-key';

async function open() {
  const { root, stateDir } = await tempWorkspace();
  const from = tempFolder();
  const leave = (file: string, content: string | Uint8Array) => {
    mkdirSync(path.dirname(path.join(from, file)), { recursive: true });
    writeFileSync(path.join(from, file), content);
  };
  const store = new ArtifactStore(stateDir, (text) => text.replaceAll(key, '[key]'));
  return { root, stateDir, from, leave, take: (name = '1-1-1') => store.take(from, name) };
}

describe('artifacts', () => {
  it('are moved with their folders, and added to what the same attempt left before', async () => {
    const { root, from, leave, take } = await open();
    assert.equal(await take(), undefined);
    leave('shots/a.png', new Uint8Array([0x89, 0, 1, 2]));
    leave('report.txt', 'one');
    assert.deepEqual(await take(), {
      folder: '.parallel-agents/artifacts/1-1-1',
      files: [
        { path: 'report.txt', bytes: 3 },
        { path: 'shots/a.png', bytes: 4 },
      ],
      leftOut: 0,
    });
    assert.equal(existsSync(from), false);
    leave('report.txt', 'two');
    await take();
    const kept = (file: string) => readFileSync(path.join(root, '.parallel-agents/artifacts/1-1-1', file));
    assert.equal(kept('report.txt').toString(), 'two');
    assert.deepEqual([...kept('shots/a.png')], [0x89, 0, 1, 2]);
  });

  it('hold no key: a text is kept without it, and a file named by one is not', async () => {
    const { stateDir, leave, take } = await open();
    leave('log.txt', `Authorization: ${key}\n`);
    leave(`${key}.txt`, 'x');
    const kept = await take();
    assert.deepEqual([kept?.files.map((one) => one.path), kept?.leftOut], [['log.txt'], 1]);
    const text = readFileSync(path.join(stateDir, 'artifacts/1-1-1/log.txt'), 'utf8');
    assert.equal(text, 'Authorization: [key]\n');
  });

  it('are bounded in number, bytes and the length of texts, and the rest is counted', async () => {
    const { from, leave, take } = await open();
    for (let k = 0; k < 205; k++) leave(`${String(k).padStart(3, '0')}.txt`, 'x');
    const many = await take();
    assert.deepEqual([many?.files.length, many?.leftOut], [200, 5]);
    leave('a.log', 'x'.repeat(64 * 1024));
    truncateSync(path.join(from, 'a.log'), 9 * 1024 * 1024);
    writeFileSync(path.join(from, 'b.log'), 'x'.repeat(9 * 1024 * 1024));
    leave('c.trace', new Uint8Array(9 * 1024 * 1024));
    leave('d.huge', '\0');
    truncateSync(path.join(from, 'd.huge'), 101 * 1024 * 1024);
    const large = await take('2-1-2');
    assert.deepEqual([large?.files.map((one) => one.path), large?.leftOut], [['c.trace'], 3]);
    leave('a.huge', '\0');
    truncateSync(path.join(from, 'a.huge'), 101 * 1024 * 1024);
    leave('b.txt', 'after a large one');
    const first = await take('3-1-3');
    assert.deepEqual([first?.files.map((one) => one.path), first?.leftOut], [['b.txt'], 1]);
  });

  it('are files only, and lead nowhere', async () => {
    const { stateDir, from, leave, take } = await open();
    symlinkSync('/etc/hostname', path.join(from, 'link'));
    symlinkSync('/etc', path.join(from, 'folder'));
    leave('a.txt', 'x');
    assert.deepEqual((await take())?.files, [{ path: 'a.txt', bytes: 1 }]);
    assert.deepEqual(readdirSync(path.join(stateDir, 'artifacts/1-1-1')), ['a.txt']);
  });

  it('are not taken from where a command led their folder', async () => {
    const { from, take } = await open();
    const elsewhere = tempFolder();
    writeFileSync(path.join(elsewhere, 'a.txt'), 'x');
    rmSync(from, { recursive: true });
    symlinkSync(elsewhere, from);
    assert.equal(await take(), undefined);
    assert.deepEqual(readdirSync(elsewhere), ['a.txt']);
    assert.ok(!existsSync(from));
  });

  it('are not written through a link that somebody put in their place', async () => {
    const { stateDir, leave, take } = await open();
    const elsewhere = tempFolder();
    symlinkSync(elsewhere, path.join(stateDir, 'artifacts'));
    leave('a.txt', 'x');
    await assert.rejects(take(), (error) => Failure.is(error, 'foreign'));
    assert.deepEqual(readdirSync(elsewhere), []);
  });

  it('of attempts long ago make room', async () => {
    const { stateDir, leave, take } = await open();
    for (let k = 0; k < 103; k++) {
      leave('a.txt', 'x');
      await take(`${k}-1-${k}`);
    }
    const names = readdirSync(path.join(stateDir, 'artifacts'));
    assert.equal(names.length, 100);
    assert.ok(existsSync(path.join(stateDir, 'artifacts/102-1-102')));
  });

  it('of commands side by side in one place are apart, and taken by themselves', async () => {
    const { workspace, isolation } = await tempIsolation({ 'a.txt': 'a' });
    const folderOf = async () => (await isolation.commandPlace(1)).env.PARALLEL_AGENTS_ARTIFACTS ?? '';
    const [one, other] = [await folderOf(), await folderOf()];
    for (const folder of [one, other]) writeFileSync(path.join(folder, 'report.txt'), path.basename(folder));
    await isolation.takeArtifacts(1, one, '1-1-1');
    assert.equal(existsSync(one), false);
    writeFileSync(path.join(other, 'more.txt'), 'still there');
    const kept = await isolation.takeArtifacts(1, other, '1-1-1/feature-2');
    assert.deepEqual(
      kept?.files.map((file) => file.path),
      ['more.txt', 'report.txt'],
    );
    const reports = ['1-1-1', '1-1-1/feature-2'].map((name) =>
      workspace.text(`.parallel-agents/artifacts/${name}/report.txt`),
    );
    assert.deepEqual(
      reports,
      [one, other].map((folder) => path.basename(folder)),
    );
    assert.deepEqual(readdirSync(path.join(workspace.root, '.parallel-agents/artifacts')), ['1-1-1']);
  });

  it('are taken from no other folder than a command was given', async () => {
    const { workspace, isolation } = await tempIsolation({ 'a.txt': 'a' });
    for (const folder of ['', workspace.root, isolation.folderOf(1), path.join(isolation.folderOf(1), '..')])
      assert.equal(await isolation.takeArtifacts(1, folder, '1-1-1'), undefined);
    assert.equal(workspace.text('a.txt'), 'a');
    assert.ok(existsSync(isolation.folderOf(1)));
  });
});
