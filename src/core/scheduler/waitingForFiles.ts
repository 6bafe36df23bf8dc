// Says which ready features wait for a file and who has it, for every view, from the snapshot alone.
import { oneLine } from '../events/describe';
import type { Snapshot } from '../events/snapshot';
import { describeBlockers } from '../locks/describeBlockers';
import type { FeatureId } from '../shared/ids';
import { blockersIn, placesOf } from './places';
import type { PassedOver } from './selectBatch';

/** Ready features with a declared file that is busy now. */
export function waitingForFiles({ features, locks }: Snapshot): ReadonlyMap<FeatureId, PassedOver> {
  const waiting = new Map<FeatureId, PassedOver>();
  if (locks.holds.length === 0 && locks.human.length === 0) return waiting;
  const busy = blockersIn(locks);
  for (const feature of Object.values(features)) {
    if (feature.state.status !== 'pending') continue;
    const [blocker] = busy.meeting(placesOf(feature));
    if (blocker) waiting.set(feature.id, { featureId: feature.id, blocker });
  }
  return waiting;
}

/** `waits for src/app.ts, held by agent 2 (feature 4)`. */
export function describePassedOver({ blocker, keptFor }: PassedOver): string {
  const held = `waits for ${oneLine(blocker.path)}, ${describeBlockers([blocker])}`;
  return keptFor === undefined ? held : `${held}; kept for feature ${keptFor}, which has waited longest`;
}
