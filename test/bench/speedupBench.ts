// `speedup`: fifteen equal features of 5 s in real processes, by one agent and by several in the same run: how near the
// speed-up comes to the one there could be, five durations for fifteen where there are three. The same for eight features
// whose checks take 3 s, two at a time: each is to be run once, and all but the last once more at the run's end.
import { startCli, userWith } from '../support/cli';
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
      alone.push(await build({ agents: 1, features, workMs: featureMs }));
      together.push(await build({ agents: count, features, workMs: featureMs }));
    }
    const wallMs = sum(together) / iterations;
    tell({
      ...common,
      agents: count,
      policy: 'measured',
      ...summarize(together.map((ms, k) => (alone[k] ?? Number.NaN) / ms / possible)),
      speedup: round(sum(alone) / sum(together)),
      possible: round(possible),
      aloneMs: Math.round(sum(alone) / iterations),
      wallMs: Math.round(wallMs),
    });
    // The same against features that take their 5 s and not a moment for start, check and all between.
    tell({
      ...common,
      agents: count,
      policy: 'to the bare 5 s',
      ...summarize(together.map((ms) => (durations * featureMs) / ms)),
    });
    tell({ bench: 'speedup', agents: count, ...(await measureChecks(count)) });
  }
}

const checked = 8;
const checkMs = 3_000;
const checksAtOnce = 2;

async function measureChecks(agents: number) {
  const alone = await build({ agents: 1, features: checked, checkMs });
  const together = await build({ agents, features: checked, checkMs });
  const rounds = (checks: number, atOnce: number) => Math.ceil(checks / atOnce) * checkMs;
  const boundMs = rounds(checked, Math.min(agents, checksAtOnce)) + rounds(checked - 1, checksAtOnce);
  return {
    data: `${checked} checks of ${checkMs / 1000} s, two at once`,
    policy: 'to the bare checks',
    ...summarize([boundMs / together]),
    speedup: round(alone / together),
    aloneMs: Math.round(alone),
    wallMs: Math.round(together),
  };
}

interface Backlog {
  readonly agents: number;
  readonly features: number;
  /** How long an agent works on one. */
  readonly workMs?: number;
  readonly checkMs?: number;
}

/** Returns milliseconds. */
async function build({ agents, features, workMs = 0, checkMs = 0 }: Backlog): Promise<number> {
  const names = Array.from({ length: features }, (_, k) => `Feature ${k + 1}`);
  const turns = [call('finish', { summary: 'Done.' }, workMs)];
  // Each check is another, so that none proves two features.
  const verify = (k: number) => (checkMs === 0 ? 'true' : `test ${k} -ge 0 && sleep ${checkMs / 1000}`);
  const project = await writeProject({
    features: names.map((name, k) => ({ name, verify: verify(k) })),
    script: Object.fromEntries(names.map((name) => [name, turns])),
  });
  const user = userWith({ 'verify.parallel': checksAtOnce });
  try {
    return await timed(async () => {
      const run = startCli(
        ['run', '--project-dir', project.dir, '--max-agents', String(agents), '--json'],
        user,
      );
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
