// Reports of small runs, every figure worked out by hand.
import { strict as assert } from 'node:assert';
import type { NewEvent } from '../../../src/core/events/event';
import type { RunReport } from '../../../src/core/events/runReport';
import type { Run } from '../../../src/core/events/snapshot';
import type { Feature } from '../../../src/core/features/feature';
import { describeReport } from '../../../src/core/scheduler/describeReport';
import { reportRun } from '../../../src/core/scheduler/reportRun';
import { defaultRunSettings, type RunSettings } from '../../../src/core/settings/runSettings';
import { eventsAt, featureIn, specOf, workspaceOf } from '../sampleFeatures';

type Timed = readonly [at: number, happening: NewEvent];

const none = { dependency: 0, lock: 0, limit: 0, rate: 0, trouble: 0, core: 0, ahead: 0, paused: 0 };
const check = { kind: 'check', command: 'x', exitCode: 0, outputTail: '', durationMs: 1 } as const;

/** Feature `id` in slot `id`, by default its first attempt. */
const own = (id: number, fence = id) => ({ slot: id, featureId: id, attempt: 1, fence });
const claim = (at: number, id: number, fence = id): Timed => [
  at,
  { type: 'feature.claimed', model: 'haiku', ...own(id, fence) },
];
const pass = (at: number, id: number, fence = id): Timed => [
  at,
  { type: 'feature.passed', evidence: check, ...own(id, fence) },
];
const retry = (at: number, id: number): Timed => [
  at,
  { type: 'feature.retried', by: 'policy', reason: '', ...own(id) },
];
const release = (at: number, id: number, path: string): Timed => [
  at,
  { type: 'lock.released', path, ...own(id) },
];
const lock = (at: number, id: number, path: string, fence = id): Timed => [
  at,
  { type: 'lock.granted', path, kind: 'file', how: 'claim', ...own(id, fence) },
];

function report(
  features: Feature[],
  settings: Partial<RunSettings>,
  story: Timed[],
  now: number,
  run: Partial<Run> = {},
): RunReport {
  const snapshot = workspaceOf(features, settings, run);
  assert.ok(snapshot.run);
  const started: Timed = [
    0,
    { type: 'run.started', runId: 1, settings: { ...defaultRunSettings, ...settings } },
  ];
  return reportRun(snapshot, snapshot.run, eventsAt([started, ...story]), { at: now }, 2);
}

const two = { maxAgents: 2 };
const passing = (...ids: number[]) => ids.map((id) => featureIn('passing', id));
const needing = (id: number, need: number, state: Parameters<typeof featureIn>[0] = 'passing') =>
  featureIn(state, id, { dependsOn: [`F${need}`] });

