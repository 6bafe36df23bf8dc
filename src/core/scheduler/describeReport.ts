// A run's report in words: what was measured, and what an estimate is, called one. The same on every client.
import { oneLine } from '../events/describe';
import type { ChainLink, RunReport, WaitingByCause } from '../events/runReport';

/** A figure and what is to be said beside it. */
export interface Told {
  readonly value: string;
  readonly aside: string;
}

type Span = (ms: number) => string;

/** The report as lines for people. */
export function describeReport(report: RunReport): readonly string[] {
  const { maxAgents, attempts, retries } = report;
  const beside = ({ value, aside }: Told) => (aside === '' ? value : `${value} (${aside})`);
  const waited = waitingCauses(report.waitingMs).map(([cause, ms]) => `${cause} ${seconds(ms)}`);
  const attemptsTold = attemptText(report, seconds);
  const lastChecks = lastChecksText(report, seconds);
  const cores = coreText(report);
  const best = bestText(report, seconds);
  return [
    `Wall time      ${seconds(report.wallMs)} with ${count(maxAgents, 'agent', 'agents')} (${count(attempts, 'attempt', 'attempts')}, ${count(retries, 'retry', 'retries')})`,
    ...describeInterruptions(report.interruptions),
    ...(attemptsTold === undefined ? [] : [`Attempts       ${beside(attemptsTold)}`]),
    ...(lastChecks === undefined ? [] : [`Last checks    ${beside(lastChecks)}`]),
    ...(cores === undefined ? [] : [`Cores          ${cores}`]),
    `One agent      ${beside(oneAgentText(report, seconds))}`,
    ...(best === undefined ? [] : [`Best possible  ${beside(best)}`]),
    ...(report.chain === undefined || report.chain.length === 0
      ? []
      : [`Decided by     ${describeChain(report.chain, report.chainLength)}`]),
    `Agents waited  ${waited.length > 0 ? waited.join(', ') : 'not at all'}`,
    `Cost           ${costText(report)}`,
  ];
}

/**
 * What one agent would have needed, and how that stands to the run. A gain is told only where what it is worked out from
 * does not hold the agents' waiting for each other, and where the run did all that it was meant to do.
 */
export function oneAgentText(report: RunReport, span: Span): Told {
  const { oneAgentMs, oneAgentIs, wallMs } = report;
  if (!isFinished(report))
    return oneAgentMs === 0
      ? { value: 'not known', aside: 'no attempt came to an end of its own' }
      : {
          value: `${oneAgentIs === 'measured' ? '' : sureness(oneAgentIs)}${span(oneAgentMs)} for what came to an end`,
          aside: 'not compared, for not all features are completed',
        };
  const times = wallMs > 0 ? `${(oneAgentMs / wallMs).toFixed(2)} × the wall time` : '';
  switch (oneAgentIs) {
    case 'measured':
      return { value: span(oneAgentMs), aside: 'measured: there was but one' };
    case 'estimate': {
      const how = 'an estimate: attempt times without their waiting for a core or a file';
      return { value: `about ${span(oneAgentMs)}`, aside: times === '' ? how : `${times}; ${how}` };
    }
    case 'atMost':
    case undefined:
      return {
        value: `at most ${span(oneAgentMs)}`,
        aside: 'the sum of attempt times, in which agents may have slowed each other down',
      };
    default:
      return oneAgentIs satisfies never;
  }
}

function sureness(oneAgentIs: 'estimate' | 'atMost' | undefined): string {
  return oneAgentIs === 'estimate' ? 'about ' : 'at most ';
}

function isFinished({ passing, total }: RunReport): boolean {
  return passing === total;
}

/** What no order of the same work could have been faster than; undefined where the times of the work are not known. */
export function bestText(report: RunReport, span: Span): Told | undefined {
  const { bestPossibleMs, oneAgentIs, wallMs } = report;
  if (oneAgentIs !== 'estimate' || !isFinished(report) || bestPossibleMs === 0) return undefined;
  return {
    value: `about ${span(bestPossibleMs)}`,
    aside: `no order of this work is faster; the run took ${(wallMs / bestPossibleMs).toFixed(2)} × that`,
  };
}

