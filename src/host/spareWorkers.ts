// How many workers should stand ready for the claims that may come next.
import { liveAttempts, type Snapshot } from '../core/events/snapshot';

/**
 * One for every slot nobody works in, and one for the slot that is freed next: all in all one process more than there
 * are slots. Never more than there are features that can still be claimed, and none while no run claims any.
 */
export function spareWorkers(snapshot: Snapshot): number {
  const { run, features } = snapshot;
  if (run?.status !== 'running') return 0;
  const { only, maxAgents } = run.settings;
  const toCome = Object.values(features).filter(
    ({ id, state: { status } }) =>
      (status === 'pending' || status === 'waiting') && (only === undefined || only.includes(id)),
  ).length;
  const free = Math.max(0, maxAgents - liveAttempts(snapshot).length);
  return Math.min(toCome, free + 1);
}
