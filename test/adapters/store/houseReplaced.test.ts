// A part of the state folder that becomes a link, or another kind of thing, while a host works: refused by whatever comes to
// it next in the words of the opening, and what it leads to is neither read, written nor removed.
import { strict as assert } from 'node:assert';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createBlobStore } from '../../../src/adapters/files/blobStore';
import { RuleMemory } from '../../../src/adapters/files/ruleMemory';
import { ArtifactStore } from '../../../src/adapters/isolation/artifacts';
import { PublicationJournal } from '../../../src/adapters/isolation/publicationJournal';
import { WorkerLogs } from '../../../src/adapters/process/workerLogs';
import { createStateFiles } from '../../../src/adapters/store/diskFiles';
import { EventArchive } from '../../../src/adapters/store/eventArchive';
import { KeptTexts, textName } from '../../../src/adapters/store/keptTexts';
import { setAsideRecords } from '../../../src/adapters/store/setAsideRecords';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { takeLease } from '../../../src/adapters/store/workspaceLease';
import { Failure } from '../../../src/ports/failure';
import { storyOfARun } from '../../support/history';
import { tempFolder, tempWorkspace } from '../files/tempWorkspace';
import { wasmPath } from './wasmPath';

const beatMs = 20;
const longText = 'what agents wrote';
const page = { first: 1, last: 1, bodies: ['{"seq":1}'] };
const entry = { key: 'k', puts: [], isDone: false };

/** A host's parts at work, and all that they do with the folder, by the part that it needs. */
async function atWork() {
  const { root, stateDir } = await tempWorkspace({ 'a.txt': 'a' });
  const store = await openSqlJsStore({ dir: stateDir, epoch: 1, wasmPath });
  const files = createStateFiles(stateDir);
  const kept = createBlobStore(stateDir);
  const hash = await kept.put(Buffer.from('kept'));
  const texts = new KeptTexts(files, stateDir);
  await texts.put(new Map([[textName(longText), longText]]));
  const archive = new EventArchive(files, stateDir);
  await archive.put(page);
  await texts.put(new Map([[textName('old'), 'old']]));
  await texts.putAway(new Set([textName('old')]));
  const rules = new RuleMemory(stateDir);
  await rules.agentWrites('.gitignore', null, hash);
  const journal = new PublicationJournal(stateDir);
  await journal.write(entry);
  const left = path.join(tempFolder(), 'left');
  const artifacts = new ArtifactStore(stateDir, (text) => text);
  const take = async () => {
    mkdirSync(left, { recursive: true });
    writeFileSync(path.join(left, 'report'), 'r');
    await artifacts.take(left, '1-1-1');
  };
  await take();
  const logs = new WorkerLogs(stateDir);
  const log = async () => (await logs.open()).close();
  await log();
  const put = new Map([[textName('new'), 'new']]);
  const doings: Readonly<Record<string, readonly (() => Promise<unknown>)[]>> = {
    blobs: [
      () => kept.put(Buffer.from('more')),
      () => kept.putFile(path.join(root, 'a.txt')),
      () => kept.has(hash),
      () => kept.get(hash),
      () => kept.stageKept(hash, 0o644),
      () => kept.sweep(new Set()),
    ],
    tmp: [
      () => kept.put(Buffer.from('more')),
      () => kept.putFile(path.join(root, 'a.txt')),
      () => kept.stage(Buffer.from('more'), 0o600),
      () => kept.stageKept(hash, 0o644),
      () => kept.sweep(new Set([hash])),
      () => rules.agentWrites('.gitignore', null, null),
      () => journal.write(entry),
    ],
    texts: [
      () => texts.put(put),
      () => texts.get(textName(longText)),
      () => texts.sweep(new Set()),
      () => texts.putAway(new Set([textName(longText)])),
    ],
    history: [
      () => archive.put(page),
      () => archive.read(0, 2, 10),
      () => texts.get(textName('old')),
      () => texts.putAway(new Set([textName(longText)])),
    ],
    'history/texts': [() => texts.get(textName('old')), () => texts.putAway(new Set([textName(longText)]))],
    artifacts: [take],
    'artifacts/1-1-1': [take],
    logs: [log],
    'ignore-rules.json': [
      () => new RuleMemory(stateDir).ready(),
      () => rules.agentWrites('.gitignore', null, null),
    ],
    'publication.json': [() => journal.read('k'), () => journal.write(entry), () => journal.clear()],
    'agents.db': [() => store.confirm(), () => files.read(path.join(stateDir, 'agents.db'))],
    'agents.journal': [() => files.read(path.join(stateDir, 'agents.journal'))],
    '': [
      () => kept.sweep(new Set()),
      () => texts.sweep(new Set()),
      () => archive.put(page),
      () => journal.clear(),
      () => rules.agentWrites('.gitignore', null, null),
      log,
      take,
      () => setAsideRecords(stateDir, 0),
      () => store.confirm(),
    ],
  };
  return { stateDir, store, doings };
}

/** What stands at `at` now, somewhere else and with the same in it, so that whoever follows finds all that it looks for. */
function copyOf(at: string): string {
  const outside = path.join(tempFolder(), 'outside');
  cpSync(at, outside, { recursive: true });
  return outside;
}

function contentOf(at: string): Record<string, string> {
  const names = readdirSync(at, { recursive: true, withFileTypes: true });
  const all = names.filter((found) => found.isFile()).map((found) => path.join(found.parentPath, found.name));
  return Object.fromEntries(
    all.sort().map((file) => [path.relative(at, file), readFileSync(file, 'latin1')]),
  );
}

