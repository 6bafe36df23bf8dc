// What a command says while it is busy: soon, in time, and no more once there is something else to read.
import { strict as assert } from 'node:assert';
import { tellLong } from '../../src/cli/tellLong';
import { SimulatedClock } from '../doubles/simulatedClock';

describe('long work', () => {
  function begin() {
    const clock = new SimulatedClock();
    const begunAt = clock.monotonic();
    const said: [seconds: number, line: string][] = [];
    const long = tellLong((line) => said.push([(clock.monotonic() - begunAt) / 1000, line]), clock);
    return { clock, said, long, times: () => said.map(([seconds]) => seconds) };
  }

  it('is told within 5 s, and again before 5 s more are over', async () => {
    const { clock, said, long } = begin();
    long.now('Opening it', 'it is large');
    await clock.advance(12_000);
    assert.deepEqual(said, [
      [3, '⏳ Opening it takes long: it is large. It goes on by itself.'],
      [7, '⏳ Opening it goes on; it has taken 7 s so far.'],
      [11, '⏳ Opening it goes on; it has taken 11 s so far.'],
    ]);
    long.end();
  });

  it('is told in time however many pieces it is in, each by its name', async () => {
    const { clock, said, long } = begin();
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      long.now(name, 'it is large');
      await clock.advance(2_500);
    }
    assert.deepEqual(
      said.map(([seconds, line]) => `${seconds} ${line.split(':', 1)[0]}`),
      ['3 ⏳ Two takes long', '7 ⏳ Three takes long'],
    );
    long.end();
  });

  it('is not told beside other words', async () => {
    const { clock, times, long } = begin();
    long.now('Opening it', 'it is large');
    await clock.advance(2_000);
    long.said();
    await clock.advance(3_999);
    assert.deepEqual(times(), []);
    await clock.advance(1);
    long.said(20_000);
    await clock.advance(19_999);
    assert.deepEqual(times(), [6]);
    await clock.advance(1);
    assert.deepEqual(times(), [6, 26]);
    long.end();
  });

  it('is told less often after a minute, and never after its end', async () => {
    const { clock, times, long } = begin();
    long.now('Opening it', 'it is large');
    await clock.advance(120_000);
    const late = times().filter((seconds) => seconds > 60);
    assert.deepEqual(
      late.map((seconds, k) => seconds - (late[k - 1] ?? 0)).slice(1),
      late.slice(1).map(() => 20),
    );
    const count = times().length;
    long.end();
    long.end();
    long.said();
    await clock.advance(120_000);
    assert.equal(times().length, count);
  });
});
