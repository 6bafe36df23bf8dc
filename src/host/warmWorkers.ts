// How many workers should stand ready for the claims that may come next.
import type { Snapshot } from '../core/events/snapshot';

/** A warm worker takes 50 MB of memory that it shares with nobody; more than three slots that fall free together are rare. */
const mostWarm = 3;

/**
 * One for every slot, as all may fall free in the same moment, up to three. Never more than there are features that can
 * still be claimed, and none while no run claims any.
 */
export function warmWorkers({ run, features, lastFeatureId }: Snapshot): number {
  if (run?.status !== 'running') return 0;
  const { only, maxAgents } = run.settings;
  const most = Math.min(maxAgents, mostWarm);
  let toCome = 0;
  // Asked at every step, so it goes from the end, where what is last to be claimed is soon found among 10⁵.
  for (let id = lastFeatureId; id > 0 && toCome < most; id--) {
    const status = features[id]?.state.status;
    if ((status === 'pending' || status === 'waiting') && only?.includes(id) !== false) toCome++;
  }
  return toCome;
}
