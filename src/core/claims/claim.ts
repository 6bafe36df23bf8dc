// A claim: one agent's lease on one feature, which everything its attempt holds lives and dies with.
import type { EpochMs, Fence, Slot } from '../shared/ids';

export interface Claim {
  readonly slot: Slot;
  /** 1 plus the attempts that failed before it; one that was handed back is made again under the same number. */
  readonly attempt: number;
  readonly fence: Fence;
  readonly claimedAt: EpochMs;
  /** `claimedAt` as `Moment.elapsedMs`. */
  readonly claimedMs?: number;
}

/** How long a claim holds without a sign of life. */
export const leaseMs = 60_000;

/** How often a live agent renews: a third of the lease, so two renewals may be lost. */
export const renewEveryMs = leaseMs / 3;
