// `speedup`: fifteen equal features of 5 s in real processes, by one agent and by several in the same run: how near the
// speed-up comes to the one there could be, five durations for fifteen where there are three.
import { startCli } from '../support/cli';
import { call, writeProject } from '../support/smallProject';
import { buildProduct } from './buildProduct';
import { round, timed } from './milliseconds';
import type { BenchOptions } from './options';
import { summarize, type Tell } from './results';

const features = 15;
const featureMs = 5_000;

/** Times are of the whole command, from the start of its process to its end. */
export async function speedupBench(
  { agents = [3], iterations = 1 }: BenchOptions,
  tell: Tell,
): Promise<void> {
  await buildProduct();
  const common = { bench: 'speedup', data: `${features} features of ${featureMs / 1000} s` };
  for (const count of agents) {
    const durations = Math.ceil(features / count);
    const possible = features / durations;
    const alone: number[] = [];
    const together: number[] = [];
    for (let k = 0; k < iterations; k++) {
      alone.push(await build(1));
      together.push(await build(count));
    }
    const wallMs = sum(together) / iterations;
    tell({
      ...{ ...common, agents: count, policy: 'measured' },
      ...summarize(together.map((ms, k) => (alone[k] ?? Number.NaN) / ms / possible)),
      ...{ speedup: round(sum(alone) / sum(together)), possible: round(possible) },
      ...{ aloneMs: Math.round(sum(alone) / iterations), wallMs: Math.round(wallMs) },
    });
    // The same against features that take their 5 s and not a moment for start, check and all between.
    tell({
      ...{ ...common, agents: count, policy: 'to the bare 5 s' },
      ...summarize(together.map((ms) => (durations * featureMs) / ms)),
    });
  }
}

/** Answers milliseconds. */
async function build(agents: number): Promise<number> {
  const names = Array.from({ length: features }, (_, k) => `Feature ${k + 1}`);
  const turns = [call('finish', { summary: 'Done.' }, featureMs)];
  const project = await writeProject({
    features: names.map((name) => ({ name, verify: 'true' })),
    script: Object.fromEntries(names.map((name) => [name, turns])),
  });
  try {
    return await timed(async () => {
      const run = startCli(['run', '--project-dir', project.dir, '--max-agents', String(agents), '--json']);
      const { code } = await run.ended;
      if (code !== 0) throw new Error(`The run ended with ${code}.\n${run.notes.join('\n')}`);
    });
  } finally {
    await project.remove();
  }
}

function sum(times: readonly number[]): number {
  return times.reduce((total, ms) => total + ms, 0);
}
