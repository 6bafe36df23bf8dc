// Spans between two moments when clocks are set, hosts change, or an earlier version left no better word.
import { strict as assert } from 'node:assert';
import { type Moment, msBetween } from '../../../src/core/shared/moment';

const hour = 3_600_000;
const day = 24 * hour;
const morning = Date.UTC(2026, 10, 21, 9);

describe('msBetween', () => {
  const spans: [what: string, from: Moment, to: Moment, ms: number][] = [
    ['nothing done to the clock', { at: morning, elapsedMs: 10 }, { at: morning + 40, elapsedMs: 50 }, 40],
    ['the clock set an hour back', { at: morning, elapsedMs: 10 }, { at: morning - hour, elapsedMs: 50 }, 40],
    ['the clock set a day forward', { at: morning, elapsedMs: 10 }, { at: morning + day, elapsedMs: 50 }, 40],
    [
      'no host for eight hours',
      { at: morning, elapsedMs: 10 },
      { at: morning + 8 * hour, elapsedMs: 30 },
      20,
    ],
    ['the same moment', { at: morning, elapsedMs: 10 }, { at: morning, elapsedMs: 10 }, 0],
    ['the wall clock only', { at: morning }, { at: morning + 40 }, 40],
    ['the wall clock only, set back', { at: morning }, { at: morning - hour }, 0],
    ['the wall clock only at the start', { at: morning }, { at: morning + 40, elapsedMs: 7 }, 40],
    ['the wall clock only at the end', { at: morning, elapsedMs: 7 }, { at: morning - 1 }, 0],
    ['the wrong way round', { at: morning, elapsedMs: 50 }, { at: morning, elapsedMs: 10 }, 0],
  ];
  for (const [what, from, to, ms] of spans) {
    it(`with ${what} is ${ms} ms`, () => assert.equal(msBetween(from, to), ms));
  }
});