/** A model that nobody pays for uses no tokens. */
function costText({ costUsd, inputTokens, outputTokens, unpricedTokens = 0 }: RunReport): string {
  if (costUsd === 0 && inputTokens + outputTokens === 0) return 'none: no tokens were used';
  const tokens = `${inputTokens} tokens in, ${outputTokens} out`;
  if (unpricedTokens === 0) return `$${costUsd.toFixed(4)} for ${tokens}`;
  const known = costUsd === 0 ? 'unknown' : `$${costUsd.toFixed(4)} and what is not known`;
  return `${known} for ${tokens}: no price is known of ${unpricedTokens} of them (parallelAgents.providers takes prices)`;
}

/** The times that attempts took, where that is more than what they would have taken alone. */
export function attemptText(
  { attemptMs, oneAgentMs, lastChecksMs = 0 }: RunReport,
  span: Span,
): Told | undefined {
  const othersMs = (attemptMs ?? 0) - (oneAgentMs - lastChecksMs);
  if (attemptMs === undefined || othersMs < leastToldMs) return undefined;
  return {
    value: `${span(attemptMs)} in sum`,
    aside: `${span(othersMs)} of it waiting for other agents, or work that was given up or checked again`,
  };
}

/** What the checks of a run's end took, once nothing else was at work. */
export function lastChecksText({ lastChecksMs = 0 }: RunReport, span: Span): Told | undefined {
  if (lastChecksMs < leastToldMs) return undefined;
  return { value: span(lastChecksMs), aside: 'checks once more, on all there is at the end' };
}

/** `checks and commands ran for 70 % of the time and used 1.9 of 2 cores while they did (26.6 s of CPU time)`. */
export function coreText({ cores, wallMs }: RunReport): string | undefined {
  if (cores === undefined || cores.busyMs === 0 || wallMs === 0) return undefined;
  const { cpuMs, busyMs, isWhole } = cores;
  const used = Math.min(cores.count, cpuMs / busyMs).toFixed(1);
  const share = Math.min(100, Math.round((100 * busyMs) / wallMs));
  const ran = `checks and commands ran for ${share} % of the time`;
  const least = isWhole ? '' : 'at least ';
  if (used === '0.0') return isWhole ? `${ran} and used hardly any CPU time` : undefined;
  return `${ran} and used ${least}${used} of ${count(cores.count, 'core', 'cores')} while they did (${seconds(cpuMs)} of CPU time)`;
}

const leastToldMs = 50;

/** What kept agents from working, as far as it is worth telling. */
export function waitingCauses(waiting: WaitingByCause): readonly (readonly [cause: string, ms: number])[] {
  const causes = [
    ['dependencies', waiting.dependency],
    ['locked files and resources', waiting.lock],
    ['a core that other agents had', waiting.core ?? 0],
    ['checks of other agents that theirs built on', waiting.ahead ?? 0],
    ['trouble from outside', waiting.trouble ?? 0],
    ['fewer agents allowed', waiting.limit],
    ['the model service', waiting.rate],
    ['pauses', waiting.paused],
  ] as const;
  return causes.filter(([, ms]) => ms >= leastToldMs);
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

/** Why a link of the deciding chain began when it did. */
export const becauseText: Readonly<Record<ChainLink['because'], string>> = {
  start: 'from the start',
  retry: 'tried again',
  dependency: 'needs the one before',
  file: 'same file',
  resource: 'same resource',
  slot: 'next in line',
};

/** `auth → profile (needs the one before) → search (next in line)`, by first and last links where it is long. */
function describeChain(chain: readonly ChainLink[], length = chain.length): string {
  const ends = chain.length <= 7 ? chain : [...chain.slice(0, 3), undefined, ...chain.slice(-3)];
  return ends
    .map((link) => {
      if (!link) return `… ${length - 6} more …`;
      const name = oneLine(link.name);
      const shown = name.length > 40 ? `${name.slice(0, 39)}…` : name;
      return link.because === 'start' ? shown : `${shown} (${becauseText[link.because]})`;
    })
    .join(' → ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
