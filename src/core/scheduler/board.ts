// All that decisions are made from, kept from one to the next, so that a step costs what it changed and not all there is.
import type { Snapshot } from '../events/snapshot';
import { changedFeatures } from '../features/changedFeatures';
import type { Feature } from '../features/feature';
import { buildGraph, type Graph } from '../graph/graph';
import { type Features, graphById } from '../graph/readiness';
import type { Routing } from '../routing/routeModel';
import type { FeatureId } from '../shared/ids';
import { atOnce, type Steps, stepSize } from '../shared/steps';
import { type Estimates, estimatesFrom, steadyMinutes } from './estimates';
import { FileLoads } from './fileLoads';
import { Order, orderIn } from './order';
import { Standing } from './standing';

/** What a board is read from. */
type Facts = Pick<Snapshot, 'features' | 'lastFeatureId' | 'experience' | 'run'>;

/** Holds nothing that is not in the facts it saw last: a new one that sees the same tells the same. */
export class Board {
  features: Features = {};
  standing = new Standing(noGraph);
  order = new Order(noGraph, new FileLoads(), () => 1);
  estimates: Estimates = estimatesFrom([], {});
  #graph = noGraph;
  #lastId: FeatureId = 0;
  #learnedFrom: { readonly experience?: Snapshot['experience']; readonly routing: Routing } = { routing: {} };

  readonly needsOf = (id: FeatureId): readonly Feature[] =>
    (this.#graph.needs[id] ?? []).flatMap((need) => this.features[need] ?? []);

  /** Brings it up to `facts`. */
  see(facts: Facts): void {
    atOnce(this.seeing(facts));
  }

  /**
   * Brings it up to `facts`. Some 2 ns for each feature, and what those cost that changed; anew when a spec did, which is
   * the only time it takes steps. Left between them it is as it was.
   */
  *seeing(facts: Facts): Steps<void> {
    const { features, experience, run } = facts;
    const lastId = Math.max(this.#lastId, facts.lastFeatureId);
    const changed = changedFeatures(this.features, features, lastId);
    const isOther = changed.some((id) => this.features[id]?.spec !== features[id]?.spec);
    const routing = run?.settings ?? {};
    const isTaught =
      experience !== this.#learnedFrom.experience || !isSameRouting(routing, this.#learnedFrom.routing);
    const estimates = isTaught ? estimatesFrom(experience, routing) : this.estimates;
    const made = isOther ? yield* this.#made(features, lastId, estimates) : undefined;
    this.features = features;
    this.#lastId = lastId;
    this.estimates = estimates;
    if (isTaught) this.#learnedFrom = { experience, routing };
    if (made) {
      [this.#graph, this.standing, this.order] = made;
      return;
    }
    this.standing.changed(changed, features);
    if (isTaught) this.order.expect(steadyMinutes(this.estimates));
    this.order.changed(changed, features);
  }

  *#made(
    features: Features,
    lastId: FeatureId,
    estimates: Estimates,
  ): Steps<readonly [Graph, Standing, Order]> {
    const all = Object.values(features);
    const graph = yield* graphById(all, lastId);
    const standing = new Standing(graph);
    for (let at = 0; at < all.length; at += stepSize) {
      standing.changed(
        all.slice(at, at + stepSize).map(({ id }) => id),
        features,
      );
      yield;
    }
    return [graph, standing, yield* orderIn(graph, all, steadyMinutes(estimates))];
  }
}

const noGraph = buildGraph([]);

/** Settings that are changed while a run lasts leave these parts the very same. */
function isSameRouting(one: Routing, other: Routing): boolean {
  return (['model', 'preset', 'byCategory', 'ladder'] as const).every((key) => one[key] === other[key]);
}
