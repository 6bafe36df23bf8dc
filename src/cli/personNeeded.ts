// Watches for the trouble that a run on the command line cannot outwait: its key comes from the environment of this process.

import { liveAttempts, type Snapshot } from '../core/events/snapshot';
import { needsPerson } from '../core/guardrails/breaker';

/** What a person has to do before the run can go on; undefined while something else may still bring it forward. */
export function mendNeeded(snapshot: Snapshot): string | undefined {
  const { breaker, run } = snapshot;
  if (!breaker || run?.status !== 'running' || !needsPerson(breaker)) return undefined;
  return liveAttempts(snapshot).length === 0 ? breaker.mend : undefined;
}
