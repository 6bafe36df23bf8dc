// Adds up the slot time of a run in which an agent could not work, by what stood in the way.
import type { Event } from '../events/event';
import type { WaitingByCause } from '../events/runReport';
import { type Run, runTime } from '../events/snapshot';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import { scopeKey } from '../locks/lockScope';
import { type AccountId, accountOf } from '../models/accounts';
import type { FeatureId, Fence } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { isMeant } from './decide';
import { lockWaits } from './lockWaits';

/** Sweeps through the run once, adding each stretch between two events to the causes that held slots then. */
export function measureWaiting(
  run: Run,
  meant: readonly Feature[],
  events: readonly Event[],
  now: Moment,
  coreWaitOf: (event: Event) => number,
): WaitingByCause {
  const total = { dependency: 0, lock: 0, limit: 0, rate: 0, trouble: 0, core: 0, ahead: 0, paused: 0 };
  const most = mostAgents(run, events);
  const state = {
    working: new Set<Fence>(),
    standing: new Set<string>(),
    waiting: new Set<FeatureId>(),
    ready: new Set<FeatureId>(),
  };
  seed(state, meant, events);
  let agents = run.settings.maxAgents;
  let paused = false;
  const broken = new Set<AccountId>();
  const slowUntil = new Map<AccountId, number>();
  const accounts = new Map<Fence, AccountId | undefined>();
  const timeOf = runTime(run);
  const passedOver = new PassedOver(lockWaits(events, timeOf));
  const askersOf = (account: AccountId) =>
    account === everyones
      ? state.working.size
      : [...state.working].filter((fence) => accounts.get(fence) === account).length;
  let at = 0;
  const pass = (until: number) => {
    const ms = Math.max(0, until - at);
    const idle = Math.max(0, agents - state.working.size);
    total.lock += ms * state.standing.size;
    for (const [account, slow] of slowUntil)
      total.rate += Math.max(0, Math.min(until, slow) - at) * askersOf(account);
    if (paused) total.paused += ms * Math.min(idle, state.ready.size);
    else if (broken.size > 0) total.trouble += ms * Math.min(idle, state.ready.size);
    else if (ms > 0) total.lock += ms * passedOver.count(state.ready, idle, until);
    total.limit += ms * Math.min(Math.max(0, most - agents), Math.max(0, state.ready.size - idle));
    total.dependency += ms * Math.min(Math.max(0, idle - state.ready.size), state.waiting.size);
    at = Math.max(at, until);
  };
  for (const event of events) {
    pass(timeOf(event));
    total.core += coreWaitOf(event);
    if (event.type === 'verify.awaited') total.ahead += event.waitedMs;
    if (event.type === 'feature.claimed') {
      passedOver.claimed(event.featureId);
      accounts.set(event.fence, accountOf(event.model));
    }
    if (
      !('featureId' in event) ||
      event.featureId === undefined ||
      isMeant(run.settings.only, event.featureId)
    )
      follow(state, event);
    if (event.type === 'run.started') agents = event.settings.maxAgents;
    else if (event.type === 'run.configured') agents = event.maxAgents;
    else if (event.type === 'run.paused') paused = true;
    else if (event.type === 'run.resumed') paused = false;
    else if (event.type === 'breaker.opened') broken.add(event.account ?? everyones);
    else if (event.type === 'breaker.closed') broken.delete(event.account ?? everyones);
    else if (event.type === 'throttle.changed')
      slowUntil.set(
        event.account ?? everyones,
        event.untilAt === null ? 0 : timeOf(event) + event.untilAt - event.at,
      );
  }
  pass(timeOf(now));
  return total;
}

/** In the place of an account's id: events of earlier versions name none. */
const everyones = '';

/** Features that are ready, and are passed over for a lock that another attempt has. */
class PassedOver {
  /** When what the next claim of a feature needs comes free; those for whom that is past are let go. */
  readonly #until = new Map<FeatureId, number>();
  readonly #claims = new Map<FeatureId, number>();

  constructor(private readonly waits: ReadonlyMap<FeatureId, readonly number[]>) {
    for (const [id, [first = 0]] of waits) if (first > 0) this.#until.set(id, first);
  }

  claimed(id: FeatureId): void {
    const claims = (this.#claims.get(id) ?? 0) + 1;
    this.#claims.set(id, claims);
    const next = this.waits.get(id)?.[claims] ?? 0;
    if (next > 0) this.#until.set(id, next);
    else this.#until.delete(id);
  }

  /** How many of `ready` are passed over up to `ms`, counted no further than `most`. */
  count(ready: ReadonlySet<FeatureId>, most: number, ms: number): number {
    let found = 0;
    for (const [id, until] of this.#until) {
      if (found >= most) break;
      if (until < ms) this.#until.delete(id);
      else if (ready.has(id)) found++;
    }
    return found;
  }
}

/** The most agents that were allowed at any time of the run; the best possible is counted with them. */
export function mostAgents(run: Run, events: readonly Event[]): number {
  const asked = events.flatMap((e) =>
    e.type === 'run.configured' ? [e.maxAgents] : e.type === 'run.started' ? [e.settings.maxAgents] : [],
  );
  return Math.max(run.settings.maxAgents, ...asked);
}

/** Where features stood when the run began: told by what first happened to each, or nothing did and it stands there yet. */
function seed({ waiting, ready }: Sweep, meant: readonly Feature[], events: readonly Event[]): void {
  const first = new Map<FeatureId, Event>();
  for (const event of events) {
    if (movesFeature(event) && !first.has(event.featureId)) first.set(event.featureId, event);
  }
  for (const { id, state } of meant) {
    const moved = first.get(id)?.type;
    const where = moved === undefined ? state.status : moved;
    if (where === 'pending' || where === 'feature.claimed' || where === 'feature.held') ready.add(id);
    else if (where === 'waiting' || where === 'feature.freed' || where === 'feature.skipped') waiting.add(id);
  }
}

function movesFeature(event: Event): event is Event & FeatureChange {
  return event.type.startsWith('feature.') && event.type !== 'feature.edited';
}

interface Sweep {
  readonly working: Set<Fence>;
  /** `fence key` of agents that stand and wait for a file. */
  readonly standing: Set<string>;
  readonly waiting: Set<FeatureId>;
  readonly ready: Set<FeatureId>;
}

function follow({ working, standing, waiting, ready }: Sweep, event: Event): void {
  switch (event.type) {
    case 'feature.claimed':
      working.add(event.fence);
      ready.delete(event.featureId);
      return;
    case 'feature.passed':
    case 'feature.failed':
    case 'feature.unconfirmed':
    case 'feature.retried':
    case 'feature.yielded':
      if ('fence' in event && event.fence !== undefined) working.delete(event.fence);
      if (event.type === 'feature.retried' || event.type === 'feature.yielded') ready.add(event.featureId);
      return;
    case 'feature.held':
      waiting.add(event.featureId);
      ready.delete(event.featureId);
      return;
    case 'feature.added':
    case 'feature.freed':
    case 'feature.unskipped':
    case 'feature.regressed':
      waiting.delete(event.featureId);
      ready.add(event.featureId);
      return;
    case 'feature.skipped':
    case 'feature.removed':
      waiting.delete(event.featureId);
      ready.delete(event.featureId);
      return;
    case 'lock.waiting':
      standing.add(`${event.fence} ${scopeKey(event)}`);
      return;
    case 'lock.granted':
    case 'lock.released':
      standing.delete(`${event.fence} ${scopeKey(event)}`);
      return;
    default:
      return;
  }
}
