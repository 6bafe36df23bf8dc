// What no schedule can beat, worked out apart from the code that is measured.

/** max(critical path, work / agents); rounded up where all durations are whole, for then every finish is. */
export function graphBound(
  durations: readonly number[],
  needs: readonly (readonly number[])[],
  agents: number,
): number {
  const work = durations.reduce((sum, d) => sum + d, 0);
  const share = work / agents;
  const isWhole = durations.every((d) => Number.isInteger(d));
  return Math.max(criticalPath(durations, needs), isWhole ? Math.ceil(share) : share);
}

/** max(longest, work / agents, busiest file). */
export function filesBound(
  durations: readonly number[],
  files: readonly (readonly number[])[],
  agents: number,
): number {
  const onFile = new Map<number, number>();
  files.forEach((list, k) => {
    for (const file of new Set(list)) onFile.set(file, (onFile.get(file) ?? 0) + (durations[k] ?? 0));
  });
  const work = durations.reduce((sum, d) => sum + d, 0);
  return Math.max(...durations, work / agents, ...onFile.values());
}

function criticalPath(durations: readonly number[], needs: readonly (readonly number[])[]): number {
  const finish = new Map<number, number>();
  const open = durations.map((_, k) => k);
  while (open.length > 0) {
    const k = open[open.length - 1] as number;
    const before = needs[k] ?? [];
    const missing = before.filter((n) => !finish.has(n));
    if (missing.length > 0) {
      open.push(...missing);
      continue;
    }
    open.pop();
    finish.set(
      k,
      (durations[k] ?? 0) + before.reduce((latest, n) => Math.max(latest, finish.get(n) ?? 0), 0),
    );
  }
  return [...finish.values()].reduce((longest, f) => Math.max(longest, f), 0);
}
