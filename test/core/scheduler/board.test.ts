// A board that followed a workspace through many steps says what a new one says that sees only where they led.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { learn } from '../../../src/core/events/history';
import { projectAll } from '../../../src/core/events/project';
import type { Snapshot } from '../../../src/core/events/snapshot';
import type { Feature, FeatureSpec } from '../../../src/core/features/feature';
import type { Stage } from '../../../src/core/features/featureMachine';
import { Board } from '../../../src/core/scheduler/board';
import { decide, type Judgement } from '../../../src/core/scheduler/decide';
import { isOpen } from '../../../src/core/scheduler/order';
import { featureIn, stateIn, workspaceOf } from '../sampleFeatures';

const most = 9;
const path = fc.constantFrom('a', 'b', 'src/', 'src/x', 'src/y', 'src/deep/', 'src/deep/z');
const category = fc.constantFrom('api', 'ui');
const id = fc.integer({ min: 1, max: most });
const stages: readonly Stage[] = [
  'pending',
  'waiting',
  'working',
  'unconfirmed',
  'passing',
  'failed',
  'skipped',
];

/** Needs lead to lower ids, so that there is no circle. */
const spec = fc.record({
  files: fc.array(path, { maxLength: 3 }),
  category,
  priority: fc.integer({ min: 1, max: 2 }),
  needs: fc.array(fc.integer({ min: 1, max: most }), { maxLength: 3 }),
  estimate: fc.option(fc.constantFrom(0.1, 3, 10), { nil: undefined }),
});

type Step = (snapshot: Snapshot) => Snapshot;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(id, fc.constantFrom(...stages)).map(([k, stage]) => moved(k, stage)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(id, path)
      .map(([k, file]) => change(k, (f) => ({ ...f, learnedFiles: [...f.learnedFiles, file] }))),
  },
  { weight: 1, arbitrary: fc.tuple(id, spec).map(([k, told]) => edited(k, told)) },
  { weight: 1, arbitrary: id.map((k) => removed(k)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(category, fc.integer({ min: 1, max: 60 }))
      .map(([of, minutes]) => taught(of, minutes)),
  },
);

function change(k: number, by: (feature: Feature) => Feature): Step {
  return (snapshot) => {
    const feature = snapshot.features[k];
    return feature ? { ...snapshot, features: { ...snapshot.features, [k]: by(feature) } } : snapshot;
  };
}

const moved = (k: number, stage: Stage) => change(k, (f) => ({ ...f, state: stateIn(stage) }));

function specFrom(k: number, told: typeof spec extends fc.Arbitrary<infer T> ? T : never): FeatureSpec {
  const { needs, estimate, ...rest } = told;
  const dependsOn = needs.filter((need) => need < k).map((need) => `F${need}`);
  return featureIn('pending', k, { ...rest, dependsOn, ...(estimate !== undefined && { estimate }) }).spec;
}

function edited(k: number, told: Parameters<typeof specFrom>[1]): Step {
  return (snapshot) => {
    const feature = { ...(snapshot.features[k] ?? featureIn('pending', k)), spec: specFrom(k, told) };
    return { ...snapshot, features: { ...snapshot.features, [k]: feature } };
  };
}

function removed(k: number): Step {
  return ({ features: { [k]: _, ...features }, ...snapshot }) => ({ ...snapshot, features });
}

function taught(of: string, minutes: number): Step {
  return (snapshot) => {
    const lesson = { category: of, model: 'sonnet', tookMs: minutes * 60_000, files: ['a'] };
    return { ...snapshot, experience: learn(snapshot.experience, lesson) };
  };
}

const begin = fc.array(spec, { minLength: most, maxLength: most }).map(
  (specs): Snapshot => ({
    ...workspaceOf(specs.map((told, k) => ({ ...featureIn('pending', k + 1), spec: specFrom(k + 1, told) }))),
  }),
);

describe('a board', () => {
  it('judges as a new one does, whatever it has seen before', () => {
    let claims = 0;
    let changes = 0;
    afterEachStep((snapshot, board) => {
      const judgement = judge(snapshot, board);
      claims += judgement.decisions.filter(({ kind }) => kind === 'claim').length;
      // Half of the time what it says is carried out.
      if (snapshot.experience.length % 2 !== 0) return snapshot;
      changes += judgement.decisions.length;
      const after = carriedOut(snapshot, judgement);
      judge(after, board);
      return after;
    });
    assert.ok(claims > 500 && changes > 500, `${claims} claims, ${changes} changes`);
  });

  it('ranks as a new one does, whatever it has seen before', () => {
    afterEachStep((snapshot, board) => {
      board.see(snapshot);
      assert.deepEqual(ranksOf(board), ranksOf(boardOf(snapshot)));
      return snapshot;
    });
  });
});

/** @param act looks at where a step has led, and says from where the next one starts */
function afterEachStep(act: (snapshot: Snapshot, board: Board) => Snapshot): void {
  fc.assert(
    fc.property(begin, fc.array(step, { minLength: 1, maxLength: 30 }), (first, steps) => {
      const board = new Board();
      let snapshot = first;
      for (const next of steps) snapshot = act(next(snapshot), board);
    }),
    { numRuns: 400 },
  );
}

function judge(snapshot: Snapshot, board: Board): Judgement {
  const judgement = decide(snapshot, 5_000, board);
  assert.deepEqual(judgement, decide(snapshot, 5_000));
  return judgement;
}

function carriedOut(snapshot: Snapshot, { decisions }: Judgement): Snapshot {
  const changes = decisions.flatMap((decision) => (decision.kind === 'change' ? [decision.change] : []));
  return projectAll(
    snapshot,
    changes.map((change) => ({ ...change, seq: snapshot.seq + 1, at: 0 })),
  );
}

function boardOf(snapshot: Snapshot): Board {
  const board = new Board();
  board.see(snapshot);
  return board;
}

function ranksOf({ features, order }: Board) {
  return Object.values(features)
    .filter(isOpen)
    .map(({ id: of }) => order.rankOf(of));
}
