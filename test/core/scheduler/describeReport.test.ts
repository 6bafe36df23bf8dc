// A report in words: what was measured is told, what was worked out is called an estimate, and no gain is made up.
import { strict as assert } from 'node:assert';
import type { RunReport } from '../../../src/core/events/runReport';
import { describeReport } from '../../../src/core/scheduler/describeReport';
import { shownChain } from '../../../src/core/scheduler/reportRun';

const none = { dependency: 0, lock: 0, limit: 0, rate: 0, core: 0, paused: 0 };

const full: RunReport = {
  startedAt: 0,
  wallMs: 20_000,
  maxAgents: 3,
  passing: 5,
  total: 5,
  oneAgentMs: 50_000,
  oneAgentIs: 'estimate',
  attemptMs: 50_000,
  bestPossibleMs: 16_666,
  costUsd: 0.01234,
  inputTokens: 1_200,
  outputTokens: 340,
  attempts: 6,
  retries: 1,
  waitingMs: { ...none, dependency: 1_500, lock: 49, rate: 2_000 },
};

const how = 'an estimate: attempt times without their waiting for a core or a file';

describe('describeReport', () => {
  it('tells times, the gain, waiting by cause and cost', () => {
    assert.deepEqual(describeReport(full), [
      'Wall time      20.0 s with 3 agents (6 attempts, 1 retry)',
      `One agent      about 50.0 s (2.50 × the wall time; ${how})`,
      'Best possible  about 16.7 s (no order of this work is faster; the run took 1.20 × that)',
      'Agents waited  dependencies 1.5 s, the model service 2.0 s',
      'Cost           $0.0123 for 1200 tokens in, 340 out',
    ]);
  });

  it('makes no cost up where nobody has said it', () => {
    const costOf = (report: Partial<RunReport>) => describeReport({ ...full, ...report }).at(-1);
    assert.match(
      costOf({ unpricedTokens: 40 }) ?? '',
      /^Cost +\$0\.0123 and what is not known for 1200 tokens in/,
    );
    const unknown = costOf({ costUsd: 0, unpricedTokens: 1_540 });
    assert.match(unknown ?? '', /^Cost +unknown for 1200 .*no price is known of 1540 of them/);
  });

  it('names contention, and claims no gain that there was not', () => {
    const busy: RunReport = {
      ...full,
      wallMs: 184_000,
      attemptMs: 306_000,
      oneAgentMs: 150_000,
      bestPossibleMs: 141_000,
      waitingMs: { ...none, core: 156_000 },
      cores: { count: 2, cpuMs: 282_000, busyMs: 150_000, isWhole: true },
    };
    assert.deepEqual(describeReport(busy).slice(1, 6), [
      'Attempts       306.0 s in sum (156.0 s of it waiting for other agents, or work that was given up or checked again)',
      'Cores          checks and commands ran for 82 % of the time and used 1.9 of 2 cores while they did (282.0 s of CPU time)',
      `One agent      about 150.0 s (0.82 × the wall time; ${how})`,
      'Best possible  about 141.0 s (no order of this work is faster; the run took 1.30 × that)',
      'Agents waited  a core that other agents had 156.0 s',
    ]);
  });

  const sure: [what: string, report: RunReport, one: string, best: string | undefined][] = [
    [
      'a run of one agent as measured',
      { ...full, oneAgentIs: 'measured', oneAgentMs: 19_000, attemptMs: 19_000, bestPossibleMs: 19_000 },
      'One agent      19.0 s (measured: there was but one)',
      undefined,
    ],
    [
      'what could not be measured as at most',
      { ...full, oneAgentIs: 'atMost' },
      'One agent      at most 50.0 s (the sum of attempt times, in which agents may have slowed each other down)',
      undefined,
    ],
    [
      'a report of an earlier version as at most',
      { ...full, oneAgentIs: undefined, attemptMs: undefined },
      'One agent      at most 50.0 s (the sum of attempt times, in which agents may have slowed each other down)',
      undefined,
    ],
    [
      'no time at all without dividing by it',
      { ...full, wallMs: 0, oneAgentMs: 0, attemptMs: 0, bestPossibleMs: 0 },
      `One agent      about 0.0 s (${how})`,
      undefined,
    ],
    [
      'no gain of a run that did not complete all features',
      { ...full, passing: 4 },
      'One agent      about 50.0 s for what came to an end (not compared, for not all features are completed)',
      undefined,
    ],
    [
      'nothing of a run in which nothing was built',
      { ...full, passing: 0, oneAgentMs: 0, bestPossibleMs: 0, attemptMs: 0 },
      'One agent      not known (no attempt came to an end of its own)',
      undefined,
    ],
  ];
  for (const [what, report, one, best] of sure) {
    it(`tells ${what}`, () => {
      const lines = describeReport(report);
      assert.equal(lines[1], one);
      assert.equal(
        lines.find((line) => line.startsWith('Best')),
        best,
      );
    });
  }

  it('says at least of cores where not every command told', () => {
    const cores = { count: 8, cpuMs: 10_000, busyMs: 5_000, isWhole: false };
    assert.match(
      describeReport({ ...full, cores }).join('\n'),
      /ran for 25 % of the time and used at least 2\.0 of 8 cores while they did/,
    );
  });

  it('tells of commands that used hardly any CPU time without a zero', () => {
    const cores = { count: 2, cpuMs: 3, busyMs: 16_000, isWhole: true };
    assert.ok(
      describeReport({ ...full, cores }).includes(
        'Cores          checks and commands ran for 80 % of the time and used hardly any CPU time',
      ),
    );
  });

  it('tells no price of what used no tokens', () => {
    const free = { ...full, costUsd: 0, inputTokens: 0, outputTokens: 0 };
    assert.equal(describeReport(free).at(-1), 'Cost           none: no tokens were used');
  });

  it('names trouble from outside as what it is', () => {
    assert.equal(
      describeReport({ ...full, waitingMs: { ...none, trouble: 3_900 } })[3],
      'Agents waited  trouble from outside 3.9 s',
    );
  });

  it('tells of an interruption', () => {
    const interruptions = { count: 2, awayMs: 90_000 };
    assert.equal(
      describeReport({ ...full, interruptions })[1],
      'Interrupted    2 times, for about 90.0 s by the clock, not counted here',
    );
  });

  it('says that no agent waited', () => {
    assert.equal(describeReport({ ...full, waitingMs: none })[3], 'Agents waited  not at all');
  });

  it('tells the chain that decided, shortened in the middle', () => {
    const link = (name: string, because: 'start' | 'slot' | 'file') => ({
      featureId: 1,
      name,
      startMs: 0,
      endMs: 1,
      because,
    });
    const chain = [link('auth', 'start'), link('profile', 'file')];
    assert.equal(describeReport({ ...full, chain })[3], 'Decided by     auth → profile (same file)');
    const long = Array.from({ length: 9 }, (_, k) => link(`F${k}`, k === 0 ? 'start' : 'slot'));
    assert.match(
      describeReport({ ...full, chain: long })[3] ?? '',
      /^Decided by {5}F0 → F1 \(next in line\) → F2 \(next in line\) → … 3 more … → F6/,
    );
    const endless = Array.from({ length: 100_000 }, (_, k) => link(`F${k}`, k === 0 ? 'start' : 'slot'));
    const shown = shownChain(endless);
    assert.equal(shown.chain?.length, 1_000);
    assert.match(
      describeReport({ ...full, ...shown })[3] ?? '',
      /^Decided by {5}F0 .* … 99994 more … → F99997/,
    );
  });
});
