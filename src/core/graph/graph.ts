// Which feature needs which: the dependency graph of a backlog, and the circles it must not have.

/** Dependencies by node, over the positions 0..n-1 of a list. */
export interface Graph {
  /** `needs[k]`: the nodes k depends on. */
  readonly needs: readonly (readonly number[])[];
  /** `neededBy[k]`: the nodes that depend on k. */
  readonly neededBy: readonly (readonly number[])[];
}

/** Lists as long as what is in them: those that grow have room to warm worker, which 10⁵ of them would keep. */
export function buildGraph(needs: readonly (readonly number[])[]): Graph {
  const unique = needs.map((list) => (list.length > 1 ? [...new Set(list)] : list));
  const counts = new Int32Array(needs.length);
  for (const list of unique) for (const need of list) counts[need] = (counts[need] as number) + 1;
  const neededBy = needs.map((_, node) => (counts[node] ? new Array<number>(counts[node]) : none));
  counts.fill(0);
  unique.forEach((list, node) => {
    for (const need of list) {
      const at = counts[need] as number;
      (neededBy[need] as number[])[at] = node;
      counts[need] = at + 1;
    }
  });
  return { needs: unique, neededBy };
}

const none: readonly number[] = [];

/** Nodes with every one after all it needs (lowest first among equals), without those that stand on a circle. */
export function topologicalOrder(graph: Graph): readonly number[] {
  const open = graph.needs.map((list) => list.length);
  const order = open.flatMap((count, node) => (count === 0 ? [node] : []));
  for (let at = 0; at < order.length; at++) {
    for (const next of graph.neededBy[order[at] as number] ?? []) {
      open[next] = (open[next] as number) - 1;
      if (open[next] === 0) order.push(next);
    }
  }
  return order;
}

/**
 * One circle as the path that closes it (`[a, b, a]`: a needs b, b needs a), or undefined.
 * Walks without recursion: a backlog may be a chain of 10⁵ features.
 */
export function findCycle(graph: Graph): readonly number[] | undefined {
  const order = topologicalOrder(graph);
  if (order.length === graph.needs.length) return undefined;
  const done = new Set(order);
  const start = graph.needs.findIndex((_, node) => !done.has(node));
  // Everything left needs something left, so walking needs from any such node must come round.
  const seenAt = new Map<number, number>();
  const path: number[] = [];
  for (let node = start; ; ) {
    const first = seenAt.get(node);
    if (first !== undefined) return [...path.slice(first), node];
    seenAt.set(node, path.length);
    path.push(node);
    node = (graph.needs[node] as readonly number[]).find((n) => !done.has(n)) as number;
  }
}
