// Checks that a backlog's dependencies form no circle, and shows the circle by name when they do.
import type { FeatureSpec } from '../features/feature';
import type { BacklogProblem } from '../features/featureList';
import { buildGraph, findCycle } from './graph';

/** The problem of a cyclic backlog, placed at the entry where the circle is entered, or undefined. */
export function cycleProblem(specs: readonly FeatureSpec[]): BacklogProblem | undefined {
  const position = new Map(specs.map((spec, at) => [spec.name, at]));
  const cycle = findCycle(buildGraph(specs.map((s) => s.dependsOn.flatMap((name) => position.get(name) ?? []))));
  if (!cycle) return undefined;
  const names = cycle.map((at) => `"${specs[at]?.name}"`);
  return {
    path: [cycle[0] as number, 'depends_on'],
    message: `These features wait for each other: ${names.join(' → ')}. Take one of the dependencies out.`,
  };
}
