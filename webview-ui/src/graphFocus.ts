// Which features the graph shows when there are too many to be read at once.
import type { Feature } from '../../src/core/features/feature';
import { type Stage, stageOf } from '../../src/core/features/featureMachine';

export interface Focus {
  readonly shown: readonly Feature[];
  /** What was left out, for people; undefined when nothing was. */
  readonly note?: string;
}

/** More boxes than this nobody can read, however few of their lines cross. */
const mostShown = 300;

/** All where they fit; else without those that pass; else what is under way or in trouble and what stands next to it. */
export function focusOn(features: readonly Feature[], most = mostShown): Focus {
  if (features.length <= most) return { shown: features };
  const open = features.filter(({ state }) => state.status !== 'passing');
  const passing = features.length - open.length;
  if (open.length > 0 && open.length <= most) {
    return {
      shown: open,
      note: `${passing} passing ${passing === 1 ? 'feature is' : 'features are'} folded away.`,
    };
  }
  const pool = open.length > 0 ? open : features;
  const hot = pool.filter(({ state }) => urgency[stageOf(state)] === 0);
  const hotNames = new Set(hot.map(({ spec }) => spec.name));
  const needed = new Set(hot.flatMap(({ spec }) => spec.dependsOn));
  const distance = ({ spec, state }: Feature) => {
    if (hotNames.has(spec.name)) return 0;
    const isNext = needed.has(spec.name) || spec.dependsOn.some((name) => hotNames.has(name));
    return isNext ? 1 : 2 + urgency[stageOf(state)];
  };
  // The pool is in the order of ids, and so is each rank: nothing has to be sorted but what is shown.
  const ranks: Feature[][] = [];
  for (const feature of pool) {
    const rank = distance(feature);
    const list = ranks[rank] ?? [];
    ranks[rank] = list;
    if (list.length < most) list.push(feature);
  }
  const shown = ranks
    .flat()
    .slice(0, most)
    .sort((a, b) => a.id - b.id);
  return { shown, note: `${most} of ${features.length} features are shown: those at work and what is next.` };
}

const urgency: Readonly<Record<Stage, number>> = {
  working: 0,
  verifying: 0,
  unconfirmed: 0,
  failed: 0,
  pending: 1,
  waiting: 2,
  skipped: 3,
  passing: 4,
};
