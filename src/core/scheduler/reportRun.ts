// Works out from a run's own events what it took, what one agent would have needed, and the best that was possible.
import type { Event } from '../events/event';
import { scopeOf } from '../events/project';
import {
  type AttemptRow,
  type ChainLink,
  type CoresUsed,
  mostLinks,
  mostRows,
  type RunReport,
} from '../events/runReport';
import { type Run, runTime, type Snapshot } from '../events/snapshot';
import { criticalPathLength } from '../graph/criticalPath';
import { featureGraph } from '../graph/readiness';
import type { FeatureId, Fence, Slot } from '../shared/ids';
import type { Moment } from '../shared/moment';
import { coreWaits, isEndOfCommand, type Span, spanOf } from './coreWaits';
import { isMeant } from './decide';
import { decidingChain, type FinishedAttempt } from './decidingChain';
import { exclusiveKeys, type KeyedScope, keyedScopeOf } from './keyedScopes';
import { measureWaiting, mostAgents } from './measureWaiting';
import { repeatedChecks } from './repeatedChecks';

/**
 * @param events the run's events from `run.started` on, in order
 * @param now the moment the run ends
 * @param cores how many the machine has
 */
export function reportRun(
  snapshot: Snapshot,
  run: Run,
  events: readonly Event[],
  now: Moment,
  cores: number,
): RunReport {
  const timeOf = runTime(run);
  const wallMs = timeOf(now);
  const most = mostAgents(run, events);
  const features = Object.values(snapshot.features);
  const { only } = run.settings;
  const meant = features.filter((f) => isMeant(only, f.id));
  const coreWaitOf = coreWaits(events, timeOf);
  const attempts = measureAttempts(events, timeOf, wallMs, most === 1, coreWaitOf);
  const workMs = new Map<FeatureId, number>();
  for (const { featureId, aloneMs } of attempts.values())
    workMs.set(featureId, (workMs.get(featureId) ?? 0) + aloneMs);
  const finished = rowsOf(events, attempts);
  const durations = features.map((f) => workMs.get(f.id) ?? 0);
  const agentMs = durations.reduce((sum, ms) => sum + ms, 0);
  const lastChecks = lastChecksMs(events, timeOf); // which nobody is spared
  const oneAgentMs = agentMs + lastChecks;
  const used = coresUsed(events, timeOf, cores);
  const bounds = [
    criticalPathLength(featureGraph(features), durations),
    agentMs / most,
    busiestFileMs(finished, [...attempts.values()]),
    used === undefined ? 0 : used.cpuMs / used.count,
  ];
  return {
    startedAt: run.startedAt,
    wallMs,
    maxAgents: most,
    passing: meant.filter((f) => f.state.status === 'passing').length,
    total: meant.length,
    oneAgentMs,
    oneAgentIs: most === 1 ? 'measured' : isSure(events, attempts) ? 'estimate' : 'atMost',
    ...(lastChecks > 0 && { lastChecksMs: lastChecks }),
    attemptMs: [...attempts.values()].reduce((sum, { ms }) => sum + ms, 0),
    bestPossibleMs: Math.min(oneAgentMs, wallMs, Math.max(...bounds) + lastChecks),
    ...(used === undefined ? {} : { cores: used }),
    costUsd: run.costUsd,
    inputTokens: run.inputTokens,
    outputTokens: run.outputTokens,
    ...(run.unpricedTokens === undefined ? {} : { unpricedTokens: run.unpricedTokens }),
    waitingMs: measureWaiting(run, meant, events, now, coreWaitOf),
    attempts: attempts.size,
    retries: events.filter((e) => e.type === 'feature.retried' && e.by === 'policy').length,
    ...shownChain(decidingChain(finished, snapshot.features)),
    ...interruptionsOf(events),
    rows: finished.slice(0, mostRows).map(({ keys: _, ...row }) => row),
  };
}

/** A report is one message: of a long chain the ends. */
export function shownChain(chain: readonly ChainLink[]): Pick<RunReport, 'chain' | 'chainLength'> {
  if (chain.length <= mostLinks) return { chain };
  const half = mostLinks / 2;
  return { chain: [...chain.slice(0, half), ...chain.slice(-half)], chainLength: chain.length };
}

