// The order in which ready features are offered a slot: what is urgent first, then what most work waits for.
import type { Feature } from '../features/feature';
import { declaredScopes } from '../features/feature';
import { longestRemaining } from '../graph/criticalPath';
import { type Graph, topologicalOrder } from '../graph/graph';
import { featureGraph } from '../graph/readiness';
import { lockKey } from '../locks/lockPath';
import type { FeatureId } from '../shared/ids';

/** Why a feature stands where it stands; compared field by field, first difference decides. */
export interface Rank {
  /** Own priority or that of the most urgent feature it blocks; 1 first. */
  readonly priority: number;
  /** Longest chain of work from here on, itself included; more first. */
  readonly remaining: number;
  /** Unfinished work on the busiest file it declares; more first. */
  readonly busiest: number;
  readonly id: FeatureId;
}

/** Minutes of a feature that nobody guessed. Only ratios matter. */
const unknownMinutes = 10;

/** Ranks of all features that are not yet done; done ones hold nothing up and weigh nothing. */
export function rankFeatures(features: readonly Feature[]): ReadonlyMap<FeatureId, Rank> {
  const open = features.filter(isOpen);
  const graph = featureGraph(open);
  const minutes = open.map((f) => f.spec.estimate ?? unknownMinutes);
  const priorities = inheritedPriorities(
    graph,
    open.map((f) => f.spec.priority),
  );
  const remaining = longestRemaining(graph, minutes);
  const busiest = busiestFile(open, minutes);
  return new Map(
    open.map((f, k) => [
      f.id,
      {
        priority: priorities[k] as number,
        remaining: remaining[k] as number,
        busiest: busiest[k] as number,
        id: f.id,
      },
    ]),
  );
}

export function compareRanks(a: Rank, b: Rank): number {
  return a.priority - b.priority || b.remaining - a.remaining || b.busiest - a.busiest || a.id - b.id;
}

function isOpen({ state }: Feature): boolean {
  return state.status === 'pending' || state.status === 'waiting' || state.status === 'claimed';
}

function inheritedPriorities(graph: Graph, own: readonly number[]): readonly number[] {
  const priorities = [...own];
  for (const node of [...topologicalOrder(graph)].reverse()) {
    for (const next of graph.neededBy[node] ?? []) {
      priorities[node] = Math.min(priorities[node] as number, priorities[next] as number);
    }
  }
  return priorities;
}

function busiestFile(features: readonly Feature[], minutes: readonly number[]): readonly number[] {
  const load = new Map<string, number>();
  const keys = features.map((f) => declaredScopes(f).map((scope) => lockKey(scope.path)));
  keys.forEach((list, k) => {
    for (const key of list) load.set(key, (load.get(key) ?? 0) + (minutes[k] as number));
  });
  return keys.map((list) => list.reduce((most, key) => Math.max(most, load.get(key) ?? 0), 0));
}
