// The benches' entry: runs the one that is named and prints what it measured.
import { locksBench } from './locksBench';
import { type BenchOptions, readOptions } from './options';
import { planBench } from './planBench';
import { propertiesBench } from './propertiesBench';
import { type Tell, tellJson, tellText } from './results';
import { scaleBench } from './scaleBench';
import { scheduleBench } from './scheduleBench';

const benches: Record<string, (options: BenchOptions, tell: Tell) => void | Promise<void>> = {
  schedule: scheduleBench,
  locks: locksBench,
  plan: planBench,
  scale: scaleBench,
  properties: propertiesBench,
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

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
