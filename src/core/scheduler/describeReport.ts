// A run's report in words: what was measured, and what an estimate is, called one. The same on every face.
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
  const { maxAgents, attempts, retries, costUsd, inputTokens, outputTokens } = report;
  const beside = ({ value, aside }: Told) => (aside === '' ? value : `${value} (${aside})`);
  const waited = waitingCauses(report.waitingMs).map(([cause, ms]) => `${cause} ${seconds(ms)}`);
  const attemptsTold = attemptWords(report, seconds);
  const cores = coreWords(report);
  return [
    `Wall time      ${seconds(report.wallMs)} with ${count(maxAgents, 'agent', 'agents')} (${count(attempts, 'attempt', 'attempts')}, ${count(retries, 'retry', 'retries')})`,
    ...describeInterruptions(report.interruptions),
    ...(attemptsTold === undefined ? [] : [`Attempts       ${beside(attemptsTold)}`]),
    ...(cores === undefined ? [] : [`Cores          ${cores}`]),
    `One agent      ${beside(oneAgentWords(report, seconds))}`,
    `Best possible  ${beside(bestWords(report, seconds))}`,
    ...(report.chain === undefined || report.chain.length === 0
      ? []
      : [`Decided by     ${describeChain(report.chain, report.chainLength)}`]),
    `Slots waited   ${waited.length > 0 ? waited.join(', ') : 'not at all'}`,
    `Cost           $${costUsd.toFixed(4)} for ${inputTokens} tokens in, ${outputTokens} out`,
  ];
}

/**
 * What one agent would have needed, and how that stands to the run. A gain is told only where what it is worked out from
 * does not hold the agents' waiting for each other.
 */
export function oneAgentWords({ oneAgentMs, oneAgentIs, wallMs }: RunReport, span: Span): Told {
  const times = wallMs > 0 ? `${(oneAgentMs / wallMs).toFixed(2)} × the wall time` : '';
  switch (oneAgentIs) {
    case 'measured':
      return { value: span(oneAgentMs), aside: times };
    case 'estimate': {
      const how = 'an estimate: attempt times without their waiting for a core or a file';
      return { value: `about ${span(oneAgentMs)}`, aside: times === '' ? how : `${times}; ${how}` };
    }
    case 'atMost':
    case undefined:
      return {
        value: `at most ${span(oneAgentMs)}`,
        aside: 'the sum of attempt times, in which agents may have waited for cores',
      };
    default:
      return oneAgentIs satisfies never;
  }
}

/** What no order of the same work could have been faster than. */
export function bestWords({ bestPossibleMs, oneAgentIs, wallMs }: RunReport, span: Span): Told {
  const times = bestPossibleMs > 0 ? `${(wallMs / bestPossibleMs).toFixed(2)} × that` : '';
  switch (oneAgentIs) {
    case 'measured':
      return { value: span(bestPossibleMs), aside: times === '' ? '' : `the run took ${times}` };
    case 'estimate':
      return {
        value: `about ${span(bestPossibleMs)}`,
        aside: times === '' ? '' : `the run took about ${times}`,
      };
    case 'atMost':
    case undefined:
      return { value: `at most ${span(bestPossibleMs)}`, aside: '' };
    default:
      return oneAgentIs satisfies never;
  }
}

/** The times that attempts took, where that is more than what they would have taken alone. */
export function attemptWords({ attemptMs, oneAgentMs }: RunReport, span: Span): Told | undefined {
  if (attemptMs === undefined || attemptMs - oneAgentMs < leastToldMs) return undefined;
  return {
    value: `${span(attemptMs)} in sum`,
    aside: `${span(attemptMs - oneAgentMs)} of it waiting for others`,
  };
}

/** `checks and commands used 1.9 of 2 cores for 70 % of the time`. */
export function coreWords({ cores, wallMs }: RunReport): string | undefined {
  if (cores === undefined || cores.busyMs === 0 || wallMs === 0) return undefined;
  const { cpuMs, busyMs, isWhole } = cores;
  const used = Math.min(cores.count, cpuMs / busyMs).toFixed(1);
  const share = Math.min(100, Math.round((100 * busyMs) / wallMs));
  const least = isWhole ? '' : 'at least ';
  return `checks and commands used ${least}${used} of ${count(cores.count, 'core', 'cores')} for ${share} % of the time (${seconds(cpuMs)} of CPU time)`;
}

const leastToldMs = 50;

/** What kept agents from working, as far as it is worth telling. */
export function waitingCauses(waiting: WaitingByCause): readonly (readonly [cause: string, ms: number])[] {
  const causes = [
    ['dependencies', waiting.dependency],
    ['locked files', waiting.lock],
    ['a free core', waiting.core ?? 0],
    ['fewer agents allowed', waiting.limit],
    ['rate limits', waiting.rate],
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
