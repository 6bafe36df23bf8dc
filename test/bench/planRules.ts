// What must hold of a plan, checked the slow and plain way, without the code that made it.
import type { PlanProblem, Schedule } from '../../src/core/scheduler/plan';

/** Every rule the plan breaks, in words: order of dependencies, capacity at every moment, and the finish it claims. */
export function brokenPlanRules(
  { graph, durations, uses, capacities }: PlanProblem,
  { starts, finish }: Schedule,
): readonly string[] {
  const broken: string[] = [];
  const startOf = (k: number) => starts[k] ?? Number.NaN;
  const endOf = (k: number) => startOf(k) + (durations[k] ?? Number.NaN);
  durations.forEach((_, k) => {
    if (!(startOf(k) >= 0)) broken.push(`${k} starts at ${startOf(k)}`);
    for (const need of graph.needs[k] ?? []) {
      if (endOf(need) > startOf(k))
        broken.push(`${k} starts at ${startOf(k)}, before ${need} ends at ${endOf(need)}`);
    }
  });
  capacities.forEach((capacity, resource) => {
    for (const moment of new Set(starts)) {
      let used = 0;
      durations.forEach((_, k) => {
        if (startOf(k) > moment || moment >= endOf(k)) return;
        for (const use of uses[k] ?? []) if (use.resource === resource) used += use.amount;
      });
      if (used > capacity) broken.push(`${used} of ${capacity} of resource ${resource} at ${moment}`);
    }
  });
  const last = durations.reduce((latest, _, k) => Math.max(latest, endOf(k)), 0);
  if (last !== finish) broken.push(`it ends at ${last}, not at ${finish}`);
  return broken;
}
