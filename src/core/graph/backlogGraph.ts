// Checks that a backlog's dependencies form no circle, and shows the circle by name when they do.

import type { BacklogProblem } from '../features/backlogProblem';
import type { FeatureSpec } from '../features/feature';
import { inert } from '../shared/inert';
import { eachInSteps, type Steps } from '../shared/steps';
import { buildGraph, findCycle, type Graph, topologicalOrder } from './graph';

/** The problem of a cyclic backlog, placed at the entry where the circle is entered, or undefined. */
export function* cycleProblem(specs: readonly FeatureSpec[]): Steps<BacklogProblem | undefined> {
  const cycle = findCycle(yield* graphOf(specs));
  if (!cycle) return undefined;
  const names = ends(cycle).map((at) => (typeof at === 'string' ? at : `"${inert(specs[at]?.name ?? '')}"`));
  return {
    path: [cycle[0] as number, 'depends_on'],
    message: `These features wait for each other: ${names.join(' → ')}. Take one of the dependencies out.`,
  };
}

/** The places of all specs, each after those of what it needs. They form no circle. */
export function* needsFirst(specs: readonly FeatureSpec[]): Steps<readonly number[]> {
  return topologicalOrder(yield* graphOf(specs));
}

function* graphOf(specs: readonly FeatureSpec[]): Steps<Graph> {
  const position = new Map<string, number>();
  yield* eachInSteps(specs, ({ name }, at) => void position.set(name, at));
  const needs: (readonly number[])[] = [];
  yield* eachInSteps(specs, ({ dependsOn }) => {
    needs.push(dependsOn.length === 0 ? none : dependsOn.flatMap((name) => position.get(name) ?? []));
  });
  return buildGraph(needs);
}

const none: readonly number[] = [];

/** A long circle by its first and last members, so that the message stays readable. */
function ends(cycle: readonly number[]): readonly (number | string)[] {
  const most = 5;
  if (cycle.length <= 2 * most + 1) return cycle;
  return [...cycle.slice(0, most), `… ${cycle.length - 2 * most} more …`, ...cycle.slice(-most)];
}
