// Keeping workers ready, with a starter that only notes what it is asked and a clock that a test moves.
import { strict as assert } from 'node:assert';
import { createWarmSpawner } from '../../../src/adapters/process/warmSpawner';
import type { IdleWorker, WorkerStarter } from '../../../src/adapters/process/workerSpawner';
import { Failure } from '../../../src/ports/failure';
import { SimulatedClock, settle } from '../../doubles/simulatedClock';

const restMs = 250;

/** Workers by number, in the order they were started. */
class NotedStarter implements WorkerStarter {
  readonly notes: string[] = [];
  readonly #ends: (() => void)[] = [];
  refuses = false;

  async start(tag: string): Promise<IdleWorker> {
    if (this.refuses) throw new Failure('spawn', 'no room');
    const pid = this.#ends.length + 1;
    this.notes.push(`start ${pid} ${tag}`);
    const exited = new Promise<Awaited<IdleWorker['exited']>>((resolve) =>
      this.#ends.push(() => resolve({ code: 1, signal: null, outputTail: '' })),
    );
    return {
      process: { pid, started: 'now' },
      exited,
      begin: () => {},
      takeSlot: (slot) => void this.notes.push(`slot ${slot} to ${pid}`),
      dismiss: () => {
        this.notes.push(`dismiss ${pid}`);
        this.die(pid);
      },
    };
  }

  die(pid: number): void {
    this.#ends[pid - 1]?.();
  }
}

describe('the warm spawner', () => {
  let clock: SimulatedClock;
  let starter: NotedStarter;
  let warm: ReturnType<typeof createWarmSpawner>;

  beforeEach(() => {
    clock = new SimulatedClock();
    starter = new NotedStarter();
    warm = createWarmSpawner({ starter, clock, warmTag: 'spare', restMs });
  });

  const spawn = (slot: number) => warm.spawn({ slot, fence: slot, tag: `attempt-${slot}` });

  it('starts a worker at once where none stands ready, under the tag of its attempt', async () => {
    await spawn(1);
    assert.deepEqual(starter.notes, ['start 1 attempt-1', 'slot 1 to 1']);
  });

  it('starts spares one by one once it is quiet, and hands out the oldest', async () => {
    warm.keep(2);
    await clock.advance(restMs - 1);
    assert.deepEqual(starter.notes, []);
    await clock.advance(1);
    assert.deepEqual(starter.notes, ['start 1 spare']);
    await clock.advance(restMs);
    assert.deepEqual(starter.notes.splice(0), ['start 1 spare', 'start 2 spare']);
    const worker = await spawn(3);
    assert.equal(worker.process.pid, 1);
    assert.deepEqual(starter.notes.splice(0), ['slot 3 to 1']);
    await clock.advance(restMs);
    assert.deepEqual(starter.notes, ['start 3 spare']);
  });

  it('is quiet only when nobody has asked for a worker for a while', async () => {
    warm.keep(1);
    for (let slot = 1; slot <= 4; slot++) {
      await clock.advance(restMs - 1);
      await spawn(slot);
    }
    assert.ok(!starter.notes.some((note) => note.endsWith(' spare')));
  });

  it('is not put off by being told the same again', async () => {
    warm.keep(1);
    await clock.advance(restMs - 1);
    warm.keep(1);
    await clock.advance(1);
    assert.deepEqual(starter.notes, ['start 1 spare']);
  });

  it('ends the newest of those that are too many', async () => {
    warm.keep(3);
    await clock.advance(3 * restMs);
    starter.notes.splice(0);
    warm.keep(1);
    await settle();
    assert.deepEqual(starter.notes, ['dismiss 2', 'dismiss 3']);
    await clock.advance(10 * restMs);
    assert.equal(starter.notes.length, 2);
  });

  it('replaces a spare that dies, each time after twice the rest, until one is of use', async () => {
    warm.keep(1);
    await clock.advance(restMs);
    for (const [died, waits] of [
      [1, 2],
      [2, 4],
    ] as const) {
      starter.notes.splice(0);
      starter.die(died);
      await clock.advance(waits * restMs - 1);
      assert.deepEqual(starter.notes, []);
      await clock.advance(1);
      assert.deepEqual(starter.notes, [`start ${died + 1} spare`]);
    }
    await spawn(1);
    starter.notes.splice(0);
    await clock.advance(restMs);
    assert.deepEqual(starter.notes, ['start 4 spare']);
  });

  it('starts a worker afresh where a spare could not be started, and tells why that cannot be', async () => {
    starter.refuses = true;
    warm.keep(1);
    await clock.advance(restMs);
    await assert.rejects(spawn(1), { reason: 'spawn' });
    starter.refuses = false;
    await spawn(1);
    assert.deepEqual(starter.notes, ['start 1 attempt-1', 'slot 1 to 1']);
  });

  it('leaves no spare and no timer behind', async () => {
    warm.keep(2);
    await clock.advance(restMs);
    await warm.close();
    warm.keep(2);
    await clock.advance(10 * restMs);
    assert.deepEqual(starter.notes, ['start 1 spare', 'dismiss 1']);
    assert.equal(clock.pending, 0);
  });
});
