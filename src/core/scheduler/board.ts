// All that decisions are made from, kept from one to the next, so that a step costs what it changed and not all there is.
import type { Snapshot } from '../events/snapshot';
import { changedFeatures } from '../features/changedFeatures';
import type { Feature } from '../features/feature';
import { type Features, graphById } from '../graph/readiness';
import type { FeatureId } from '../shared/ids';
import { Order } from './order';
import { type Outlook, outlookFrom, steadyMinutes } from './outlook';
import { Standing } from './standing';

/** What a board is read from. */
type Facts = Pick<Snapshot, 'features' | 'lastFeatureId' | 'experience' | 'run'>;

/** Holds nothing that is not in the facts it saw last: a new one that sees the same tells the same. */
export class Board {
  features: Features = {};
  standing = new Standing(noGraph);
  order = new Order(noGraph, {}, () => 1);
  outlook: Outlook = outlookFrom([], undefined);
  #graph = noGraph;
  #lastId: FeatureId = 0;
  #learnedFrom: { readonly experience?: Snapshot['experience']; readonly model?: string } = {};

  readonly needsOf = (id: FeatureId): readonly Feature[] =>
    (this.#graph.needs[id] ?? []).flatMap((need) => this.features[need] ?? []);

  /** Brings it up to `facts`. Some 2 ns for each feature, and what those cost that changed; anew when a spec did. */
  see(facts: Facts): void {
    const { features, experience, run } = facts;
    const lastId = Math.max(this.#lastId, facts.lastFeatureId);
    const changed = changedFeatures(this.features, features, lastId);
    const isOther = changed.some((id) => this.features[id]?.spec !== features[id]?.spec);
    const model = run?.settings.model;
    const isTaught = experience !== this.#learnedFrom.experience || model !== this.#learnedFrom.model;
    this.features = features;
    this.#lastId = lastId;
    if (isTaught) {
      this.outlook = outlookFrom(experience, model);
      this.#learnedFrom = { experience, ...(model !== undefined && { model }) };
    }
    if (isOther) {
      this.#graph = graphById(features, lastId);
      this.standing = new Standing(this.#graph);
      this.standing.changed(Object.keys(features).map(Number), features);
      this.order = new Order(this.#graph, features, steadyMinutes(this.outlook));
      return;
    }
    this.standing.changed(changed, features);
    if (isTaught) this.order.expect(steadyMinutes(this.outlook));
    this.order.changed(changed, features);
  }
}

const noGraph = graphById({}, 0);
