// Whole runs on random backlogs with everything that can happen to them; the rules hold after every step.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Event } from '../../../src/core/events/event';
import { project, projectAll } from '../../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../../src/core/events/snapshot';
import { grant, noLocks } from '../../../src/core/locks/lockTable';
import { eventsAt, featureIn, sampleFence, sampleSlot, specOf, workspaceOf } from '../sampleFeatures';
import { brokenRestRules, brokenStepRules } from './runRules';
import { SimulatedRun } from './simulatedRun';

/** Features that need earlier ones and share a few files and resources. */
const anyBacklog = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(11), { maxLength: 3 }),
      files: fc.array(fc.constantFrom('f0', 'f1', 'F1', 'f2', 'f3', 'lib/', 'lib/x'), { maxLength: 2 }),
      resources: fc.option(fc.constantFrom(['port'], ['PORT', 'lib'], ['f0']), { nil: undefined }),
      priority: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((entries) =>
    entries.map(({ needs, files, resources, priority }, k) => {
      const dependsOn = [...new Set(needs.filter((n) => n < k).map((n) => `F${n}`))];
      return specOf(`F${k}`, { dependsOn, files, priority, ...(resources && { resources }) });
    }),
  );

describe('runs', () => {
  it('keep the rules whatever happens, and always come to an end', function () {
    this.timeout(120_000);
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(
        anyBacklog,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.noBias(fc.nat(2 ** 30)), { minLength: 50, maxLength: 250 }),
        (specs, agents, steps) => {
          const run = new SimulatedRun(specs, agents);
          for (const step of steps) run.step(step);
          const attempts = run.drain();
          assert.ok(attempts <= specs.length, `${attempts} attempts for ${specs.length} features`);
          assert.equal(oneEndForEachFence(run.events), true);
          assert.deepEqual(projectAll(emptySnapshot, run.events), run.snapshot);
          for (const { type } of run.events) seen.set(type, (seen.get(type) ?? 0) + 1);
        },
      ),
      { numRuns: 400 },
    );
    const expected = [
      'claimed',
      'passed',
      'failed',
      'retried',
      'yielded',
      'unconfirmed',
      'held',
      'freed',
      'skipped',
      'unskipped',
      'regressed',
      'edited',
    ].map((verb) => `feature.${verb}`);
    for (const type of [...expected, 'lock.waiting', 'run.paused', 'run.configured', 'run.finished']) {
      assert.ok((seen.get(type) ?? 0) > 20, `${type} was met ${seen.get(type) ?? 0} times only`);
    }
  });

  it('fold to the same state event by event, all at once, and after a way over the wire', () => {
    const specs = [
      specOf('A'),
      specOf('B', { dependsOn: ['A'], files: ['f1'] }),
      specOf('C', { files: ['f1'] }),
    ];
    const run = new SimulatedRun(specs, 2);
    for (let k = 1; k < 120; k++) run.step(k * 7_919_333);
    run.drain();
    const stepwise = run.events.reduce(project, emptySnapshot);
    assert.deepEqual(stepwise, run.snapshot);
    const plain: readonly Event[] = JSON.parse(JSON.stringify(run.events));
    assert.deepEqual(
      JSON.parse(JSON.stringify(projectAll(emptySnapshot, plain))),
      JSON.parse(JSON.stringify(run.snapshot)),
    );
  });

  it('claim the example in the promised order', () => {
    const category = ['frontend', 'backend', 'database', 'frontend', 'backend'];
    const specs = category.map((c, k) =>
      specOf(`Feature ${k + 1}`, { category: c, priority: k < 3 ? 1 : 2 }),
    );
    const run = new SimulatedRun(specs, 3);
    run.drain();
    const claims = run.events.flatMap((e) =>
      e.type === 'feature.claimed' ? [`${e.featureId} in ${e.slot}`] : [],
    );
    assert.deepEqual(claims, ['1 in 1', '2 in 2', '3 in 3', '4 in 1', '5 in 2']);
    assert.equal(run.snapshot.run?.outcome, 'complete');
  });
});

function oneEndForEachFence(events: readonly Event[]): boolean {
  const ends = [
    'feature.passed',
    'feature.failed',
    'feature.retried',
    'feature.yielded',
    'feature.unconfirmed',
  ];
  const fences = events.flatMap((e) =>
    ends.includes(e.type) && 'fence' in e && e.fence !== undefined ? [e.fence] : [],
  );
  return new Set(fences).size === fences.length;
}

