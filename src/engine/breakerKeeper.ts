// Keeps the workspace's breakers, one for each account and one for what meets all: opens one when an attempt meets trouble
// from outside, closes it when a probe gets through.
import { hasOpenRun } from '../core/events/snapshot';
import {
  afterMend,
  afterProof,
  afterTrouble,
  type Breaker,
  type BreakerEvent,
  isOfAccount,
  type Proof,
  type Trouble,
} from '../core/guardrails/breaker';
import { type AccountId, accountOf } from '../core/models/accounts';
import type { FeatureId, Fence } from '../core/shared/ids';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';

/** Who meets trouble, or shows that something works: an attempt, and whose model it asks where it has one. */
export interface Prober {
  readonly fence: Fence;
  readonly model?: string;
}

/** No claim has it, so that none is taken for a probe. */
const noFence: Fence = 0;

export class BreakerKeeper {
  /** By account, the features whose requests the service has called wrong in the same words since it last answered one. */
  readonly #refused = new Map<AccountId, { readonly words: string; readonly features: Set<FeatureId> }>();

  /** Attempts that wait for a trouble to be over, each with what it has done so far. */
  readonly #waiting = new Set<Fence>();

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /**
   * An attempt has met trouble. From this moment on nothing is decided as if there were none.
   * @returns whether the open breaker tells of this kind of trouble; it may have been opened by another before
   */
  async meet(trouble: Trouble, { fence, model }: Prober): Promise<boolean> {
    const account = isOfAccount(trouble.cause) && model !== undefined ? accountOf(model) : undefined;
    const change = afterTrouble(this.#breakerOf(account), trouble, fence, this.clock.now());
    if (change) await this.log.append([ofAccount(account, change)]);
    return this.#breakerOf(account)?.cause === trouble.cause;
  }

  /** An attempt waits until a trouble is over, and asks again by itself; nothing new is started meanwhile. */
  async waits(trouble: Trouble, { fence, model }: Required<Prober>): Promise<void> {
    this.#waiting.add(fence);
    await this.meet(trouble, { fence, model });
  }

  /**
   * Trouble that no attempt met, but what comes before all of them. It is over as any is: by a probe.
   * @returns whether it is told: without a run nothing would be started, and nothing is held up
   */
  async meetBefore(trouble: Trouble): Promise<boolean> {
    if (!hasOpenRun(this.log.head)) return false;
    await this.meet(trouble, { fence: noFence });
    return true;
  }

  /** An attempt has shown something to work. */
  async proved(proof: Proof, { fence, model }: Prober): Promise<void> {
    const account = model === undefined ? undefined : accountOf(model);
    if (proof === 'model' && account !== undefined) this.#refused.delete(account);
    const waited = proof === 'model' && this.#waiting.delete(fence);
    const changes = (account === undefined ? [undefined] : [undefined, account]).flatMap((of) => {
      const change = afterProof(this.#breakerOf(of), proof, fence, waited && of === account);
      return change ? [ofAccount(of, change)] : [];
    });
    if (changes.length > 0) await this.log.append(changes);
  }

  /**
   * The service has called a request of this feature wrong, in `words`. That is the request's own fault, until it says the
   * same of another feature's: then it would say so of all.
   */
  requestRefused(featureId: FeatureId, words: string, model: string): Trouble | undefined {
    const alike = words.replace(/\S*\d\S*/g, '#'); // places in the request, and its number
    const account = accountOf(model) ?? '';
    const before = this.#refused.get(account);
    const { features } = before?.words === alike ? before : { features: new Set<FeatureId>() };
    this.#refused.set(account, { words: alike, features });
    if (features.add(featureId).size === 1) return undefined;
    return { cause: 'service', message: `Different features get the same refusal: ${words}` };
  }

  /** The user has done something about it, or asks to try. */
  async mended(): Promise<void> {
    const { breaker, accounts } = this.log.head;
    const open = [breaker, ...Object.values(accounts).map((account) => account.breaker)];
    const changes = open.flatMap((one) => {
      const change = afterMend(one ?? null, this.clock.now());
      return change ? [ofAccount(one?.account, change)] : [];
    });
    if (changes.length > 0) await this.log.append(changes);
  }

  #breakerOf(account: AccountId | undefined): Breaker | null {
    const { breaker, accounts } = this.log.head;
    return account === undefined ? breaker : (accounts[account]?.breaker ?? null);
  }
}

function ofAccount(account: AccountId | undefined, change: BreakerEvent): BreakerEvent {
  return account === undefined ? change : { ...change, account };
}
