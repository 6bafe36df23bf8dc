// Turns settings as people write them into what a run is started with, naming every value that cannot be used.
import { fixedLimits } from '../guardrails/limits';
import { wholeNumber } from './forms';
import type { MachineSettings } from './machineSettings';
import type { RunSettings } from './runSettings';
import { type SettingReader, valuesOf } from './setting';
import { settingsTable } from './settingsTable';

export interface ResolvedSettings {
  readonly settings: RunSettings;
  readonly machine: MachineSettings;
  /** `enabled` is off: one agent at a time, whatever `maxAgents` says. */
  readonly oneAtATime: boolean;
  /** Values that could not be used, each with its name and what is used instead. */
  readonly warnings: readonly string[];
}

/** Settings with every gap and every unusable value filled from the defaults. */
export function resolveSettings(read: SettingReader): ResolvedSettings {
  const warnings: string[] = [];
  const machine = valuesOf(settingsTable.machine, read, warnings);
  const oneAtATime = !valuesOf(settingsTable.face, read, warnings).enabled;
  const most = oneAtATime ? 1 : machine.agentLimit;
  const { maxAgents } = settingsTable.run;
  const run = {
    ...settingsTable.run,
    maxAgents: { ...maxAgents, form: wholeNumber(1, most), default: Math.min(maxAgents.default, most) },
  };
  const asked: SettingReader = (name, of) =>
    oneAtATime && name === maxAgents.key ? undefined : read(name, of);
  const limits = { ...fixedLimits, ...valuesOf(settingsTable.limits, read, warnings) };
  return { settings: { ...valuesOf(run, asked, warnings), limits }, machine, oneAtATime, warnings };
}
