// Works out from a run's own events what it took, what one agent would have needed, and the best that was possible.
import type { Event } from '../events/event';
import type { RunReport, WaitingByCause } from '../events/runReport';
import type { Run, Snapshot } from '../events/snapshot';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import { criticalPathLength } from '../graph/criticalPath';
import { featureGraph } from '../graph/readiness';
import { lockKey } from '../locks/lockPath';
import type { EpochMs, FeatureId, Fence } from '../shared/ids';

/**
 * @param events the run's events from `run.started` on, in order
 * @param now the moment the run ends
 */
export function reportRun(snapshot: Snapshot, run: Run, events: readonly Event[], now: EpochMs): RunReport {
  const features = Object.values(snapshot.features);
  const { only } = run.settings;
  const meant = features.filter((f) => isMeant(only, f.id));
  const attempts = measureAttempts(events, now);
  const workMs = new Map<FeatureId, number>();
  for (const { featureId, ms } of attempts.values()) workMs.set(featureId, (workMs.get(featureId) ?? 0) + ms);
  const durations = features.map((f) => workMs.get(f.id) ?? 0);
  const oneAgentMs = durations.reduce((sum, ms) => sum + ms, 0);
  const most = mostAgents(run, events);
  return {
    startedAt: run.startedAt,
    wallMs: now - run.startedAt,
    maxAgents: most,
    passing: meant.filter((f) => f.state.status === 'passing').length,
    total: meant.length,
    oneAgentMs,
    bestPossibleMs: Math.max(
      criticalPathLength(featureGraph(features), durations),
      oneAgentMs / most,
      busiestFileMs(events, attempts),
    ),
    costUsd: run.costUsd,
    inputTokens: run.inputTokens,
    outputTokens: run.outputTokens,
    waitingMs: measureWaiting(run, meant, events, now),
    attempts: attempts.size,
    retries: events.filter((e) => e.type === 'feature.retried' && e.by === 'policy').length,
  };
}

/** The report as lines for people. */
export function describeReport(report: RunReport): readonly string[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const { waitingMs: waiting } = report;
  const causes = [
    ['dependencies', waiting.dependency],
    ['locked files', waiting.lock],
    ['rate limits', waiting.rate],
    ['pauses', waiting.paused],
  ] as const;
  const waited = causes.filter(([, ms]) => ms >= 50).map(([cause, ms]) => `${cause} ${seconds(ms)}`);
  const factor = report.wallMs > 0 ? (report.oneAgentMs / report.wallMs).toFixed(2) : '–';
  return [
    `Wall time      ${seconds(report.wallMs)} with ${report.maxAgents} agents (${report.attempts} attempts, ${report.retries} retries)`,
    `One agent      ${seconds(report.oneAgentMs)} (${factor} × the wall time)`,
    `Best possible  ${seconds(report.bestPossibleMs)}`,
    `Slots waited   ${waited.length > 0 ? waited.join(', ') : 'not at all'}`,
    `Cost           $${report.costUsd.toFixed(4)} for ${report.inputTokens} tokens in, ${report.outputTokens} out`,
  ];
}

interface Measured {
  readonly featureId: FeatureId;
  readonly startedAt: EpochMs;
  ms: number;
}

const endings = new Set([
  'feature.passed',
  'feature.failed',
  'feature.retried',
  'feature.yielded',
  'feature.unconfirmed',
]);

function measureAttempts(events: readonly Event[], now: EpochMs): ReadonlyMap<Fence, Measured> {
  const attempts = new Map<Fence, Measured>();
  for (const event of events) {
    if (event.type === 'feature.claimed') {
      attempts.set(event.fence, { featureId: event.featureId, startedAt: event.at, ms: now - event.at });
    } else if (endings.has(event.type) && 'fence' in event && event.fence !== undefined) {
      const attempt = attempts.get(event.fence);
      if (attempt) attempt.ms = event.at - attempt.startedAt;
    }
  }
  return attempts;
}

/** Work of all attempts that held one same file: they could only run one after the other. */
function busiestFileMs(events: readonly Event[], attempts: ReadonlyMap<Fence, Measured>): number {
  const holders = new Map<string, Set<Fence>>();
  for (const event of events) {
    if (event.type !== 'lock.granted' || event.how !== 'claim') continue;
    const key = lockKey(event.path);
    holders.set(key, (holders.get(key) ?? new Set()).add(event.fence));
  }
  const sums = [...holders.values()].map((fences) =>
    [...fences].reduce((sum, f) => sum + (attempts.get(f)?.ms ?? 0), 0),
  );
  return sums.reduce((most, ms) => Math.max(most, ms), 0);
}

function mostAgents(run: Run, events: readonly Event[]): number {
  const asked = events.flatMap((e) =>
    e.type === 'run.configured' ? [e.maxAgents] : e.type === 'run.started' ? [e.settings.maxAgents] : [],
  );
  return Math.max(run.settings.maxAgents, ...asked);
}

/** Sweeps through the run once, adding each stretch between two events to the causes that held slots then. */
function measureWaiting(
  run: Run,
  meant: readonly Feature[],
  events: readonly Event[],
  now: EpochMs,
): WaitingByCause {
  const total = { dependency: 0, lock: 0, rate: 0, paused: 0 };
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
  let at = run.startedAt;
  const pass = (until: EpochMs) => {
    const ms = Math.max(0, until - at);
    const idle = Math.max(0, agents - state.working.size);
    total.lock += ms * state.standing.size;
    total.rate += Math.max(0, Math.min(until, slowUntil) - at) * state.working.size;
    if (paused) total.paused += ms * Math.min(idle, state.ready.size);
    else total.lock += ms * Math.min(idle, state.ready.size);
    total.dependency += ms * Math.min(Math.max(0, idle - state.ready.size), state.waiting.size);
    at = until;
  };
  for (const event of events) {
    pass(event.at);
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
    else if (event.type === 'throttle.changed') slowUntil = event.untilAt ?? 0;
  }
  pass(now);
  return total;
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

function isMeant(only: readonly FeatureId[] | undefined, id: FeatureId): boolean {
  return only === undefined || only.includes(id);
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
