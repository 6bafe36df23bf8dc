// Tells an agent why it cannot have a file now: who has it, since when, for which feature, and what else it could do.
import { oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import { isLocked, lockName } from '../core/locks/lockScope';
import type { Blocker, Hold, Wait } from '../core/locks/lockTable';
import { refuse } from '../core/shared/result';

/** `src/app.ts is held by agent 2 for feature 4, "Log in", for 40 s now.` @param now as `Hold.since` */
export function whoHolds(
  path: string,
  blockers: readonly Blocker[],
  { features, locks }: Pick<Snapshot, 'features' | 'locks'>,
  now: number,
): string {
  const [first] = blockers;
  if (first === undefined) return `${path} is free now.`;
  if (first.kind === 'human') return `${path} is being edited by the user.`;
  const { slot, featureId, fence } = first;
  const isSame = (entry: Hold | Wait) => entry.fence === fence && isLocked(entry.scope, first);
  const hold = locks.holds.find(isSame);
  const entry = hold ?? locks.waits.find(isSame);
  const name = oneLine(features[featureId]?.spec.name ?? '');
  const since = entry ? `, for ${Math.max(0, Math.round((now - entry.since) / 1000))} s now` : '';
  const within = 'path' in first && first.path === path ? '' : ` (with ${lockName(first)})`;
  const how = hold ? 'is held by' : 'is waited for before you by';
  const others = blockers.length > 1 ? ` ${blockers.length - 1} more are before you.` : '';
  return `${path} ${how} agent ${slot} for feature ${featureId}, "${name}"${within}${since}.${others}`;
}

/** For a file with the user's unsaved edits. */
export function editedByHuman(path: string) {
  return refuse('locked', `${path} is being edited by the user, and so theirs. Come back to it later.`);
}

/** For an agent that did not want to wait. */
export const insteadOfWaiting =
  'Do what does not need it first and ask for it again later, or leave it out if your feature can do without. ' +
  'Asked for without "wait": false, it is yours as soon as it is free.';
