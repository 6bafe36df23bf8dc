// Of two machines that share a folder and nothing else, one has it; the other is told who, and takes it when that one is gone.
import { strict as assert } from 'node:assert';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
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

function openAt(file: string): string {
  writeFileSync(file, '');
  return file;
}

describe('the lease of a folder', () => {
  const held: Lease[] = [];
  afterEach(async () => {
    for (const lease of held.splice(0)) await lease.release();
  });

  function at(dir: string, every = beatMs) {
    const lost: Failure[] = [];
    const watched: string[] = [];
    const take = async (self: typeof here, looked = [self.place], holder = async () => self) => {
      const onWatching = (words: string) => void watched.push(words);
      const lease = await takeLease(
        dir,
        { holder, looked },
        {
          beatMs: every,
          onLost: (why: Failure) => void lost.push(why),
          onWatching,
        },
      );
      held.push(lease);
      return lease;
    };
    const file = path.join(dir, 'owner.json');
    return { take, lost, watched, file, written: () => JSON.parse(readFileSync(file, 'utf8')) };
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

  it('is signed anew when its holder is found in another place, at once and each time', async () => {
    const { take, written } = at(tempFolder(), endlessMs);
    let place = 'here';
    const lease = await take(here, ['here'], async () => ({ ...here, place }));
    for (place of ['moved', 'moved again']) {
      lease.signAnew();
      while (written().place !== place) await pause(1);
    }
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

  it('is taken at once from a dead one of another place, where this one has looked for it there', async () => {
    const { take, file, watched, written } = at(tempFolder(), endlessMs);
    writeFileSync(file, JSON.stringify({ ...there, token: 't', beat: 7 }));
    await take(here, ['elsewhere', 'there', 'here']);
    assert.equal(written().place, 'here');
    assert.deepEqual(watched, []);
  });

  it('says where its holder is found now, also when that was found elsewhere when it began', async () => {
    const { take, written, lost } = at(tempFolder());
    let place = 'here';
    const lease = await take(here, ['here'], async () => ({ ...here, place }));
    assert.equal(written().place, 'here');
    place = 'a place with a longer name';
    while (written().place !== place) await pause(beatMs);
    await pause(beatMs * 2);
    assert.equal(written().place, place);
    assert.deepEqual(lost, []);
    await lease.release();
  });

  it('is taken from another place only after that gave no sign for some beats, which is told at once', async () => {
    const { take, file, written, watched } = at(tempFolder());
    writeFileSync(file, JSON.stringify({ ...there, host: 'evil\u001b[31mRED\nx', token: 't', beat: 7 }));
    const begun = performance.now();
    const taking = take(here);
    while (watched.length === 0) await pause(1);
    assert.ok(performance.now() - begun < beatMs * 5);
    await taking;
    assert.ok(performance.now() - begun >= beatMs * 5);
    assert.equal(written().host, 'laptop');
    assert.equal(watched.length, 1);
    assert.match(watched[0] ?? '', /process 2 on "evil \[31mRED x" had it\. For up to 1 s it is watched/);
  });

  it('is left to a process of another version that lives, whatever else it writes than its token', async () => {
    const { take, file, watched } = at(tempFolder());
    const write = (sign: number) => writeFileSync(file, JSON.stringify({ token: 't', owner: {}, sign }));
    write(0);
    const taking = take(here);
    while (watched.length === 0) await pause(1);
    write(1);
    await assert.rejects(
      taking,
      (error) => Failure.is(error, 'occupied') && /another version has it/.test(error.message),
    );
    write(2);
    await take(here); // it gave no further sign
  });

  const nobodys: Record<string, string> = {
    'is empty': '',
    'is cut short': '{"place":',
    'is none of ours': '{"place":"x"}',
    'is no object': 'null',
    'has an empty token': '{"token":""}',
  };
  for (const [what, text] of Object.entries(nobodys)) {
    it(`is nobody’s where the file ${what}, and nobody is watched for it`, async () => {
      const { take, file, written, watched } = at(tempFolder(), endlessMs);
      writeFileSync(file, text);
      await take(here);
      assert.equal(written().host, 'laptop');
      assert.deepEqual(watched, []);
    });
  }

  it('is not taken from one that is in the making', async () => {
    const { take, file } = at(tempFolder());
    writeFileSync(file, '');
    const taking = take(there);
    await pause(600);
    writeFileSync(file, '{');
    await pause(600); // longer together than what stays the same is waited for
    const host = setInterval(
      () => writeFileSync(file, JSON.stringify({ ...here, token: 't', beat: Date.now() })),
      10,
    );
    await assert.rejects(taking, isOccupied).finally(() => clearInterval(host));
  });

  const refused: Record<string, [make: (file: string) => void, words: RegExp]> = {
    'a sparse file': [
      (file) => truncateSync(openAt(file), 200e9),
      /has 200 GB; at most 66 KB are read; move/,
    ],
    'a folder': [(file) => mkdirSync(file), /is not a file; move/],
    'a link': [(file) => symlinkSync('/etc/hostname', file), /is a link; move/],
  };
  for (const [what, [make, words]] of Object.entries(refused)) {
    it(`is refused at once where its file is ${what}, which stays`, async () => {
      const { take, file } = at(tempFolder(), endlessMs);
      make(file);
      await assert.rejects(take(here), (error) => {
        assert.ok(Failure.is(error, 'foreign') || Failure.is(error, 'refused'), String(error));
        assert.match(error.message, words);
        return error.message.startsWith(`"${file}" `);
      });
      lstatSync(file);
    });
  }

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
    while (!statSync(file, { throwIfNoEntry: false })?.size) await pause(beatMs); // there, and not empty as it is at first
    assert.equal(written().host, 'laptop');
    assert.deepEqual(lost, []);
  });
});
