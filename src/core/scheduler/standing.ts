// Where all features stand as decisions need it: which are ready, which are held, and which are not where they belong.
import type { Claim } from '../claims/claim';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import type { Graph } from '../graph/graph';
import { type Features, readinessOf } from '../graph/readiness';
import { Heap } from '../shared/heap';
import type { EpochMs, FeatureId } from '../shared/ids';

/** Kept from one decision to the next: only what changed, and what needs it, is looked at again. */
export class Standing {
  /** Pending: they may start as far as their stored state goes. */
  readonly ready: ReadonlySet<FeatureId>;
  /** Until when some of the ready are let be, for an agent was lost at them. */
  readonly resting: ReadonlyMap<FeatureId, EpochMs>;
  readonly #ready = new Set<FeatureId>();
  readonly #resting = new Map<FeatureId, EpochMs>();
  /** Held by an attempt, working or being verified. */
  readonly #live = new Set<FeatureId>();
  /** Stored readiness may not be what the dependencies say; in the heap the lowest id is at hand. */
  readonly #doubtful = new Set<FeatureId>();
  readonly #inDoubt = new Heap((a, b) => a < b);
  #features: Features = {};

  /** @param graph by id, of the features that `changed` will tell of */
  constructor(private readonly graph: Graph) {
    this.ready = this.#ready;
    this.resting = this.#resting;
  }

  /** The features at `ids` have come, gone or changed; others are the values they were. */
  changed(ids: readonly FeatureId[], features: Features): void {
    this.#features = features;
    for (const id of ids) {
      const state = features[id]?.state;
      toggle(this.#ready, id, state?.status === 'pending');
      this.#resting.delete(id);
      if (state?.status === 'pending' && state.notBefore !== undefined)
        this.#resting.set(id, state.notBefore);
      toggle(this.#live, id, state?.status === 'claimed' && state.phase !== 'unconfirmed');
      this.#doubt(id);
      for (const dependent of this.graph.neededBy[id] ?? []) this.#doubt(dependent);
    }
  }

  live(): readonly Claim[] {
    return this.#all(this.#live).flatMap(({ state }) => (state.status === 'claimed' ? [state.claim] : []));
  }

  /**
   * Changes, by rising id, that bring stored readiness in line with the dependencies as they are; the first `most` of them,
   * and what it costs to find those: the others are found once these are carried out.
   */
  changes(most: number): readonly FeatureChange[] {
    const changes: FeatureChange[] = [];
    while (changes.length < most) {
      const id = this.#inDoubt.pop();
      if (id === undefined) break;
      this.#doubtful.delete(id);
      const change = this.#settle(id);
      if (change) changes.push(change);
    }
    for (const { featureId } of changes) this.#doubt(featureId); // until they are carried out
    return changes;
  }

  #doubt(id: FeatureId): void {
    if (this.#doubtful.has(id)) return;
    this.#doubtful.add(id);
    this.#inDoubt.push(id);
  }

  #settle(featureId: FeatureId): FeatureChange | undefined {
    const state = this.#features[featureId]?.state;
    if (state?.status !== 'pending' && state?.status !== 'waiting' && state?.status !== 'skipped') return;
    if (state.status === 'skipped' && state.because.kind === 'user') return;
    const readiness = readinessOf(this.#all(this.graph.needs[featureId] ?? []));
    if (readiness.kind === 'blocked') {
      const because = { kind: 'dependency', featureId: readiness.by } as const;
      return state.status === 'skipped' ? undefined : { type: 'feature.skipped', featureId, because };
    }
    if (state.status === 'skipped') return { type: 'feature.unskipped', featureId };
    if (readiness.kind === 'missing') {
      return state.status === 'pending'
        ? { type: 'feature.held', featureId, missing: readiness.ids }
        : undefined;
    }
    return state.status === 'waiting' ? { type: 'feature.freed', featureId } : undefined;
  }

  #all(ids: Iterable<FeatureId>): readonly Feature[] {
    const features: Feature[] = [];
    for (const id of ids) {
      const feature = this.#features[id];
      if (feature) features.push(feature);
    }
    return features;
  }
}

function toggle(ids: Set<FeatureId>, id: FeatureId, isIn: boolean): void {
  if (isIn) ids.add(id);
  else ids.delete(id);
}
