// Adds up the slot time of a run in which an agent could not work, by what stood in the way.
import type { Event } from '../events/event';
import type { WaitingByCause } from '../events/runReport';
import { type Run, runTime } from '../events/snapshot';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import type { FeatureId, Fence } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { isMeant } from './decide';

/** Sweeps through the run once, adding each stretch between two events to the causes that held slots then. */
export function measureWaiting(
  run: Run,
  meant: readonly Feature[],
  events: readonly Event[],
  now: Moment,
): WaitingByCause {
  const total = { dependency: 0, lock: 0, limit: 0, rate: 0, core: 0, paused: 0 };
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
  let slowUntil = 0;
  const timeOf = runTime(run);
  let at = 0;
  const pass = (until: number) => {
    const ms = Math.max(0, until - at);
    const idle = Math.max(0, agents - state.working.size);
    total.lock += ms * state.standing.size;
    total.rate += Math.max(0, Math.min(until, slowUntil) - at) * state.working.size;
    if (paused) total.paused += ms * Math.min(idle, state.ready.size);
    else total.lock += ms * Math.min(idle, state.ready.size);
    total.limit += ms * Math.min(Math.max(0, most - agents), Math.max(0, state.ready.size - idle));
    total.dependency += ms * Math.min(Math.max(0, idle - state.ready.size), state.waiting.size);
    at = Math.max(at, until);
  };
  for (const event of events) {
    pass(timeOf(event));
    total.core += coreWaitOf(event);
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
    else if (event.type === 'throttle.changed')
      slowUntil = event.untilAt === null ? 0 : timeOf(event) + event.untilAt - event.at;
  }
  pass(timeOf(now));
  return total;
}

/** How long the attempt that an event tells of could not go on for want of a core. */
export function coreWaitOf(event: Event): number {
  if (event.type === 'verify.started') return event.waitedMs ?? 0;
  return event.type === 'verify.finished' || event.type === 'tool.used' ? (event.coreWaitMs ?? 0) : 0;
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
  /** `fence path` of agents that stand and wait for a file. */
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
      standing.add(`${event.fence} ${event.path}`);
      return;
    case 'lock.granted':
    case 'lock.released':
      standing.delete(`${event.fence} ${event.path}`);
      return;
    default:
      return;
  }
}
