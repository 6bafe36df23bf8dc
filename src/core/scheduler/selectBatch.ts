// Fills free slots from the ready features, passing over those whose files or resources are busy, but none for ever.

import type { Claim } from '../claims/claim';
import type { Feature } from '../features/feature';
import { type LockScope, lockedOf } from '../locks/lockScope';
import type { Blocker, LockTable } from '../locks/lockTable';
import type { AccountId } from '../models/accounts';
import { Heap } from '../shared/heap';
import type { EpochMs, FeatureId, Slot } from '../shared/ids';
import type { Moment } from '../shared/moment';
import type { Board } from './board';
import { blockersIn, type KeyedScope, keyedScopeOf, keyedScopesOf, ScopeIndex } from './keyedScopes';

export interface Choice {
  readonly featureId: FeatureId;
  readonly slot: Slot;
  readonly scopes: readonly LockScope[];
}

/** A ready feature that got no slot because a file or resource it declares is busy, or kept for one that was passed over too long. */
export interface PassedOver {
  readonly featureId: FeatureId;
  readonly blocker: Blocker;
  /** The file is kept for this feature, which `blocker` holds up. */
  readonly keptFor?: FeatureId;
}

/** What of the ready may be started. */
export interface Permission {
  readonly mayStart: (id: FeatureId) => boolean;
  /** The account of which only one feature may be started now, and this would be it. */
  readonly probeOf?: (id: FeatureId) => AccountId | undefined;
  /**
   * The account that it would ask, where that bounds how many may, and for how many of the batch there is room. One more would
   * mostly stand and wait, so it is started only where all others leave a slot; then it works while others do not ask.
   */
  readonly roomOf?: (id: FeatureId) => { readonly account: AccountId; readonly room: number } | undefined;
}

export interface Batch {
  readonly chosen: readonly Choice[];
  readonly passedOver: readonly PassedOver[];
}

/** When the run began: nobody was passed over before. */
export interface RunStart {
  readonly startedAt: EpochMs;
  /** As `Moment.elapsedMs`; absent for a run that an earlier version began. */
  readonly startedMs?: number;
}

/**
 * So many durations of an average feature others may go first with files a feature waits for. Measured by
 * `npm run bench -- locks` on windows of 30 real changes at 3 / 5 / 8 agents (mean ratio to the bound): giving way only to
 * those already at work 1.022 / 1.065 / 1.078, for 3 durations 1.014 / 1.026 / 1.021, for 5 1.013 / 1.021 / 1.016, always
 * 1.012 / 1.019 / 1.015.
 */
const patience = 5;

/**
 * The best features for `freeSlots`, lowest slot first. Each choice takes its locks before the next is looked at, so no
 * two of a batch share a file.
 *
 * A feature that has been ready for `patience` and is held up by one that ranks after it has waited long enough: its files
 * are kept for it. From then on it waits only for those who have its files, so it is overtaken for no longer than the
 * patience and one attempt. All of it is read from claims and passes as they are stored, so a restart forgets nothing.
 *
 * @param board has seen every feature
 * @param may of those that are ready
 */
export function selectBatch(
  board: Board,
  { mayStart, probeOf = () => undefined, roomOf }: Permission,
  locks: LockTable,
  freeSlots: readonly Slot[],
  run: RunStart,
): Batch {
  const chosen: Choice[] = [];
  const passedOver: PassedOver[] = [];
  if (freeSlots.length === 0) return { chosen, passedOver };
  const { features, order, standing } = board;
  const busy = blockersIn(locks);
  const kept = new ScopeIndex<PassedOver>();
  const turns = turnsOf(board, run);
  const delayOf = delaysFrom(board, busy, turns);
  const isBefore = (a: FeatureId, b: FeatureId) => order.compare(a, b, delayOf) < 0;
  const slots = [...freeSlots].sort((a, b) => a - b);
  const probed = new Set<AccountId>();
  const asking = new Map<AccountId, number>();
  const hasRoom = (id: FeatureId) => {
    const bound = roomOf?.(id);
    return bound === undefined || (asking.get(bound.account) ?? 0) < bound.room;
  };
  /** Those without room after all others. */
  function* inTurn(): Generator<FeatureId> {
    const seen = new Set<FeatureId>();
    const without: FeatureId[] = [];
    for (const id of inOrder(standing.ready, (one) => mayStart(one) && hasRoom(one), isBefore)) {
      seen.add(id);
      if (hasRoom(id)) yield id;
      else if (without.push(id) === mostWithout) break;
    }
    yield* without;
    if (roomOf) yield* inOrder(standing.ready, (id) => mayStart(id) && !seen.has(id), isBefore);
  }
  for (const featureId of inTurn()) {
    const slot = slots[chosen.length];
    if (slot === undefined) break;
    const account = probeOf(featureId);
    if (account !== undefined && probed.has(account)) continue;
    const feature = features[featureId] as Feature;
    const wanted = keyedScopesOf(feature);
    const blockers = busy.meeting(wanted);
    const [blocker] = blockers;
    const [first] = kept.meeting(wanted);
    if (blocker) {
      passedOver.push({ featureId, blocker });
      if (turns.isOvertaken(feature, blockers)) keep(kept, wanted, { featureId, blocker });
    } else if (first) passedOver.push({ featureId, blocker: first.blocker, keptFor: first.featureId });
    else {
      if (account !== undefined) probed.add(account);
      const bound = roomOf?.(featureId);
      if (bound) asking.set(bound.account, (asking.get(bound.account) ?? 0) + 1);
      chosen.push({ featureId, slot, scopes: wanted.map((p) => p.scope) });
      // A fence below every real one: it only keeps the rest of this batch off these files.
      for (const place of wanted)
        busy.add(place, { kind: 'agent', slot, featureId, fence: -slot, ...lockedOf(place.scope) });
    }
  }
  return { chosen, passedOver };
}

