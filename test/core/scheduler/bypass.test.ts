// Nobody is passed over for ever: who has been ready for long enough gets its files when those at work are done with them.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { grant, noLocks } from '../../../src/core/locks/lockTable';
import { selectBatch } from '../../../src/core/scheduler/selectBatch';
import { type BenchFeature, simulate, specOf } from '../../bench/simulate';
import { featureIn } from '../sampleFeatures';
import { boardOf } from './boardOf';

const minute = 60_000;
const known = (name: string, minutes: number, files: readonly string[], part = {}): BenchFeature => ({
  spec: specOf(name, { files, estimate: minutes, ...part }),
  ms: minutes * minute,
});

/** Ready when `first` is done, ahead of all others in rank, and in need of every file. */
const late = known('late', 10, ['a', 'b', 'c'], { dependsOn: ['first'], priority: 1 });
const longest = 20;
/** Others may go first for five average durations; those who began then end, so do those who go last, and a slot comes free. */
const most = (5 + 3) * longest;

const streams = fc.record({
  agents: fc.integer({ min: 2, max: 5 }),
  first: fc.integer({ min: 1, max: 5 }),
  others: fc.array(
    fc.record({ minutes: fc.integer({ min: 5, max: longest }), file: fc.constantFrom('a', 'b', 'c') }),
    { minLength: 60, maxLength: 90 },
  ),
});

describe('a feature that is passed over', () => {
  it('starts within a bounded time, whatever comes beside it', () => {
    let overtaken = 0;
    fc.assert(
      fc.property(streams, ({ agents, first, others }) => {
        const stream = others.map(({ minutes, file }, k) => known(`other ${k}`, minutes, [file]));
        const run = simulate([known('first', first, [], { priority: 1 }), late, ...stream], agents);
        assert.equal(run.isStuck, false);
        const waited = (run.startsMs[1] ?? 0) / minute - first;
        if (waited > longest) overtaken++;
        assert.ok(waited <= most, `it waited ${waited} minutes`);
      }),
      { numRuns: 60 },
    );
    assert.ok(overtaken > 10, 'hardly any was overtaken, so the bound was not tried');
  });

  const claimed = (id: number, claimedAt: number, files: string[]) => ({
    ...featureIn('working', id, { files, estimate: 10 }),
    state: {
      status: 'claimed',
      phase: 'working',
      claim: { slot: id, attempt: 1, fence: id, claimedAt },
    } as const,
  });
  const holding = (id: number, path: string) =>
    grant(noLocks, { scope: { kind: 'file', path }, fence: id, slot: id, featureId: id, since: 0 });
  const waiting = featureIn('pending', 5, { files: ['a', 'b'], estimate: 10, priority: 1 });
  const other = featureIn('pending', 6, { files: ['b'], estimate: 10 });

  const cases: [what: string, claimedAt: number, chosen: number[], keptFor: (number | undefined)[]][] = [
    ['lets others go first while it is patient', 49 * minute, [6], [undefined]],
    ['has its files kept once it was overtaken after that', 50 * minute, [], [undefined, 5]],
  ];
  for (const [what, claimedAt, chosen, keptFor] of cases) {
    it(what, () => {
      const batch = selectBatch(
        boardOf([claimed(1, claimedAt, ['a']), waiting, other]),
        { mayStart: () => true },
        holding(1, 'a'),
        [2],
        { startedAt: 0 },
      );
      assert.deepEqual(
        batch.chosen.map((c) => c.featureId),
        chosen,
      );
      assert.deepEqual(
        batch.passedOver.map((p) => p.keptFor),
        keptFor,
      );
    });
  }

  it('is as patient when the wall clock was set', () => {
    const hour = 60 * minute;
    for (const [claimedMs, chosen] of [
      [49 * minute, [6]],
      [50 * minute, []],
    ] as const)
      for (const claimedAt of [-hour, 24 * hour]) {
        const busy = claimed(1, claimedAt, ['a']);
        const holder = { ...busy, state: { ...busy.state, claim: { ...busy.state.claim, claimedMs } } };
        const batch = selectBatch(
          boardOf([holder, waiting, other]),
          { mayStart: () => true },
          holding(1, 'a'),
          [2],
          {
            startedAt: 0,
            startedMs: 0,
          },
        );
        assert.deepEqual(
          batch.chosen.map((c) => c.featureId),
          chosen,
        );
      }
  });

  it('keeps its files only from those that rank after it', () => {
    const urgent = featureIn('pending', 7, { files: ['b'], estimate: 10, priority: 1 });
    const before = { ...urgent, spec: { ...urgent.spec, dependsOn: [], estimate: 40 } };
    const batch = selectBatch(
      boardOf([claimed(1, 90 * minute, ['a']), waiting, before]),
      { mayStart: () => true },
      holding(1, 'a'),
      [2],
      { startedAt: 0 },
    );
    assert.deepEqual(
      batch.chosen.map((c) => c.featureId),
      [7],
    );
  });
});
