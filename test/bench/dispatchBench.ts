// `dispatch`: how long a dependent waits, in real processes, from the moment its dependency is released to its own first
// model request, beside a bare `fork` of an empty Node process in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startCli } from '../support/cli';
import { type RecordedRequest, startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';
import { writeProject } from '../support/smallProject';
import { percentile } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';

/** Features in a row, each depending on the one before: every one but the first is a dispatch that is measured. */
const chainLength = 31;
/** What the model takes for its one turn. Short against real turns, long enough for a spare to have come up. */
const turnMs = 700;

interface Moment {
  readonly type: string;
  readonly at: number;
  readonly featureId?: number;
}

export async function dispatchBench(_options: BenchOptions, tell: Tell): Promise<void> {
  const project = await writeProject({
    files: { 'src/app.js': 'export const app = 1;\n', 'empty.js': '', 'hello.js': 'process.send(1);\n' },
    features: Array.from({ length: chainLength }, (_, k) => ({
      name: nameOf(k + 1),
      verify: 'true',
      ...(k === 0 ? {} : { depends_on: [nameOf(k)] }),
    })),
    script: {},
  });
  const requestedAt = new Map<number, number>();
  const forks = { up: [] as number[], whole: [] as number[] };
  const api = await startFakeMessagesApi(async (request) => {
    const feature = featureOf(request);
    if (feature !== undefined && !requestedAt.has(feature)) requestedAt.set(feature, Date.now());
    await pause(turnMs / 2);
    forks.up.push(await timed(() => forkUntil(path.join(project.dir, 'hello.js'), 'message')));
    forks.whole.push(await timed(() => forkUntil(path.join(project.dir, 'empty.js'), 'exit')));
    await pause(turnMs / 2);
    return streamed([{ tool: 'finish', id: 'c', json: '{"summary":"Done."}' }], { stop: 'tool_use' });
  });
  try {
    const config = path.join(project.dir, '.config');
    await mkdir(path.join(config, 'parallel-agents'), { recursive: true });
    await writeFile(
      path.join(config, 'parallel-agents', 'settings.json'),
      JSON.stringify({ 'parallelAgents.providers.anthropic.baseUrl': api.baseUrl }),
    );
    const moments: Moment[] = [];
    const args = ['run', '--project-dir', project.dir, '--max-agents', '3', '--model', 'haiku', '--json'];
    const run = startCli(args, { XDG_CONFIG_HOME: config, ANTHROPIC_API_KEY: 'a key of the bench' });
    run.onLine((line) => moments.push(JSON.parse(line)));
    const { code } = await run.ended;
    if (code !== 0) throw new Error(`The run ended with ${code}.\n${run.notes.join('\n')}`);
    report(moments, requestedAt, forks, tell);
  } finally {
    await api.close();
    await project.remove();
  }
}

function report(
  moments: readonly Moment[],
  requestedAt: ReadonlyMap<number, number>,
  forks: Readonly<Record<'up' | 'whole', readonly number[]>>,
  tell: Tell,
): void {
  const at = (type: string, feature: number) =>
    moments.find((m) => m.type === type && m.featureId === feature)?.at ?? Number.NaN;
  const stages = Array.from({ length: chainLength - 1 }, (_, k) => {
    const released = at('feature.passed', k + 1);
    const since = (type: string) => at(type, k + 2) - released;
    return {
      claimed: since('feature.claimed'),
      started: since('agent.started'),
      thinking: since('agent.progress'),
      asked: (requestedAt.get(k + 2) ?? Number.NaN) - released,
    };
  });
  const asked = stages.map((s) => s.asked);
  const half = (of: readonly number[]) => percentile(of, 0.5);
  const data = `chain of ${chainLength}`;
  const common = { bench: 'dispatch', data, agents: 3, unit: 'ms' };
  tell({
    ...common,
    policy: 'dependent',
    ...spread(asked),
    ratio: round(half(asked) / half(forks.up)),
    ratioP95: round(percentile(asked, 0.95) / percentile(forks.up, 0.95)),
    claimed: half(stages.map((s) => s.claimed)),
    started: half(stages.map((s) => s.started)),
    thinking: half(stages.map((s) => s.thinking)),
  });
  tell({ ...common, policy: 'fork to its first message', ...spread(forks.up) });
  tell({ ...common, policy: 'fork to its exit', ...spread(forks.whole) });
}

function spread(times: readonly number[]) {
  const mean = times.reduce((sum, t) => sum + t, 0) / times.length;
  return {
    mean: round(mean),
    p95: round(percentile(times, 0.95)),
    worst: round(Math.max(...times)),
    cases: times.length,
    p50: round(percentile(times, 0.5)),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function forkUntil(file: string, event: 'message' | 'exit'): Promise<void> {
  const child = fork(file);
  await once(child, event);
  if (event === 'message') {
    child.disconnect();
  }
}

function nameOf(k: number): string {
  return `Step ${k}`;
}

/** Which feature asks, as its first message names it; undefined for a later turn. */
function featureOf({ body: { messages } }: RecordedRequest): number | undefined {
  if (messages.length > 1) return undefined;
  const found = /Step (\d+)/.exec(JSON.stringify(messages[0]?.content));
  return found ? Number(found[1]) : undefined;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
