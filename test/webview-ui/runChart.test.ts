// What the page makes of a run: bars, waits and the deciding chain, during the run and after it, and the words for them.
import { strict as assert } from 'node:assert';
import type { RunReport } from '../../src/core/events/runReport';
import { barLabel } from '../../webview-ui/src/barText';
import { formatSpan } from '../../webview-ui/src/figures';
import { decidedBy, factsOf } from '../../webview-ui/src/reportText';
import { type RunChart, runChartOf } from '../../webview-ui/src/runChart';
import { followTimeline, type Timeline, timelineOf } from '../../webview-ui/src/timeline';
import { specOf } from '../support/history';
import { claim, loaded, progress, run, wholeRun, wholeRunSoFar } from '../vscode/scenes';

type Told = ReturnType<typeof wholeRun>;

function timelineFrom(history: Told, from = 0): Timeline {
  return followTimeline(timelineOf(history.snapshot.run), history.events.slice(from));
}

function chartOf(history: Told, from = 0): RunChart {
  return runChartOf(history.snapshot, timelineFrom(history, from));
}

/** A report with nothing in it but what is given. */
function reportOf(part: Partial<RunReport>): RunReport {
  return {
    startedAt: 0,
    wallMs: 0,
    maxAgents: 3,
    passing: 0,
    total: 0,
    oneAgentMs: 0,
    bestPossibleMs: 0,
    costUsd: 0,
    inputTokens: 0,
    outputTokens: 0,
    attempts: 0,
    retries: 0,
    waitingMs: { dependency: 0, lock: 0, limit: 0, rate: 0, paused: 0 },
    ...part,
  };
}

describe('the timeline of a run', () => {
  it('is the same however often and in what pieces its events are told', () => {
    const history = wholeRunSoFar();
    const { events, snapshot } = history;
    const once = timelineFrom(history);
    assert.deepEqual([once.attempts.size, once.waits.size, once.isWhole], [9, 1, true]);
    assert.deepEqual(followTimeline(once, events), once);
    assert.deepEqual(followTimeline(once, events.slice(-9)), once);
    const pieces = events.reduce((t, event) => followTimeline(t, [event]), timelineOf(snapshot.run));
    assert.deepEqual(pieces, once);
  });

  it('knows when it was not told all', () => assert.equal(timelineFrom(wholeRunSoFar(), 10).isWhole, false));

  it('begins anew with the next run, and not before', () => {
    const history = wholeRun();
    const timeline = timelineFrom(history);
    assert.equal(timelineOf(history.snapshot.run, timeline), timeline);
    run(history);
    assert.equal(timelineOf(history.snapshot.run, timeline).attempts.size, 0);
  });

  it('keeps an attempt’s first end: what the user says of it later is not its work', () => {
    const history = wholeRunSoFar();
    const before = timelineFrom(history);
    const asking = [...before.attempts].find(([, { end }]) => end === 'unconfirmed');
    assert.ok(asking);
    const [fence] = asking;
    const yes = { type: 'feature.passed', featureId: 7, evidence: { kind: 'user' }, fence } as const;
    assert.deepEqual(followTimeline(before, [{ ...yes, seq: 999, at: 0, elapsedMs: before.lastMs }]), before);
  });
});

describe('the chart of a run', () => {
  it('has a bar for every attempt, with its outcome, under its agent', () => {
    const { bars, lanes } = chartOf(wholeRunSoFar());
    assert.deepEqual(
      bars.map(({ slot, name, end }) => `${slot} ${name}: ${end}`),
      [
        '1 Accounts: passed',
        '2 Catalogue: passed',
        '3 Shopping cart: retried',
        '3 Shopping cart: yielded',
        '2 Search: passed',
        '1 Profile page: passed',
        '3 Newsletter: failed',
        '3 Help pages: unconfirmed',
        '1 Shopping cart: passed',
      ],
    );
    assert.deepEqual(lanes, [1, 2, 3]);
  });

  it('is the same by the report, with what decided', () => {
    const [seen, reported] = [chartOf(wholeRunSoFar()), chartOf(wholeRun())];
    assert.deepEqual(
      reported.bars.map(({ because: _, ...bar }) => bar),
      seen.bars,
    );
    assert.equal(seen.chain.length, 0);
    assert.deepEqual(
      reported.chain.map((k) => reported.bars[k]?.name),
      ['Accounts', 'Profile page', 'Shopping cart'],
    );
  });

  it('shows the report’s attempts to a page that saw none of them', () => {
    const late = chartOf(wholeRun(), Number.POSITIVE_INFINITY);
    assert.equal(late.bars.length, 9);
    assert.ok(late.bars.every(({ waits }) => waits.length === 0));
  });

  it('tells of a wait: for which file, from when to when, within its attempt', () => {
    const search = chartOf(wholeRun()).bars[4];
    assert.equal(search?.name, 'Search');
    const [wait] = search.waits;
    assert.deepEqual([search.waits.length, wait?.path], [1, 'src/accounts.ts']);
    assert.ok(wait && wait.startMs > search.startMs && wait.endMs < search.endMs);
    assert.equal(wait.endMs - wait.startMs, 11_000);
  });

  it('lets what is at work go on to the newest event, also when its beginning was not told', () => {
    const history = loaded(specOf('a'), specOf('b'));
    run(history, { maxAgents: 9 });
    const one = claim(history, 7, 1);
    history.wait(10);
    progress(history, one, 'thinking');
    const told = chartOf(history);
    assert.deepEqual(
      told.bars.map(({ end, startMs, endMs }) => [end, startMs, endMs]),
      [['open', 1_000, 12_000]],
    );
    assert.deepEqual(chartOf(history, history.events.length - 1).bars, told.bars);
    assert.deepEqual(told.lanes, [1, 2, 3, 4, 5, 7]);
    assert.equal(told.spanMs, 12_000);
  });

  it('is empty before the first run', () => assert.deepEqual(chartOf(loaded(specOf('a'))).bars, []));
});

