// Holds the checks of a backlog until the test has seen what it wants to see, so that nothing depends on how fast it is.
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface HeldChecks {
  /** Lets the check of this feature end, now or when it is reached. Without a name nothing happens. */
  open(name: string | undefined): Promise<void>;
  /** Lets all of them end. */
  openAll(): Promise<void>;
  remove(): Promise<void>;
}

/** Puts a wait for its gate before the check of every feature in `dir/features.json`. For a POSIX shell. */
export async function holdChecks(dir: string): Promise<HeldChecks> {
  const gates = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-gates-')));
  const file = path.join(dir, 'features.json');
  const features: { name: string; verify?: string }[] = JSON.parse(await readFile(file, 'utf8'));
  const gateOf = (name: string) => path.join(gates, encodeURIComponent(name));
  const held = features.map((feature) => ({
    ...feature,
    verify: `until [ -e '${gateOf(feature.name)}' ]; do sleep 0.05; done; ${feature.verify ?? 'true'}`,
  }));
  await writeFile(file, JSON.stringify(held, null, 2));
  const open = async (name: string | undefined) => {
    if (name !== undefined) await writeFile(gateOf(name), '');
  };
  return {
    open,
    openAll: async () => void (await Promise.all(features.map(({ name }) => open(name)))),
    remove: () => rm(gates, { recursive: true, force: true }),
  };
}
