// Works out from a run's own events what it took, what one agent would have needed, and the best that was possible.
import { oneLine } from '../events/describe';
import type { Event } from '../events/event';
import { type AttemptRow, type ChainLink, mostLinks, mostRows, type RunReport } from '../events/runReport';
import { type Run, runTime, type Snapshot } from '../events/snapshot';
import { criticalPathLength } from '../graph/criticalPath';
import { featureGraph } from '../graph/readiness';
import type { FeatureId, Fence, Slot } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { isMeant } from './decide';
import { decidingChain, type FinishedAttempt } from './decidingChain';
import { measureWaiting, mostAgents } from './measureWaiting';
import { exclusiveKeys, type Place, placeOf } from './places';

/**
 * @param events the run's events from `run.started` on, in order
 * @param now the moment the run ends
 */
export function reportRun(snapshot: Snapshot, run: Run, events: readonly Event[], now: Moment): RunReport {
  const timeOf = runTime(run);
  const wallMs = timeOf(now);
  const features = Object.values(snapshot.features);
  const { only } = run.settings;
  const meant = features.filter((f) => isMeant(only, f.id));
  const attempts = measureAttempts(events, timeOf, wallMs);
  const workMs = new Map<FeatureId, number>();
  for (const { featureId, ms } of attempts.values()) workMs.set(featureId, (workMs.get(featureId) ?? 0) + ms);
  const finished = rowsOf(events, attempts);
  const durations = features.map((f) => workMs.get(f.id) ?? 0);
  const oneAgentMs = durations.reduce((sum, ms) => sum + ms, 0);
  const most = mostAgents(run, events);
  return {
    startedAt: run.startedAt,
    wallMs,
    maxAgents: most,
    passing: meant.filter((f) => f.state.status === 'passing').length,
    total: meant.length,
    oneAgentMs,
    bestPossibleMs: Math.max(
      criticalPathLength(featureGraph(features), durations),
      oneAgentMs / most,
      busiestFileMs(finished),
    ),
    costUsd: run.costUsd,
    inputTokens: run.inputTokens,
    outputTokens: run.outputTokens,
    waitingMs: measureWaiting(run, meant, events, now),
    attempts: attempts.size,
    retries: events.filter((e) => e.type === 'feature.retried' && e.by === 'policy').length,
    ...shownChain(decidingChain(finished, snapshot.features)),
    ...interruptionsOf(events),
    rows: finished.slice(0, mostRows).map(({ keys: _, ...row }) => row),
  };
}

/** The report as lines for people. */
export function describeReport(report: RunReport): readonly string[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const { waitingMs: waiting } = report;
  const causes = [
    ['dependencies', waiting.dependency],
    ['locked files', waiting.lock],
    ['fewer agents allowed', waiting.limit],
    ['rate limits', waiting.rate],
    ['pauses', waiting.paused],
  ] as const;
  const waited = causes.filter(([, ms]) => ms >= 50).map(([cause, ms]) => `${cause} ${seconds(ms)}`);
  const ratio =
    report.bestPossibleMs > 0
      ? ` (the run took ${(report.wallMs / report.bestPossibleMs).toFixed(2)} × that)`
      : '';
  const factor = report.wallMs > 0 ? (report.oneAgentMs / report.wallMs).toFixed(2) : '–';
  return [
    `Wall time      ${seconds(report.wallMs)} with ${report.maxAgents} agents (${report.attempts} attempts, ${report.retries} retries)`,
    ...describeInterruptions(report.interruptions),
    `One agent      ${seconds(report.oneAgentMs)} (${factor} × the wall time)`,
    `Best possible  ${seconds(report.bestPossibleMs)}${ratio}`,
    ...(report.chain === undefined || report.chain.length === 0
      ? []
      : [`Decided by     ${describeChain(report.chain, report.chainLength)}`]),
    `Slots waited   ${waited.length > 0 ? waited.join(', ') : 'not at all'}`,
    `Cost           $${report.costUsd.toFixed(4)} for ${report.inputTokens} tokens in, ${report.outputTokens} out`,
  ];
}

/** The run's time does not hold what lay between two hosts: nobody could say how long that was, had the clock been set. */
function describeInterruptions(interruptions: RunReport['interruptions']): readonly string[] {
  if (interruptions === undefined) return [];
  const { count, awayMs } = interruptions;
  const times = count === 1 ? 'once' : `${count} times`;
  return [
    `Interrupted    ${times}, for about ${(awayMs / 1000).toFixed(1)} s by the clock, not counted here`,
  ];
}

