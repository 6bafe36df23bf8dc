// The benches' entry: runs the one that is named and prints what it measured.
import { type BenchOptions, readOptions } from './options';
import { type Tell, tellJson, tellText } from './results';

type Bench = (options: BenchOptions, tell: Tell) => void | Promise<void>;

/** Each is loaded when it is asked for, so that the memory it reports is its own. */
const benches: Record<string, () => Promise<Bench>> = {
  schedule: async () => (await import('./scheduleBench')).scheduleBench,
  locks: async () => (await import('./locksBench')).locksBench,
  plan: async () => (await import('./planBench')).planBench,
  scale: async () => (await import('./scaleBench')).scaleBench,
  properties: async () => (await import('./propertiesBench')).propertiesBench,
  dispatch: async () => (await import('./dispatchBench')).dispatchBench,
  speedup: async () => (await import('./speedupBench')).speedupBench,
  store: async () => (await import('./storeBench')).storeBench,
  claims: async () => (await import('./claimsBench')).claimsBench,
  activation: async () => (await import('./activationBench')).activationBench,
  copy: async () => (await import('./copyBench')).copyBench,
  kills: async () => (await import('./killsBench')).killsBench,
  history: async () => (await import('./historyBench')).historyBench,
  graph: async () => (await import('./graphBench')).graphBench,
  throttle: async () => (await import('./throttleBench')).throttleBench,
  cost: async () => (await import('./costBench')).costBench,
};

export async function main(argv: readonly string[]): Promise<number> {
  try {
    const { name, options } = readOptions(argv);
    const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
    if (!load) throw new Error(`Name a bench: ${Object.keys(benches).join(', ')}.`);
    const bench = await load();
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
