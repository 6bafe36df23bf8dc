// The runtime folder and what is found in it: one folder for a workspace, and no trust in what others have put there.
import { strict as assert } from 'node:assert';
import { chmod, link, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  awaitOwner,
  findOwner,
  forgottenAfterMs,
  listEpochs,
  sweepBelow,
  sweepForgotten,
  writeEndpoint,
} from '../../src/hub/discovery';
import { type Listener, listen } from '../../src/hub/listener';
import { clearFolders, locate, type RuntimeBases, socketPath } from '../../src/hub/runtimeFolder';
import { Failure } from '../../src/ports/failure';

const uid = process.getuid?.() ?? 0;

describe('the runtime folder', () => {
  let base: string;
  let root: string;
  let place: RuntimeBases;
  beforeEach(async () => {
    // Not the system's temporary folder, whose path may be too long for a socket.
    base = await mkdtemp('/tmp/pa-');
    root = path.join(base, 'workspace');
    await mkdir(root);
    place = { bases: [base] };
  });
  afterEach(() => rm(base, { recursive: true }));

  const ours = () => path.join(base, `parallel-agents-${uid}`);

  it('is ours alone, and found again', async () => {
    const folder = await locate(root, place);
    assert.match(folder, /\/parallel-agents-\d+\/[0-9a-f]{16}$/);
    for (const each of [folder, path.dirname(folder)]) assert.equal((await stat(each)).mode & 0o777, 0o700);
    assert.equal(await locate(root, place), folder);
  });

  it('is the same by a link, a relative path and dots, and another for another workspace', async () => {
    const folder = await locate(root, place);
    await symlink(root, path.join(base, 'link'));
    await symlink(base, path.join(root, 'loop'));
    const ways = [
      path.join(base, 'link'),
      `${root}/`,
      `${root}/../workspace/.`,
      path.relative(process.cwd(), root),
      path.join(root, 'loop', 'link'),
    ];
    for (const way of ways) assert.equal(await locate(way, place), folder, way);
    await mkdir(path.join(base, 'other'));
    assert.notEqual(await locate(path.join(base, 'other'), place), folder);
  });

  it('counts those places as looked in that are ours or empty, and none that has become somebody else’s', async () => {
    const others = ['ours', 'missing', 'file', 'open', 'emptied', 'link'].map((name) =>
      path.join(base, name),
    );
    await Promise.all(others.map((other) => mkdir(other)));
    const [own = '', missing = '', file = '', open = '', emptied = '', linked = ''] = others;
    const made = (at: string) => locate(root, { bases: [at] });
    const clear = [await made(own), await made(missing), await made(emptied)];
    await rm(path.join(missing, `parallel-agents-${uid}`), { recursive: true });
    await rm(await made(emptied), { recursive: true });
    await writeFile(path.join(file, `parallel-agents-${uid}`), '');
    await chmod(path.dirname(await made(open)), 0o755);
    await symlink(path.dirname(clear[0] ?? ''), path.join(linked, `parallel-agents-${uid}`));
    assert.deepEqual(await clearFolders(root, { bases: others }), clear);
    assert.deepEqual(await clearFolders(root, { bases: [linked, open], uid }), []);
  });

  it('does not depend on the environment', async () => {
    const before = process.env;
    try {
      process.env = { TMPDIR: base, XDG_RUNTIME_DIR: base, HOME: base };
      const folder = await locate(root);
      assert.equal(path.dirname(folder), `/tmp/parallel-agents-${uid}`);
      await rm(folder, { recursive: true });
    } finally {
      process.env = before;
    }
  });

  const planted: readonly [what: string, plant: () => Promise<unknown>, why: RegExp, as?: number][] = [
    ['a link to a folder', () => symlink(root, ours()), /is not a folder/],
    ['a link to nowhere', () => symlink('/nowhere', ours()), /is not a folder/],
    ['a file', () => writeFile(ours(), ''), /is not a folder/],
    [
      'a folder others can look into',
      () => mkdir(ours()).then(() => chmod(ours(), 0o750)),
      /is open to other users/,
    ],
    [
      'a folder others can write to',
      () => mkdir(ours()).then(() => chmod(ours(), 0o702)),
      /is open to other users/,
    ],
    [
      'somebody else’s folder',
      () => mkdir(path.join(base, `parallel-agents-${uid + 1}`), { mode: 0o700 }),
      /belongs to user/,
      uid + 1,
    ],
  ];
  for (const [what, plant, why, as] of planted) {
    it(`is in another place when ${what} was put in its own, which is left alone`, async () => {
      const second = path.join(base, 'second');
      await plant();
      const before = await readdir(base, { recursive: true });
      const found = { bases: [base, second], uid: as };
      if (as === undefined) {
        const folder = await locate(root, found);
        assert.equal(path.dirname(folder), path.join(second, `parallel-agents-${uid}`));
        assert.equal(await locate(root, found), folder);
      }
      const after = (await readdir(base, { recursive: true })).filter((name) => !name.startsWith('second'));
      assert.deepEqual(after, before);
      await assert.rejects(locate(root, { bases: [base], uid: as }), (error) => {
        assert.ok(Failure.is(error, 'denied'), `${error}`);
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /rm -r/); // it need not be theirs to remove
        return true;
      });
    });
  }

  it('is in another place when its own cannot be made', async () => {
    await writeFile(path.join(base, 'file'), '');
    const folder = await locate(root, { bases: [path.join(base, 'file'), base] });
    assert.equal(path.dirname(folder), ours());
  });

  it('is refused when a link was put in the place of the inner folder', async () => {
    const folder = await locate(root, place);
    await rm(folder, { recursive: true });
    await symlink(root, folder);
    await assert.rejects(locate(root, place), (e) => Failure.is(e, 'denied'));
  });

  it('is in a place where a socket’s name fits, if there is one', async () => {
    const folder = await locate(root, { bases: [path.join(base, 'a'.repeat(60)), base] });
    assert.equal(path.dirname(folder), ours());
  });

  it('is refused where a socket’s name would not fit', async () => {
    const deep = path.join(base, 'a'.repeat(60));
    await assert.rejects(locate(root, { bases: [deep] }), (e) => Failure.is(e, 'tooLong'));
  });
});

