// Says for people who is in the way of a lock.
import type { Blocker } from './lockTable';

/** `held by agent 2 (feature 4)`, or that the human is editing it. */
export function describeBlockers(blockers: readonly Blocker[]): string {
  const [first] = blockers;
  if (first === undefined) return 'which is free now';
  return first.kind === 'human'
    ? 'which you are editing'
    : `held by agent ${first.slot} (feature ${first.featureId})`;
}
