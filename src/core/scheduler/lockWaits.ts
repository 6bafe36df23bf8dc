// Until when another attempt held what a claim came to hold, by the events of the locks: nothing else says that a feature
// was passed over for a file.
import type { Event } from '../events/event';
import { scopeKey } from '../locks/lockScope';
import type { FeatureId } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { foldersAbove } from './keyedScopes';

/** By feature, for each of its claims in their order: when the last lock came free that it had to wait for; 0: for none. */
export function lockWaits(
  events: readonly Event[],
  timeOf: (when: Moment) => number,
): ReadonlyMap<FeatureId, readonly number[]> {
  /** When a lock on the place itself, or on one below it, last came free. */
  const freed = { at: new Map<string, number>(), below: new Map<string, number>() };
  const waits = new Map<FeatureId, number[]>();
  for (const event of events) {
    if (event.type === 'feature.claimed')
      waits.set(event.featureId, [...(waits.get(event.featureId) ?? []), 0]);
    else if (event.type === 'lock.released') {
      const key = scopeKey(event);
      freed.at.set(key, timeOf(event));
      for (const folder of foldersAbove(key)) freed.below.set(folder, timeOf(event));
    } else if (event.type === 'lock.granted' && event.how === 'claim') {
      const key = scopeKey(event);
      const below = event.kind === 'folder' ? (freed.below.get(key) ?? 0) : 0;
      const times = [key, ...foldersAbove(key)].map((place) => freed.at.get(place) ?? 0);
      const own = waits.get(event.featureId) ?? [];
      waits.set(event.featureId, own.with(-1, Math.max(own.at(-1) ?? 0, below, ...times)));
    }
  }
  return waits;
}