describe('the words of a run', () => {
  it('tell all of a bar', () => {
    const { bars } = chartOf(wholeRun());
    const labels = [
      'Agent 1, Accounts, attempt 1: passed, 1 s to 46 s (45 s), decided how long the run took',
      'Agent 2, Search, attempt 1: passed, 30 s to 1 min 10 s (40 s), waited 11 s for src/accounts.ts',
    ];
    for (const label of labels) assert.ok(bars.map(barLabel).includes(label), bars.map(barLabel).join('\n'));
    assert.match(bars.map(barLabel).join('\n'), /decided how long the run took \(needs the one before\)/);
  });

  const spans: [ms: number, said: string][] = [
    [0, '0 s'],
    [940, '0.9 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [130_000, '2 min 10 s'],
    [3_599_700, '1 h'],
    [4_800_000, '1 h 20 min'],
  ];
  for (const [ms, said] of spans) it(`call ${ms} ms ${said}`, () => assert.equal(formatSpan(ms), said));

  it('set the run’s time beside one agent’s and the best', () => {
    const waitingMs = { dependency: 20_000, lock: 4_000, limit: 0, rate: 0, paused: 10 };
    const report = reportOf({
      wallMs: 60_000,
      oneAgentMs: 150_000,
      bestPossibleMs: 50_000,
      attempts: 4,
      retries: 1,
      waitingMs: { ...waitingMs, core: 6_000 },
      oneAgentIs: 'estimate',
      attemptMs: 156_000,
      cores: { count: 2, cpuMs: 90_000, busyMs: 50_000, isWhole: true },
      interruptions: { count: 1, awayMs: 3_000 },
    });
    assert.deepEqual(
      factsOf(report).map(({ name, value, aside }) => `${name}: ${value}, ${aside}`),
      [
        'Wall time: 1 min, 3 agents, 4 attempts, 1 retry; interrupted 1 time, not counted: about 3 s',
        'Attempts: 2 min 36 s in sum, 6 s of it waiting for other agents, or work that was given up or checked again',
        'One agent: about 2 min 30 s, 2.50 × the wall time; an estimate: attempt times without their waiting for a core or a file',
        'Best possible: about 50 s, no order of this work is faster; the run took 1.20 × that',
        'Agents waited: 30 s, dependencies 20 s, locked files and resources 4 s, a core that other agents had 6 s',
        'CPU time: 1 min 30 s, checks and commands ran for 83 % of the time and used 1.8 of 2 cores while they did (90.0 s of CPU time)',
      ],
    );
  });

  it('claim no gain from a report of an earlier version', () => {
    const told = factsOf(reportOf({ wallMs: 60_000, oneAgentMs: 150_000, bestPossibleMs: 50_000 }));
    assert.deepEqual(
      told.slice(0, 3).map(({ value }) => value),
      ['1 min', 'at most 2 min 30 s', '0 s'],
    );
    assert.ok(told.every(({ aside }) => !aside.includes('×')));
  });

  it('divide nothing by nothing', () => {
    const asides = factsOf(reportOf({ maxAgents: 1, oneAgentIs: 'measured' })).map(({ aside }) => aside);
    assert.deepEqual(asides, ['1 agent, 0 attempts, 0 retries', 'measured: there was but one', 'not at all']);
  });

  it('name the chain that decided, a long one by its ends', () => {
    const link = (name: string, because: 'start' | 'slot') => ({
      featureId: 1,
      name,
      startMs: 0,
      endMs: 0,
      because,
    });
    const chain = [link('a', 'start'), ...Array.from({ length: 8 }, (_, k) => link(`b${k}`, 'slot'))];
    assert.equal(decidedBy(chain.slice(0, 2)), 'Decided by a → b0 (next in line)');
    assert.match(
      decidedBy(chain),
      /^Decided by a → b0 \(.*\) → b1 \(.*\) → 3 more → b5 .* → b7 \(next in line\)$/,
    );
  });
});
