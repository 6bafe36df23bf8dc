// How much work lies behind a feature: the length of the longest chain that starts with it.
import { type Graph, topologicalOrder } from './graph';

/**
 * `remaining[k]`: the duration of k plus that of the longest chain of dependents behind it, in the unit of `durations`.
 * The graph must be acyclic.
 */
export function longestRemaining(graph: Graph, durations: readonly number[]): readonly number[] {
  const remaining = [...durations];
  for (const node of [...topologicalOrder(graph)].reverse()) {
    let behind = 0;
    for (const next of graph.neededBy[node] ?? []) behind = Math.max(behind, remaining[next] as number);
    remaining[node] = (durations[node] as number) + behind;
  }
  return remaining;
}

/** The length of the longest chain: no number of agents finishes sooner. */
export function criticalPathLength(graph: Graph, durations: readonly number[]): number {
  return longestRemaining(graph, durations).reduce((longest, r) => Math.max(longest, r), 0);
}

/** The nodes of a longest chain, first to last; lowest first where several are as long. Empty for an empty graph. */
export function longestChain(graph: Graph, durations: readonly number[]): readonly number[] {
  const remaining = longestRemaining(graph, durations);
  const longest = (nodes: readonly number[]) =>
    nodes.reduce<number | undefined>(
      (best, k) => (best === undefined || (remaining[k] as number) > (remaining[best] as number) ? k : best),
      undefined,
    );
  const chain: number[] = [];
  for (let k = longest([...durations.keys()]); k !== undefined; k = longest(graph.neededBy[k] ?? []))
    chain.push(k);
  return chain;
}
