// What the user of a machine allows in all of their workspaces: in memory only, and never taken from a workspace.

import { isAddressOf, type ModelAccess } from '../models/modelAccess';
import { type ProviderId, providerOf, serviceOf, titleOf } from '../models/providers';
import { inert } from '../shared/inert';
import type { EditorProxy } from '../shared/proxies';
import { ok, type Result, refuse } from '../shared/result';
import { type ValuesOf, valuesOf } from './setting';
import { settingsTable } from './settingsTable';

export type MachineSettings = Readonly<ValuesOf<typeof settingsTable.machine>> & {
  /** The proxy of the editor's own settings, for where the environment names none. */
  readonly proxy?: EditorProxy;
};

/** What becomes of the packages in the user's own folder when a lockfile came in. */
export type WorkspaceSetUp = MachineSettings['workspaceSetUp'];

export const defaultMachineSettings: MachineSettings = valuesOf(settingsTable.machine, () => undefined, []);

/** The entries that both lists name, and those of `asked` that `own` does not allow. */
export function narrow(
  own: readonly string[],
  asked: readonly string[],
): { readonly allowed: readonly string[]; readonly leftOut: readonly string[] } {
  return {
    allowed: own.filter((entry) => asked.includes(entry)),
    leftOut: asked.filter((entry) => !own.includes(entry)),
  };
}

/** What a client asked for that the host's own user does not allow. */
export interface LeftOut {
  readonly commands: readonly string[];
  readonly variables: readonly string[];
  /** Whose keys were not taken. */
  readonly providers: readonly ProviderId[];
}

/** For whoever started a run through a host that allows less: a sentence for each kind. */
export function describeLeftOut({ commands, variables, providers }: LeftOut): readonly string[] {
  const named = (entries: readonly string[]) => entries.map((entry) => `\`${inert(entry)}\``).join(', ');
  const where = 'the settings of the window or command that has this workspace open do not allow it';
  return [
    ...(commands.length > 0
      ? [`Agents may not run ${named(commands)}: ${where} (parallelAgents.commands.allow).`]
      : []),
    ...(variables.length > 0
      ? [`Commands are not given ${named(variables)}: ${where} (parallelAgents.commands.env).`]
      : []),
    ...(providers.length > 0
      ? [
          `Your keys for ${named(providers)} are not used: the settings of the window or command that has this workspace open name other addresses (parallelAgents.providers).`,
        ]
      : []),
  ];
}

/**
 * May a client that speaks to the host of `own` ask for this? It may narrow what the host's user allows, never widen it.
 * @param meant whose models the run is about
 */
export function judgeAsked(
  own: MachineSettings,
  { maxAgents, access = [] }: { readonly maxAgents?: number; readonly access?: readonly ModelAccess[] },
  meant: readonly ProviderId[],
): Result<object> {
  if (maxAgents !== undefined && maxAgents > own.agentLimit) {
    return refuse(
      'badInput',
      `${maxAgents} agents are more than the ${own.agentLimit} that are allowed where this workspace is open; parallelAgents.agentLimit in the settings there raises it.`,
    );
  }
  for (const id of meant) {
    const provider = providerOf(id, own.providers);
    if (provider === undefined)
      return refuse('badInput', `${whereOpen} name no provider "${inert(id)}". ${sameInBoth}`);
    const other = access.find((given) => given.provider === id && !isAddressOf(given, own.providers));
    if (other === undefined) continue;
    return refuse(
      'badInput',
      `${whereOpen} send keys for ${titleOf(id, own.providers)} to ${serviceOf(id, own.providers)?.baseUrl ?? 'nobody'}, and yours name ${other.baseUrl}; your key was not used. ${sameInBoth}`,
    );
  }
  return ok({});
}

const whereOpen = 'The settings of the window or command that has this workspace open';
const sameInBoth = 'Name the same in both (parallelAgents.providers), or close the other one first.';
