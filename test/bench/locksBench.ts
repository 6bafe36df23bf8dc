// `locks`: how close runs come to the bound whose features share files as the changes of real repositories do.
import { holdAndWait, waitInSlot } from './baselines';
import { readChanges } from './benchData';
import { filesBound } from './bound';
import { logNormal, mulberry32 } from './chance';
import type { BenchOptions } from './options';
import { summarize, type Tell } from './results';
import { simulate, specOf } from './simulate';

const windowLength = 30;
const seeds = [1, 2, 3, 4, 5];
const sigma = 0.5;
const meanMinutes = 10;

export function locksBench(options: BenchOptions, tell: Tell): void {
  const { data, repos } = readChanges(options.data);
  const windows = repos.flatMap(({ changes }) =>
    Array.from({ length: Math.floor(changes.length / windowLength) }, (_, k) =>
      changes.slice(k * windowLength, (k + 1) * windowLength).map((files) => [...new Set(files)]),
    ),
  );
  const told = options.durations ?? 'true';
  for (const agents of options.agents ?? [3, 5, 8]) {
    const ratios = { decide: [] as number[], waitInSlot: [] as number[], holdAndWait: [] as number[] };
    const deadlocks = { decide: 0, waitInSlot: 0, holdAndWait: 0 };
    windows.forEach((files, at) => {
      for (const seed of seeds) {
        const next = mulberry32(seed * 100_003 + at);
        const minutes = files.map(() => logNormal(next, sigma, meanMinutes));
        const guesses = minutes.map((m) =>
          told === 'true' ? m : told === 'noisy' ? logNormal(next, sigma, m) : undefined,
        );
        const bound = filesBound(minutes, files, agents);
        const run = simulate(
          files.map((list, k) => {
            const estimate = guesses[k];
            const part = {
              files: list.map((file) => `src/${file}.ts`),
              ...(estimate === undefined ? {} : { estimate }),
            };
            return { spec: specOf(`F${k}`, part), ms: (minutes[k] ?? 0) * 60_000 };
          }),
          agents,
        );
        if (run.isStuck) deadlocks.decide++;
        ratios.decide.push(run.wallMs / 60_000 / bound);
        ratios.waitInSlot.push(waitInSlot(minutes, files, agents) / bound);
        const stepwise = holdAndWait(
          minutes,
          files.map((list) => shuffled(list, next)),
          agents,
        );
        if (stepwise === false) deadlocks.holdAndWait++;
        else ratios.holdAndWait.push(stepwise / bound);
      }
    });
    for (const policy of ['decide', 'waitInSlot', 'holdAndWait'] as const) {
      const more = { deadlocks: deadlocks[policy], durations: told, generator: 'mulberry32' };
      tell({ bench: 'locks', data, agents, policy, ...summarize(ratios[policy]), ...more });
    }
  }
}

/** The histories name files by path; an agent comes to them in an order of its own. */
function shuffled(list: readonly number[], next: () => number): readonly number[] {
  return list
    .map((file) => ({ file, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ file }) => file);
}
