// Claiming a workspace, one process at a time or several in one: who gets it, who follows, and what is left behind.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type ClaimOptions, claimOwnership, type Follower, type Owner } from '../../src/host/ownership';
import { connectHub } from '../../src/hub/client';
import { awaitOwner } from '../../src/hub/discovery';
import { locate, socketPath } from '../../src/hub/runtimeFolder';
import { createHubServer } from '../../src/hub/server';
import { Failure } from '../../src/ports/failure';

const who = { name: 'test.who', params: z.object({}).strict(), result: z.object({ epoch: z.number() }) };

describe('ownership', () => {
  let base: string;
  let root: string;
  let owners: Owner[];
  beforeEach(async () => {
    // Not the system's temporary folder, whose path may be too long for a socket.
    base = await mkdtemp('/tmp/pa-');
    root = path.join(base, 'workspace');
    await mkdir(root);
    owners = [];
  });
  afterEach(async () => {
    for (const owner of owners) await owner.withdraw();
    await rm(base, { recursive: true });
  });

  async function claim(options: ClaimOptions = {}, at = root): Promise<Owner | Follower> {
    const claimed = await claimOwnership(at, { ...options, place: { bases: [base] } });
    if (claimed.kind === 'owner') owners.push(claimed);
    return claimed;
  }
  async function own(options?: ClaimOptions): Promise<Owner> {
    const claimed = await claim(options);
    assert.equal(claimed.kind, 'owner');
    return claimed.kind === 'owner' ? claimed : assert.fail();
  }
  const folder = () => locate(root, { bases: [base] });

  it('goes to the first, and the next mirrors it by what they need to connect', async () => {
    const process = { pid: 4711, started: 'Tuesday' };
    const owner = await own({ process });
    const follower = await claim();
    assert.deepEqual(follower, {
      kind: 'follower',
      epoch: 1,
      socketPath: socketPath(await folder(), 1),
      token: owner.token,
      process,
    });
    assert.match(owner.token, /^[0-9a-f]{64}$/);
  });

  it('is found by a link to the workspace', async () => {
    const owner = await own();
    await symlink(root, path.join(base, 'link'));
    const follower = await claim({}, path.join(base, 'link'));
    assert.deepEqual([follower.kind, follower.socketPath], ['follower', owner.socketPath]);
  });

  it('serves who connected before the host was ready', async () => {
    const owner = await own();
    const follower = await claim();
    const client = await connectHub({ ...follower, role: 'client' });
    client.listen();
    const asked = client.request(who, {});
    createHubServer({
      listener: owner.listener,
      hostToken: owner.token,
      onWorker: () => {},
      onDenied: assert.fail,
      onClient: (connection) => connection.handle(who, () => ({ epoch: owner.epoch })),
    });
    assert.deepEqual(await asked, { epoch: 1 });
    const gone = client.closed;
    await owner.withdraw();
    assert.ok(Failure.is(await gone, 'closed'));
  });

  it('passes on with a higher epoch when the owner withdraws', async () => {
    for (const epoch of [1, 2, 3]) {
      const owner = await own();
      assert.equal(owner.epoch, epoch);
      await owner.withdraw();
      await owner.withdraw();
    }
    assert.deepEqual(await readdir(await folder()), ['3.sock']);
  });

  it('withdraws without a word when a file has taken the place of its folder', async () => {
    const owner = await own({ watchFolder: () => ({ close() {} }) }); // else it would be bound again before
    const at = await folder();
    await rm(at, { recursive: true });
    await writeFile(at, 'no folder');
    await owner.withdraw();
    assert.equal(await readFile(at, 'utf8'), 'no folder');
    await assert.rejects(claim(), (error) => Failure.is(error, 'denied') && error.message.includes(at));
  });

  it('takes the epoch above what is known from elsewhere', async () => {
    assert.equal((await own({ minEpoch: 41 })).epoch, 42);
  });

  it('is not taken from the living by a higher floor', async () => {
    await own();
    const follower = await claim({ minEpoch: 41 });
    assert.deepEqual([follower.kind, follower.epoch], ['follower', 1]);
  });

  it('goes to exactly one of many who claim at once, whatever each knows of epochs', async () => {
    for (let round = 0; round < 10; round++) {
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, nth) => claim({ minEpoch: (round * nth) % 7 })),
      );
      assert.equal(all.filter(({ kind }) => kind === 'owner').length, 1);
      const again = await Promise.all(all.map(() => claim()));
      assert.deepEqual(
        new Set(again.map(({ kind, token }) => `${kind} ${token}`)),
        new Set([`follower ${owners[0]?.token}`]),
      );
      await owners.pop()?.withdraw();
      assert.equal((await readdir(await folder())).filter((name) => !/^\d+\.sock$/.test(name)).length, 0);
    }
  });

  it('steps over everything dead: sockets, files, unfinished claims', async () => {
    const at = await folder();
    for (const name of ['7.sock', '7.1.token', 'aaaaaaaaaaaaaaaa.new'])
      await writeFile(path.join(at, name), '');
    const owner = await own();
    assert.equal(owner.epoch, 8);
    assert.deepEqual(
      (await readdir(at)).filter((name) => !name.startsWith('8.')),
      [],
    );
  });

  it('goes to a living owner below a dead name', async () => {
    const owner = await own();
    await writeFile(socketPath(await folder(), 9), '');
    const follower = await claim();
    assert.deepEqual([follower.kind, follower.epoch, follower.token], ['follower', 1, owner.token]);
  });

  it('leaves the successor alone when a displaced owner shuts down', async () => {
    const displaced = await own({ watchFolder: () => ({ close() {} }) }); // it is not told in time
    // As after a cleaning of /tmp: the next does not see the first, and takes even the same name.
    await rm(await folder(), { recursive: true });
    const successor = await own();
    assert.equal(successor.socketPath, displaced.socketPath);
    const before = await readdir(await folder());
    await displaced.withdraw();
    assert.deepEqual(await readdir(await folder()), before);
    const follower = await claim();
    assert.deepEqual([follower.kind, follower.token], ['follower', successor.token]);
  });

  describe('whose folder is cleaned away under its owner', () => {
    /** As clients and workers that come later find it. */
    const answerOf = async (owner: Owner) => {
      const client = await connectHub({ ...owner, role: 'client' });
      client.listen();
      const answer = await client.request(who, {});
      client.dispose();
      return answer;
    };
    const serve = (owner: Owner) =>
      createHubServer({
        listener: owner.listener,
        hostToken: owner.token,
        onWorker: () => {},
        onDenied: assert.fail,
        onClient: (connection) => connection.handle(who, () => ({ epoch: owner.epoch })),
      });
    const all = () => path.join(base, `parallel-agents-${process.getuid?.()}`);

    const cleanings: Record<string, () => Promise<unknown>> = {
      'as a whole': () => rm(all(), { recursive: true }),
      'but for itself': async () => {
        const at = await folder();
        for (const name of await readdir(at)) await rm(path.join(at, name));
      },
      'of its socket alone': async () => rm(socketPath(await folder(), 1)),
      'of its card alone': async () => {
        const at = await folder();
        const cards = async () => (await readdir(at)).filter((name) => name.endsWith('.token'));
        const changes = watch(at);
        for (const name of await cards()) await rm(path.join(at, name));
        while ((await cards()).length === 0) await once(changes, 'change');
        changes.close();
      },
    };
    for (const [what, clean] of Object.entries(cleanings)) {
      it(`is bound again under the same name when it is cleaned ${what}`, async () => {
        const owner = await own();
        serve(owner);
        const standing = await connectHub({ ...owner, role: 'client' });
        standing.listen();
        await clean();
        const found = await awaitOwner(await folder());
        assert.deepEqual([found.epoch, found.socketPath, found.token], [1, owner.socketPath, owner.token]);
        assert.deepEqual(await answerOf(owner), { epoch: 1 });
        assert.deepEqual(await standing.request(who, {}), { epoch: 1 });
        assert.equal((await claim()).kind, 'follower');
        standing.dispose();
      });
    }

    it('is bound again each time', async () => {
      const owner = await own();
      serve(owner);
      for (let nth = 0; nth < 3; nth++) {
        await rm(all(), { recursive: true });
        const found = await awaitOwner(await folder());
        assert.equal(found.token, owner.token);
        assert.deepEqual(await answerOf(owner), { epoch: 1 });
      }
    });

    describe('and has its name taken', () => {
      let second: string;
      const places = () => ({ bases: [base, second] });
      const claimHere = async () => {
        const claimed = await claimOwnership(root, { place: places() });
        if (claimed.kind === 'owner') owners.push(claimed);
        return claimed;
      };
      const ownHere = async () => {
        const owner = await claimHere();
        assert.ok(owner.kind === 'owner');
        serve(owner);
        return owner;
      };
      beforeEach(() => {
        second = path.join(base, 'second');
      });

      /** In one go, so that its owner, who is of this process, makes no folder in between. */
      const putInPlace = (make: () => void = () => writeFileSync(all(), '')) => {
        renameSync(all(), path.join(base, 'away')); // of which its inner folder tells nobody
        make();
      };
      const takings: Record<string, () => void> = {
        'by a file': () => writeFileSync(all(), ''),
        'by a link': () => symlinkSync(root, all()),
        'by a folder that others can enter': () => {
          mkdirSync(all());
          chmodSync(all(), 0o777);
        },
      };
      for (const [how, take] of Object.entries(takings)) {
        it(`is bound in the next place when that is ${how}, and found there`, async () => {
          const owner = await ownHere();
          const standing = await connectHub({ ...owner, role: 'client' });
          standing.listen();
          putInPlace(take);
          const address = await owner.address();
          assert.ok(address.startsWith(second), address);
          assert.equal(owner.socketPath, address);
          assert.deepEqual(await answerOf(owner), { epoch: 1 });
          assert.deepEqual(await standing.request(who, {}), { epoch: 1 });
          const follower = await claimHere();
          assert.deepEqual(
            [follower.kind, follower.token, follower.socketPath],
            ['follower', owner.token, address],
          );
          await rm(all(), { recursive: true });
          assert.equal((await claimHere()).kind, 'follower');
          standing.dispose();
          await owner.withdraw();
          assert.deepEqual(await readdir(path.dirname(address)), ['1.sock']);
        });
      }

      it('is bound there without anybody asking for it', async () => {
        const owner = await ownHere();
        const ahead = await locate(root, { bases: [second] });
        putInPlace();
        assert.equal((await awaitOwner(ahead)).token, owner.token);
      });

      it('believes nothing that lies in a folder which others can enter by now', async () => {
        const owner = await ownHere();
        await chmod(all(), 0o777);
        assert.ok((await owner.address()).startsWith(second));
      });

      it('tells each time that it is found elsewhere from then on, and nothing where it was bound again in its place', async () => {
        const owner = await ownHere();
        const moves: string[] = [];
        owner.onMoved(() => moves.push(owner.socketPath));
        await rm(path.dirname(owner.socketPath), { recursive: true });
        await owner.address();
        assert.deepEqual(moves, []);
        putInPlace();
        const address = await owner.address();
        assert.deepEqual(moves, [address]);
      });

      it('is bound there above what owners before it have left', async () => {
        const owner = await ownHere();
        const ahead = await locate(root, { bases: [second] });
        for (const name of ['1.sock', '9.sock']) await writeFile(path.join(ahead, name), '');
        putInPlace();
        assert.equal(await owner.address(), path.join(ahead, '1.sock'));
        assert.deepEqual(await answerOf(owner), { epoch: 1 });
      });

      it('says so where there is no other place, and is bound once there is', async () => {
        const owner = await own();
        serve(owner);
        const at = owner.socketPath;
        putInPlace();
        await assert.rejects(owner.address(), (error) => {
          assert.ok(Failure.is(error, 'noMeeting'));
          assert.ok(error.message.includes(`${all()} is not a folder`), error.message);
          return true;
        });
        await rm(all());
        assert.equal(await owner.address(), at);
        assert.deepEqual(await answerOf(owner), { epoch: 1 });
      });
    });

    it('is left to a successor who has its name by then', async () => {
      let tell = () => {};
      const displaced = await own({
        watchFolder: (_, changed) => {
          tell = changed;
          return { close() {} };
        },
      });
      await rm(all(), { recursive: true });
      const successor = await own();
      tell();
      await displaced.withdraw(); // after what it was told is done
      const follower = await claim();
      assert.deepEqual([follower.kind, follower.token], ['follower', successor.token]);
    });
  });

  it('is found in another place, where its owner had to go', async () => {
    const second = path.join(base, 'second');
    const place = { bases: [base, second] };
    const blocker = path.join(base, `parallel-agents-${process.getuid?.()}`);
    await writeFile(blocker, '');
    const owner = await claimOwnership(root, { place });
    assert.equal(owner.kind, 'owner');
    if (owner.kind === 'owner') owners.push(owner);
    assert.ok(owner.socketPath.startsWith(second));
    await rm(blocker); // the better place is free again
    const follower = await claimOwnership(root, { place });
    assert.deepEqual([follower.kind, follower.token], ['follower', owner.token]);
  });

  it('sweeps what a dead one left in another place, and nothing that is not ours', async () => {
    const second = path.join(base, 'second');
    await mkdir(second);
    const other = await locate(root, { bases: [second] });
    const dead = await claimOwnership(root, { place: { bases: [second] } });
    assert.ok(dead.kind === 'owner');
    await dead.withdraw();
    assert.ok((await readdir(other)).includes('1.sock'));
    await writeFile(path.join(other, 'note.txt'), '');
    const owner = await claimOwnership(root, { minEpoch: 5, place: { bases: [base, second] } });
    assert.ok(owner.kind === 'owner');
    owners.push(owner);
    assert.deepEqual(await readdir(other), ['note.txt']);
  });

  it('is refused in a folder that was put there by others', async () => {
    await symlink(root, path.join(base, `parallel-agents-${process.getuid?.()}`));
    await assert.rejects(claim(), (e) => Failure.is(e, 'denied'));
    assert.deepEqual(await readdir(root), []);
  });
});
