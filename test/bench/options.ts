// Reads what a bench is asked for: `NAME [--data FILE] [--agents 3,4,8] [--durations WHAT] [--iterations N] [--json]`.
import { parseArgs } from 'node:util';

const known = ['true', 'unknown', 'noisy', 'learned'] as const;

/** What the scheduler is told of durations: all, nothing, a guess (σ 0.5), or what other graphs taught by category. */
export type Durations = (typeof known)[number];

export interface BenchOptions {
  readonly data?: string;
  readonly agents?: readonly number[];
  readonly durations?: Durations;
  readonly iterations?: number;
  readonly json: boolean;
}

/** Throws with a sentence for people when a word is wrong. */
export function readOptions(argv: readonly string[]): {
  readonly name: string | undefined;
  readonly options: BenchOptions;
} {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      agents: { type: 'string' },
      durations: { type: 'string' },
      iterations: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const durations = known.find((word) => word === values.durations);
  if (values.durations !== undefined && durations === undefined) {
    throw new Error(`--durations must be one of ${known.join(', ')}, not "${values.durations}".`);
  }
  return {
    name: positionals[0],
    options: {
      ...(values.data === undefined ? {} : { data: values.data }),
      ...(values.agents === undefined
        ? {}
        : { agents: values.agents.split(',').map(wholeNumber('--agents')) }),
      ...(durations === undefined ? {} : { durations }),
      ...(values.iterations === undefined
        ? {}
        : { iterations: wholeNumber('--iterations')(values.iterations) }),
      json: values.json ?? false,
    },
  };
}

function wholeNumber(name: string): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} must be whole numbers from 1, not "${text}".`);
    return Number(text);
  };
}
