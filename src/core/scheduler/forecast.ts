// How long a backlog will take with N agents: what is expected, what is possible at best, and what holds it back.
import type { Feature } from '../features/feature';
import { longestChain } from '../graph/criticalPath';
import { type Graph, topologicalOrder } from '../graph/graph';
import { featureGraph } from '../graph/readiness';
import { type Locked, lockedOf, lockName } from '../locks/lockScope';
import type { FeatureId } from '../shared/ids';
import type { Estimates } from './estimates';
import { exclusiveKeys, keyedScopesOf } from './keyedScopes';
import { isOpen, orderOf } from './order';
import { findPlan, type PlanProblem } from './plan';
import { startsInOrder } from './startsInOrder';

/** Times are minutes from now, of work: no time for rate limits, retries and your own confirmations. */
export interface Forecast {
  readonly agents: number;
  /** Features that can still be built. */
  readonly features: number;
  /** Finish when features are started in the order the scheduler offers them. */
  readonly expected: number;
  /** The best start of each feature that the search found, and when all are done then; at most `expected`. */
  readonly plan: { readonly finish: number; readonly starts: ReadonlyMap<FeatureId, number> };
  /** max(critical path, work / agents, busiest file or resource): no order is faster. */
  readonly bound: number;
  readonly heldBackBy: HeldBackBy;
  /** Features whose duration nobody said and nothing taught. */
  readonly guessed: number;
}

export type HeldBackBy =
  /** More agents would be faster. */
  | { readonly kind: 'work' }
  /** Features that need each other, first to last. */
  | { readonly kind: 'chain'; readonly names: readonly string[] }
  /** All that change this file take turns. */
  | { readonly kind: 'file'; readonly path: string; readonly features: number }
  /** All that need this take turns. */
  | { readonly kind: 'resource'; readonly resource: string; readonly features: number };

/** Lists the search tries for a backlog of up to 50 features; for larger ones fewer, so that it stays below a second. */
const usualIterations = 300;
const iterationWork = 50 * usualIterations;
/** Above this a plan tells nobody anything, and the order is within a percent of the bound anyway. */
const mostPlanned = 2_000;

/**
 * @param features all of the backlog; those that pass count as done, those that failed or were skipped are not built, and
 *   neither is what needs them or what waits for the user
 */
export function forecast(
  features: readonly Feature[],
  agents: number,
  estimates: Estimates,
  iterations = usualIterations,
): Forecast {
  const open = buildable(features);
  const expectations = open.map(estimates.minutesOf);
  const minutes = expectations.map((e) => e.minutes);
  const graph = featureGraph(open);
  const keys = exclusiveKeys(open.map(keyedScopesOf));
  const limits = limitsOf(open, graph, minutes, keys, agents);
  const turns = turnsOf(open, estimates);
  const inOrder = startsInOrder({ graph, minutes, keys, turns }, agents);
  const problem = problemOf(graph, minutes, keys, agents);
  const tries =
    open.length > mostPlanned
      ? 0
      : Math.min(iterations, Math.floor(iterationWork / Math.max(1, open.length)));
  const found =
    tries > 0
      ? findPlan(problem, { iterations: tries, bound: limits.bound, first: inOrder.starts })
      : inOrder;
  const plan = found.finish < inOrder.finish ? found : inOrder;
  return {
    agents,
    features: open.length,
    expected: inOrder.finish,
    ...limits,
    plan: { finish: plan.finish, starts: new Map(open.map(({ id }, k) => [id, plan.starts[k] ?? 0])) },
    guessed: expectations.filter((e) => e.from === 'guess').length,
  };
}

/** Open features that nothing stands in the way of for good. */
/** Those of a backlog that can still be built. */
export function buildable(features: readonly Feature[]): readonly Feature[] {
  const graph = featureGraph(features);
  const isOut = new Set<number>();
  for (const k of topologicalOrder(graph)) {
    const { state } = features[k] as Feature;
    const isStuck = state.status === 'claimed' && state.phase === 'unconfirmed';
    const isDone = state.status === 'passing';
    if (!isDone && (isStuck || !isOpen(features[k] as Feature) || graph.needs[k]?.some((n) => isOut.has(n))))
      isOut.add(k);
  }
  return features.filter((f, k) => !isOut.has(k) && f.state.status !== 'passing');
}

type Keys = readonly (readonly string[])[];

function limitsOf(
  open: readonly Feature[],
  graph: Graph,
  minutes: readonly number[],
  keys: Keys,
  agents: number,
) {
  const chain = longestChain(graph, minutes);
  const chainMinutes = chain.reduce((sum, k) => sum + (minutes[k] as number), 0);
  const share = minutes.reduce((sum, m) => sum + m, 0) / agents;
  const lock = busiest(keys, minutes);
  const bound = Math.max(chainMinutes, share, lock.minutes);
  const names = chain.map((k) => open[k]?.spec.name ?? '');
  return { bound, heldBackBy: heldBackBy() };

  function heldBackBy(): HeldBackBy {
    if (bound === share) return { kind: 'work' };
    if (bound === chainMinutes) return { kind: 'chain', names };
    const { features } = lock;
    const locked = lockedAs(open, lock.key);
    return 'resource' in locked
      ? { kind: 'resource', ...locked, features }
      : { kind: 'file', path: lockName(locked), features };
  }
}

function busiest(keys: Keys, minutes: readonly number[]) {
  const loads = new Map<string, { readonly key: string; minutes: number; features: number }>();
  keys.forEach((list, k) => {
    for (const key of list) {
      const load = loads.get(key) ?? { key, minutes: 0, features: 0 };
      load.minutes += minutes[k] as number;
      load.features++;
      loads.set(key, load);
    }
  });
  return [...loads.values()].reduce((most, l) => (l.minutes > most.minutes ? l : most), {
    key: '',
    minutes: 0,
    features: 0,
  });
}

/** What is locked as someone wrote it, for keys are for comparing only. */
function lockedAs(open: readonly Feature[], key: string): Locked {
  for (const feature of open) {
    const place = keyedScopesOf(feature).find((p) => p.key === key);
    if (place) return lockedOf(place.scope);
  }
  return { path: '' };
}

/** One resource is the agents, the others are files and named resources that more than one feature wants. */
function problemOf(graph: Graph, durations: readonly number[], keys: Keys, agents: number): PlanProblem {
  const users = new Map<string, number>();
  for (const key of keys.flat()) users.set(key, (users.get(key) ?? 0) + 1);
  const shared = [...users].filter(([, count]) => count > 1).map(([key]) => key);
  const resourceOf = new Map(shared.map((key, k) => [key, k + 1]));
  const uses = keys.map((list) => [
    { resource: 0, amount: 1 },
    ...list.flatMap((key) => {
      const resource = resourceOf.get(key);
      return resource === undefined ? [] : [{ resource, amount: 1 }];
    }),
  ]);
  return { graph, durations, uses, capacities: [agents, ...shared.map(() => 1)] };
}

/** The place of each in the order, with the ranks of now for the whole way. */
function turnsOf(open: readonly Feature[], estimates: Estimates): readonly number[] {
  const order = orderOf(open, (f) => estimates.minutesOf(f).minutes);
  const ids = open.map(({ id }) => id).sort((a, b) => order.compare(a, b));
  const turn = new Map(ids.map((id, at) => [id, at]));
  return open.map(({ id }) => turn.get(id) ?? 0);
}
