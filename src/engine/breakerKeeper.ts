// Keeps the workspace's breaker: opens it when an attempt meets trouble from outside, closes it when a probe gets through.
import { afterMend, afterProof, afterTrouble, type Proof, type Trouble } from '../core/guardrails/breaker';
import type { Fence } from '../core/shared/ids';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';

export class BreakerKeeper {
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

  /** The attempt of `fence` has shown something to work. */
  async proved(proof: Proof, fence: Fence): Promise<void> {
    const change = afterProof(this.log.head.breaker, proof, fence);
    if (change) await this.log.append([change]);
  }

  /** The user has done something about it, or asks to try. */
  async mended(): Promise<void> {
    const change = afterMend(this.log.head.breaker, this.clock.now());
    if (change) await this.log.append([change]);
  }
}
