// Which features may start, must wait, or are beyond reach, from what their dependencies have come to.
import type { Feature } from '../features/feature';
import type { FeatureId } from '../shared/ids';
import { eachInSteps, type Steps } from '../shared/steps';
import { buildGraph, type Graph } from './graph';

export type Features = Readonly<Record<FeatureId, Feature>>;

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'missing'; readonly ids: readonly FeatureId[] }
  /** A dependency failed for good or was itself skipped; it is the cause. */
  | { readonly kind: 'blocked'; readonly by: FeatureId };

/** The backlog's graph over `list` positions; the backlog was checked, so every name is known. */
export function featureGraph(list: readonly Feature[]): Graph {
  const position = new Map(list.map((f, k) => [f.spec.name, k]));
  return buildGraph(list.map((f) => f.spec.dependsOn.flatMap((name) => position.get(name) ?? [])));
}

/** The same with ids for nodes, up to the highest; at numbers that no feature has, nothing is needed. */
export function* graphById(features: readonly Feature[], lastId: FeatureId): Steps<Graph> {
  const idOf = new Map<string, FeatureId>();
  yield* eachInSteps(features, ({ id, spec }) => void idOf.set(spec.name, id));
  const needs: (readonly FeatureId[])[] = new Array(lastId + 1).fill(nothing);
  yield* eachInSteps(features, ({ id, spec }) => {
    if (spec.dependsOn.length === 0) return;
    const ids = spec.dependsOn.map((name) => idOf.get(name) ?? 0);
    needs[id] = ids.includes(0) ? ids.filter((need) => need > 0) : ids;
  });
  return buildGraph(needs);
}

const nothing: readonly FeatureId[] = [];

/** What stands between a feature that needs `needs` and its start. */
export function readinessOf(needs: readonly Feature[]): Readiness {
  const missing: FeatureId[] = [];
  for (const need of needs) {
    if (need.state.status === 'failed' || need.state.status === 'skipped')
      return { kind: 'blocked', by: need.id };
    if (need.state.status !== 'passing') missing.push(need.id);
  }
  return missing.length > 0 ? { kind: 'missing', ids: missing } : { kind: 'ready' };
}

export function indexByName(features: Features): ReadonlyMap<string, Feature> {
  return new Map(Object.values(features).map((f) => [f.spec.name, f]));
}

/** `id` and everything it needs, directly or through others. */
export function withDependencies(features: Features, id: FeatureId): ReadonlySet<FeatureId> {
  const byName = indexByName(features);
  const found = new Set<FeatureId>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const feature = features[next];
    if (!feature || found.has(next)) continue;
    found.add(next);
    for (const name of feature.spec.dependsOn) {
      const need = byName.get(name);
      if (need) open.push(need.id);
    }
  }
  return found;
}
