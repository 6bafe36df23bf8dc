// The order in which ready features are offered a slot: what is urgent first, then what most work waits for.
import type { Feature } from '../features/feature';
import { type Graph, topologicalOrder } from '../graph/graph';
import { type Features, graphById } from '../graph/readiness';
import { Heap } from '../shared/heap';
import type { FeatureId } from '../shared/ids';
import { atOnce, eachInSteps, type Steps } from '../shared/steps';
import { unknownMinutes } from './estimates';
import { FileLoads } from './fileLoads';
import { keyedScopesOf, samePlaces } from './keyedScopes';

/** Why a feature stands where it stands. */
export interface Rank {
  /** Own priority or that of the most urgent feature it blocks; 1 first. */
  readonly priority: number;
  /** Minutes of the longest chain of features from here on, itself included. */
  readonly remaining: number;
  /** Minutes of unfinished work on the busiest file it declares; a file is a chain too. */
  readonly busiest: number;
  /** Its own minutes and those that can only follow: its share of its dependents, and all that wants one of its files. */
  readonly awaited: number;
  readonly id: FeatureId;
}

export function isOpen({ state }: Feature): boolean {
  return state.status === 'pending' || state.status === 'waiting' || state.status === 'claimed';
}

type MinutesOf = (feature: Feature) => number;

/** The order of `features` alone. Costs near n: 10⁴ features in some 30 ms. */
export function orderOf(
  features: readonly Feature[],
  minutesOf: MinutesOf = (f) => f.spec.estimate ?? unknownMinutes,
): Order {
  const lastId = features.reduce((most, { id }) => Math.max(most, id), 0);
  return atOnce(orderIn(atOnce(graphById(features, lastId)), features, minutesOf));
}

/** @param graph of `features`, by id; with one more, less or edited another order is made */
export function* orderIn(graph: Graph, features: readonly Feature[], minutesOf: MinutesOf): Steps<Order> {
  const files = new FileLoads();
  yield* files.want(features);
  const order = new Order(graph, files, minutesOf);
  yield* order.take(features);
  return order;
}

/** Minutes are counted in whole parts of this size, so that their sums are exact in whatever order they are added up. */
const partsOfMinute = 1_024;

/**
 * Ranks as they are now: what a change of one feature does to those of others is worked out from there, along its chains
 * back to the start. Done features hold nothing up and weigh nothing: their minutes are 0 here.
 */
export class Order {
  readonly #features: Feature[] = [];
  /** Features whose duration nobody said, by what it is learned from; those of a kind are expected to take as long. */
  readonly #kinds = new Map<string, FeatureId[]>();
  /** Positions in an order in which dependents come before what they need. */
  readonly #turns: Int32Array;
  // By id.
  readonly #minutes: number[];
  readonly #priorities: number[];
  readonly #remaining: number[];
  /** Work behind each feature, that of a dependent divided among all it still needs, so that none is counted twice. */
  readonly #behind: number[];
  readonly #openNeeds: number[];
  #openCount = 0;
  #openMinutes = 0;