interface Measured {
  readonly featureId: FeatureId;
  readonly slot: Slot;
  readonly attempt: number;
  /** In milliseconds from the run's start. */
  readonly startMs: number;
  ms: number;
  /** What it would have taken with nobody beside it; none where it gave nothing, for then nobody would have needed it. */
  aloneMs: number;
  /** Others were at work at the same time. */
  hadCompany: boolean;
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
  wasAlone: boolean,
  coreWaitOf: (event: Event) => number,
): ReadonlyMap<Fence, Measured> {
  const atWork = new Set<Measured>();
  const attempts = new Map<Fence, Measured>();
  const waitedMs = new Map<Fence, number>();
  for (const event of events) {
    if (event.type === 'feature.claimed') {
      const { featureId, slot, attempt } = event;
      const startMs = timeOf(event);
      const ms = Math.max(0, wallMs - startMs);
      const hadCompany = atWork.size > 0;
      for (const other of atWork) other.hadCompany = true;
      const begun: Measured = {
        featureId,
        slot,
        attempt,
        startMs,
        ms,
        aloneMs: ms,
        hadCompany,
        end: 'open',
      };
      attempts.set(event.fence, begun);
      atWork.add(begun);
    } else if ('fence' in event && event.fence !== undefined) {
      const forOthersMs = fileWaitOf(event) + aheadWaitOf(event) + coreWaitOf(event);
      waitedMs.set(event.fence, (waitedMs.get(event.fence) ?? 0) + forOthersMs);
      const end = endings.get(event.type);
      const attempt = attempts.get(event.fence);
      if (!attempt || !end) continue;
      attempt.ms = Math.max(0, timeOf(event) - attempt.startMs);
      attempt.end = end;
      atWork.delete(attempt);
    }
  }
  const repeatedMs = repeatedChecks(events, coreWaitOf);
  for (const [fence, attempt] of attempts) {
    const forOthersMs = (waitedMs.get(fence) ?? 0) + (attempt.hadCompany ? (repeatedMs.get(fence) ?? 0) : 0);
    attempt.aloneMs = gaveNothing(attempt) ? 0 : Math.max(0, attempt.ms - (wasAlone ? 0 : forOthersMs));
  }
  return attempts;
}

/** Handed back, stopped or lost: its work was given up, and none was learned from it. */
function gaveNothing({ end }: Measured): boolean {
  return end === 'yielded' || end === 'open';
}

/** How long the attempt that an event tells of stood waiting for a file that another had. */
function fileWaitOf(event: Event): number {
  return event.type === 'lock.granted' && event.how === 'request' ? (event.waitedMs ?? 0) : 0;
}

/** How long it stood waiting for the work of others, on which its check had been run. */
function aheadWaitOf(event: Event): number {
  return event.type === 'verify.awaited' ? event.waitedMs : 0;
}

/** The time in which checks were run of which no attempt is: those of a run's end. */
function lastChecksMs(events: readonly Event[], timeOf: (when: Moment) => number): number {
  const spans = events.filter(isEndOfCommand).flatMap((e) => (e.fence === 0 ? [spanOf(e, timeOf)] : []));
  return coveredMs(spans);
}

/** More of attempts' times than this, of which nobody knows what they waited for, and they are no measure of work. */
const mostUnknown = 0.25;

/**
 * Is it known of every check and command how long it waited for a core, and does that account for most of the time? A
 * disk or a service that agents share slows them down as well, and nothing tells by how much.
 */
function isSure(events: readonly Event[], attempts: ReadonlyMap<Fence, Measured>): boolean {
  const ran = events.filter(isEndOfCommand);
  if (ran.some(({ coreWaitMs }) => coreWaitMs === undefined)) return false;
  const unknownMs = ran.reduce((sum, { fence, durationMs, cpuMs = 0, coreWaitMs = 0 }) => {
    const one = attempts.get(fence);
    if (!one?.hadCompany || gaveNothing(one)) return sum;
    return sum + Math.max(0, durationMs - cpuMs - coreWaitMs);
  }, 0);
  const workMs = [...attempts.values()].reduce((sum, one) => sum + (gaveNothing(one) ? 0 : one.ms), 0);
  return unknownMs <= mostUnknown * workMs;
}

function coresUsed(
  events: readonly Event[],
  timeOf: (when: Moment) => number,
  count: number,
): CoresUsed | undefined {
  const ran = events.filter(isEndOfCommand);
  const told = ran.filter(({ cpuMs }) => cpuMs !== undefined);
  if (told.length === 0) return undefined;
  const spans = told.map((event) => spanOf(event, timeOf));
  const busyMs = coveredMs(spans);
  const cpuMs = told.reduce((sum, event) => sum + (event.cpuMs ?? 0), 0);
  return { count, cpuMs, busyMs, isWhole: told.length === ran.length };
}

/** The time in which at least one of them lasted. */
function coveredMs(spans: readonly Span[]): number {
  let covered = 0;
  let untilMs = 0;
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    covered += Math.max(0, endMs - Math.max(startMs, untilMs));
    untilMs = Math.max(untilMs, endMs);
  }
  return covered;
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
  const places = new Map<Fence, KeyedScope[]>([...attempts.keys()].map((fence) => [fence, []]));
  for (const event of events) {
    if (event.type !== 'lock.granted' || event.how !== 'claim') continue;
    places.get(event.fence)?.push(keyedScopeOf(scopeOf(event)));
  }
  const keys = exclusiveKeys([...places.values()]);
  return [...attempts.values()].map(({ featureId, slot, attempt, startMs, ms, end }, k) => {
    return { slot, featureId, attempt, startMs, endMs: startMs + ms, end, keys: new Set(keys[k]) };
  });
}

/** Work of all attempts that held one same file with their claim: they could only run one after the other. */
function busiestFileMs(attempts: readonly FinishedAttempt[], measured: readonly Measured[]): number {
  const loads = new Map<string, number>();
  attempts.forEach(({ keys }, k) => {
    for (const key of keys) loads.set(key, (loads.get(key) ?? 0) + (measured[k]?.aloneMs ?? 0));
  });
  return [...loads.values()].reduce((most, ms) => Math.max(most, ms), 0);
}
