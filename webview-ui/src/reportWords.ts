// The figures of a finished run in words: its time beside what one agent would have needed, and what decided.
import { oneLine } from '../../src/core/events/describe';
import type { RunReport } from '../../src/core/events/runReport';
import { becauseWords } from './barWords';
import { formatSpan } from './figures';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly aside: string;
}

export function factsOf(report: RunReport): readonly Fact[] {
  const { wallMs, oneAgentMs, bestPossibleMs, maxAgents, attempts, retries, waitingMs } = report;
  const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
  const idle = [
    ['dependencies', waitingMs.dependency],
    ['locked files', waitingMs.lock],
    ['fewer agents allowed', waitingMs.limit],
    ['rate limits', waitingMs.rate],
    ['pauses', waitingMs.paused],
  ] as const;
  const idleMs = idle.reduce((sum, [, ms]) => sum + ms, 0);
  const causes = idle.flatMap(([cause, ms]) => (ms >= 50 ? [`${cause} ${formatSpan(ms)}`] : []));
  const tries = `${counted(attempts, 'attempt', 'attempts')}, ${counted(retries, 'retry', 'retries')}`;
  return [
    {
      name: 'Wall time',
      value: formatSpan(wallMs),
      aside: `${counted(maxAgents, 'agent', 'agents')}, ${tries}`,
    },
    {
      name: 'One agent',
      value: formatSpan(oneAgentMs),
      aside: wallMs > 0 ? `${(oneAgentMs / wallMs).toFixed(2)} × the wall time` : '',
    },
    {
      name: 'Best possible',
      value: formatSpan(bestPossibleMs),
      aside: bestPossibleMs > 0 ? `the run took ${(wallMs / bestPossibleMs).toFixed(2)} × that` : '',
    },
    { name: 'Agents idle', value: formatSpan(idleMs), aside: causes.join(', ') || 'not at all' },
  ];
}

/** `Decided by auth → profile (needs the one before)`; long chains by their ends. */
export function decidedBy(chain: NonNullable<RunReport['chain']>, length = chain.length): string {
  const most = 7;
  const ends = chain.length <= most ? chain : [...chain.slice(0, 3), undefined, ...chain.slice(-3)];
  const links = ends.map((link) => {
    if (!link) return `${length - 6} more`;
    const name = oneLine(link.name);
    return link.because === 'start' ? name : `${name} (${becauseWords[link.because]})`;
  });
  return `Decided by ${links.join(' → ')}`;
}
