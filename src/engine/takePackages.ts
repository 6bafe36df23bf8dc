// Brings packages that the user has installed meanwhile into a place, once no package manager is at work on them any more.
import { describeMixed } from '../core/guardrails/placeText';
import type { Isolation } from '../ports/isolation';
import type { Clock } from '../ports/system';
import type { LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';
import { tellWaiting } from './tellWaiting';

/** Between two looks, for each run of a check: one that was red once more gives them longer to rest. */
export const installRestsMs = [1_000, 4_000, 16_000, 32_000];
/** For each run of a check; an installation that is never at rest keeps it no longer. */
const mostLooks = 5;

/** Why they cannot be had in this place, for people and the log; undefined where the place is as good as it can be. */
export async function takePackages(
  { isolation, log, clock }: { readonly isolation: Isolation; readonly log: EventLog; readonly clock: Clock },
  live: Pick<LiveAttempt, 'attempt' | 'check' | 'timeLimit'>,
  restMs: number,
): Promise<string | undefined> {
  const { signal } = live.check;
  live.timeLimit?.hold();
  try {
    for (let looks = 0; looks < mostLooks && !signal.aborted; looks++) {
      const { packages, isMixed } = await isolation.bringPackages(live.attempt.slot);
      if (isMixed) return describeMixed(packages);
      if (looks > 0 && packages.length === 0) break;
      if (looks === 0) tellWaiting(log, live.attempt, 'for the packages in your own folder to be installed');
      await rested(clock, restMs, signal);
    }
    return undefined;
  } finally {
    live.timeLimit?.goOn();
  }
}

/** Resolves after a while, or when it is stopped. */
function rested(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
