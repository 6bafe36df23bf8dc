// `properties`: random programs on the real engine, `--iterations` steps in all (100,000 unless told), each step checked.
import { EngineProgram } from '../engine/engineProgram';
import { mulberry32 } from './chance';
import type { BenchOptions } from './options';

const stepsOfOneProgram = 2_000;

export async function propertiesBench({
  iterations = 100_000,
  agents = [4],
  json,
}: BenchOptions): Promise<void> {
  for (const count of agents) {
    const next = mulberry32(count);
    const seen: Record<string, number> = {};
    const started = performance.now();
    let steps = 0;
    while (steps < iterations) {
      const program = await EngineProgram.open(count);
      for (let n = 0; n < stepsOfOneProgram && steps < iterations; n++, steps++) {
        const wrongs = await program.step(Math.floor(next() * 2 ** 30));
        if (wrongs.length > 0) throw new Error(`After ${steps + 1} steps: ${wrongs.join('; ')}`);
      }
      const wrongs = await program.finish();
      if (wrongs.length > 0) throw new Error(`At the end of a program: ${wrongs.join('; ')}`);
      for (const [kind, times] of Object.entries(program.seen)) seen[kind] = (seen[kind] ?? 0) + times;
    }
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    const told = {
      bench: 'properties',
      data: 'random programs',
      agents: count,
      steps,
      broken: 0,
      seconds,
      seen,
    };
    process.stdout.write(`${json ? JSON.stringify(told) : describe(told)}\n`);
  }
}

function describe({
  agents,
  steps,
  seconds,
  seen,
}: {
  agents: number;
  steps: number;
  seconds: number;
  seen: object;
}) {
  const met = Object.entries(seen).map(([kind, times]) => `${kind} ${times}`);
  return `properties  ${agents} agents, ${steps} steps in ${seconds} s: every rule held (${met.join(', ')})`;
}