describe('the rules of runs', () => {
  const own = { slot: sampleSlot, featureId: 1, attempt: 1, fence: sampleFence };
  const agent = {
    ...own,
    model: 'haiku',
    status: 'running',
    step: '',
    startedAt: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    actions: 0,
  } as const;
  const working = { ...workspaceOf([featureIn('working', 1)]), agents: { [sampleSlot]: agent } };
  const hold = {
    scope: { kind: 'file', path: 'a' },
    fence: sampleFence,
    slot: sampleSlot,
    featureId: 1,
    since: 0,
  } as const;
  const claimed = (featureId: number, fence = sampleFence + 1, slot = 1) =>
    eventsAt([[0, { type: 'feature.claimed', model: 'haiku', featureId, slot, attempt: 1, fence }]]);

  it('find nothing wrong with a sound state', () => {
    assert.deepEqual(brokenStepRules(working, [], { ...working, locks: grant(noLocks, hold) }), []);
    assert.deepEqual(brokenRestRules(working), []);
  });

  const steps: [what: string, before: Snapshot, events: readonly Event[], after: Snapshot, says: RegExp][] = [
    [
      'a fence that does not rise',
      workspaceOf([featureIn('pending', 1)]),
      claimed(1, sampleFence),
      workspaceOf([]),
      /fence 7 after 7/,
    ],
    [
      'a start before a dependency passes',
      workspaceOf([featureIn('verifying', 1), featureIn('pending', 2, { dependsOn: ['F1'] })]),
      claimed(2),
      workspaceOf([]),
      /2 started before 1/,
    ],
    [
      'a start while paused',
      workspaceOf([featureIn('pending', 1)], {}, { status: 'paused' }),
      claimed(1),
      workspaceOf([]),
      /no running run/,
    ],
    [
      'a slot above N',
      workspaceOf([featureIn('pending', 1)], { maxAgents: 1 }),
      claimed(1, 8, 2),
      workspaceOf([]),
      /more than 1 agents/,
    ],
    [
      'two attempts in a slot',
      working,
      [],
      { ...working, features: { 1: featureIn('working', 1), 2: featureIn('working', 2) } },
      /two attempts in slot 2/,
    ],
    [
      'a feature at work without an agent',
      working,
      [],
      { ...working, agents: {} },
      /1 is at work, but slot 2 is not/,
    ],
    [
      'an agent whose feature is over',
      working,
      [],
      { ...working, features: { 1: featureIn('passing', 1) } },
      /slot 2 works on nothing/,
    ],
    [
      'a lock that outlives its attempt',
      working,
      [],
      { ...working, locks: grant(noLocks, { ...hold, fence: 3 }) },
      /a lock on a of nobody/,
    ],
    [
      'a wait that outlives its attempt',
      working,
      [],
      { ...working, locks: { ...noLocks, waits: [{ ...hold, fence: 3 }] } },
      /a lock on a of nobody/,
    ],
    [
      'a file held twice',
      working,
      [],
      {
        ...working,
        locks: grant(grant(noLocks, hold), { ...hold, fence: 8, scope: { kind: 'folder', path: '' } }),
      },
      /a is held twice/,
    ],
  ];
  for (const [what, before, events, after, says] of steps) {
    it(`see ${what}`, () => assert.match(brokenStepRules(before, events, after).join(), says));
  }

  const rests: [what: string, snapshot: Snapshot, says: RegExp][] = [
    [
      'a pending feature whose dependency is not passing',
      workspaceOf([featureIn('failed', 1), featureIn('pending', 2, { dependsOn: ['F1'] })]),
      /2 is pending/,
    ],
    ['a feature that waits for nothing', workspaceOf([featureIn('waiting', 1)]), /1 waits for nothing/],
    [
      'a feature that waits for what failed',
      workspaceOf([featureIn('failed', 1), featureIn('waiting', 2, { dependsOn: ['F1'] })]),
      /2 waits for nothing/,
    ],
    [
      'a feature skipped for nothing',
      workspaceOf([featureIn('passing', 1), featureIn('skipped', 2, { dependsOn: ['F1'] })]),
      /2 is skipped for nothing/,
    ],
    ['a slot left idle', workspaceOf([featureIn('pending', 1)]), /1 could start/],
  ];
  for (const [what, snapshot, says] of rests) {
    it(`see ${what}`, () => assert.match(brokenRestRules(snapshot).join(), says));
  }

  it('see a fence that ends twice', () => {
    const end = { type: 'feature.retried', by: 'policy', reason: '', ...own } as const;
    assert.equal(oneEndForEachFence(eventsAt([[0, end]])), true);
    assert.equal(
      oneEndForEachFence(
        eventsAt([
          [0, end],
          [1, end],
        ]),
      ),
      false,
    );
  });
});
