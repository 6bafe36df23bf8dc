// The throttles of all accounts: agents that ask different ones do not slow each other down.
import { type AccountId, accountOf } from '../core/models/accounts';
import type { LiveAttempt } from './attempt';
import { Throttle, type ThrottleParts } from './throttle';

export class Throttles {
  readonly #byAccount = new Map<AccountId, Throttle>();

  constructor(private readonly parts: Omit<ThrottleParts, 'account'>) {}

  /** That of the attempt's account; undefined where a script is played. */
  of({ model }: Pick<LiveAttempt, 'model'>): Throttle | undefined {
    const account = accountOf(model);
    if (account === undefined) return undefined;
    const throttle = this.#byAccount.get(account) ?? new Throttle({ ...this.parts, account });
    this.#byAccount.set(account, throttle);
    return throttle;
  }

  dispose(): void {
    for (const throttle of this.#byAccount.values()) throttle.dispose();
  }
}