/** A report is one message: of a long chain the ends. */
export function shownChain(chain: readonly ChainLink[]): Pick<RunReport, 'chain' | 'chainLength'> {
  if (chain.length <= mostLinks) return { chain };
  const half = mostLinks / 2;
  return { chain: [...chain.slice(0, half), ...chain.slice(-half)], chainLength: chain.length };
}

/** `auth → profile (dependency) → search (slot)`, by first and last links where it is long. */
function describeChain(chain: readonly ChainLink[], length = chain.length): string {
  const ends = chain.length <= 7 ? chain : [...chain.slice(0, 3), undefined, ...chain.slice(-3)];
  return ends
    .map((link) => {
      if (!link) return `… ${length - 6} more …`;
      const name = oneLine(link.name);
      const shown = name.length > 40 ? `${name.slice(0, 39)}…` : name;
      return link.because === 'start' ? shown : `${shown} (${link.because})`;
    })
    .join(' → ');
}

interface Measured {
  readonly featureId: FeatureId;
  readonly slot: Slot;
  readonly attempt: number;
  /** In milliseconds from the run's start. */
  readonly startMs: number;
  ms: number;
  end: AttemptRow['end'];
}

const endings: ReadonlyMap<string, AttemptRow['end']> = new Map([
  ['feature.passed', 'passed'],
  ['feature.failed', 'failed'],
  ['feature.retried', 'retried'],
  ['feature.yielded', 'yielded'],
  ['feature.unconfirmed', 'unconfirmed'],
] as const);

function measureAttempts(
  events: readonly Event[],
  timeOf: (when: Moment) => number,
  wallMs: number,
): ReadonlyMap<Fence, Measured> {
  const attempts = new Map<Fence, Measured>();
  for (const event of events) {
    if (event.type === 'feature.claimed') {
      const { featureId, slot, attempt } = event;
      const startMs = timeOf(event);
      const ms = Math.max(0, wallMs - startMs);
      attempts.set(event.fence, { featureId, slot, attempt, startMs, ms, end: 'open' });
    } else if ('fence' in event && event.fence !== undefined) {
      const end = endings.get(event.type);
      const attempt = attempts.get(event.fence);
      if (!attempt || !end) continue;
      attempt.ms = Math.max(0, timeOf(event) - attempt.startMs);
      attempt.end = end;
    }
  }
  return attempts;
}

/** Times between two hosts, in which nobody measured anything: by the wall clock, which is all there is of them. */
function interruptionsOf(events: readonly Event[]): Pick<RunReport, 'interruptions'> {
  const gaps = events.flatMap((event, k) => {
    const before = events[k - 1];
    return event.type === 'owner.changed' && before ? [Math.max(0, event.at - before.at)] : [];
  });
  if (gaps.length === 0) return {};
  return { interruptions: { count: gaps.length, awayMs: gaps.reduce((sum, ms) => sum + ms, 0) } };
}

/** In the order they began, with what each had locked with its claim. */
function rowsOf(
  events: readonly Event[],
  attempts: ReadonlyMap<Fence, Measured>,
): readonly FinishedAttempt[] {
  const places = new Map<Fence, Place[]>([...attempts.keys()].map((fence) => [fence, []]));
  for (const event of events) {
    if (event.type !== 'lock.granted' || event.how !== 'claim') continue;
    places.get(event.fence)?.push(placeOf({ kind: event.kind, path: event.path }));
  }
  const keys = exclusiveKeys([...places.values()]);
  return [...attempts.values()].map(({ featureId, slot, attempt, startMs, ms, end }, k) => {
    return { slot, featureId, attempt, startMs, endMs: startMs + ms, end, keys: new Set(keys[k]) };
  });
}

/** Work of all attempts that held one same file with their claim: they could only run one after the other. */
function busiestFileMs(attempts: readonly FinishedAttempt[]): number {
  const loads = new Map<string, number>();
  for (const { keys, startMs, endMs } of attempts) {
    for (const key of keys) loads.set(key, (loads.get(key) ?? 0) + endMs - startMs);
  }
  return [...loads.values()].reduce((most, ms) => Math.max(most, ms), 0);
}
