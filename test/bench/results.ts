// How a bench tells what it measured: a line for people or one JSON object for each data set, number of agents and policy.

export interface Result {
  readonly bench: string;
  readonly data: string;
  readonly agents: number;
  readonly policy: string;
  /** Ratios to the published value or the bound. */
  readonly mean: number;
  readonly p95: number;
  readonly worst: number;
  readonly cases: number;
  /** What else is worth telling, under its own name. */
  readonly [more: string]: string | number;
}

export type Tell = (result: Result) => void;

export function summarize(ratios: readonly number[]): Pick<Result, 'mean' | 'p95' | 'worst' | 'cases'> {
  const sorted = [...ratios].sort((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  const mean = ratios.reduce((sum, r) => sum + r, 0) / ratios.length;
  return { mean: round(mean), p95: round(at(0.95)), worst: round(at(1)), cases: ratios.length };
}

export function tellJson(result: Result): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

export function tellText(result: Result): void {
  const { bench, data, agents, policy, mean, p95, worst, cases, ...more } = result;
  const numbers = `mean ${mean.toFixed(4)}  p95 ${p95.toFixed(3)}  worst ${worst.toFixed(3)}  cases ${cases}`;
  const rest = Object.entries(more).map(([name, value]) => `${name} ${value}`);
  const place = `${bench} ${data}  ${agents} agents  ${policy.padEnd(13)}`;
  process.stdout.write(`${[place, numbers, ...rest].join('  ')}\n`);
}

function round(ratio: number): number {
  return Math.round(ratio * 1e5) / 1e5;
}