describe('an owner', () => {
  let folder: string;
  let listeners: Listener[];
  beforeEach(async () => {
    folder = await mkdtemp('/tmp/pa-');
    listeners = [];
  });
  afterEach(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await rm(folder, { recursive: true, force: true });
  });

  /** Listens as an owner of `epoch` would. */
  async function own(epoch: number, token: string): Promise<Listener> {
    const address = socketPath(folder, epoch);
    const listener = await listen(address);
    listeners.push(listener);
    await writeEndpoint(folder, epoch, address, { token, process: { pid: 7, started: 'then' } });
    return listener;
  }

  it('is not there where nobody ever was', async () => {
    assert.equal(await findOwner(folder), undefined);
    assert.equal(await findOwner(path.join(folder, 'nowhere')), undefined);
  });

  it('is the living one with the highest epoch', async () => {
    await own(3, 'three');
    await own(20, 'twenty');
    await writeFile(socketPath(folder, 100), '');
    const address = { epoch: 20, socketPath: socketPath(folder, 20), token: 'twenty' };
    assert.deepEqual(await findOwner(folder), { ...address, process: { pid: 7, started: 'then' } });
    assert.deepEqual(await listEpochs(folder), [100, 20, 3]);
  });

  it('leaves a card that only we can read', async () => {
    const address = socketPath(folder, 1);
    listeners.push(await listen(address));
    const endpoint = await writeEndpoint(folder, 1, address, { token: 'secret' });
    assert.equal((await stat(endpoint)).mode & 0o777, 0o600);
  });

  it('that lives without its card is reported, not replaced', async () => {
    listeners.push(await listen(socketPath(folder, 1)));
    await assert.rejects(findOwner(folder), (e) => Failure.is(e, 'corrupt'));
  });

  it('is waited for', async () => {
    const waited = awaitOwner(folder);
    const address = socketPath(folder, 4);
    const own4 = path.join(folder, 'private');
    listeners.push(await listen(own4));
    await writeEndpoint(folder, 4, own4, { token: 'four' });
    await link(own4, address);
    assert.deepEqual(await waited, { epoch: 4, socketPath: address, token: 'four' });
  });

  it('is waited for no longer than asked', async () => {
    const impatience = new AbortController();
    const waited = awaitOwner(folder, impatience.signal);
    impatience.abort();
    await assert.rejects(waited, (e) => Failure.is(e, 'aborted'));
  });

  it('has folders of workspaces that are long gone swept, but no living one’s, nor what is not ours', async () => {
    const names = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccccccccccc', 'keep-me', 'dddddddddddddddd'];
    const [dead, living, recent, other, mine] = names.map((name) => path.join(folder, name));
    if (!dead || !living || !recent || !other || !mine) assert.fail();
    for (const each of [dead, living, recent, other, mine]) {
      await mkdir(each);
      await writeFile(path.join(each, '3.sock'), '');
      await writeFile(path.join(each, '3.1.token'), '');
    }
    listeners.push(await listen(socketPath(living, 4)));
    const now = Date.now();
    const longAgo = new Date(now - forgottenAfterMs - 1_000);
    for (const each of [dead, living, other, mine]) await utimes(each, longAgo, longAgo);
    await sweepForgotten(mine, now);
    assert.deepEqual((await readdir(folder)).sort(), names.slice(1).sort());
    assert.deepEqual((await readdir(living)).sort(), ['3.1.token', '3.sock', '4.sock']);
  });

  it('sweeps what lower epochs left, and nothing else', async () => {
    await own(5, 'five');
    const files = [
      '3.sock',
      '3.12.token',
      '3.12.token.99.new',
      '6.sock',
      '6.12.token',
      'x.sock',
      '0123456789abcdef.new',
    ];
    for (const file of files) await writeFile(path.join(folder, file), '');
    const live = path.join(folder, 'fedcba9876543210.new');
    listeners.push(await listen(live));
    await sweepBelow(folder, 5);
    const left = (await readdir(folder)).map((name) => name.replace(/^5\.\d+\./, '5.N.')).sort();
    assert.deepEqual(left, ['5.N.token', '5.sock', '6.12.token', '6.sock', 'fedcba9876543210.new', 'x.sock']);
  });
});
