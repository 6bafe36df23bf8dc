// Of two machines that share a folder and nothing else, one has it; the other is told who, and takes it when that one is gone.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Lease, takeLease } from '../../../src/adapters/store/workspaceLease';
import { Failure } from '../../../src/ports/failure';
import { tempFolder } from '../files/tempWorkspace';

const beatMs = 100;
/** Longer than a test may take: whoever watches for a sign so long is seen by that. */
const endlessMs = 600_000;
const here = { place: 'here', host: 'laptop', pid: 1 };
const there = { place: 'there', host: 'container', pid: 2 };

describe('the lease of a folder', () => {
  const held: Lease[] = [];
  afterEach(async () => {
    for (const lease of held.splice(0)) await lease.release();
  });

  function at(dir: string, every = beatMs) {
    const lost: Failure[] = [];
    const take = async (holder: typeof here) => {
      const lease = await takeLease(dir, holder, { beatMs: every, onLost: (why) => void lost.push(why) });
      held.push(lease);
      return lease;
    };
    const file = path.join(dir, 'owner.json');
    return { take, lost, file, written: () => JSON.parse(readFileSync(file, 'utf8')) };
  }
  const isOccupied = (error: unknown) => {
    assert.ok(Failure.is(error, 'occupied'));
    assert.match(error.message, /process 1 on "laptop" has it/);
    return true;
  };

  it('is had by one place, and told to the other as long as that lives', async () => {
    const { take, file, written } = at(tempFolder());
    const lease = await take(here);
    await assert.rejects(take(there), isOccupied);
    await pause(beatMs * 8);
    await assert.rejects(take(there), isOccupied);
    await lease.release();
    assert.ok(!existsSync(file));
    await take(there);
    assert.equal(written().host, 'container');
  });

  it('is taken at once from a dead one of the same place, and from one that is long dead', async () => {
    const { take, file } = at(tempFolder(), endlessMs);
    const dead = { token: 't', beat: 7 };
    for (const [holder, ageMs] of [
      [here, 0],
      [there, 3_600_000],
    ] as const) {
      writeFileSync(file, JSON.stringify({ ...holder, ...dead }));
      const at = (Date.now() - ageMs) / 1000;
      utimesSync(file, at, at);
      await (await take(here)).release();
    }
  });

  it('is taken from another place only after that gave no sign for some beats', async () => {
    const { take, file, written } = at(tempFolder());
    writeFileSync(file, JSON.stringify({ ...there, token: 't', beat: 7 }));
    const begun = performance.now();
    await take(here);
    assert.ok(performance.now() - begun >= beatMs * 5);
    assert.equal(written().host, 'laptop');
  });

  it('is nobody’s where nobody can understand it', async () => {
    const { take, file, written } = at(tempFolder());
    writeFileSync(file, '{"place":');
    await take(here);
    assert.equal(written().host, 'laptop');
  });

  it('is had by one of many who begin at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const { take } = at(tempFolder());
      const places = ['a', 'b', 'c', 'd', 'e'];
      const outcomes = await Promise.allSettled(places.map((place) => take({ ...here, place })));
      assert.deepEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, `round ${round}`);
    }
  });

  it('is said to be lost when another took it, and never written over then', async () => {
    const { take, lost, file } = at(tempFolder());
    await take(here);
    const theirs = JSON.stringify({ ...there, token: 'x', beat: 1 });
    writeFileSync(file, theirs);
    while (lost.length === 0) await pause(beatMs);
    assert.deepEqual(
      lost.map(({ reason }) => reason),
      ['occupied'],
    );
    assert.match(lost[0]?.message ?? '', /process 2 on "container"/);
    assert.equal(readFileSync(file, 'utf8'), theirs);
  });

  it('is written anew where somebody took the file away', async () => {
    const { take, lost, file, written } = at(tempFolder());
    await take(here);
    rmSync(file);
    while (!existsSync(file)) await pause(beatMs);
    assert.equal(written().host, 'laptop');
    assert.deepEqual(lost, []);
  });
});
