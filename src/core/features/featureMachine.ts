// The life of a feature as one table: which change is allowed from which state, and what follows.
import { restMs } from '../guardrails/failurePolicy';
import type { Moment } from '../shared/moment';
import { ok, type Refusal, type Result, refuse } from '../shared/result';
import { builtFiles, type Feature, type FeatureState, isCheckedFirst, mostBuilt } from './feature';
import type { FeatureChange } from './featureChange';
import { isAskedAnew } from './proof';

/** A status, with `claimed` split by what is being done; the rows of the table. */
export type Stage =
  | 'pending'
  | 'waiting'
  | 'working'
  | 'verifying'
  | 'unconfirmed'
  | 'passing'
  | 'failed'
  | 'skipped';

type Kind = FeatureChange['type'];
type Change<K extends Kind> = Extract<FeatureChange, { type: K }>;

interface Row<K extends Kind> {
  /** As a function where it depends on who asks. */
  readonly from: readonly Stage[] | ((change: Change<K>) => readonly Stage[]);
  readonly to: (feature: Feature, change: Change<K>, when: Moment) => Feature;
}

/** Every change but `added` and `removed`, which begin and end a feature. */
export type Transition = Exclude<Kind, 'feature.added' | 'feature.removed'>;

const idle = ['pending', 'waiting'] as const;
const atWork = ['working', 'verifying'] as const;

/** The table. What is not in it is refused by name. */
export const table: { readonly [K in Transition]: Row<K> } = {
  'feature.held': {
    from: ['pending'],
    to: (f, c) => into(f, { status: 'waiting', missing: c.missing, ...still(f) }),
  },
  'feature.freed': { from: ['waiting'], to: (f) => into(f, { status: 'pending', ...still(f) }) },
  'feature.skipped': {
    from: (c) => (c.because.kind === 'user' ? [...idle, 'failed'] : idle),
    to: (f, c) => into(f, { status: 'skipped', because: c.because, ...still(f) }),
  },
  'feature.unskipped': { from: ['skipped'], to: (f) => into(f, { status: 'pending', ...still(f) }) },
  'feature.claimed': {
    from: ['pending'],
    to: (f, { slot, attempt, fence }, { at: claimedAt, elapsedMs }) => {
      const measured = elapsedMs === undefined ? {} : { claimedMs: elapsedMs };
      const claim = { slot, attempt, fence, claimedAt, ...measured };
      return into(f, { status: 'claimed', phase: 'working', claim, ...still(f) });
    },
  },
  'feature.submitted': {
    from: ['working'],
    to: (f) =>
      f.state.status === 'claimed' && f.state.phase === 'working'
        ? into(f, { ...f.state, phase: 'verifying' })
        : f,
  },
  'feature.returned': {
    from: ['verifying'],
    to: (f) =>
      f.state.status === 'claimed' && f.state.phase === 'verifying'
        ? into(f, { ...f.state, phase: 'working' })
        : f,
  },
  'feature.unconfirmed': {
    from: ['verifying'],
    to: (f, { why, check }) =>
      f.state.status === 'claimed'
        ? into(f, { ...f.state, phase: 'unconfirmed', why, ...(check && { check }) })
        : f,
  },
  'feature.passed': {
    from: ['verifying', 'unconfirmed'],
    to: (f, c, { at, elapsedMs }) => {
      const built = [...new Set([...(c.files ?? []), ...builtFiles(f)])].slice(0, mostBuilt);
      return into(
        { ...anew(f), lastFailure: undefined },
        {
          status: 'passing',
          evidence: c.evidence,
          at,
          ...(built.length > 0 && { built }),
          ...(elapsedMs === undefined ? {} : { elapsedMs }),
        },
      );
    },
  },
  'feature.failed': {
    from: [...atWork, 'unconfirmed'],
    to: (f, c, { at }) =>
      into(
        { ...f, failures: f.failures + 1, lastFailure: c.reason },
        { status: 'failed', reason: c.reason, at },
      ),
  },
  'feature.retried': {
    from: (c) => (c.by === 'user' ? ['failed'] : atWork),
    to: (f, c) =>
      c.by === 'user'
        ? into(anew(f), { status: 'pending' })
        : into({ ...f, failures: f.failures + 1, lastFailure: c.reason }, { status: 'pending' }),
  },
  'feature.yielded': {
    from: atWork,
    to: (f, c, { at }) => {
      const learned =
        c.path === undefined || f.learnedFiles.includes(c.path)
          ? f.learnedFiles
          : [...f.learnedFiles, c.path];
      const isLoss = ['lost', 'overlap', 'packages'].includes(c.cause);
      const losses = f.losses + (isLoss ? 1 : 0);
      const rests = isLoss ? { notBefore: at + restMs(losses) } : {};
      const next = { ...f, losses, learnedFiles: learned };
      const { checkFirst: _, ...kept } = still(f);
      return c.cause === 'unproved'
        ? into({ ...next, lastFailure: c.note }, { status: 'pending', ...kept })
        : into(next, { status: 'pending', ...rests, ...still(f) });
    },
  },
  'feature.regressed': {
    from: ['passing'],
    to: (f, c) =>
      c.by === 'check'
        ? into({ ...anew(f), lastFailure: c.reason }, { status: 'pending', ...still(f) })
        : into(anew(f), { status: 'pending', ...still(f), ...(c.by === 'setting' && { checkFirst: true }) }),
  },
  'feature.edited': {
    from: [...idle, 'skipped', 'failed', 'passing'],
    to: (f, { spec }) => {
      const next = { ...f, spec };
      if (!isAskedAnew(f.spec, spec)) return next;
      if (f.state.status === 'passing')
        return into(anew(next), { status: 'pending', ...still(f), checkFirst: true });
      return f.state.status === 'failed' ? into(anew(next), { status: 'pending' }) : next;
    },
  },
};

