// Holds the checks of a backlog until the test has seen what it wants to see, so that nothing depends on how fast it is.
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from './smallProject';

export interface HeldChecks {
  /** Lets the check of this feature end, now or when it is reached. Without a name nothing happens. */
  open(name: string | undefined): Promise<void>;
  /** Lets all of them end. */
  openAll(): Promise<void>;
  /**
   * Has agents of the offline model begin each once the check of another has, whose work theirs is then behind. By name of
   * the feature, whose. Returns the commands that they wait by, to be allowed.
   */
  beginAfter(others: Readonly<Record<string, string>>): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Puts a wait for its gate before the check of every feature in `dir/features.json`. For a POSIX shell. */
export async function holdChecks(dir: string): Promise<HeldChecks> {
  const gates = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-gates-')));
  const file = path.join(dir, 'features.json');
  const features: { name: string; verify?: string }[] = JSON.parse(await readFile(file, 'utf8'));
  const gateOf = (name: string) => path.join(gates, encodeURIComponent(name));
  const begunOf = (name: string) => `${gateOf(name)}.begun`;
  const held = features.map((feature) => ({
    ...feature,
    verify: `: > '${begunOf(feature.name)}'; until [ -e '${gateOf(feature.name)}' ]; do sleep 0.05; done; ${feature.verify ?? 'true'}`,
  }));
  await writeFile(file, JSON.stringify(held, null, 2));
  const open = async (name: string | undefined) => {
    if (name !== undefined) await writeFile(gateOf(name), '');
  };
  return {
    open,
    beginAfter: async (others) => {
      const script = path.join(dir, 'offline-script.json');
      const turns: Record<string, readonly unknown[]> = JSON.parse(await readFile(script, 'utf8'));
      const commandOf = (other: string) => `until [ -e '${begunOf(other)}' ]; do sleep 0.05; done`;
      for (const [name, other] of Object.entries(others))
        turns[name] = [call('run_command', { command: commandOf(other) }), ...(turns[name] ?? [])];
      await writeFile(script, JSON.stringify(turns, null, 2));
      return Object.values(others).map(commandOf);
    },
    openAll: async () => void (await Promise.all(features.map(({ name }) => open(name)))),
    remove: () => rm(gates, { recursive: true, force: true }),
  };
}