const parts = [
  'blobs',
  'tmp',
  'texts',
  'history',
  'history/texts',
  'artifacts',
  'artifacts/1-1-1',
  'logs',
  '',
];
const fileParts = ['ignore-rules.json', 'publication.json', 'agents.db', 'agents.journal'];

const alone = { holder: async () => ({ place: 'here', host: 'laptop', pid: 1 }), looked: ['here'] };

describe('a part of the state folder that is replaced in mid-run', () => {
  for (const part of [...parts, ...fileParts]) {
    it(`is refused where ${part === '' ? 'all of it' : part} has become a link, and nothing beyond it is touched`, async function () {
      if (process.platform === 'win32') this.skip();
      const { stateDir, store, doings } = await atWork();
      const at = path.join(stateDir, part);
      const outside = copyOf(at);
      const before = fileParts.includes(part) ? readFileSync(outside, 'latin1') : contentOf(outside);
      renameSync(at, `${stateDir.replace(/\.parallel-agents$/, '')}moved`);
      symlinkSync(outside, at);
      for (const [nth, doing] of (doings[part] ?? assert.fail()).entries()) {
        await assert.rejects(doing(), (error) => {
          assert.ok(Failure.is(error, 'foreign'), `${nth}: ${error}`);
          assert.equal(
            error.message.match(/".*" is .*/)?.[0],
            `"${at}" is a link; move it away and start again.`,
          );
          return true;
        });
      }
      assert.deepEqual(
        fileParts.includes(part) ? readFileSync(outside, 'latin1') : contentOf(outside),
        before,
      );
      rmSync(at);
      await store.close().catch(() => undefined);
    });
  }

  for (const part of parts.filter((name) => name !== '')) {
    it(`is refused where ${part} has become a file`, async () => {
      const { stateDir, store, doings } = await atWork();
      const at = path.join(stateDir, part);
      rmSync(at, { recursive: true });
      writeFileSync(at, 'mine');
      for (const [nth, doing] of (doings[part] ?? assert.fail()).entries())
        await assert.rejects(doing(), (error) => Failure.is(error, 'foreign'), String(nth));
      assert.equal(readFileSync(at, 'utf8'), 'mine');
      rmSync(at);
      await store.close();
    });
  }

  it('is no longer refused once it is moved away', async () => {
    const { stateDir, doings, store } = await atWork();
    for (const part of ['blobs', 'tmp', 'logs', 'artifacts']) {
      const at = path.join(stateDir, part);
      rmSync(at, { recursive: true });
      symlinkSync(tempFolder(), at);
      await assert.rejects(doings[part]?.[0]?.() ?? assert.fail());
      rmSync(at);
      await doings[part]?.[0]?.();
      assert.ok(existsSync(at));
    }
    await store.close();
  });

  it('fails the store with what it is when long texts cannot be kept', async () => {
    const { stateDir, store } = await atWork();
    const outside = tempFolder();
    rmSync(path.join(stateDir, 'texts'), { recursive: true });
    symlinkSync(outside, path.join(stateDir, 'texts'));
    const [commit] = storyOfARun().commits;
    const texts = new Map([[textName('new'), 'new']]);
    const kept = store.commit({ ...(commit ?? assert.fail()), texts });
    await assert.rejects(
      kept,
      (error) => Failure.is(error, 'foreign') && /texts" is a link;/.test(error.message),
    );
    assert.deepEqual(readdirSync(outside), []);
    await store.close();
  });

  const owners: Record<string, (at: string, victim: string) => void> = {
    'a link': (at, victim) => symlinkSync(victim, at),
    'a folder': (at) => mkdirSync(at),
    'another name of a large file': (at, victim) => linkSync(victim, at),
  };
  for (const [what, plant] of Object.entries(owners)) {
    it(`gives the folder up, once, where owner.json has become ${what}`, async () => {
      const { stateDir } = await tempWorkspace();
      const victim = path.join(path.dirname(stateDir), 'victim');
      const precious = 'precious\n'.repeat(10_000);
      writeFileSync(victim, precious);
      const lost: Failure[] = [];
      const lease = await takeLease(stateDir, alone, { beatMs, onLost: (why) => void lost.push(why) });
      const at = path.join(stateDir, 'owner.json');
      renameSync(at, `${at}.moved`);
      plant(at, victim);
      while (lost.length === 0) await pause(beatMs);
      await pause(3 * beatMs);
      await lease.release();
      assert.equal(lost.length, 1);
      assert.match(
        lost[0]?.message ?? '',
        /owner\.json" (is a|is not a|has 90 KB).*; move it away and start again\.$/,
      );
      assert.equal(readFileSync(victim, 'utf8'), precious);
      assert.ok(existsSync(at));
    });
  }

  it('is had again where owner.json has become another name of a small file, which stays as it is', async () => {
    const { stateDir } = await tempWorkspace();
    const victim = path.join(path.dirname(stateDir), 'victim');
    writeFileSync(victim, 'precious');
    const onLost = (why: Failure) => assert.fail(why);
    const lease = await takeLease(stateDir, alone, { beatMs, onLost });
    const at = path.join(stateDir, 'owner.json');
    rmSync(at);
    linkSync(victim, at);
    while (!/laptop/.test(existsSync(at) ? readFileSync(at, 'utf8') : '')) await pause(beatMs);
    await lease.release();
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });
});
