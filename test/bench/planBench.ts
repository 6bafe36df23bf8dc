// `plan`: how often and how fast the local search finds the shortest schedule that is known.
import { buildGraph } from '../../src/core/graph/graph';
import { findPlan, type PlanProblem } from '../../src/core/scheduler/plan';
import { type BenchGraph, readGraphs } from './benchData';
import { graphBound } from './bound';
import type { BenchOptions } from './options';
import { brokenPlanRules } from './planRules';
import { summarize, type Tell } from './results';

const usualIterations = 3_000;

export function planBench(options: BenchOptions, tell: Tell): void {
  const { data, graphs } = readGraphs(options.data);
  const iterations = options.iterations ?? usualIterations;
  const hasOwnResources = graphs.some((g) => g.capacities);
  // Graphs with resources of their own are built by as many agents as those allow.
  for (const agents of hasOwnResources ? [0] : (options.agents ?? [2, 4, 8])) {
    const ratios: number[] = [];
    let reached = 0;
    let closed = 0;
    let slowestMs = 0;
    const startMs = performance.now();
    for (const graph of graphs) {
      const published = graph.published(agents);
      const bound = graphBound(
        graph.durations,
        graph.needs,
        agents === 0 ? Number.POSITIVE_INFINITY : agents,
      );
      const problem = problemOf(graph, agents);
      const beganMs = performance.now();
      const plan = findPlan(problem, { iterations, bound });
      slowestMs = Math.max(slowestMs, performance.now() - beganMs);
      const broken = brokenPlanRules(problem, plan);
      if (broken.length > 0) throw new Error(`${graph.name} with ${agents} agents: ${broken.join('; ')}`);
      ratios.push(plan.finish / (published?.finish ?? bound));
      if (published && !published.isProven) continue;
      closed++;
      if (plan.finish <= (published?.finish ?? bound)) reached++;
    }
    const meanMs = Number(((performance.now() - startMs) / graphs.length).toFixed(2));
    const more = { reached, closed, percent: Number(((100 * reached) / closed).toFixed(2)), iterations };
    const times = { meanMs, slowestMs: Number(slowestMs.toFixed(2)) };
    tell({ bench: 'plan', data, agents, policy: 'localSearch', ...summarize(ratios), ...more, ...times });
  }
}

function problemOf({ durations, needs, uses, capacities }: BenchGraph, agents: number): PlanProblem {
  const graph = buildGraph(needs);
  if (!uses || !capacities) {
    return {
      graph,
      durations,
      uses: durations.map(() => [{ resource: 0, amount: 1 }]),
      capacities: [agents],
    };
  }
  const used = uses.map((list) =>
    list.flatMap((amount, resource) => (amount > 0 ? [{ resource, amount }] : [])),
  );
  return { graph, durations, uses: used, capacities };
}