describe('reportRun', () => {
  it('of nothing done', () => {
    assert.deepEqual(report([], two, [], 0), {
      startedAt: 0,
      wallMs: 0,
      maxAgents: 2,
      passing: 0,
      total: 0,
      oneAgentMs: 0,
      bestPossibleMs: 0,
      costUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
      waitingMs: none,
      attempts: 0,
      retries: 0,
      oneAgentIs: 'estimate',
      attemptMs: 0,
      chain: [],
      rows: [],
    });
  });

  it('calls it a limit when slots were withheld from features that were ready', () => {
    // Two agents for 10 ms, then one: the third feature is ready all the time and waits for the slot that was taken away.
    const story: Timed[] = [
      claim(0, 1),
      claim(0, 2),
      [10, { type: 'run.configured', runId: 1, maxAgents: 1 }],
      pass(10, 1),
      pass(30, 2),
      claim(30, 3),
      pass(50, 3),
    ];
    const { waitingMs, maxAgents } = report(passing(1, 2, 3), two, story, 50);
    assert.deepEqual([waitingMs, maxAgents], [{ ...none, limit: 20 }, 2]);
  });

  it('counts what passed, was tried, was tried again, and what it cost', () => {
    const story = [claim(0, 1), retry(10, 1), claim(10, 1, 5), pass(30, 1, 5)];
    const features = [featureIn('passing', 1), featureIn('failed', 2)];
    const { passing, total, attempts, retries, costUsd, oneAgentMs } = report(features, two, story, 30, {
      costUsd: 0.5,
    });
    assert.deepEqual([passing, total, attempts, retries, costUsd, oneAgentMs], [1, 2, 2, 1, 0.5, 30]);
  });

  const bounds: [what: string, features: Feature[], story: Timed[], best: number][] = [
    [
      'the work over all agents',
      passing(1, 2, 3),
      [claim(0, 1), claim(0, 2), pass(10, 1), claim(10, 3), pass(20, 2), pass(30, 3)],
      25,
    ],
    ['the longest single work', passing(1, 2), [claim(0, 1), claim(0, 2), pass(10, 1), pass(40, 2)], 40],
    [
      'the chain',
      [featureIn('passing', 1), needing(2, 1)],
      [claim(0, 1), pass(20, 1), claim(20, 2), pass(45, 2)],
      45,
    ],
    [
      'the chain with its failed attempt',
      [featureIn('passing', 1), needing(2, 1)],
      [claim(0, 1), retry(10, 1), claim(10, 1, 9), pass(20, 1, 9), claim(20, 2), pass(25, 2)],
      25,
    ],
    [
      'the busiest file, by any of its cases',
      passing(1, 2, 3),
      [
        claim(0, 1),
        lock(0, 1, 'a'),
        claim(0, 3),
        pass(5, 3),
        pass(30, 1),
        claim(30, 2),
        lock(30, 2, 'A'),
        pass(60, 2),
      ],
      60,
    ],
  ];
  for (const [what, features, story, best] of bounds) {
    it(`finds the bound in ${what}`, () =>
      assert.equal(report(features, two, story, 99).bestPossibleMs, best));
  }

  const nothing: [what: string, end: Timed[]][] = [
    ['is still at work', []],
    ['was handed back', [[50, { type: 'feature.yielded', cause: 'outside', note: '', ...own(1) }]]],
    ['was stopped', [[50, { type: 'feature.yielded', cause: 'stopped', note: '', ...own(1) }]]],
    ['was lost', [[50, { type: 'feature.yielded', cause: 'lost', note: '', ...own(1) }]]],
  ];
  for (const [what, end] of nothing) {
    it(`counts nothing that one agent would have needed for an attempt that ${what}`, () => {
      const { oneAgentMs, attemptMs, bestPossibleMs } = report(
        [featureIn('working', 1)],
        two,
        [claim(10, 1), ...end],
        50,
      );
      assert.deepEqual([oneAgentMs, attemptMs, bestPossibleMs], [0, 40, 0]);
    });
  }

  it('has nothing possible that is longer than the run', () => {
    // Clocks of commands are not the log's: more CPU time is told than there was wall time for.
    const story = [claim(0, 1), checked(10, 1, 10, { cpuMs: 90, coreWaitMs: 0 }), pass(70, 1)];
    assert.equal(report(passing(1), two, story, 20).bestPossibleMs, 20);
  });

  const checked = (at: number, id: number, durationMs: number, use: object): Timed => [
    at,
    {
      type: 'verify.finished',
      command: 'x',
      passed: true,
      exitCode: 0,
      timedOut: false,
      outputTail: '',
      durationMs,
      ...use,
      ...own(id),
    },
  ];
  const began = (at: number, id: number, waitedMs: number): Timed => [
    at,
    { type: 'verify.started', command: 'x', waitedMs, ...own(id) },
  ];
  const ran = (at: number, id: number, durationMs: number, use: object, tool = 'run_command'): Timed => [
    at,
    { type: 'tool.used', tool, ok: true, durationMs, summary: '', ...use, ...own(id) },
  ];

  describe('with checks that fill the cores', () => {
    // Two at once on two cores, each with work for both: either alone would have taken half as long.
    const half = { cpuMs: 80, coreWaitMs: 40 };
    const story = [
      claim(0, 1),
      claim(0, 2),
      checked(80, 1, 80, half),
      pass(80, 1),
      checked(80, 2, 80, half),
      pass(80, 2),
    ];

    it('knows what one agent would have needed, and that no order is faster than the cores', () => {
      const { oneAgentMs, oneAgentIs, attemptMs, bestPossibleMs, waitingMs, cores } = report(
        passing(1, 2),
        two,
        story,
        80,
      );
      assert.deepEqual([oneAgentMs, oneAgentIs, attemptMs, bestPossibleMs], [80, 'estimate', 160, 80]);
      assert.deepEqual([waitingMs.core, cores], [80, { count: 2, cpuMs: 160, busyMs: 80, isWhole: true }]);
    });

    it('takes off the wait for a turn, for a core by commands, and for a file; not what tools did otherwise', () => {
      const waits: Timed[] = [
        claim(0, 1),
        ran(20, 1, 20, { cpuMs: 10, coreWaitMs: 7 }),
        ran(20, 2, 20, { cpuMs: 20, coreWaitMs: 0 }),
        [30, { type: 'lock.granted', path: 'a', kind: 'file', how: 'request', waitedMs: 9, ...own(1) }],
        ran(35, 1, 5, {}, 'read_file'),
        began(50, 1, 11),
        [60, { type: 'verify.awaited', ahead: [2], published: true, waitedMs: 4, ...own(1) }],
        checked(90, 1, 40, { cpuMs: 30, coreWaitMs: 0 }),
        pass(90, 1),
      ];
      const told = report(passing(1), two, waits, 100);
      assert.deepEqual(
        [told.oneAgentMs, told.oneAgentIs, told.attemptMs],
        [90 - 7 - 9 - 11 - 4, 'estimate', 90],
      );
      assert.deepEqual([told.waitingMs.core, told.cores?.busyMs, told.cores?.cpuMs], [18, 60, 60]);
      assert.equal(told.waitingMs.ahead, 4);
    });

    it('books as waiting for other agents no more than their commands used meanwhile', () => {
      // Five threads of its own, or of other programs: it says 30 ms, and only one other of ours ran, for 10 of its 40 ms.
      const busy = [
        claim(0, 1),
        claim(0, 2),
        ran(50, 2, 40, { cpuMs: 20, coreWaitMs: 0 }),
        checked(60, 1, 20, { cpuMs: 20, coreWaitMs: 30 }),
        pass(60, 1),
        pass(60, 2),
      ];
      const told = report(passing(1, 2), two, busy, 60);
      assert.deepEqual([told.waitingMs.core, told.oneAgentMs], [5, 115]);
      const alone = [claim(0, 1), checked(60, 1, 50, { cpuMs: 20, coreWaitMs: 30 }), pass(60, 1)];
      assert.deepEqual(report(passing(1), two, alone, 60).waitingMs, none);
    });

    it('says at most where agents at work together took much time for what was no work of the cores', () => {
      const slow = (waited: number) => [
        claim(0, 1),
        claim(0, 2),
        checked(90, 1, 80, { cpuMs: 80 - waited, coreWaitMs: 0 }),
        pass(90, 1),
        checked(90, 2, 80, { cpuMs: 80, coreWaitMs: 0 }),
        pass(90, 2),
      ];
      assert.equal(report(passing(1, 2), two, slow(40), 90).oneAgentIs, 'estimate');
      assert.equal(report(passing(1, 2), two, slow(60), 90).oneAgentIs, 'atMost');
      const inTurn = [claim(0, 1), checked(90, 1, 80, { cpuMs: 1, coreWaitMs: 0 }), pass(90, 1)];
      assert.equal(report(passing(1), two, inTurn, 90).oneAgentIs, 'estimate');
    });

    it('takes off checks that ran again for what others brought in, or for their port; not those of new work', () => {
      const use = { cpuMs: 20, coreWaitMs: 0 };
      const story = [
        claim(0, 1),
        claim(0, 2),
        checked(20, 1, 20, use),
        checked(40, 1, 20, use),
        pass(40, 1),
        checked(60, 2, 20, { ...use, passed: false, doubt: 'portTaken' }),
        checked(80, 2, 20, use),
        checked(95, 2, 15, { ...use, trial: true }),
        checked(98, 2, 3, { ...use, guards: 1 }),
        pass(100, 2),
      ];
      assert.equal(report(passing(1, 2), two, story, 100).oneAgentMs, 40 - 20 + (100 - 20));
      const anew: Timed[] = [
        claim(0, 1),
        claim(0, 2),
        pass(5, 2),
        checked(20, 1, 20, use),
        [20, { type: 'feature.returned', why: '', ...own(1) }],
        checked(50, 1, 20, { ...use, passed: false }),
        checked(80, 1, 20, use),
        pass(80, 1),
      ];
      assert.equal(report(passing(1, 2), two, anew, 80).oneAgentMs, 85);
      const alone = [claim(0, 1), checked(20, 1, 20, use), checked(40, 1, 20, use), pass(40, 1)];
      assert.equal(report(passing(1), two, alone, 40).oneAgentMs, 40, 'nobody was beside it');
    });

    it('says at most where one of them could not be measured', () => {
      const some = [claim(0, 1), ran(20, 1, 20, {}), checked(80, 1, 40, half), pass(80, 1)];
      const told = report(passing(1), two, some, 80);
      assert.deepEqual([told.oneAgentIs, told.cores?.isWhole], ['atMost', false]);
      assert.equal(
        report(passing(1), two, [claim(0, 1), checked(9, 1, 9, {}), pass(9, 1)], 9).cores,
        undefined,
      );
    });

    it('counts the checks of the run’s end, which one agent would have needed as well', () => {
      const last = (at: number, id: number, durationMs: number): Timed => [
        at,
        {
          type: 'verify.finished',
          command: 'x',
          passed: true,
          exitCode: 0,
          timedOut: false,
          outputTail: '',
          durationMs,
          ...half,
          guards: id,
          slot: 0,
          featureId: id,
          attempt: 0,
          fence: 0,
        },
      ];
      const story = [
        claim(0, 1),
        claim(0, 2),
        checked(80, 1, 80, half),
        pass(80, 1),
        checked(80, 2, 80, half),
        pass(80, 2),
        last(130, 1, 50),
        last(140, 2, 40),
      ];
      const { oneAgentMs, lastChecksMs, attemptMs, bestPossibleMs } = report(passing(1, 2), two, story, 140);
      assert.deepEqual([oneAgentMs, lastChecksMs, attemptMs, bestPossibleMs], [140, 60, 160, 140]);
    });

    it('has measured it when there was but one agent', () => {
      const own = [claim(0, 1), checked(80, 1, 80, half), pass(80, 1)];
      const { oneAgentMs, oneAgentIs } = report(passing(1), { maxAgents: 1 }, own, 80);
      assert.deepEqual([oneAgentMs, oneAgentIs], [80, 'measured']);
    });
  });

  it('divides by the most agents there were', () => {
    const more: Timed = [5, { type: 'run.configured', runId: 1, maxAgents: 4 }];
    const less: Timed = [6, { type: 'run.configured', runId: 1, maxAgents: 1 }];
    const { maxAgents, bestPossibleMs } = report(
      passing(1, 2),
      two,
      [claim(0, 1), claim(0, 2), more, less, pass(40, 1), pass(40, 2)],
      40,
    );
    assert.deepEqual([maxAgents, bestPossibleMs], [4, 40]);
  });

  const waits: [
    what: string,
    features: Feature[],
    settings: Partial<RunSettings>,
    story: Timed[],
    now: number,
    waiting: Partial<typeof none>,
  ][] = [
    [
      'nothing while all slots work',
      passing(1, 2),
      two,
      [claim(0, 1), claim(0, 2), pass(10, 1), pass(10, 2)],
      10,
      {},
    ],
    ['nothing for a slot that nobody could use', passing(1), two, [claim(0, 1), pass(10, 1)], 10, {}],
    [
      'a dependency: one slot empty until it passes',
      [featureIn('passing', 1), needing(2, 1)],
      two,
      [claim(0, 1), pass(10, 1), [10, { type: 'feature.freed', featureId: 2 }], claim(10, 2), pass(15, 2)],
      15,
      { dependency: 10 },
    ],
    [
      'a dependency that never passes',
      [featureIn('unconfirmed', 1), needing(2, 1, 'waiting')],
      two,
      [claim(0, 1), [10, { type: 'feature.unconfirmed', why: '', ...own(1) }]],
      20,
      { dependency: 20 },
    ],
    [
      'a dependency no more than there are slots',
      [featureIn('passing', 1), needing(2, 1, 'waiting'), needing(3, 1, 'waiting'), needing(4, 1, 'waiting')],
      two,
      [claim(0, 1)],
      10,
      { dependency: 10 },
    ],
    [
      'a busy file: a ready feature passed over',
      passing(1, 2),
      two,
      [
        claim(0, 1),
        lock(0, 1, 'a'),
        pass(10, 1),
        release(10, 1, 'a'),
        claim(10, 2),
        lock(10, 2, 'A'),
        pass(15, 2),
      ],
      15,
      { lock: 10 },
    ],
    [
      'a busy folder that holds the file',
      passing(1, 2),
      two,
      [
        claim(0, 1),
        lock(0, 1, 'src'),
        pass(10, 1),
        release(10, 1, 'src'),
        claim(10, 2),
        lock(10, 2, 'src/a'),
        pass(15, 2),
      ],
      15,
      { lock: 10 },
    ],
    [
      'no lock where none is told: a feature that starts late',
      passing(1, 2),
      two,
      [claim(0, 1), pass(10, 1), claim(10, 2), pass(15, 2)],
      15,
      {},
    ],
    [
      'trouble from outside, while the breaker is open',
      [featureIn('passing', 1), featureIn('passing', 2)],
      two,
      [
        claim(0, 1),
        [2, { type: 'breaker.opened', cause: 'key', message: '', mend: '', probeAt: 8 }],
        [8, { type: 'breaker.closed', cause: 'key' }],
        claim(8, 2),
        pass(9, 2),
        pass(9, 1),
      ],
      9,
      { trouble: 6 },
    ],
    [
      'a file that an agent stands and waits for',
      passing(1, 2),
      two,
      [
        claim(0, 1),
        claim(0, 2),
        [2, { type: 'lock.waiting', path: 'a', kind: 'file', blockers: [], ...own(2) }],
        [7, { type: 'lock.granted', path: 'a', kind: 'file', how: 'request', ...own(2) }],
        pass(9, 1),
        pass(9, 2),
      ],
      9,
      { lock: 5 },
    ],
    [
      'a pause with work left',
      passing(1),
      two,
      [
        [3, { type: 'run.paused', runId: 1, stopping: false }],
        [8, { type: 'run.resumed', runId: 1 }],
        claim(8, 1),
        pass(9, 1),
      ],
      9,
      { paused: 5 },
    ],
    [
      'a slow provider, for every agent at work',
      passing(1, 2),
      two,
      [
        claim(0, 1),
        claim(0, 2),
        [2, { type: 'throttle.changed', untilAt: 6, reason: '429' }],
        pass(10, 1),
        pass(10, 2),
      ],
      10,
      { rate: 8 },
    ],
    [
      'a slow provider that came round early',
      passing(1),
      { maxAgents: 1 },
      [
        claim(0, 1),
        [2, { type: 'throttle.changed', untilAt: 60, reason: '429' }],
        [5, { type: 'throttle.changed', untilAt: null, reason: '' }],
        pass(10, 1),
      ],
      10,
      { rate: 3 },
    ],
    [
      'nothing for what was not meant',
      [featureIn('passing', 1), featureIn('passing', 3), needing(2, 1, 'pending')],
      { maxAgents: 3, only: [1, 3] },
      [claim(0, 1), claim(0, 3), pass(10, 1), [10, { type: 'feature.freed', featureId: 2 }], pass(30, 3)],
      30,
      {},
    ],
    [
      'nothing while a feature fails for good and takes others along',
      [featureIn('failed', 1), needing(2, 1, 'skipped')],
      { maxAgents: 1 },
      [
        claim(0, 1),
        [10, { type: 'feature.failed', reason: '', ...own(1) }],
        [10, { type: 'feature.skipped', featureId: 2, because: { kind: 'dependency', featureId: 1 } }],
      ],
      20,
      {},
    ],
    [
      'what came back: tried again, run again, added',
      [...passing(1, 2), featureIn('pending', 3), featureIn('pending', 4)],
      { maxAgents: 4 },
      [
        claim(0, 1),
        claim(0, 2),
        claim(0, 3),
        claim(0, 4),
        pass(2, 1),
        retry(2, 2),
        pass(2, 3),
        pass(2, 4),
        [2, { type: 'breaker.opened', cause: 'key', message: '', mend: '', probeAt: 99 }],
        [2, { type: 'feature.regressed', by: 'user', featureId: 1 }],
        [2, { type: 'feature.added', featureId: 5, spec: specOf('F5') }],
      ],
      10,
      { trouble: 24 },
    ],
    [
      'an edit is no news of where a feature stands',
      passing(1, 2),
      two,
      [
        [0, { type: 'feature.edited', featureId: 2, spec: specOf('F2') }],
        claim(0, 1),
        lock(0, 1, 'a'),
        pass(10, 1),
        release(10, 1, 'a'),
        claim(10, 2),
        lock(10, 2, 'a'),
        pass(12, 2),
      ],
      12,
      { lock: 10 },
    ],
  ];
  for (const [what, features, settings, story, now, waiting] of waits) {
    it(`counts as waiting ${what}`, () => {
      assert.deepEqual(report(features, settings, story, now).waitingMs, { ...none, ...waiting });
    });
  }
});

