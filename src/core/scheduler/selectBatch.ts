// Fills free slots from the ready features, passing over those whose files are busy, but none for ever.

import type { Claim } from '../claims/claim';
import type { Feature } from '../features/feature';
import type { LockScope } from '../locks/lockPath';
import type { Blocker, LockTable } from '../locks/lockTable';
import type { EpochMs, FeatureId, Slot } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { compareRanks, type Rank, rankWithPlaces } from './order';
import { type Outlook, outlookFrom } from './outlook';
import { blockersIn, type Place, PlaceIndex, placeOf } from './places';

export interface Choice {
  readonly featureId: FeatureId;
  readonly slot: Slot;
  readonly scopes: readonly LockScope[];
}

/** A ready feature that got no slot because a file it declares is busy, or kept for one that was passed over too long. */
export interface PassedOver {
  readonly featureId: FeatureId;
  readonly blocker: Blocker;
  /** The file is kept for this feature, which `blocker` holds up. */
  readonly keptFor?: FeatureId;
}

export interface Batch {
  readonly chosen: readonly Choice[];
  readonly passedOver: readonly PassedOver[];
}

/** What a choice is made by, beside the features and locks themselves. */
export interface Circumstances {
  readonly outlook: Outlook;
  /** When the run began: nobody was passed over before. */
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
 * @param all every feature, for the ranks
 * @param ready those that may start as far as dependencies go
 */
export function selectBatch(
  all: readonly Feature[],
  ready: readonly Feature[],
  locks: LockTable,
  freeSlots: readonly Slot[],
  circumstances: Circumstances = { outlook: outlookFrom([], undefined), startedAt: 0 },
): Batch {
  const chosen: Choice[] = [];
  const passedOver: PassedOver[] = [];
  if (freeSlots.length === 0 || ready.length === 0) return { chosen, passedOver };
  const { outlook } = circumstances;
  const minutesOf = (feature: Feature) => outlook.minutesOf(feature).minutes;
  const { ranks, places } = rankWithPlaces(all, minutesOf);
  const busy = blockersIn(locks);
  const kept = new PlaceIndex<PassedOver>();
  const turns = turnsOf(all, ranks, minutesOf, circumstances);
  const risk = riskOfWaiting(outlook, busy);
  const byRank = ready.flatMap((feature) => {
    const rank = ranks.get(feature.id);
    if (!rank) return [];
    const wanted = places.get(feature.id) ?? [];
    // Who declares files is taken at its word.
    const isUnsure = wanted.length === 0 && turns.isPatient(feature);
    return [{ feature, wanted, rank: { ...rank, delay: isUnsure ? risk(feature) * minutesOf(feature) : 0 } }];
  });
  byRank.sort((a, b) => compareRanks(a.rank, b.rank));
  const slots = [...freeSlots].sort((a, b) => a - b);
  for (const { feature, wanted } of byRank) {
    const slot = slots[chosen.length];
    if (slot === undefined) break;
    const featureId = feature.id;
    const blockers = busy.meeting(wanted);
    const [blocker] = blockers;
    const [first] = kept.meeting(wanted);
    if (blocker) {
      passedOver.push({ featureId, blocker });
      if (turns.isOvertaken(feature, blockers)) keep(kept, wanted, { featureId, blocker });
    } else if (first) passedOver.push({ featureId, blocker: first.blocker, keptFor: first.featureId });
    else {
      chosen.push({ featureId, slot, scopes: wanted.map((p) => p.scope) });
      // A fence below every real one: it only keeps the rest of this batch off these files.
      for (const place of wanted)
        busy.add(place, { kind: 'agent', slot, featureId, fence: -slot, path: place.scope.path });
    }
  }
  return { chosen, passedOver };
}

function keep(kept: PlaceIndex<PassedOver>, places: readonly Place[], who: PassedOver): void {
  for (const place of places) kept.add(place, who);
}

/**
 * How likely a feature is to want a file that is busy now, from what others of its category held. It only lowers the
 * feature's place in the order, by as much of its own duration, and never locks anything.
 */
function riskOfWaiting(outlook: Outlook, busy: PlaceIndex<Blocker>): (feature: Feature) => number {
  const byCategory = new Map<string, number>();
  return (feature) => {
    const { category } = feature.spec;
    const known = byCategory.get(category);
    if (known !== undefined) return known;
    const risks = outlook.likelyFiles(feature).map(({ path, share }) => {
      const isBusy = busy.meeting([placeOf({ kind: 'file', path })]).length > 0;
      return isBusy ? share : 0;
    });
    const risk = risks.reduce((most, r) => Math.max(most, r), 0);
    byCategory.set(category, risk);
    return risk;
  };
}

interface Turns {
  /** Has it been ready for so short that others may still go first? */
  readonly isPatient: (feature: Feature) => boolean;
  /** Does one of `blockers` hold it up that ranks after it, and was claimed when its patience was over? */
  readonly isOvertaken: (feature: Feature, blockers: readonly Blocker[]) => boolean;
}

function turnsOf(
  all: readonly Feature[],
  ranks: ReadonlyMap<FeatureId, Rank>,
  minutesOf: (feature: Feature) => number,
  { startedAt, startedMs }: Circumstances,
): Turns {
  // A run is measured by one clock from its beginning; what has no word of it was before the run.
  const timeOf = ({ at, elapsedMs }: Moment) => (startedMs === undefined ? at : (elapsedMs ?? 0));
  const claimTime = ({ claimedAt, claimedMs }: Claim) => timeOf({ at: claimedAt, elapsedMs: claimedMs });
  const start = startedMs ?? startedAt;
  const byId = new Map(all.map((f) => [f.id, f]));
  const passed = new Map<string, number>();
  let latest = start;
  let minutes = 0;
  for (const feature of all) {
    const { state, spec } = feature;
    if (state.status === 'passing') passed.set(spec.name, timeOf(state));
    if (ranks.has(feature.id)) minutes += minutesOf(feature);
    if (state.status === 'passing') latest = Math.max(latest, timeOf(state));
    else if (state.status === 'claimed') latest = Math.max(latest, claimTime(state.claim));
  }
  const patienceMs = (patience * minutes * 60_000) / Math.max(1, ranks.size);
  const endOfPatience = ({ spec }: Feature) =>
    patienceMs + spec.dependsOn.reduce((at, name) => Math.max(at, passed.get(name) ?? 0), start);
  return {
    isPatient: (feature) => latest < endOfPatience(feature),
    isOvertaken(feature, blockers) {
      const own = ranks.get(feature.id);
      return blockers.some((blocker) => {
        const holder = blocker.kind === 'agent' ? byId.get(blocker.featureId) : undefined;
        const rank = holder && ranks.get(holder.id);
        if (holder?.state.status !== 'claimed' || !own || !rank || compareRanks(own, rank) > 0) return false;
        return claimTime(holder.state.claim) >= endOfPatience(feature);
      });
    },
  };
}
