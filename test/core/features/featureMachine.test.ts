// The state table, whole: every change from every stage, allowed with what it leads to, or refused by name.
import { strict as assert } from 'node:assert';
import { type Feature, isCheckedFirst } from '../../../src/core/features/feature';
import type { FeatureChange, YieldCause } from '../../../src/core/features/featureChange';
import {
  canRemove,
  type Stage,
  stageOf,
  type Transition,
  table,
  transition,
} from '../../../src/core/features/featureMachine';
import { featureIn, sampleFence, sampleSlot, specOf, stateIn } from '../sampleFeatures';

const stages: Record<Stage, true> = {
  pending: true,
  waiting: true,
  working: true,
  verifying: true,
  unconfirmed: true,
  passing: true,
  failed: true,
  skipped: true,
};
const allStages = Object.keys(stages) as Stage[];

const own = { featureId: 1, slot: sampleSlot, attempt: 1, fence: sampleFence };
const check = { kind: 'check', command: 'npm test', exitCode: 0, outputTail: 'ok', durationMs: 5 } as const;
const spec = specOf('F1', { description: 'new words' });
const otherPlan = specOf('F1', {
  priority: 1,
  category: 'ui',
  dependsOn: ['F2'],
  files: ['a.txt'],
  model: 'opus',
  estimate: 5,
});

interface Variant {
  readonly change: Extract<FeatureChange, { type: Transition }>;
  /** From where to where; what is not named is refused. */
  readonly moves: Partial<Record<Stage, Stage>>;
}

/** Typed by the union, so that a new change does not compile until it has its row here. */
const rows: { readonly [K in Transition]: Readonly<Record<string, Variant & { change: { type: K } }>> } = {
  'feature.held': {
    '': { change: { type: 'feature.held', featureId: 1, missing: [2] }, moves: { pending: 'waiting' } },
  },
  'feature.freed': { '': { change: { type: 'feature.freed', featureId: 1 }, moves: { waiting: 'pending' } } },
  'feature.skipped': {
    'for a dependency': {
      change: { type: 'feature.skipped', featureId: 1, because: { kind: 'dependency', featureId: 9 } },
      moves: { pending: 'skipped', waiting: 'skipped' },
    },
    'by the user': {
      change: { type: 'feature.skipped', featureId: 1, because: { kind: 'user' } },
      moves: { pending: 'skipped', waiting: 'skipped', failed: 'skipped' },
    },
  },
  'feature.unskipped': {
    '': { change: { type: 'feature.unskipped', featureId: 1 }, moves: { skipped: 'pending' } },
  },
  'feature.claimed': {
    '': {
      change: { type: 'feature.claimed', model: 'haiku', ...own, fence: 8 },
      moves: { pending: 'working' },
    },
  },
  'feature.submitted': {
    '': { change: { type: 'feature.submitted', summary: 'done', ...own }, moves: { working: 'verifying' } },
  },
  'feature.returned': {
    '': { change: { type: 'feature.returned', why: 'overlaps', ...own }, moves: { verifying: 'working' } },
  },
  'feature.unconfirmed': {
    '': {
      change: { type: 'feature.unconfirmed', why: 'no check', ...own },
      moves: { verifying: 'unconfirmed' },
    },
  },
  'feature.passed': {
    'by a check': {
      change: { type: 'feature.passed', evidence: check, ...own },
      moves: { verifying: 'passing', unconfirmed: 'passing' },
    },
    'by the user': {
      change: { type: 'feature.passed', evidence: { kind: 'user' }, featureId: 1 },
      moves: { unconfirmed: 'passing' },
    },
  },
  'feature.failed': {
    'by its attempt': {
      change: { type: 'feature.failed', reason: 'no', ...own },
      moves: { working: 'failed', verifying: 'failed', unconfirmed: 'failed' },
    },
    'by the user': {
      change: { type: 'feature.failed', reason: 'no', featureId: 1 },
      moves: { unconfirmed: 'failed' },
    },
  },
  'feature.retried': {
    'by policy': {
      change: { type: 'feature.retried', by: 'policy', reason: 'no', ...own },
      moves: { working: 'pending', verifying: 'pending' },
    },
    'by the user': {
      change: { type: 'feature.retried', by: 'user', featureId: 1 },
      moves: { failed: 'pending' },
    },
  },
  'feature.yielded': {
    '': {
      change: { type: 'feature.yielded', cause: 'lock', note: 'busy', path: 'src/b.ts', ...own },
      moves: { working: 'pending', verifying: 'pending' },
    },
  },
  'feature.regressed': {
    'by the user': {
      change: { type: 'feature.regressed', by: 'user', featureId: 1 },
      moves: { passing: 'pending' },
    },
    'by a setting': {
      change: { type: 'feature.regressed', by: 'setting', featureId: 1 },
      moves: { passing: 'pending' },
    },
  },
  'feature.edited': {
    'in its text or check': {
      change: { type: 'feature.edited', featureId: 1, spec },
      moves: {
        pending: 'pending',
        waiting: 'waiting',
        skipped: 'skipped',
        failed: 'pending',
        passing: 'pending',
      },
    },
    'in anything else': {
      change: { type: 'feature.edited', featureId: 1, spec: otherPlan },
      moves: {
        pending: 'pending',
        waiting: 'waiting',
        skipped: 'skipped',
        failed: 'failed',
        passing: 'passing',
      },
    },
  },
};

