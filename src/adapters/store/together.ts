// Whether rows that are each as we write them go together: numbers that have been given, claims that only one has.
import type { Snapshot } from '../../core/events/snapshot';
import type { PublicationRecord } from '../../ports/store';
import { damaged } from './damaged';

/** No backlog has had so many features. Ids are gone through one by one, which takes 0.1 s for as many. */
const mostFeatures = 10_000_000;
/** Numbers below are counted on from without a gap, for longer than any machine lasts. */
const mostCounted = 2 ** 50;

type Counter = 'seq' | 'lastFeatureId' | 'lastFence';

/** Throws `corrupt`, naming the part. @param lastEvent the number of the last one that is stored */
export function assertTogether(snapshot: Snapshot, lastEvent: number): void {
  const { features, agents, locks } = snapshot;
  const taken = { seq: lastEvent, lastFeatureId: 0, lastFence: 0 };
  const take = (key: Counter, number: number) => {
    if (number > taken[key]) taken[key] = number;
  };
  const fences = new Map<number, number>();
  for (const { id, state } of Object.values(features)) {
    take('lastFeatureId', id);
    if (state.status !== 'claimed') continue;
    take('lastFence', state.claim.fence);
    const other = fences.get(state.claim.fence);
    if (other !== undefined)
      throw damaged(
        `in the table "features" of agents.db the rows with id ${other} and ${id} have one fence`,
      );
    fences.set(state.claim.fence, id);
  }
  for (const { fence } of [...Object.values(agents), ...locks.holds, ...locks.waits])
    take('lastFence', fence);
  assertCounted(snapshot, taken);
}

/** The same of what waits to enter the workspace. */
export function assertTheirs(publications: readonly PublicationRecord[], snapshot: Snapshot): void {
  const owners = new Map<number, number>();
  for (const { id, state } of Object.values(snapshot.features))
    if (state.status === 'claimed') owners.set(state.claim.fence, id);
  for (const { fence, featureId } of publications) {
    const owner = owners.get(fence) ?? featureId;
    if (owner !== featureId)
      throw damaged(
        `in the table "publications" of agents.db the row with fence ${fence} is of feature ${featureId}, and that fence is feature ${owner}'s`,
      );
  }
}

/** The next event, feature and claim get the next number: one that is taken would be refused for ever. */
function assertCounted(snapshot: Snapshot, taken: Readonly<Record<Counter, number>>): void {
  for (const key of ['seq', 'lastFeatureId', 'lastFence'] as const) {
    assertReached(key, snapshot[key]);
    if (snapshot[key] < taken[key])
      throw damaged(`${where} "${key}" is below ${taken[key]}, which has been given`);
  }
}

/** @param key of the table "meta" */
export function assertReached(key: Counter | 'epoch' | 'lsn', number: number): void {
  const most = key === 'lastFeatureId' ? mostFeatures : mostCounted;
  if (number > most) throw damaged(`${where} "${key}" is above ${most}, which is never reached`);
}

const where = 'in the table "meta" of agents.db';
