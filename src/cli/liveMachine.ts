// The user's own settings during a long command: what they change in their file counts from then on, as in the editor.
import { watchFile } from '../adapters/files/watchFile';
import type { MachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import { readSettings, userSettingsFile } from './settingsFiles';

export interface LiveMachine {
  readonly now: () => MachineSettings;
  readonly stop: () => void;
}

/** @param first what was read before */
export function followMachine(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  first: MachineSettings,
): LiveMachine {
  let machine = first;
  const stop = watchFile(userSettingsFile(env), async () => {
    const { read, warnings } = await readSettings(root, {}, env);
    if (warnings.length === 0) machine = resolveSettings(read).machine; // half written else
  });
  return { now: () => machine, stop };
}