describe('reportRun, when clocks are set and hosts change', () => {
  const hour = 3_600_000;
  const owner = { type: 'owner.changed', epoch: 2, process: { pid: 1, started: 'x' }, face: 'cli' } as const;
  const recovered = { type: 'feature.yielded', cause: 'recovered', note: '', ...own(1) } as const;

  /** The second attempt at feature 1 waits for a file; the wall clock shows `walls` at the five steps. */
  function told(walls: readonly number[], story: readonly NewEvent[]): RunReport {
    const snapshot = workspaceOf(passing(1), two, { startedAt: walls[0], startedMs: 500 });
    assert.ok(snapshot.run);
    const began = { type: 'run.started', runId: 1, settings: { ...defaultRunSettings, ...two } } as const;
    const events = [began, ...story].map((newEvent, k) => ({
      ...newEvent,
      seq: k + 1,
      at: walls[k] ?? 0,
      elapsedMs: 500 + 10 * k,
    }));
    const end = events.length;
    return reportRun(snapshot, snapshot.run, events, { at: walls[end] ?? 0, elapsedMs: 500 + 10 * end }, 2);
  }

  const wait = { type: 'lock.waiting', path: 'a', kind: 'file', blockers: [], ...own(1) } as const;
  const got = { type: 'lock.granted', path: 'a', kind: 'file', how: 'request', ...own(1) } as const;
  const slow = (untilAt: number) => ({ type: 'throttle.changed', untilAt, reason: '' }) as const;
  const work = (untilAt: number) => [claim(0, 1)[1], wait, got, slow(untilAt), pass(0, 1)[1]];
  const clocks: [what: string, walls: number[]][] = [
    ['runs on', [0, 10, 20, 30, 40, 50, 60]],
    ['is set an hour back', [0, 10, 20 - hour, 30 - hour, 40 - hour, 50 - hour, 60 - hour]],
    ['is set a day forward', [0, 10, 20, 30 + 24 * hour, 40 + 24 * hour, 50 + 24 * hour, 60 + 24 * hour]],
    ['is set forward and back at every step', [0, hour, -hour, hour, -hour, hour, -hour]],
  ];
  for (const [what, walls] of clocks) {
    it(`tells the same when the wall clock ${what}`, () => {
      const { wallMs, oneAgentMs, waitingMs, rows } = told(walls, work((walls[4] ?? 0) + 5));
      assert.deepEqual([wallMs, oneAgentMs, waitingMs.lock, waitingMs.rate], [60, 40, 10, 5]); // 10 ms standing
      assert.deepEqual(
        rows?.map(({ startMs, endMs }) => [startMs, endMs]),
        [[10, 50]],
      );
    });
  }

  it('leaves the time between two hosts out of all figures, and says how long it was by the clock', () => {
    const story = [claim(0, 1)[1], owner, recovered, claim(0, 1, 2)[1], pass(0, 1, 2)[1]];
    const night = 8 * hour;
    const report = told([0, 10, 20 + night, 30 + night, 40 + night, 50 + night, 60 + night], story);
    assert.deepEqual([report.wallMs, report.attemptMs, report.oneAgentMs], [60, 30, 10]);
    assert.deepEqual(report.interruptions, { count: 1, awayMs: night + 10 });
    assert.equal(
      describeReport(report)[1],
      'Interrupted    once, for about 28800.0 s by the clock, not counted here',
    );
    const back = told([0, 10, 20 - hour, 30 - hour, 40 - hour, 50 - hour, 60 - hour], story);
    assert.deepEqual([back.wallMs, back.interruptions], [60, { count: 1, awayMs: 0 }]);
  });

  it('has no negative times of a run that an earlier version began', () => {
    const story = eventsAt([claim(100, 1), pass(100 - hour, 1)]);
    const snapshot = workspaceOf(passing(1), two, { startedAt: 0 });
    assert.ok(snapshot.run);
    const now = { at: -hour, elapsedMs: 3 };
    const { wallMs, oneAgentMs, rows } = reportRun(snapshot, snapshot.run, story, now, 2);
    assert.deepEqual([wallMs, oneAgentMs, rows?.[0]?.startMs, rows?.[0]?.endMs], [0, 0, 100, 100]);
  });
});
