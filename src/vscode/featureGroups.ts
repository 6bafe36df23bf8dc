// The sidebar's groups, one for each state, kept from one snapshot to the next, and how much of each is shown.
import type { Snapshot } from '../core/events/snapshot';
import type { Feature } from '../core/features/feature';
import { type Stage, stageOf } from '../core/features/featureMachine';
import type { FeatureId } from '../core/shared/ids';

/** A group's name in ids and in `when` clauses. */
export type GroupKey = 'unconfirmed' | 'working' | 'failed' | 'pending' | 'waiting' | 'passing' | 'skipped';

export interface GroupNode {
  readonly kind: 'group';
  readonly key: GroupKey;
  readonly label: string;
  readonly look: Look;
  /** Open when first shown; what is finished or blocked stays folded. */
  readonly open: boolean;
  /** Of all that are in it. */
  readonly count: number;
  /** Those that are shown, most urgent first. */
  readonly features: readonly FeatureId[];
}

/** A codicon and the theme colour it is drawn in; the icon alone tells the state, too. */
export interface Look {
  readonly icon: string;
  readonly color?: string;
}

/** What led to another picture: features that went to another group, or only other values of some. */
export type GroupsChange =
  | { readonly kind: 'moved' }
  | { readonly kind: 'changed'; readonly ids: readonly FeatureId[] };

/** So many of a group are shown at first, and more each time more are asked for: the editor asks for all of an open group. */
export const shownAtOnce = 500;
/** Changes of more features than this are sorted anew rather than put in their places one by one. */
const mostPlaced = 1_000;

export class FeatureGroups {
  #features: Snapshot['features'] = {};
  #list: readonly Feature[] = [];
  /** Each most urgent first. */
  #members = new Map<GroupKey, Feature[]>();
  readonly #most = new Map<GroupKey, number>();

  /** Compares features by identity, and moves only those that are others than before. */
  take(features: Snapshot['features']): GroupsChange {
    if (features === this.#features) return { kind: 'changed', ids: [] };
    const before = this.#list;
    this.#features = features;
    this.#list = Object.values(features);
    const changed = before.length === this.#list.length ? positionsChanged(before, this.#list) : undefined;
    if (!changed) {
      this.#members = sortedByGroup(this.#list);
      return { kind: 'moved' };
    }
    let hasMoved = false;
    for (const at of changed)
      hasMoved = this.#put(before[at] as Feature, this.#list[at] as Feature) || hasMoved;
    if (hasMoved) return { kind: 'moved' };
    return { kind: 'changed', ids: changed.map((at) => (this.#list[at] as Feature).id) };
  }

  /** The groups that have features in them, in the order they are shown. */
  nodes(): readonly GroupNode[] {
    return groups.flatMap(({ key }) => this.node(key) ?? []);
  }

  node(key: GroupKey): GroupNode | undefined {
    const members = this.#members.get(key) ?? [];
    const group = groups.find((one) => one.key === key);
    if (!group || members.length === 0) return undefined;
    const features = members.slice(0, this.#mostOf(key)).map(({ id }) => id);
    return { kind: 'group', ...group, count: members.length, features };
  }

  showMore(key: GroupKey): void {
    this.#most.set(key, this.#mostOf(key) + shownAtOnce);
  }

  #mostOf(key: GroupKey): number {
    return this.#most.get(key) ?? shownAtOnce;
  }

  /** Returns whether it has another group or place. */
  #put(old: Feature, now: Feature): boolean {
    const from = this.#members.get(groupOf(stageOf(old.state))) ?? [];
    const key = groupOf(stageOf(now.state));
    const into = this.#members.get(key) ?? [];
    const at = placeIn(from, old);
    if (from === into && old.spec.priority === now.spec.priority) {
      from[at] = now;
      return false;
    }
    from.splice(at, 1);
    this.#members.set(key, into);
    into.splice(placeIn(into, now), 0, now);
    return true;
  }
}

/** Where the values differ; undefined where other features stand, or too many changed. */
function positionsChanged(
  before: readonly Feature[],
  after: readonly Feature[],
): readonly number[] | undefined {
  const changed: number[] = [];
  for (let at = 0; at < after.length; at++) {
    if (before[at] === after[at]) continue;
    if (before[at]?.id !== after[at]?.id || changed.length >= mostPlaced) return undefined;
    changed.push(at);
  }
  return changed;
}

function sortedByGroup(list: readonly Feature[]): Map<GroupKey, Feature[]> {
  const members = new Map<GroupKey, Feature[]>();
  for (const feature of list) {
    const key = groupOf(stageOf(feature.state));
    const group = members.get(key);
    if (group) group.push(feature);
    else members.set(key, [feature]);
  }
  for (const group of members.values()) group.sort(compare);
  return members;
}

function compare(a: Feature, b: Feature): number {
  return a.spec.priority - b.spec.priority || a.id - b.id;
}

/** The position of `feature` in a sorted list, or where it would stand. */
function placeIn(sorted: readonly Feature[], feature: Feature): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] as Feature, feature) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const groups: readonly Omit<GroupNode, 'kind' | 'features' | 'count'>[] = [
  {
    key: 'unconfirmed',
    label: 'Needs your check',
    look: { icon: 'question', color: 'charts.yellow' },
    open: true,
  },
  { key: 'working', label: 'Working', look: { icon: 'sync', color: 'charts.blue' }, open: true },
  { key: 'failed', label: 'Failed', look: { icon: 'error', color: 'charts.red' }, open: true },
  { key: 'pending', label: 'Pending', look: { icon: 'circle-large-outline' }, open: true },
  { key: 'waiting', label: 'Waiting', look: { icon: 'clock' }, open: true },
  { key: 'passing', label: 'Passing', look: { icon: 'pass', color: 'charts.green' }, open: false },
  { key: 'skipped', label: 'Skipped', look: { icon: 'circle-slash' }, open: false },
];

export function groupOf(stage: Stage): GroupKey {
  return stage === 'verifying' ? 'working' : stage;
}

export function lookOf(key: GroupKey): Look {
  return groups.find((group) => group.key === key)?.look ?? { icon: 'circle-large-outline' };
}
