// `dispatch`: how long a dependent waits, in real processes, from the moment its dependency is released to its own first
// model request, beside a bare `fork` of an empty Node process in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startCli, userWith } from '../support/cli';
import { type RecordedRequest, startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';
import { writeProject } from '../support/smallProject';
import { buildProduct } from './buildProduct';
import { percentile, round, spread, timed } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';

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
      name: nameOf(k + 1),
      verify: 'true',
      ...(k === 0 ? {} : { depends_on: [nameOf(k)] }),
    })),
    script: {},
  });
  const askedAt = new Map<number, number>();
  const forks: Forks = { up: [], whole: [] };
  const api = await startFakeMessagesApi(async (request) => {
    const feature = featureOf(request);
    if (feature !== undefined && !askedAt.has(feature)) askedAt.set(feature, Date.now());
    await pause(quietMs); // nothing of ours goes on any more: a fork costs what it would cost without us
    forks.up.push(await timed(() => forkUntil(path.join(project.dir, 'up.js'), 'message')));
    forks.whole.push(await timed(() => forkUntil(path.join(project.dir, 'empty.js'), 'exit')));
    await pause(100); // nor does what is left of them weigh on us
    const work = { path: `built/${feature}.txt`, content: 'x' };
    return streamed(
      [
        { tool: 'write_file', id: 'w', json: JSON.stringify(work) },
        { tool: 'finish', id: 'c', json: '{"summary":"Done."}' },
      ],
      { stop: 'tool_use' },
    );
  });
  try {
    const events: Moment[] = [];
    const args = ['run', '--project-dir', project.dir, '--max-agents', '3', '--model', 'haiku', '--json'];
    const user = userWith({ 'providers.anthropic.baseUrl': api.baseUrl });
    const run = startCli(args, { ...user, ANTHROPIC_API_KEY: 'a key of the bench' });
    run.onLine((line) => events.push(JSON.parse(line)));
    const { code } = await run.ended;
    if (code !== 0) throw new Error(`The run ended with ${code}.\n${run.notes.join('\n')}`);
    report(stagesOf(events, askedAt), forks, tell);
  } finally {
    await api.close();
    await project.remove();
  }
}

interface Moment {
  readonly type: string;
  readonly at: number;
  readonly featureId?: number;
}

/** Milliseconds since the dependency was released: its verdict, before that is even on disk. */
interface Stages {
  readonly claimed: number;
  readonly started: number;
  readonly asked: number;
}

function stagesOf(events: readonly Moment[], askedAt: ReadonlyMap<number, number>): readonly Stages[] {
  const at = (type: string, feature: number) =>
    events.find((e) => e.type === type && e.featureId === feature)?.at ?? Number.NaN;
  return Array.from({ length: chainLength - 1 }, (_, k) => {
    const released = at('feature.passed', k + 1);
    return {
      claimed: at('feature.claimed', k + 2) - released,
      started: at('agent.started', k + 2) - released,
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

function nameOf(k: number): string {
  return `Step ${k}`;
}

/** Which feature asks, as its first message names it; undefined for a later turn. */
function featureOf({ body: { messages } }: RecordedRequest): number | undefined {
  if (messages.length > 1) return undefined;
  const found = /Step (\d+)/.exec(JSON.stringify(messages[0]?.content));
  return found ? Number(found[1]) : undefined;
}
