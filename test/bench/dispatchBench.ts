// `dispatch`: how long a dependent waits, in real processes, from the moment its dependency is released to its own first
// model request, beside a bare `fork` of an empty Node process in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeProject } from '../support/smallProject';
import { buildProduct } from './buildProduct';
import { percentile, round, spread, timed } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';
import { momentOf, nameOfStep, runSteps, type StepsRun } from './stepsRun';

/** Features in a row, each depending on the one before: every one but the first is a dispatch that is measured. */
const chainLength = 41;
/** What the model takes for a turn: short against real ones, and long enough for all that follows a dispatch to be over. */
const quietMs = 900;

interface Forks {
  /** To its first message: when it could begin to do something. */
  readonly up: number[];
  /** An empty one, to its exit. */
  readonly whole: number[];
}

export async function dispatchBench(_options: BenchOptions, tell: Tell): Promise<void> {
  await buildProduct();
  const project = await writeProject({
    files: { 'src/app.js': 'export const app = 1;\n', 'up.js': 'process.send(1);\n', 'empty.js': '' },
    features: Array.from({ length: chainLength }, (_, k) => ({
      name: nameOfStep(k + 1),
      verify: 'true',
      ...(k === 0 ? {} : { depends_on: [nameOfStep(k)] }),
    })),
    script: {},
  });
  const forks: Forks = { up: [], whole: [] };
  try {
    const run = await runSteps(project.dir, 3, async () => {
      await pause(quietMs); // nothing of ours goes on any more: a fork costs what it would cost without us
      forks.up.push(await timed(() => forkUntil(path.join(project.dir, 'up.js'), 'message')));
      forks.whole.push(await timed(() => forkUntil(path.join(project.dir, 'empty.js'), 'exit')));
      await pause(100); // nor does what is left of them weigh on us
    });
    report(stagesOf(run), forks, tell);
  } finally {
    await project.remove();
  }
}

/** Milliseconds since the dependency was released: its verdict, before that is even on disk. */
interface Stages {
  readonly claimed: number;
  readonly started: number;
  readonly asked: number;
}

function stagesOf({ events, askedAt }: StepsRun): readonly Stages[] {
  return Array.from({ length: chainLength - 1 }, (_, k) => {
    const released = momentOf(events, 'feature.passed', k + 1);
    return {
      claimed: momentOf(events, 'feature.claimed', k + 2) - released,
      started: momentOf(events, 'agent.started', k + 2) - released,
      asked: (askedAt.get(k + 2) ?? Number.NaN) - released,
    };
  });
}

function report(stages: readonly Stages[], { up, whole }: Forks, tell: Tell): void {
  const common = { bench: 'dispatch', data: `chain of ${chainLength}`, agents: 3 };
  const asked = stages.map((s) => s.asked);
  const half = (times: readonly number[]) => percentile(times, 0.5);
  tell({
    ...common,
    policy: 'dependent',
    ...spread(asked),
    ratio: round(half(asked) / half(up)),
    ratioP95: round(percentile(asked, 0.95) / percentile(up, 0.95)),
    claimed: half(stages.map((s) => s.claimed)),
    started: half(stages.map((s) => s.started)),
  });
  tell({ ...common, policy: 'fork, to its first message', ...spread(up) });
  tell({ ...common, policy: 'fork, to its exit', ...spread(whole) });
}

async function forkUntil(file: string, event: 'message' | 'exit'): Promise<void> {
  const child = fork(file);
  await once(child, event);
  if (child.connected) child.disconnect();
}
