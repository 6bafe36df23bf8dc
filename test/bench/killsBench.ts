// `kills`: whole runs of an ordinary folder, killed without warning at chance moments; how long the next start takes to see to
// what was left, and whether anybody who watched the folder ever saw what nobody may.
import { killRuns } from '../support/killedRuns';
import { buildProduct } from './buildProduct';
import { mulberry32 } from './chance';
import { spread } from './milliseconds';
import type { BenchOptions } from './options';
import type { Tell } from './results';

const usualKills = 200;

/** Throws when the watcher saw anything wrong. @param iterations the kills */
export async function killsBench({ iterations = usualKills }: BenchOptions, tell: Tell): Promise<void> {
  await buildProduct();
  const { kills, recoveries, looks, wrongs } = await killRuns(mulberry32(1), iterations);
  if (wrongs.length > 0) throw new Error(`After ${kills} kills:\n${wrongs.join('\n')}`);
  tell({
    bench: 'kills',
    data: 'messy folder',
    agents: 3,
    policy: 'next start',
    ...spread(recoveries),
    kills,
    looks,
  });
}
