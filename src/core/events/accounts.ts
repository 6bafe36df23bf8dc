// How things stand with the accounts that models are asked of: what keeps one from being asked, and how fast it may be.
import { type Breaker, type BreakerEvent, projectBreaker } from '../guardrails/breaker';
import { type AccountId, accountTitle } from '../models/accounts';
import type { EpochMs, Fence } from '../shared/ids';

/** Of one with which all is well nothing is kept. */
export interface Account {
  /** Nothing new is started of it. */
  readonly breaker?: Breaker;
  readonly slow?: Slowness;
}

export interface Slowness {
  /** Until when it asked everyone to wait; null: they may ask. */
  readonly untilAt: EpochMs | null;
  /** How many agents may ask it at the same time. */
  readonly atOnce: number;
}

export type Accounts = Readonly<Record<AccountId, Account>>;

export function afterBreakerEvent(
  accounts: Accounts,
  account: AccountId,
  event: BreakerEvent & { readonly at: EpochMs },
  lastFence: Fence,
): Accounts {
  const { breaker = null, ...rest } = accounts[account] ?? {};
  const next = projectBreaker(breaker, event, event.at, lastFence);
  return withAccount(accounts, account, next ? { ...rest, breaker: next } : rest);
}

/** @param slow null: at full speed again */
export function afterSlowness(accounts: Accounts, account: AccountId, slow: Slowness | null): Accounts {
  const { slow: _, ...rest } = accounts[account] ?? {};
  return withAccount(accounts, account, slow ? { ...rest, slow } : rest);
}

/** Whoever starts a run has looked; if the trouble is still there, it is met again. */
export function withoutBreakers(accounts: Accounts): Accounts {
  return Object.keys(accounts).reduce((kept, id) => {
    const { breaker: _, ...rest } = kept[id] ?? {};
    return withAccount(kept, id, rest);
  }, accounts);
}

/** The speed is known to the host alone that measured it. */
export function withoutSlowness(accounts: Accounts): Accounts {
  return Object.keys(accounts).reduce((kept, id) => afterSlowness(kept, id, null), accounts);
}

/** The part of a snapshot that tells of them. */
interface Asked {
  readonly accounts: Accounts;
}

/** All that is in the way of new features: of everyone's first. */
export function openBreakers({
  breaker,
  accounts,
}: Asked & { readonly breaker: Breaker | null }): readonly Breaker[] {
  const own = Object.values(accounts).flatMap((account) => account.breaker ?? []);
  return breaker ? [breaker, ...own] : own;
}

/** A line for each account that bounds how many agents may ask it at once. @param asked as many agents as the user wants */
export function describeSlow({ accounts }: Asked, asked: number): readonly string[] {
  return Object.entries(accounts).flatMap(([id, { slow }]) =>
    slow === undefined
      ? []
      : [`${accountTitle(id)} is asked by ${Math.min(asked, slow.atOnce)} of ${asked} agents at a time.`],
  );
}

function withAccount(accounts: Accounts, id: AccountId, account: Account): Accounts {
  const { [id]: _, ...others } = accounts;
  return Object.keys(account).length === 0 ? others : { ...others, [id]: account };
}
