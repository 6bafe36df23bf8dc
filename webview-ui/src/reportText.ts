// The figures of a finished run in words: its time beside what one agent would have needed, and what decided.
import { oneLine } from '../../src/core/events/describe';
import type { RunReport } from '../../src/core/events/runReport';
import {
  attemptText,
  becauseText,
  bestText,
  coreText,
  lastChecksText,
  oneAgentText,
  waitingCauses,
} from '../../src/core/scheduler/describeReport';
import { formatSpan } from './figures';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly aside: string;
}

export function factsOf(report: RunReport): readonly Fact[] {
  const { wallMs, maxAgents, attempts, retries, waitingMs, interruptions } = report;
  const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
  const causes = waitingCauses(waitingMs);
  const idleMs = Object.values(waitingMs).reduce((sum, ms) => sum + ms, 0);
  const tries = `${counted(attempts, 'attempt', 'attempts')}, ${counted(retries, 'retry', 'retries')}`;
  const away = interruptions
    ? `; interrupted ${counted(interruptions.count, 'time', 'times')}, not counted: about ${formatSpan(interruptions.awayMs)}`
    : '';
  const attemptsTold = attemptText(report, formatSpan);
  const lastChecks = lastChecksText(report, formatSpan);
  const best = bestText(report, formatSpan);
  const cores = coreText(report);
  return [
    {
      name: 'Wall time',
      value: formatSpan(wallMs),
      aside: `${counted(maxAgents, 'agent', 'agents')}, ${tries}${away}`,
    },
    ...(attemptsTold ? [{ name: 'Attempts', ...attemptsTold }] : []),
    ...(lastChecks ? [{ name: 'Last checks', ...lastChecks }] : []),
    { name: 'One agent', ...oneAgentText(report, formatSpan) },
    ...(best ? [{ name: 'Best possible', ...best }] : []),
    {
      name: 'Agents waited',
      value: formatSpan(idleMs),
      aside: causes.map(([cause, ms]) => `${cause} ${formatSpan(ms)}`).join(', ') || 'not at all',
    },
    ...(report.cores && cores
      ? [{ name: 'CPU time', value: formatSpan(report.cores.cpuMs), aside: cores }]
      : []),
  ];
}

/** `Decided by auth → profile (needs the one before)`; long chains by their ends. */
export function decidedBy(chain: NonNullable<RunReport['chain']>, length = chain.length): string {
  const most = 7;
  const ends = chain.length <= most ? chain : [...chain.slice(0, 3), undefined, ...chain.slice(-3)];
  const links = ends.map((link) => {
    if (!link) return `${length - 6} more`;
    const name = oneLine(link.name);
    return link.because === 'start' ? name : `${name} (${becauseText[link.because]})`;
  });
  return `Decided by ${links.join(' → ')}`;
}
