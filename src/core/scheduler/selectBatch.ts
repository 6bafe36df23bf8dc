// Fills free slots from the ready features, passing over those whose files are busy.
import { declaredScopes, type Feature } from '../features/feature';
import type { LockScope } from '../locks/lockPath';
import { type Blocker, firstBlocker, grant, type LockTable } from '../locks/lockTable';
import type { FeatureId, Slot } from '../shared/ids';
import { compareRanks, rankFeatures } from './order';

export interface Choice {
  readonly featureId: FeatureId;
  readonly slot: Slot;
  readonly scopes: readonly LockScope[];
}

/** A ready feature that got no slot because a file it declares is busy. */
export interface PassedOver {
  readonly featureId: FeatureId;
  readonly blocker: Blocker;
}

export interface Batch {
  readonly chosen: readonly Choice[];
  readonly passedOver: readonly PassedOver[];
}

/**
 * The best features for `freeSlots`, lowest slot first. Each choice takes its locks before the next is looked at, so no
 * two of a batch share a file.
 * @param all every feature, for the ranks
 * @param ready those that may start as far as dependencies go
 */
export function selectBatch(
  all: readonly Feature[],
  ready: readonly Feature[],
  locks: LockTable,
  freeSlots: readonly Slot[],
): Batch {
  const chosen: Choice[] = [];
  const passedOver: PassedOver[] = [];
  if (freeSlots.length === 0 || ready.length === 0) return { chosen, passedOver };
  const ranks = rankFeatures(all);
  const byRank = ready.flatMap((feature) => {
    const rank = ranks.get(feature.id);
    return rank ? [{ feature, rank }] : [];
  });
  byRank.sort((a, b) => compareRanks(a.rank, b.rank));
  const slots = [...freeSlots].sort((a, b) => a - b);
  let table = locks;
  for (const { feature } of byRank) {
    const slot = slots[chosen.length];
    if (slot === undefined) break;
    const scopes = declaredScopes(feature);
    const blocker = firstBlocker(table, scopes);
    if (blocker) {
      passedOver.push({ featureId: feature.id, blocker });
      continue;
    }
    chosen.push({ featureId: feature.id, slot, scopes });
    // A fence below every real one: it only keeps the rest of this batch off these files.
    for (const scope of scopes)
      table = grant(table, { scope, slot, featureId: feature.id, fence: -slot, since: 0 });
  }
  return { chosen, passedOver };
}
