// `scale`: what a large backlog costs to load, to rank and to decide on, and that the cost grows no faster than n log n.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Event, NewEvent } from '../../src/core/events/event';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import { parseBacklog } from '../../src/core/features/featureList';
import { reconcile } from '../../src/core/features/reconcile';
import { cycleProblem } from '../../src/core/graph/backlogGraph';
import { Board } from '../../src/core/scheduler/board';
import { decide, type Judgement } from '../../src/core/scheduler/decide';
import { orderOf } from '../../src/core/scheduler/order';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import { atOnce } from '../../src/core/shared/steps';
import { mulberry32 } from './chance';
import type { BenchOptions } from './options';

const sizes = [1_000, 10_000, 100_000];
const repeats = 9;

export function scaleBench({ json }: BenchOptions): void {
  const tell = (line: object) => {
    const told = { bench: 'scale', data: 'generated', ...line };
    process.stdout.write(`${json ? JSON.stringify(told) : describe(told)}\n`);
  };
  let smaller: Measured | undefined;
  for (const size of sizes) {
    const measured = measure(size);
    tell(measured);
    if (smaller) tell({ growth: growthFrom(smaller, measured) });
    smaller = measured;
  }
}

interface Measured {
  readonly features: number;
  readonly edges: number;
  /** From parsed JSON to the first snapshot. */
  readonly loadMs: number;
  /** Ranks of all, from nothing. */
  readonly orderMs: number;
  /** A decision from nothing, as at the start of a host. */
  readonly firstDecisionMs: number;
  /** What a pass costs: the snapshot after it, what it makes ready, and the next claims. */
  readonly decisionMs: number;
  /** What stays in memory of the snapshot and what is kept for decisions. */
  readonly heapMb: number;
}

function growthFrom(small: Measured, large: Measured) {
  const linearithmic = (n: number) => n * Math.log2(n);
  const ratio = (of: (measured: Measured) => number) => Number((of(large) / of(small)).toFixed(1));
  return {
    from: small.features,
    to: large.features,
    load: ratio((m) => m.loadMs),
    order: ratio((m) => m.orderMs),
    firstDecision: ratio((m) => m.firstDecisionMs),
    decision: ratio((m) => m.decisionMs),
    heap: ratio((m) => m.heapMb),
    nLogN: ratio((m) => linearithmic(m.features)),
  };
}

function measure(features: number): Measured {
  const document = backlogOf(features);
  const edges = document.reduce((sum, entry) => sum + entry.depends_on.length, 0);
  const before = heapMb();
  let snapshot = load(document);
  const loadMs = median(() => {
    snapshot = load(document);
  });
  const orderMs = median(() => void orderOf(Object.values(snapshot.features)));
  const settled = settle(snapshot);
  const firstDecisionMs = median(() => void decide(settled, 0));
  const board = new Board();
  let next = settled;
  decide(next, 0, board);
  const decisionMs = median(() => {
    next = passNext(next, board);
  }, 99);
  return {
    features,
    edges,
    loadMs,
    orderMs,
    firstDecisionMs,
    decisionMs,
    heapMb: Number((heapMb() - before).toFixed(1)),
  };
}

/** One feature more is claimed and passes, and what follows from that is decided. */
function passNext(snapshot: Snapshot, board: Board): Snapshot {
  const claim = decide(snapshot, 0, board).decisions.find((d) => d.kind === 'claim');
  if (!claim) throw new Error('Nothing can be claimed.');
  const { featureId, slot } = claim.choice;
  const fence = snapshot.lastFence + 1;
  const attempt = { slot, featureId, attempt: 1, fence };
  const evidence = { kind: 'check', command: 'true', exitCode: 0, outputTail: '', durationMs: 1 } as const;
  const after = append(snapshot, [
    { type: 'feature.claimed', model: 'haiku', ...attempt },
    { type: 'feature.submitted', summary: '', ...attempt },
    { type: 'feature.passed', evidence, featureId, slot, fence },
  ]);
  return append(after, changesIn(decide(after, 0, board)));
}

/** After all that nobody needs is gone. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 2 ** 20;
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
  const parsed = atOnce(parseBacklog(document));
  if (!parsed.ok || atOnce(cycleProblem(parsed.specs))) throw new Error('The generated backlog is wrong.');
  return append(emptySnapshot, atOnce(reconcile({}, 0, parsed.specs)).changes);
}

/** With a run under way and readiness as it is, so that the next decision is one on claims. */
function settle(snapshot: Snapshot): Snapshot {
  const settings = { ...defaultRunSettings, maxAgents: 3 };
  const running = append(snapshot, [{ type: 'run.started', runId: 1, settings }]);
  const board = new Board();
  for (let next = running; ; ) {
    const changes = changesIn(decide(next, 0, board));
    if (changes.length === 0) return next;
    next = append(next, changes);
  }
}

function changesIn({ decisions }: Judgement): readonly NewEvent[] {
  return decisions.flatMap((d) => (d.kind === 'change' ? [d.change] : []));
}

function append(snapshot: Snapshot, newEvents: readonly NewEvent[]): Snapshot {
  return projectAll(
    snapshot,
    newEvents.map((newEvent, k): Event => ({ ...newEvent, seq: snapshot.seq + k + 1, at: 0 })),
  );
}

function median(work: () => void, times = repeats): number {
  const took = Array.from({ length: times }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
  return Number((took.sort((a, b) => a - b)[times >> 1] ?? 0).toFixed(2));
}

function describe(line: object): string {
  return Object.entries(line)
    .map(([name, value]) => (typeof value === 'object' ? `${name} ${describe(value)}` : `${name} ${value}`))
    .join('  ');
}
