// The scheduler's judgement on single states: who is claimed, held, freed, skipped, and when a run is over.
import { strict as assert } from 'node:assert';
import type { Slowness } from '../../../src/core/events/accounts';
import type { Agent, Run, Snapshot } from '../../../src/core/events/snapshot';
import type { Feature } from '../../../src/core/features/feature';
import type { Breaker } from '../../../src/core/guardrails/breaker';
import { lockName } from '../../../src/core/locks/lockScope';
import { grant, noLocks } from '../../../src/core/locks/lockTable';
import { type Decision, decide } from '../../../src/core/scheduler/decide';
import type { RunSettings } from '../../../src/core/settings/runSettings';
import { withinCpu } from '../../support/cpuTime';
import { featureIn, stateIn, workspaceOf } from '../sampleFeatures';

function told(decision: Decision): string {
  switch (decision.kind) {
    case 'claim':
      return `claim ${decision.choice.featureId} in ${decision.choice.slot}`;
    case 'finishRun':
      return `finish ${decision.outcome}`;
    case 'change': {
      const { change } = decision;
      const missing = change.type === 'feature.held' ? ` for ${change.missing.join(' and ')}` : '';
      const cause =
        change.type === 'feature.skipped' && change.because.kind === 'dependency'
          ? ` for ${change.because.featureId}`
          : '';
      return `${change.type.slice('feature.'.length)} ${change.featureId}${missing}${cause}`;
    }
    default:
      return decision satisfies never;
  }
}

const now = 1_000_000;
const decisions = (snapshot: Snapshot) => decide(snapshot, now).decisions.map(told);
/** A feature at work in this slot. */
const at = (slot: number, id: number): Feature => {
  const state = stateIn('working');
  return {
    ...featureIn('pending', id),
    state:
      state.status === 'claimed' ? { ...state, claim: { ...state.claim, slot, fence: 100 + id } } : state,
  };
};
const pending = (...ids: number[]) => ids.map((id) => featureIn('pending', id));

