// Keeps the workspace's breaker: opens it when an attempt meets trouble from outside, closes it when a probe gets through.
import { hasOpenRun } from '../core/events/snapshot';
import { afterMend, afterProof, afterTrouble, type Proof, type Trouble } from '../core/guardrails/breaker';
import type { FeatureId, Fence } from '../core/shared/ids';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';

/** No claim has it, so that none is taken for a probe. */
const noFence: Fence = 0;

export class BreakerKeeper {
  /** The features whose requests the service has called wrong in the same words since it last answered one. */
  #refused: { readonly words: string; readonly features: Set<FeatureId> } | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * The attempt of `fence` has met trouble. From this moment on nothing is decided as if there were none.
   * @returns whether the open breaker tells of this kind of trouble; it may have been opened by another before
   */
  async meet(trouble: Trouble, fence: Fence): Promise<boolean> {
    const change = afterTrouble(this.log.head.breaker, trouble, fence, this.clock.now());
    if (change) await this.log.append([change]);
    return this.log.head.breaker?.cause === trouble.cause;
  }

  /**
   * Trouble that no attempt met, but what comes before all of them. It is over as any is: by a probe.
   * @returns whether it is told: without a run nothing would be started, and nothing is held up
   */
  async meetBefore(trouble: Trouble): Promise<boolean> {
    if (!hasOpenRun(this.log.head)) return false;
    await this.meet(trouble, noFence);
    return true;
  }

  /** The attempt of `fence` has shown something to work. */
  async proved(proof: Proof, fence: Fence): Promise<void> {
    if (proof === 'model') this.#refused = undefined;
    const change = afterProof(this.log.head.breaker, proof, fence);
    if (change) await this.log.append([change]);
  }

  /**
   * The service has called a request of this feature wrong, in `words`. That is the request's own fault, until it says the
   * same of another feature's: then it would say so of all.
   */
  requestRefused(featureId: FeatureId, words: string): Trouble | undefined {
    const alike = words.replace(/\S*\d\S*/g, '#'); // places in the request, and its number
    if (this.#refused?.words !== alike) this.#refused = { words: alike, features: new Set() };
    const { features } = this.#refused;
    if (features.add(featureId).size === 1) return undefined;
    return { cause: 'service', message: `Different features get the same refusal: ${words}` };
  }

  /** The user has done something about it, or asks to try. */
  async mended(): Promise<void> {
    const change = afterMend(this.log.head.breaker, this.clock.now());
    if (change) await this.log.append([change]);
  }
}
