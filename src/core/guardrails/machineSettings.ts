// What the user of a machine allows in all of their workspaces: in memory only, and never taken from a workspace.

import { type Agents, knownAgents } from '../models/agents';
import { isAddressOf, type ModelAccess } from '../models/modelAccess';
import { knownProviders, type ProviderId, type Providers, providerOf, titleOf } from '../models/providers';
import { inert } from '../shared/inert';
import type { EditorProxy } from '../shared/proxies';
import { ok, type Result, refuse } from '../shared/result';

/** What becomes of the packages in the user's own folder when a lockfile came in. */
export type WorkspaceSetUp = 'ask' | 'always' | 'never';

export interface MachineSettings {
  /** Commands an agent may run beside its check. */
  readonly allowedCommands: readonly string[];
  /** Names of variables of the host's environment that commands get beside the usual. */
  readonly variables: readonly string[];
  /** Which files are secrets beside those that always are, or are none after all (`secretFiles`). */
  readonly secretFiles: readonly string[];
  /** What commands run in: the name of a shell, or its absolute path; absent: the system's own. */
  readonly shell?: string;
  /** Commands see the copy that they run in at the workspace's own path, where the system can do that. */
  readonly samePlace: boolean;
  /** Files and folders that copies only link to, by their paths from the opened folder: to be read there. */
  readonly readOnlyLinks: readonly string[];
  readonly workspaceSetUp: WorkspaceSetUp;
  /** In which folder the copies of all workspaces lie, as its user wrote it; absent: where the system keeps such things. */
  readonly copiesFolder?: string;
  /** A project with more is not copied, in bytes. */
  readonly copyLimitBytes: number;
  /** Who may be asked for models, and where. */
  readonly providers: Providers;
  /** Agents of other makers, and how each is started. */
  readonly agents: Agents;
  /** The proxy of the editor's own settings, for where the environment names none. */
  readonly proxy?: EditorProxy;
  /** The most agents at the same time. */
  readonly agentLimit: number;
}

/** The most agents unless the machine's own setting allows more. */
export const usualAgentLimit = 5;

export const defaultMachineSettings: MachineSettings = {
  allowedCommands: [],
  variables: [],
  secretFiles: [],
  samePlace: true,
  readOnlyLinks: [],
  workspaceSetUp: 'ask',
  copyLimitBytes: 10e9,
  providers: knownProviders,
  agents: knownAgents,
  agentLimit: usualAgentLimit,
};

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

/** What a face asked for that the host's own user does not allow. */
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
 * May a face that speaks to the host of `own` ask for this? It may narrow what the host's user allows, never widen it.
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
      `${whereOpen} send keys for ${titleOf(id, own.providers)} to ${provider.baseUrl}, and yours name ${other.baseUrl}; your key was not used. ${sameInBoth}`,
    );
  }
  return ok({});
}

const whereOpen = 'The settings of the window or command that has this workspace open';
const sameInBoth = 'Name the same in both (parallelAgents.providers), or close the other one first.';