describe('decide', () => {
  const cases: [
    what: string,
    features: Feature[],
    decisions: string[],
    settings?: Partial<RunSettings>,
    run?: Partial<Run>,
  ][] = [
    ['fills all slots at once', pending(1, 2, 3, 4, 5), ['claim 1 in 1', 'claim 2 in 2', 'claim 3 in 3']],
    [
      'refills the slot that came free',
      [featureIn('passing', 1), at(2, 2), at(3, 3), ...pending(4, 5)],
      ['claim 4 in 1'],
    ],
    ['takes what is left when there is less than slots', [at(2, 1), ...pending(2)], ['claim 2 in 1']],
    ['does nothing while all slots work', [at(1, 1), at(2, 2), at(3, 3), ...pending(4)], []],
    ['lets those above a smaller N finish', [at(3, 1), at(5, 2), ...pending(3)], [], { maxAgents: 2 }],
    [
      'refills below a smaller N when there is room again',
      [at(5, 2), ...pending(3, 4)],
      ['claim 3 in 1'],
      { maxAgents: 2 },
    ],
    [
      'uses more slots at once with a larger N',
      [at(1, 1), ...pending(2, 3)],
      ['claim 2 in 2', 'claim 3 in 3'],
      { maxAgents: 5 },
    ],
    ['one at a time with one agent', pending(1, 2), ['claim 1 in 1'], { maxAgents: 1 }],
    ['claims only what is meant', pending(1, 2, 3), ['claim 2 in 1'], { only: [2] }],
    ['claims nothing while paused', pending(1), [], {}, { status: 'paused' }],
    ['claims nothing while stopping', [at(1, 1), ...pending(2)], [], {}, { status: 'stopping' }],
    [
      'ends a stopped run when its last attempt has ended',
      pending(1),
      ['finish stopped'],
      {},
      { status: 'stopping' },
    ],
    ['is done with a finished run', pending(1), [], {}, { status: 'finished' }],
    [
      'ends a run complete when all pass',
      [featureIn('passing', 1), featureIn('passing', 2)],
      ['finish complete'],
    ],
    [
      'ends a run incomplete when one failed',
      [featureIn('passing', 1), featureIn('failed', 2)],
      ['finish incomplete'],
    ],
    [
      'ends a run incomplete when one waits for the user',
      [featureIn('unconfirmed', 1)],
      ['finish incomplete'],
    ],
    [
      'ends a run complete when all that was meant passes',
      [featureIn('passing', 1), ...pending(2)],
      ['finish complete'],
      { only: [1] },
    ],
    [
      'ends a run incomplete when what was meant cannot start',
      [...pending(1), { ...featureIn('waiting', 2, { dependsOn: ['F1'] }) }],
      ['finish incomplete'],
      { only: [2] },
    ],
    ['does not end a run while someone works', [at(1, 1), featureIn('failed', 2)], []],
    [
      'ends a paused run when nothing is left',
      [featureIn('passing', 1)],
      ['finish complete'],
      {},
      { status: 'paused' },
    ],
    [
      'holds what waits, before anything is claimed',
      [...pending(1), featureIn('pending', 2, { dependsOn: ['F1'] })],
      ['held 2 for 1'],
    ],
    [
      'frees what waited for what passes',
      [featureIn('passing', 1), featureIn('waiting', 2, { dependsOn: ['F1'] })],
      ['freed 2'],
    ],
    [
      'holds for an unconfirmed feature',
      [featureIn('unconfirmed', 1), featureIn('pending', 2, { dependsOn: ['F1'] })],
      ['held 2 for 1'],
    ],
    [
      'holds again what a regression took away',
      [at(1, 1), featureIn('pending', 2, { dependsOn: ['F1'] })],
      ['held 2 for 1'],
    ],
    [
      'skips what stands on a failure, waiting or ready',
      [
        featureIn('failed', 1),
        featureIn('waiting', 2, { dependsOn: ['F1'] }),
        featureIn('pending', 3, { dependsOn: ['F1'] }),
      ],
      ['skipped 2 for 1', 'skipped 3 for 1'],
    ],
    [
      'leaves those at work and those that pass, whatever they stand on',
      [
        featureIn('failed', 1),
        { ...at(1, 2), spec: featureIn('working', 2, { dependsOn: ['F1'] }).spec },
        featureIn('passing', 3, { dependsOn: ['F1'] }),
      ],
      [],
    ],
    [
      'brings back what was skipped for what is tried again',
      [...pending(1), featureIn('skipped', 2, { dependsOn: ['F1'] })],
      ['unskipped 2'],
    ],
    [
      'does not bring back what the user skipped',
      [
        featureIn('passing', 1),
        { ...featureIn('skipped', 2), state: { status: 'skipped', because: { kind: 'user' } } },
      ],
      ['finish incomplete'],
    ],
    [
      'skips what stands on what the user skipped',
      [
        { ...featureIn('skipped', 1), state: { status: 'skipped', because: { kind: 'user' } } },
        featureIn('waiting', 2, { dependsOn: ['F1'] }),
      ],
      ['skipped 2 for 1'],
    ],
  ];
  for (const [what, features, expected, settings, run] of cases) {
    it(what, () => assert.deepEqual(decisions(workspaceOf(features, settings, run)), expected));
  }

  it('keeps readiness in line without a run, and does no more', () => {
    const features = [
      featureIn('passing', 1),
      featureIn('waiting', 2, { dependsOn: ['F1'] }),
      featureIn('pending', 3),
    ];
    assert.deepEqual(decisions({ ...workspaceOf(features), run: null }), ['freed 2']);
    assert.deepEqual(decisions({ ...workspaceOf(pending(1)), run: null }), []);
  });

  it('passes over a feature whose files are busy, takes the next, and says so', () => {
    const busy = grant(noLocks, {
      scope: { kind: 'file', path: 'a' },
      fence: 101,
      slot: 1,
      featureId: 1,
      since: 0,
    });
    const features = [
      at(1, 1),
      featureIn('pending', 2, { files: ['A'], priority: 1 }),
      featureIn('pending', 3),
    ];
    const { decisions, passedOver } = decide({ ...workspaceOf(features), locks: busy }, now);
    assert.deepEqual(decisions.map(told), ['claim 3 in 2']);
    assert.deepEqual(
      passedOver.map((p) => [p.featureId, lockName(p.blocker)]),
      [[2, 'a']],
    );
  });

  it('does not end a run while what is ready waits for the human', () => {
    const features = [featureIn('pending', 1, { files: ['a'] })];
    const { decisions, passedOver } = decide(
      { ...workspaceOf(features), locks: { ...noLocks, human: ['a'] } },
      now,
    );
    assert.deepEqual(decisions, []);
    assert.equal(passedOver.length, 1);
  });

  describe('while an account is slow', () => {
    const working = (slot: number, id: number, model: string): Agent => ({
      slot,
      featureId: id,
      attempt: 1,
      fence: 100 + id,
      model,
      status: 'running',
      step: '',
      startedAt: 0,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      actions: 0,
    });
    /** Odd features ask grok, even ones another. */
    const judged = (slow: Slowness, features: readonly Feature[], agents: Snapshot['agents'] = {}) => {
      const snapshot = { ...workspaceOf(features), accounts: { grok: { slow } }, agents };
      const { decisions, wakeAt } = decide(snapshot, now, undefined, ({ id }) =>
        id % 2 ? 'grok' : 'gemini',
      );
      return [...decisions.map(told), wakeAt ?? 'no alarm'];
    };

    it('starts none of it until it may be asked, and all others', () => {
      const slow = { untilAt: now + 700, atOnce: 1 };
      assert.deepEqual(judged(slow, pending(1, 2, 3, 4)), ['claim 2 in 1', 'claim 4 in 2', now + 700]);
      assert.deepEqual(judged({ ...slow, untilAt: now }, pending(1)), ['claim 1 in 1', 'no alarm']);
      const longAgo = { ...slow, untilAt: now + 86_400_000 };
      assert.deepEqual(judged(longAgo, pending(1)), ['claim 1 in 1', 'no alarm'], 'the clock was put back');
    });

    it('starts as many as may ask it at the same time, then others, and only then more', () => {
      const slow = { untilAt: null, atOnce: 1 };
      assert.deepEqual(judged(slow, pending(1, 3, 4, 5)), [
        'claim 1 in 1',
        'claim 4 in 2',
        'claim 3 in 3',
        'no alarm',
      ]);
      const features = [at(1, 7), ...pending(1, 2, 4)];
      const asking = { 1: working(1, 7, 'grok/grok-4') };
      assert.deepEqual(judged(slow, features, asking), ['claim 2 in 2', 'claim 4 in 3', 'no alarm']);
      const other = { 1: working(1, 7, 'gemini/pro') };
      assert.deepEqual(judged(slow, features, other), ['claim 1 in 2', 'claim 2 in 3', 'no alarm']);
      const oneFile = [1, 3].map((id) => {
        const feature = featureIn('pending', id);
        return { ...feature, spec: { ...feature.spec, files: ['a.txt'] } };
      });
      const accounts = { grok: { slow } };
      const { passedOver } = decide({ ...workspaceOf(oneFile), accounts }, now, undefined, () => 'grok');
      assert.deepEqual(
        passedOver.map(({ featureId }) => featureId),
        [3],
      );
      const alone = [at(1, 7), ...pending(1, 3)];
      assert.deepEqual(judged(slow, alone, asking), ['claim 1 in 2', 'claim 3 in 3', 'no alarm']);
    });
  });

  describe('while the breaker of an account is open', () => {
    const open: Breaker = {
      account: 'grok',
      cause: 'credit',
      message: 'No credit.',
      mend: 'Add some.',
      since: now - 1,
      probeAt: now + 500,
      tries: 0,
      fence: 90,
    };
    /** Odd features ask grok, even ones another. */
    const judged = (breaker: Breaker, features: readonly Feature[], agents: Snapshot['agents'] = {}) => {
      const snapshot = { ...workspaceOf(features), accounts: { grok: { breaker } }, agents };
      const { decisions, wakeAt } = decide(snapshot, now, undefined, ({ id }) =>
        id % 2 ? 'grok' : 'gemini',
      );
      return [...decisions.map(told), wakeAt ?? 'no alarm'];
    };
    const due = { ...open, probeAt: now };

    it('starts all that ask another, and wants to be asked when a probe is due', () =>
      assert.deepEqual(judged(open, pending(1, 2, 3, 4)), ['claim 2 in 1', 'claim 4 in 2', now + 500]));

    it('starts one of the account when the probe is due, and the others beside it', () =>
      assert.deepEqual(judged(due, pending(1, 3, 5, 6)), ['claim 1 in 1', 'claim 6 in 2', 'no alarm']));

    it('waits for the probe that is under way, not for others at work', () => {
      const working = (slot: number, id: number, model: string): Agent => ({
        slot,
        featureId: id,
        attempt: 1,
        fence: 100 + id,
        model,
        status: 'running',
        step: '',
        startedAt: 0,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        actions: 0,
      });
      const features = [at(1, 7), ...pending(1, 2)];
      const probe = { 1: working(1, 7, 'grok/grok-4') };
      assert.deepEqual(judged(due, features, probe), ['claim 2 in 2', 'no alarm']);
      const other = { 1: working(1, 7, 'gemini/pro') };
      assert.deepEqual(judged(due, features, other), ['claim 1 in 2', 'claim 2 in 3', 'no alarm']);
    });
  });

  describe('while the breaker is open', () => {
    const open: Breaker = {
      cause: 'service',
      message: 'No answer.',
      mend: 'Wait.',
      since: now - 1,
      probeAt: now + 500,
      tries: 0,
      fence: 200,
    };
    const judged = (breaker: Breaker, ...features: Feature[]) => {
      const { decisions, wakeAt } = decide({ ...workspaceOf(features), breaker }, now);
      return [...decisions.map(told), wakeAt ?? 'no alarm'];
    };

    it('starts nothing, does not end the run, and wants to be asked when a probe is due', () =>
      assert.deepEqual(judged(open, ...pending(1, 2)), [now + 500]));

    it('starts one when the probe is due, however many slots are free', () =>
      assert.deepEqual(judged({ ...open, probeAt: now }, ...pending(1, 2, 3)), ['claim 1 in 1', 'no alarm']));

    it('starts a probe beside those that were at work before', () =>
      assert.deepEqual(judged({ ...open, probeAt: now }, at(1, 1), ...pending(2, 3)), [
        'claim 2 in 2',
        'no alarm',
      ]));

    it('waits for the probe that is under way, and for a slot when all are taken', () => {
      const due = { ...open, probeAt: now };
      assert.deepEqual(judged({ ...due, fence: 100 }, at(1, 1), ...pending(2)), ['no alarm']);
      assert.deepEqual(judged(due, at(1, 1), at(2, 2), at(3, 3), ...pending(4)), ['no alarm']);
    });

    it('does not wait for ever when the clock was put back', () =>
      assert.deepEqual(judged({ ...open, probeAt: now + 86_400_000 }, ...pending(1)), [
        'claim 1 in 1',
        'no alarm',
      ]));

    it('is ended by what ends a run: nothing is ready any more', () =>
      assert.deepEqual(judged(open, featureIn('passing', 1)), ['finish complete', 'no alarm']));
  });

  describe('after agents were lost', () => {
    const resting = (id: number, ms: number): Feature => ({
      ...featureIn('pending', id),
      state: { status: 'pending', notBefore: now + ms },
    });

    it('lets the feature rest while others go on, and wants to be asked when its rest is over', () => {
      const { decisions, wakeAt } = decide(
        workspaceOf([resting(1, 4000), resting(2, 1000), ...pending(3)]),
        now,
      );
      assert.deepEqual(decisions.map(told), ['claim 3 in 1']);
      assert.equal(wakeAt, now + 1000);
    });

    it('does not end the run for it', () => assert.deepEqual(decisions(workspaceOf([resting(1, 1)])), []));

    it('starts it when the rest is over', () =>
      assert.deepEqual(decisions(workspaceOf([resting(1, 0)])), ['claim 1 in 1']));

    it('lets the slot rest, too, longer with each loss in a row', () => {
      const lostIn = (slot: number, losses: number, agoMs: number): Agent => ({
        slot,
        featureId: 9,
        attempt: 1,
        fence: 5,
        model: 'offline',
        status: 'ended',
        step: '',
        startedAt: 0,
        endedAt: now - agoMs,
        end: 'lost',
        losses,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
        actions: 0,
      });
      const agents = { 1: lostIn(1, 1, 999), 2: lostIn(2, 2, 1_001), 3: lostIn(3, 1, 1_000) };
      const { decisions, wakeAt } = decide({ ...workspaceOf(pending(1, 2)), agents }, now);
      assert.deepEqual(decisions.map(told), ['claim 1 in 3']);
      assert.equal(wakeAt, now + 1);
    });
  });

  it('gives the same judgement for the same facts, and changes none of them', () => {
    const snapshot = workspaceOf([at(1, 1), ...pending(2, 3)]);
    const copy = structuredClone(snapshot);
    assert.deepEqual(decide(snapshot, now), decide(snapshot, now));
    assert.deepEqual(snapshot, copy);
  });

  it('judges 10⁴ features in a moment', () => {
    const many = Array.from({ length: 10_000 }, (_, k) =>
      featureIn('pending', k + 1, { dependsOn: k >= 100 ? [`F${k - 99}`] : [], files: [`src/f${k}.ts`] }),
    );
    const [unsettled, settled] = [workspaceOf(many), workspaceOf(many.slice(0, 100))];
    const first = withinCpu(1_000, () => decide(unsettled, now)).decisions;
    assert.deepEqual([first.length, first[0] && told(first[0])], [1_000, 'held 101 for 1']);
    assert.equal(withinCpu(1_000, () => decide(settled, now)).decisions.length, 3);
  });
});
