// `speedup`: fifteen equal features of 5 s with three agents, in real processes: how near the whole command comes to
// finishing in five times 5 s.
import { startCli } from '../support/cli';
import { call, writeProject } from '../support/smallProject';
import { buildProduct } from './buildProduct';
import { round, timed } from './milliseconds';
import type { BenchOptions } from './options';
import { summarize, type Tell } from './results';

const features = 15;
const featureMs = 5_000;

export async function speedupBench(
  { agents = [3], iterations = 1 }: BenchOptions,
  tell: Tell,
): Promise<void> {
  await buildProduct();
  for (const count of agents) {
    const best = Math.min(features, count);
    const ideal = Math.ceil(features / count) * featureMs;
    const wholes: number[] = [];
    const reported: number[] = [];
    for (let k = 0; k < iterations; k++) {
      const { wholeMs, wallMs } = await build(count);
      wholes.push(wholeMs);
      reported.push(wallMs);
    }
    const common = { bench: 'speedup', data: `${features} features of ${featureMs / 1000} s`, agents: count };
    for (const [policy, times] of [
      ['whole command', wholes],
      ['run, as reported', reported],
    ] as const) {
      const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
      tell({
        ...common,
        policy,
        ...summarize(times.map((ms) => ideal / ms)),
        speedup: round((features * featureMs) / mean),
        bound: round((features * featureMs) / ideal),
        of: best,
        wallMs: Math.round(mean),
      });
    }
  }
}

async function build(agents: number): Promise<{ readonly wholeMs: number; readonly wallMs: number }> {
  const names = Array.from({ length: features }, (_, k) => `Feature ${k + 1}`);
  const turns = [call('finish', { summary: 'Done.' }, featureMs)];
  const project = await writeProject({
    features: names.map((name) => ({ name, verify: 'true' })),
    script: Object.fromEntries(names.map((name) => [name, turns])),
  });
  try {
    let wallMs = Number.NaN;
    const wholeMs = await timed(async () => {
      const run = startCli(['run', '--project-dir', project.dir, '--max-agents', String(agents), '--json']);
      run.onLine((line) => {
        const event = JSON.parse(line);
        if (event.type === 'run.finished') wallMs = event.report.wallMs;
      });
      const { code } = await run.ended;
      if (code !== 0) throw new Error(`The run ended with ${code}.\n${run.notes.join('\n')}`);
    });
    return { wholeMs, wallMs };
  } finally {
    await project.remove();
  }
}
