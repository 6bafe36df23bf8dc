// The benches' entry: runs the one that is named and prints what it measured.
import { activationBench } from './activationBench';
import { claimsBench } from './claimsBench';
import { dispatchBench } from './dispatchBench';
import { graphBench } from './graphBench';
import { locksBench } from './locksBench';
import { type BenchOptions, readOptions } from './options';
import { planBench } from './planBench';
import { propertiesBench } from './propertiesBench';
import { type Tell, tellJson, tellText } from './results';
import { scaleBench } from './scaleBench';
import { scheduleBench } from './scheduleBench';
import { speedupBench } from './speedupBench';
import { storeBench } from './storeBench';

const benches: Record<string, (options: BenchOptions, tell: Tell) => void | Promise<void>> = {
  schedule: scheduleBench,
  locks: locksBench,
  plan: planBench,
  scale: scaleBench,
  properties: propertiesBench,
  dispatch: dispatchBench,
  speedup: speedupBench,
  store: storeBench,
  claims: claimsBench,
  activation: activationBench,
  graph: graphBench,
};

export async function main(argv: readonly string[]): Promise<number> {
  try {
    const { name, options } = readOptions(argv);
    const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
    if (!bench) throw new Error(`Name a bench: ${Object.keys(benches).join(', ')}.`);
    await bench(options, options.json ? tellJson : tellText);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
