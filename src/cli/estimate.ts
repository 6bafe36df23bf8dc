// `parallel-agents run --estimate`: how long the backlog would take with one agent, two, and so on, and what it would cost;
// starts and writes nothing.

import { accessWith, whyNotAsked } from '../core/models/modelAccess';
import { type ProviderId, serviceOf } from '../core/models/providers';
import { costOutlook, describeCost } from '../core/scheduler/costEstimates';
import { describeForecast, describeHeldBack } from '../core/scheduler/describeForecast';
import { estimatesFrom } from '../core/scheduler/estimates';
import { buildable, type Forecast, forecast } from '../core/scheduler/forecast';
import { defaultMachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import { duration } from '../core/shared/duration';
import type { RunCommand } from './arguments';
import { chooseFeatures, previewWorkspace } from './readBacklog';
import { readSettings } from './settingsFiles';
import type { Terminal } from './terminal';

/** @returns the exit code 0 @throws BadInput */
export async function estimate(
  command: RunCommand,
  root: string,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  const { note } = terminal;
  const snapshot = await previewWorkspace(root, command.features ?? 'features.json', { distDir, note });
  const flags = { maxAgents: command.maxAgents, model: command.model };
  const sources = await readSettings(root, flags, terminal.env);
  const { settings, machine, warnings } = resolveSettings(sources.read);
  for (const warning of [...sources.warnings, ...warnings]) terminal.note(`⚠️ ${warning}`);
  const meant =
    command.featureId === undefined
      ? undefined
      : chooseFeatures(snapshot, command.featureId, command.withDependencies);
  const features = Object.values(snapshot.features).filter(
    (f) => f.state.status === 'passing' || meant === undefined || meant.includes(f.id),
  );
  const estimates = estimatesFrom(snapshot.experience, settings);
  const counts = new Set([
    settings.maxAgents,
    ...Array.from({ length: defaultMachineSettings.agentLimit }, (_, k) => k + 1),
  ]);
  const forecasts = [...counts].sort((a, b) => a - b).map((agents) => forecast(features, agents, estimates));
  const { providers } = machine;
  const access = accessWith((id) => terminal.env[serviceOf(id, providers)?.keyVariable ?? ''], providers);
  const keys = new Set(access.map(({ provider }) => provider));
  const whyNot = (id: ProviderId) => whyNotAsked(id, providers, keys);
  const cost = costOutlook(buildable(features), snapshot.experience, settings, providers, whyNot);
  if (command.json) for (const one of forecasts) terminal.print(JSON.stringify({ ...toExternal(one), cost }));
  else for (const line of describe(forecasts, settings.maxAgents, describeCost(cost))) terminal.print(line);
  return 0;
}

function describe(
  forecasts: readonly Forecast[],
  maxAgents: number,
  cost: string | undefined,
): readonly string[] {
  const own = forecasts.find((f) => f.agents === maxAgents);
  if (!own || own.features === 0) return [describeForecast(forecasts)];
  const { bound, plan, expected, heldBackBy } = own;
  const reason = describeHeldBack(heldBackBy);
  return [
    describeForecast(forecasts),
    `With ${maxAgents}: no order takes less than ${duration(bound)}${reason === '' ? '' : `, ${reason}`}${
      plan.finish < expected ? `; the best order found takes ${duration(plan.finish)}` : ''
    }`,
    ...(cost === undefined ? [] : [cost]),
  ];
}

/** Times in minutes. */
function toExternal({
  agents,
  features,
  expected,
  plan,
  bound,
  heldBackBy,
  guessed,
}: Forecast): Record<string, unknown> {
  const rounded = (minutes: number) => Math.round(minutes * 1000) / 1000;
  return {
    agents,
    features,
    expectedMinutes: rounded(expected),
    planMinutes: rounded(plan.finish),
    boundMinutes: rounded(bound),
    heldBackBy,
    guessed,
  };
}