/**
 * The feature after `change`, or a refusal that names the state and the change.
 * @param when it happened; kept in the states that tell since when they hold
 */
export function transition(feature: Feature, change: Change<Transition>, when: Moment): Result<Feature> {
  const row = table[change.type] as Row<Transition>;
  const stage = stageOf(feature.state);
  const from = typeof row.from === 'function' ? row.from(change) : row.from;
  if (!from.includes(stage)) {
    const verb = change.type.slice('feature.'.length);
    return refuse('badTransition', `Feature ${feature.id} is ${stage}; it cannot be ${verb} from there.`);
  }
  const stale = staleFence(feature, change);
  return stale ? { ok: false, error: stale } : ok(row.to(feature, change, when));
}

export function stageOf(state: FeatureState): Stage {
  return state.status === 'claimed' ? state.phase : state.status;
}

/** May a feature in this state be taken out of the backlog? Not while an attempt holds it. */
export function canRemove(state: FeatureState): boolean {
  return state.status !== 'claimed';
}

function staleFence(feature: Feature, change: Change<Transition>): Refusal | undefined {
  const { state } = feature;
  if (state.status !== 'claimed') return undefined;
  const held = state.claim.fence;
  const named = 'fence' in change ? change.fence : undefined;
  // Only the user's word on an unconfirmed feature comes without a fence.
  if (named === held || (named === undefined && state.phase === 'unconfirmed')) return undefined;
  return {
    code: 'staleFence',
    message: `Feature ${feature.id} is held under fence ${held}, not ${named ?? 'none'}.`,
  };
}

/** Nothing counts against it any more. */
function anew(feature: Feature): Feature {
  return { ...feature, failures: 0, losses: 0 };
}

/** What goes with a feature from state to state: what it built, and that it is to be checked before an agent begins. */
function still(feature: Feature): { readonly checkFirst?: true; readonly built?: readonly string[] } {
  const built = builtFiles(feature);
  return { ...(isCheckedFirst(feature) && { checkFirst: true }), ...(built.length > 0 && { built }) };
}

function into(feature: Feature, state: FeatureState): Feature {
  return { ...feature, state };
}