describe('featureMachine', () => {
  it('has a row for every change, and these tests know them all', () => {
    assert.deepEqual(Object.keys(table).sort(), Object.keys(rows).sort());
  });

  for (const [type, variants] of Object.entries(rows)) {
    for (const [how, { change, moves }] of Object.entries<Variant>(variants)) {
      for (const from of allStages) {
        const to = moves[from];
        it(`${`${type} ${how}`.trim()}: ${from} → ${to ?? 'refused'}`, () => {
          const feature = Object.freeze(featureIn(from));
          const answer = transition(feature, change, { at: 5_000 });
          if (to !== undefined) {
            assert.ok(answer.ok, answer.ok ? '' : answer.error.message);
            assert.equal(stageOf(answer.value.state), to);
            return;
          }
          assert.ok(!answer.ok, `it became ${answer.ok ? stageOf(answer.value.state) : ''}`);
          assert.ok(['badTransition', 'staleFence'].includes(answer.error.code));
          assert.match(answer.error.message, /^Feature 1 is /);
        });
      }
    }
  }

  it('says which change was refused from which stage', () => {
    const answer = transition(
      featureIn('waiting'),
      { type: 'feature.claimed', model: 'haiku', ...own },
      { at: 0 },
    );
    assert.deepEqual(answer, {
      ok: false,
      error: { code: 'badTransition', message: 'Feature 1 is waiting; it cannot be claimed from there.' },
    });
  });

  describe('the fence', () => {
    const fenced = Object.values(rows)
      .flatMap((variants) => Object.values<Variant>(variants))
      .flatMap(({ change, moves }) =>
        'fence' in change && change.type !== 'feature.claimed'
          ? (Object.keys(moves) as Stage[]).map((from) => ({ change, from }))
          : [],
      );

    for (const { change, from } of fenced) {
      for (const fence of [sampleFence - 1, sampleFence + 1]) {
        it(`refuses ${change.type} from ${from} with fence ${fence} under a claim with ${sampleFence}`, () => {
          const answer = transition(featureIn(from), { ...change, fence } as typeof change, { at: 0 });
          assert.equal(answer.ok ? undefined : answer.error.code, 'staleFence');
        });
      }
    }

    it('was tried on every change of an attempt', () => {
      assert.deepEqual([...new Set(fenced.map(({ change }) => change.type))].sort(), [
        'feature.failed',
        'feature.passed',
        'feature.retried',
        'feature.returned',
        'feature.submitted',
        'feature.unconfirmed',
        'feature.yielded',
      ]);
    });

    it('must be named while an attempt is at work', () => {
      for (const from of ['working', 'verifying'] as const) {
        const answer = transition(
          featureIn(from),
          { type: 'feature.failed', reason: 'no', featureId: 1 },
          { at: 0 },
        );
        assert.deepEqual(answer, {
          ok: false,
          error: { code: 'staleFence', message: 'Feature 1 is held under fence 7, not none.' },
        });
      }
    });
  });

  describe('what a change leaves behind', () => {
    const used: Feature = {
      ...featureIn('verifying'),
      failures: 2,
      losses: 1,
      lastFailure: 'before',
      learnedFiles: ['a'],
    };
    const usedIn = (stage: Stage): Feature => ({ ...used, state: stateIn(stage) });
    type Left = Partial<Pick<Feature, 'failures' | 'losses' | 'lastFailure' | 'learnedFiles' | 'state'>>;
    const cases: [string, Stage, Extract<FeatureChange, { type: Transition }>, Left][] = [
      [
        'a failure for good counts',
        'working',
        { type: 'feature.failed', reason: 'no', ...own },
        { failures: 3, lastFailure: 'no' },
      ],
      [
        'a retry by policy counts, and keeps the losses',
        'verifying',
        { type: 'feature.retried', by: 'policy', reason: 'no', ...own },
        { failures: 3, losses: 1, lastFailure: 'no' },
      ],
      [
        'a retry by the user starts afresh, told of the last failure',
        'failed',
        { type: 'feature.retried', by: 'user', featureId: 1 },
        { failures: 0, losses: 0, lastFailure: 'before' },
      ],
      [
        'passing forgets what went wrong',
        'verifying',
        { type: 'feature.passed', evidence: check, ...own },
        {
          failures: 0,
          losses: 0,
          lastFailure: undefined,
          state: { status: 'passing', evidence: check, at: 5_000 },
        },
      ],
      ...(['lost', 'overlap'] as const).map(
        (cause): [string, Stage, Extract<FeatureChange, { type: Transition }>, Left] => [
          `a loss (${cause}) counts as a loss only`,
          'working',
          { type: 'feature.yielded', cause, note: 'died', ...own },
          {
            failures: 2,
            losses: 2,
            learnedFiles: ['a'],
            state: { status: 'pending', notBefore: 5_000 + 4_000 },
          },
        ],
      ),
      ...(['lock', 'outside', 'stopped', 'recovered'] as const).map(
        (cause): [string, Stage, Extract<FeatureChange, { type: Transition }>, Left] => [
          `a hand-back (${cause}) counts nothing`,
          'working',
          { type: 'feature.yielded', cause, note: '', ...own },
          { failures: 2, losses: 1, lastFailure: 'before' },
        ],
      ),
      [
        'a yield for a file learns it',
        'working',
        { type: 'feature.yielded', cause: 'lock', note: '', path: 'b', ...own },
        { learnedFiles: ['a', 'b'] },
      ],
      [
        'a yield for a known file learns nothing twice',
        'working',
        { type: 'feature.yielded', cause: 'lock', note: '', path: 'a', ...own },
        { learnedFiles: ['a'] },
      ],
      [
        'a claim takes slot, attempt, fence and time',
        'pending',
        { type: 'feature.claimed', model: 'haiku', featureId: 1, slot: 3, attempt: 4, fence: 9 },
        {
          failures: 2,
          state: {
            status: 'claimed',
            phase: 'working',
            claim: { slot: 3, attempt: 4, fence: 9, claimedAt: 5_000 },
          },
        },
      ],
      [
        'what is missing is kept',
        'pending',
        { type: 'feature.held', featureId: 1, missing: [4, 5] },
        { state: { status: 'waiting', missing: [4, 5] } },
      ],
    ];
    for (const [fact, stage, change, left] of cases) {
      it(fact, () => {
        const answer = transition(usedIn(stage), change, { at: 5_000 });
        assert.ok(answer.ok);
        for (const [key, value] of Object.entries(left)) {
          assert.deepEqual(answer.value[key as keyof Left], value, key);
        }
      });
    }

    for (const stage of ['pending', 'waiting', 'skipped', 'failed', 'passing'] as const)
      it(`an edit of neither text nor check of a feature that is ${stage} changes the spec and nothing else`, () => {
        const change = { type: 'feature.edited', featureId: 1, spec: otherPlan } as const;
        const answer = transition(usedIn(stage), change, { at: 0 });
        assert.deepEqual(answer, { ok: true, value: { ...usedIn(stage), spec: otherPlan } });
      });
  });

  describe('a feature that has passed and is edited', () => {
    const ledBy = (feature: Feature, ...changes: Extract<FeatureChange, { type: Transition }>[]): Feature =>
      changes.reduce((now, change) => {
        const next = transition(now, change, { at: 5_000 });
        return next.ok ? next.value : assert.fail(next.error.message);
      }, feature);
    const edited = ledBy(featureIn('passing'), { type: 'feature.edited', featureId: 1, spec });
    const claim = { type: 'feature.claimed', model: 'haiku', ...own } as const;
    const yielded = (cause: YieldCause) =>
      ({ type: 'feature.yielded', cause, note: 'exit 1', ...own }) as const;

    const ways: [string, ...Extract<FeatureChange, { type: Transition }>[]][] = [
      ['at once'],
      ['edited again', { type: 'feature.edited', featureId: 1, spec: specOf('F1') }],
      [
        'after a wait',
        { type: 'feature.held', featureId: 1, missing: [2] },
        { type: 'feature.freed', featureId: 1 },
      ],
      [
        'after it was skipped',
        { type: 'feature.skipped', featureId: 1, because: { kind: 'user' } },
        { type: 'feature.unskipped', featureId: 1 },
      ],
      ...(['lock', 'outside', 'lost', 'stopped', 'recovered'] as const).map(
        (cause): [string, ...Extract<FeatureChange, { type: Transition }>[]] => [
          `after its check was broken off (${cause})`,
          claim,
          yielded(cause),
        ],
      ),
    ];
    for (const [when, ...changes] of ways)
      it(`is checked before an agent begins, ${when}`, () => {
        assert.ok(isCheckedFirst(ledBy(edited, ...changes)));
        assert.ok(isCheckedFirst(ledBy(edited, ...changes, claim)));
      });

    it("is an agent's once its check has failed, and the agent is told how", () => {
      const next = ledBy(edited, claim, yielded('unproved'));
      assert.deepEqual([isCheckedFirst(next), next.lastFailure, next.failures], [false, 'exit 1', 0]);
    });

    it("is an agent's when the user asks for it to be built again", () => {
      const passing = ledBy(
        edited,
        claim,
        { type: 'feature.submitted', summary: '', ...own },
        {
          type: 'feature.passed',
          evidence: check,
          ...own,
        },
      );
      assert.equal(isCheckedFirst(passing), false);
      assert.equal(
        isCheckedFirst(ledBy(passing, { type: 'feature.regressed', by: 'user', featureId: 1 })),
        false,
      );
    });
  });

  it('lets a feature be removed from every stage but those an attempt holds', () => {
    const kept = allStages.filter((stage) => !canRemove(stateIn(stage)));
    assert.deepEqual(kept, ['working', 'verifying', 'unconfirmed']);
  });
});
