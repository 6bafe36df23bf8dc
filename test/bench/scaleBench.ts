// `scale`: what a large backlog costs to load, to rank and to decide on, and that the cost grows no faster than n log n.
import type { Event } from '../../src/core/events/event';
import { projectAll } from '../../src/core/events/project';
import { defaultRunSettings } from '../../src/core/events/runSettings';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import { parseBacklog } from '../../src/core/features/featureList';
import { reconcile } from '../../src/core/features/reconcile';
import { cycleProblem } from '../../src/core/graph/backlogGraph';
import { decide } from '../../src/core/scheduler/decide';
import { rankFeatures } from '../../src/core/scheduler/order';
import { mulberry32 } from './chance';
import type { BenchOptions } from './options';

const sizes = [1_000, 10_000];
const repeats = 9;

export function scaleBench({ json }: BenchOptions): void {
  const memoryMb = memoryOf(sizes[1] as number);
  const small = measure(sizes[0] as number);
  const large = { ...measure(sizes[1] as number), memoryMb };
  const linearithmic = (n: number) => n * Math.log2(n);
  const fair = linearithmic(large.features) / linearithmic(small.features);
  const growth = {
    load: ratio(large.loadMs, small.loadMs),
    order: ratio(large.orderMs, small.orderMs),
    decision: ratio(large.decisionMs, small.decisionMs),
    nLogN: Number(fair.toFixed(1)),
  };
  for (const line of [small, large, { growth }]) {
    const told = { bench: 'scale', data: 'generated', ...line };
    process.stdout.write(`${json ? JSON.stringify(told) : describe(told)}\n`);
  }
}

function measure(features: number) {
  const document = backlogOf(features);
  const edges = document.reduce((sum, entry) => sum + entry.depends_on.length, 0);
  let snapshot = load(document);
  const loadMs = median(() => {
    snapshot = load(document);
  });
  const orderMs = median(() => void rankFeatures(Object.values(snapshot.features)));
  const settled = settle(snapshot);
  const decisionMs = median(() => void decide(settled, 0));
  return { features, edges, loadMs, orderMs, decisionMs };
}

/** The whole process at its largest when a backlog was loaded and decided on once, as at the start of a host. */
function memoryOf(features: number): number {
  decide(settle(load(backlogOf(features))), 0);
  return Math.round(process.resourceUsage().maxRSS / 2 ** 10);
}

/** Two needs each on average, among the 200 before it; one file of its own, one that others may want, too. */
function backlogOf(features: number) {
  const next = mulberry32(features);
  return Array.from({ length: features }, (_, k) => {
    const count = k === 0 ? 0 : 1 + Math.floor(next() * 3);
    const needs = Array.from({ length: count }, () => Math.max(0, k - 1 - Math.floor(next() * 200)));
    return {
      name: `Feature ${k}`,
      depends_on: [...new Set(needs)].map((need) => `Feature ${need}`),
      files: [`src/part${k % 97}/own${k}.ts`, `src/shared/${Math.floor(next() * features * 0.3)}.ts`],
      estimate: 1 + Math.floor(next() * 30),
    };
  });
}

function load(document: unknown): Snapshot {
  const parsed = parseBacklog(document);
  if (!parsed.ok || cycleProblem(parsed.specs)) throw new Error('The generated backlog is wrong.');
  const { changes } = reconcile({}, 0, parsed.specs);
  return projectAll(
    emptySnapshot,
    changes.map((change, k): Event => ({ ...change, seq: k + 1, at: 0 })),
  );
}

/** With a run under way and readiness as it is, so that the next decision is one on claims. */
function settle(snapshot: Snapshot): Snapshot {
  const started = {
    type: 'run.started',
    runId: 1,
    settings: { ...defaultRunSettings, maxAgents: 3 },
  } as const;
  const running = projectAll(snapshot, [{ ...started, seq: snapshot.seq + 1, at: 0 }]);
  const changes = decide(running, 0).decisions.flatMap((d) => (d.kind === 'change' ? [d.change] : []));
  return projectAll(
    running,
    changes.map((change, k): Event => ({ ...change, seq: running.seq + k + 1, at: 0 })),
  );
}

function median(work: () => void): number {
  const times = Array.from({ length: repeats }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  return Number((times.sort((a, b) => a - b)[repeats >> 1] ?? 0).toFixed(2));
}

function ratio(large: number, small: number): number {
  return Number((large / small).toFixed(1));
}

function describe(line: object): string {
  return Object.entries(line)
    .map(([name, value]) => (typeof value === 'object' ? `${name} ${describe(value)}` : `${name} ${value}`))
    .join('  ');
}
