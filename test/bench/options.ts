// Reads what a bench is asked for: `NAME [--data FILE] [--agents 3,4,8] [--durations WHAT] [--iterations N] [--json]`,
// for `history` also `--repo CLONE [--from COMMIT] [--changes N] [--check CMD] [--install CMD] [--setup CMD] [--order files|lines]
// [--shared GLOB,GLOB]`.
import { parseArgs } from 'node:util';
import type { OrderRule } from './history/order';

const known = ['true', 'unknown', 'noisy', 'learned'] as const;

/** What the scheduler is told of durations: all, nothing, a guess (σ 0.5), or what other graphs taught by category. */
export type Durations = (typeof known)[number];

export interface BenchOptions {
  readonly data?: string;
  readonly agents?: readonly number[];
  readonly durations?: Durations;
  readonly iterations?: number;
  readonly json: boolean;
  /** A local clone whose history is replayed, from this change on, so many of them. */
  readonly repo?: string;
  readonly from?: string;
  readonly changes?: number;
  /** Shell commands: what proves a change, what installs the packages in the user's folder, what sets a copy up. */
  readonly check?: string;
  readonly install?: string;
  readonly setup?: string;
  readonly order?: OrderRule;
  /** Globs of files that agents may change at once. */
  readonly shared?: readonly string[];
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
      repo: { type: 'string' },
      from: { type: 'string' },
      changes: { type: 'string' },
      check: { type: 'string' },
      install: { type: 'string' },
      setup: { type: 'string' },
      order: { type: 'string' },
      shared: { type: 'string' },
    },
  });
  const durations = known.find((word) => word === values.durations);
  if (values.durations !== undefined && durations === undefined) {
    throw new Error(`--durations must be one of ${known.join(', ')}, not "${values.durations}".`);
  }
  const { order } = values;
  if (order !== undefined && order !== 'files' && order !== 'lines') {
    throw new Error(`--order must be files or lines, not "${order}".`);
  }
  const words = (['repo', 'from', 'check', 'install', 'setup'] as const).flatMap((key) => {
    const value = values[key];
    return value === undefined ? [] : [[key, value] as const];
  });
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
      ...Object.fromEntries(words),
      ...(values.changes === undefined ? {} : { changes: wholeNumber('--changes')(values.changes) }),
      ...(order === undefined ? {} : { order }),
      ...(values.shared === undefined ? {} : { shared: values.shared.split(',') }),
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
