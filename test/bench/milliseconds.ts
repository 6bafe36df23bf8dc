// Takes and sums up times.
import type { Result } from './results';

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export function spread(times: readonly number[]): Pick<Result, 'mean' | 'p95' | 'worst' | 'cases'> & {
  readonly p50: number;
  readonly unit: 'ms';
} {
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return {
    mean: round(mean),
    p50: round(percentile(times, 0.5)),
    p95: round(percentile(times, 0.95)),
    worst: round(Math.max(...times)),
    cases: times.length,
    unit: 'ms',
  };
}

/** The smallest value that at least `part` of all do not exceed. */
export function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
