// `schedule`: how close whole runs over dependency graphs come to the best that is possible.
import { type History, learn } from '../../src/core/events/history';
import { firstInFirstOut, waveBarrier } from './baselines';
import { type BenchGraph, readGraphs } from './benchData';
import { graphBound } from './bound';
import { logNormal, mulberry32 } from './chance';
import type { BenchOptions, Durations } from './options';
import { summarize, type Tell } from './results';
import { type BenchFeature, simulate, specOf } from './simulate';

/** Only ratios matter; as minutes, so that estimates are plain numbers. */
const unitMs = 60_000;

export function scheduleBench(options: BenchOptions, tell: Tell): void {
  const { data, graphs } = readGraphs(options.data);
  const told = options.durations ?? (graphs.some((g) => g.categories) ? 'learned' : 'true');
  // Learned durations are tried on graphs that taught nothing.
  const teachers = told === 'learned' ? graphs.filter((_, k) => k % 2 === 0) : [];
  const tried = told === 'learned' ? graphs.filter((_, k) => k % 2 === 1) : graphs;
  const experience = learnFrom(teachers);
  for (const agents of options.agents ?? [3, 4, 8]) {
    const ratios = { decide: [] as number[], fifo: [] as number[], barrier: [] as number[] };
    for (const [k, graph] of tried.entries()) {
      const { durations, needs } = graph;
      const best = graph.published(agents)?.finish ?? graphBound(durations, needs, agents);
      if (best <= 0) continue;
      const run = simulate(featuresOf(graph, told, k + 1), agents, experience);
      if (run.isStuck) throw new Error(`${graph.name} stood still.`);
      ratios.decide.push(run.wallMs / unitMs / best);
      ratios.fifo.push(firstInFirstOut(graph, agents) / best);
      ratios.barrier.push(waveBarrier(graph, agents) / best);
    }
    for (const [policy, list] of Object.entries(ratios)) {
      tell({ bench: 'schedule', data, agents, policy, ...summarize(list), durations: told });
    }
  }
}

function featuresOf(
  { durations, needs, categories }: BenchGraph,
  told: Durations,
  seed: number,
): readonly BenchFeature[] {
  const next = mulberry32(seed);
  return durations.map((duration, k) => {
    const estimate =
      told === 'true' ? duration : told === 'noisy' ? logNormal(next, 0.5, duration) : undefined;
    const spec = specOf(`F${k}`, {
      dependsOn: (needs[k] ?? []).map((n) => `F${n}`),
      ...(categories?.[k] === undefined ? {} : { category: categories[k] }),
      ...(estimate === undefined ? {} : { estimate }),
    });
    return { spec, ms: duration * unitMs };
  });
}

function learnFrom(graphs: readonly BenchGraph[]): History {
  let experience: History = [];
  for (const { durations, categories } of graphs) {
    durations.forEach((duration, k) => {
      const lesson = { category: categories?.[k] ?? 'default', model: 'offline', files: [] };
      experience = learn(experience, { ...lesson, tookMs: duration * unitMs });
    });
  }
  return experience;
}
