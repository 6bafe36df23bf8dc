// Says which ready features wait for a file or a resource and who has it, for every view, from the snapshot alone.
import { oneLine } from '../events/describe';
import type { Snapshot } from '../events/snapshot';
import type { Feature } from '../features/feature';
import { describeBlockers } from '../locks/describeBlockers';
import { lockName } from '../locks/lockScope';
import type { LockTable } from '../locks/lockTable';
import type { FeatureId } from '../shared/ids';
import { blockersIn, keyedScopesOf } from './keyedScopes';
import type { PassedOver } from './selectBatch';

/** Ready features with a declared file or resource that is busy now. */
export function waitingForFiles({ features, locks }: Snapshot): ReadonlyMap<FeatureId, PassedOver> {
  const waiting = new Map<FeatureId, PassedOver>();
  if (locks.holds.length === 0 && locks.human.length === 0) return waiting;
  const waitOf = fileWaiter(locks);
  for (const feature of Object.values(features)) {
    const passed = waitOf(feature);
    if (passed) waiting.set(feature.id, passed);
  }
  return waiting;
}

/** The same for one feature after another, where not all are asked for. */
export function fileWaiter(locks: LockTable): (feature: Feature) => PassedOver | undefined {
  const busy = blockersIn(locks);
  return (feature) => {
    if (feature.state.status !== 'pending') return undefined;
    const [blocker] = busy.meeting(keyedScopesOf(feature));
    return blocker && { featureId: feature.id, blocker };
  };
}

/** `waits for src/app.ts, held by agent 2 (feature 4)`. */
export function describePassedOver({ blocker, keptFor }: PassedOver): string {
  const held = `waits for ${oneLine(lockName(blocker))}, ${describeBlockers([blocker])}`;
  return keptFor === undefined ? held : `${held}; kept for feature ${keptFor}, which has waited longest`;
}
