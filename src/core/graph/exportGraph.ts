// The backlog's graph as text for other programs: Mermaid for Markdown, DOT for Graphviz, and JSON.
import type { Feature } from '../features/feature';
import { inert } from '../shared/inert';

export const graphFormats = ['mermaid', 'dot', 'json'] as const;

export type GraphFormat = (typeof graphFormats)[number];

/** Arrows lead from a feature to those that need it. Names are text from outside: no name becomes markup. */
export function exportGraph(features: readonly Feature[], format: GraphFormat): string {
  switch (format) {
    case 'mermaid':
      return toMermaid(features);
    case 'dot':
      return toDot(features);
    case 'json':
      return toJson(features);
    default:
      return format satisfies never;
  }
}

function toMermaid(features: readonly Feature[]): string {
  // Mermaid reads `#…;` in a label as a character by its number, and nothing else of it.
  const label = (text: string) =>
    inert(text).replace(/[^\p{L}\p{N} .,:/_-]/gu, (c) => `#${c.codePointAt(0)};`);
  return [
    'graph TD',
    ...features.map(({ id, spec }) => `  f${id}["${id} ${label(spec.name)}"]`),
    ...edgesOf(features).map(([from, to]) => `  f${from} --> f${to}`),
  ].join('\n');
}

function toDot(features: readonly Feature[]): string {
  const label = (text: string) => inert(text).replace(/["\\]/g, '\\$&');
  return [
    'digraph backlog {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...features.map(({ id, spec }) => `  f${id} [label="${id} ${label(spec.name)}"];`),
    ...edgesOf(features).map(([from, to]) => `  f${from} -> f${to};`),
    '}',
  ].join('\n');
}

function toJson(features: readonly Feature[]): string {
  const nodes = features.map(({ id, spec, state }) => {
    const { name, category, priority, files, resources, estimate } = spec;
    return {
      id,
      name,
      status: state.status,
      category,
      priority,
      files,
      ...(resources === undefined ? {} : { resources }),
      ...(estimate === undefined ? {} : { estimate }),
    };
  });
  return JSON.stringify(
    { nodes, edges: edgesOf(features).map(([from, to]) => ({ from, to })) },
    undefined,
    2,
  );
}

function edgesOf(features: readonly Feature[]): readonly (readonly [from: number, to: number])[] {
  const idOf = new Map(features.map((f) => [f.spec.name, f.id]));
  return features.flatMap(({ id, spec }) =>
    [...new Set(spec.dependsOn)].flatMap((name) => {
      const from = idOf.get(name);
      return from === undefined ? [] : [[from, id] as const];
    }),
  );
}
