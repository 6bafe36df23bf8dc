// What can happen to a feature: the closed union that the state machine decides and the event log keeps.
import type { FeatureId, Fence, Slot } from '../shared/ids';
import type { LongText } from '../shared/longText';
import type { CheckProof, Evidence, FeatureSpec, SkipCause } from './feature';

/**
 * Why an attempt ended without counting. `lost`: its process died, which counts in the end; `recovered`: the host died
 * over it; `lock`: waiting for a file would have deadlocked; `overlap`: its agent could not fit its work to another change of
 * the same lines; `packages`: the user has installed others, and its place cannot have them; `stopped`: the user ended the
 * run; `outside`: a trouble that is no feature's stood in its way; `unproved`: it was checked as it is, and an agent has to
 * build it.
 */
export type YieldCause =
  | 'lock'
  | 'overlap'
  | 'packages'
  | 'outside'
  | 'lost'
  | 'stopped'
  | 'recovered'
  | 'unproved';

/** The attempt a change belongs to; a change with an older fence than the feature's claim is refused. */
interface OfAttempt {
  readonly slot: Slot;
  readonly attempt: number;
  readonly fence: Fence;
}

export type FeatureChange = { readonly featureId: FeatureId } & (
  | { readonly type: 'feature.added'; readonly spec: FeatureSpec }
  | { readonly type: 'feature.edited'; readonly spec: FeatureSpec }
  | { readonly type: 'feature.removed' }
  | { readonly type: 'feature.held'; readonly missing: readonly FeatureId[] }
  | { readonly type: 'feature.freed' }
  /** `modelWhy`, `expertsWhy`: why this model and these experts, for people; events of earlier versions have none. */
  | ({
      readonly type: 'feature.claimed';
      readonly model: string;
      readonly modelWhy?: string;
      readonly expertsWhy?: string;
    } & OfAttempt)
  | ({ readonly type: 'feature.submitted'; readonly summary: LongText } & OfAttempt)
  /** Handed in, and handed back to its agent within the attempt: what came into its copy meanwhile overlaps its work. */
  | ({ readonly type: 'feature.returned'; readonly why: LongText } & OfAttempt)
  | ({
      readonly type: 'feature.unconfirmed';
      readonly why: LongText;
      readonly check?: CheckProof;
    } & OfAttempt)
  | {
      readonly type: 'feature.passed';
      readonly evidence: Evidence;
      /** What it put into the workspace, the first `mostBuilt` files. */
      readonly files?: readonly string[];
      readonly fence?: Fence;
      readonly slot?: Slot;
    }
  | {
      readonly type: 'feature.failed';
      readonly reason: LongText;
      readonly fence?: Fence;
      readonly slot?: Slot;
    }
  /** Back to `pending` with the failure counted, or by the user with the count set back. */
  | {
      readonly type: 'feature.retried';
      readonly by: 'policy';
      readonly reason: LongText;
      readonly fence: Fence;
      readonly slot: Slot;
    }
  | { readonly type: 'feature.retried'; readonly by: 'user' }
  /** Back to `pending`, nothing counted; `path` is the file it must hold next time. */
  | ({
      readonly type: 'feature.yielded';
      readonly cause: YieldCause;
      readonly note: LongText;
      readonly path?: string;
    } & OfAttempt)
  | { readonly type: 'feature.skipped'; readonly because: SkipCause }
  | { readonly type: 'feature.unskipped' }
  /** By the user: to be built again. By a setting: the workspace's check is another than the one it passed by. */
  | { readonly type: 'feature.regressed'; readonly by: 'user' | 'setting' }
  /** Its check was run on the workspace as it is now, and failed. */
  | { readonly type: 'feature.regressed'; readonly by: 'check'; readonly reason: LongText }
);
