// `graph`: what the dashboard's graph costs to lay out as the backlog grows, beside n log n growth.
import { type Feature, newFeature } from '../../src/core/features/feature';
import { focusOn } from '../../webview-ui/src/graphFocus';
import { layOut } from '../../webview-ui/src/graphLayout';
import { specOf } from '../support/history';
import { mulberry32 } from './chance';
import { percentile, round, spread, timed } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';

const sizes = [50, 100, 200, 300, 1_000, 10_000];
const repeats = 9;

/** Of a large backlog a part is shown, as in the dashboard; `shown` tells how many boxes were laid out. */
export async function graphBench({ iterations = repeats }: BenchOptions, tell: Tell): Promise<void> {
  const [smallest = 1] = sizes;
  let first = Number.NaN;
  for (let k = 0; k < iterations; k++) layOut(backlogOf(smallest)); // the engine compiles it
  for (const size of sizes) {
    const features = backlogOf(size);
    const times: number[] = [];
    for (let k = 0; k < iterations; k++) times.push(await timed(() => void layOut(focusOn(features).shown)));
    const half = percentile(times, 0.5);
    if (size === smallest) first = half;
    const fair = (size * Math.log2(size)) / (smallest * Math.log2(smallest));
    const common = { bench: 'graph', data: `${size} features`, agents: 0, policy: 'layout' };
    const grown = { growth: round(half / first), nLogN: round(fair), ratio: round(half / first / fair) };
    tell({ ...common, ...spread(times), shown: focusOn(features).shown.length, ...grown });
  }
}

/** One to three needs each, among the 20 before it. */
function backlogOf(size: number): readonly Feature[] {
  const next = mulberry32(size);
  return Array.from({ length: size }, (_, k) => {
    const count = k === 0 ? 0 : 1 + Math.floor(next() * 3);
    const needs = Array.from({ length: count }, () => Math.max(0, k - 1 - Math.floor(next() * 20)));
    const dependsOn = [...new Set(needs)].map((need) => `F${need}`);
    return newFeature(k + 1, specOf(`F${k}`, { dependsOn }));
  });
}