  constructor(
    private readonly graph: Graph,
    private readonly files: FileLoads,
    private minutesOf: MinutesOf,
  ) {
    const zeros = () => new Array<number>(graph.needs.length).fill(0);
    [this.#minutes, this.#remaining, this.#behind, this.#openNeeds] = [zeros(), zeros(), zeros(), zeros()];
    this.#priorities = zeros().fill(Number.POSITIVE_INFINITY);
    this.#turns = new Int32Array(graph.needs.length);
  }

  /** All there are, once. */
  *take(features: readonly Feature[]): Steps<void> {
    yield* eachInSteps(features, (feature) => {
      const { id, spec } = feature;
      this.#features[id] = feature;
      if (spec.estimate === undefined) this.#kind(`${spec.model} ${spec.category}`).push(id);
      this.#weigh(id);
    });
    const dependentsFirst = topologicalOrder(this.graph).toReversed();
    yield* eachInSteps(dependentsFirst, (id, turn) => {
      this.#turns[id] = turn;
      this.#work(id);
    });
  }

  /** Of all open features. */
  get averageMinutes(): number {
    return this.#openMinutes / Math.max(1, this.#openCount);
  }

  /** The features at `ids` are others now; their specs are the same. */
  changed(ids: readonly FeatureId[], features: Features): void {
    const touched: FeatureId[] = [];
    for (const id of ids) {
      const [before, after] = [this.#features[id], features[id]];
      if (!before || !after) continue;
      this.#features[id] = after;
      if (!samePlaces(keyedScopesOf(before), keyedScopesOf(after))) this.files.move(id, keyedScopesOf(after));
      if (!this.#weigh(id)) continue;
      touched.push(id);
      // What needs it needs one less or more now, and so another share of it counts for each of the others.
      for (const next of this.graph.neededBy[id] ?? []) touched.push(...(this.graph.needs[next] ?? []));
    }
    this.#workBack(touched);
  }

  /** More is known of how long features take. */
  expect(minutesOf: MinutesOf): void {
    this.minutesOf = minutesOf;
    const touched: FeatureId[] = [];
    for (const ids of this.#kinds.values()) {
      const one = ids.find((id) => this.isOpen(id));
      if (one === undefined || inParts(minutesOf(this.#features[one] as Feature)) === this.#minutes[one])
        continue;
      for (const id of ids) if (this.#weigh(id)) touched.push(id);
    }
    this.#workBack(touched);
  }

  isOpen(id: FeatureId): boolean {
    return (this.#minutes[id] ?? 0) > 0;
  }

  /** Of an open feature. */
  rankOf(id: FeatureId): Rank {
    const [priority, remaining] = [this.#priorities[id] as number, this.#remaining[id] as number];
    return { id, priority, remaining, busiest: this.files.busiest(id), awaited: this.#awaited(id) };
  }

  /**
   * Below 0 when `a` comes first: by priority; then by the longer of two chains, that of dependents and that of the busiest
   * file, since either bounds from below what is left after this feature starts; then by the work that waits for it; then
   * by the number. Looks at a few numbers and makes nothing, as 10⁵ may be ready.
   *
   * Measured by `npm run bench -- locks` on windows of 30 real changes at 3 / 5 / 8 agents (mean ratio to the bound): path
   * before file 1.044 / 1.096 / 1.073, file before path 1.014 / 1.026 / 1.024, the longer of both 1.013 / 1.021 / 1.016.
   * Where the chains are equal, as with unknown durations, the work that waits decides: 1.034 instead of 1.039 of the bound
   * on graphs of 50 features with 3 agents.
   *
   * @param delayOf minutes that a feature would probably stand waiting for a file if it began now
   */
  compare(a: FeatureId, b: FeatureId, delayOf: (id: FeatureId) => number = noDelay): number {
    return (
      (this.#priorities[a] as number) - (this.#priorities[b] as number) ||
      this.#chain(b) - delayOf(b) - (this.#chain(a) - delayOf(a)) ||
      this.#awaited(b) - this.#awaited(a) ||
      a - b
    );
  }

  /** Minutes that are left at least once the feature starts, however many agents there are. */
  #chain(id: FeatureId): number {
    return Math.max(this.#remaining[id] as number, this.files.busiest(id));
  }

  #awaited(id: FeatureId): number {
    return (this.#minutes[id] as number) + (this.#behind[id] as number) + this.files.sharing(id);
  }

  /** Counts the feature for what it is now. @returns whether it was counted for something else before */
  #weigh(id: FeatureId): boolean {
    const feature = this.#features[id] as Feature;
    const before = this.#minutes[id] as number;
    const minutes = isOpen(feature) ? inParts(this.minutesOf(feature)) : 0;
    if (minutes === before) return false;
    this.#minutes[id] = minutes;
    this.#openMinutes += minutes - before;
    this.files.weigh(id, minutes);
    const opened = Math.sign(minutes) - Math.sign(before);
    this.#openCount += opened;
    if (opened !== 0) {
      for (const next of this.graph.neededBy[id] ?? [])
        this.#openNeeds[next] = (this.#openNeeds[next] as number) + opened;
    }
    return true;
  }

  /** Works out anew what `ids` and, as far as it changes anything, all before them stand for. */
  #workBack(ids: readonly FeatureId[]): void {
    const turns = this.#turns;
    const queue = new Heap((a, b) => (turns[a] as number) < (turns[b] as number));
    const queued = new Set<FeatureId>();
    const add = (id: FeatureId) => {
      if (!queued.has(id)) queue.push(id);
      queued.add(id);
    };
    ids.forEach(add);
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      queued.delete(id);
      if (this.#work(id)) this.graph.needs[id]?.forEach(add);
    }
  }

  /** From the dependents alone. @returns whether anything is another than before */
  #work(id: FeatureId): boolean {
    const own = this.#minutes[id] as number;
    let [priority, remaining, behind] = [Number.POSITIVE_INFINITY, 0, 0];
    if (own > 0) {
      priority = this.#features[id]?.spec.priority ?? priority;
      for (const next of this.graph.neededBy[id] ?? []) {
        if (!this.isOpen(next)) continue;
        const work = (this.#behind[next] as number) + (this.#minutes[next] as number);
        priority = Math.min(priority, this.#priorities[next] as number);
        remaining = Math.max(remaining, this.#remaining[next] as number);
        behind += work / (this.#openNeeds[next] as number);
      }
      remaining += own;
    }
    const isSame =
      priority === this.#priorities[id] && remaining === this.#remaining[id] && behind === this.#behind[id];
    this.#priorities[id] = priority;
    this.#remaining[id] = remaining;
    this.#behind[id] = behind;
    return !isSame;
  }

  #kind(of: string): FeatureId[] {
    const ids = this.#kinds.get(of) ?? [];
    this.#kinds.set(of, ids);
    return ids;
  }
}

function noDelay(): number {
  return 0;
}

/** At least one part, as no work takes no time. */
function inParts(minutes: number): number {
  return Math.max(1, Math.round(minutes * partsOfMinute)) / partsOfMinute;
}