/** Of features whose account has no room, so many are looked at before those that had none from the beginning. */
const mostWithout = 100;

function keep(kept: ScopeIndex<PassedOver>, places: readonly KeyedScope[], who: PassedOver): void {
  for (const place of places) kept.add(place, who);
}

/** So many of the first are looked for before all are put in order: nearly always enough, and soon found among 10⁵. */
const mostSought = 32;

/** The first of `ids` that is meant, then the next, as far as they are asked for. */
function* inOrder(
  ids: ReadonlySet<FeatureId>,
  isMeant: (id: FeatureId) => boolean,
  isBefore: (a: FeatureId, b: FeatureId) => boolean,
): Generator<FeatureId> {
  const first: FeatureId[] = [];
  for (const id of ids) {
    const last = first[mostSought - 1];
    if ((last !== undefined && !isBefore(id, last)) || !isMeant(id)) continue;
    const at = first.findIndex((other) => isBefore(id, other));
    first.splice(at < 0 ? first.length : at, 0, id);
    if (first.length > mostSought) first.pop();
  }
  yield* first;
  const last = first[mostSought - 1];
  if (last === undefined) return;
  const others = new Heap(isBefore);
  for (const id of ids) if (isBefore(last, id) && isMeant(id)) others.push(id);
  for (let id = others.pop(); id !== undefined; id = others.pop()) yield id;
}

/**
 * Minutes that features would probably stand waiting for a file that is busy now, by what others of their category held:
 * who declares files is taken at its word. It only lowers a feature's place in the order, and never locks anything.
 */
function delaysFrom(
  { features, estimates }: Board,
  busy: ScopeIndex<Blocker>,
  turns: Turns,
): (id: FeatureId) => number {
  const risks = new Map<string, number>();
  for (const [category, likely] of estimates.likelyFiles) {
    const shares = likely.map(({ path, share }) =>
      busy.meeting([keyedScopeOf({ kind: 'file', path })]).length > 0 ? share : 0,
    );
    const risk = Math.max(0, ...shares);
    if (risk > 0) risks.set(category, risk);
  }
  return (id) => {
    if (risks.size === 0) return 0;
    const feature = features[id] as Feature;
    const risk = risks.get(feature.spec.category) ?? 0;
    const hasFiles = keyedScopesOf(feature).some(({ scope }) => scope.kind !== 'resource');
    if (risk === 0 || hasFiles || !turns.isPatient(feature)) return 0;
    return risk * estimates.minutesOf(feature).minutes;
  };
}

interface Turns {
  /** Has it been ready for so short that others may still go first? */
  readonly isPatient: (feature: Feature) => boolean;
  /** Does one of `blockers` hold it up that ranks after it, and was claimed when its patience was over? */
  readonly isOvertaken: (feature: Feature, blockers: readonly Blocker[]) => boolean;
}

function turnsOf({ order, features, needsOf }: Board, { startedAt, startedMs }: RunStart): Turns {
  // A run is measured by one clock from its beginning; what has no word of it was before the run.
  const timeOf = ({ at, elapsedMs }: Moment) => (startedMs === undefined ? at : (elapsedMs ?? 0));
  const claimTime = ({ claimedAt, claimedMs }: Claim) => timeOf({ at: claimedAt, elapsedMs: claimedMs });
  const start = startedMs ?? startedAt;
  const patienceMs = patience * order.averageMinutes * 60_000;
  const passedAt = ({ state }: Feature) => (state.status === 'passing' ? timeOf(state) : start);
  const endOfPatience = ({ id }: Feature) =>
    patienceMs + needsOf(id).reduce((at, need) => Math.max(at, passedAt(need)), start);
  let latest: number | undefined; // looks at every feature, and is hardly ever asked for
  const latestOf = () =>
    Object.values(features).reduce((at, feature) => {
      const { state } = feature;
      return Math.max(at, state.status === 'claimed' ? claimTime(state.claim) : passedAt(feature));
    }, start);
  return {
    isPatient(feature) {
      latest ??= latestOf();
      return latest < endOfPatience(feature);
    },
    isOvertaken(feature, blockers) {
      return blockers.some((blocker) => {
        const holder = blocker.kind === 'agent' ? features[blocker.featureId] : undefined;
        if (holder?.state.status !== 'claimed' || order.compare(feature.id, holder.id) > 0) return false;
        return claimTime(holder.state.claim) >= endOfPatience(feature);
      });
    },
  };
}
