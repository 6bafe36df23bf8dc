// What the user of a machine allows in all of their workspaces: in memory only, and never taken from a workspace.

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
  /** Where the Messages API is, if not at its usual address. */
  readonly baseUrl?: string;
  /** The proxy of the editor's own settings, for where the environment names none. */
  readonly proxy?: EditorProxy;
  /** The most agents at the same time. */
  readonly agentLimit: number;
}

/** A key with the address it was given for; the two are never parted. */
export interface ModelAccess {
  readonly apiKey: string;
  /** Absent: the usual address. */
  readonly baseUrl?: string;
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

/** The key as this machine's settings mean it to be used. */
export function accessWith(apiKey: string, { baseUrl }: MachineSettings): ModelAccess {
  return { apiKey, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** What a face asked for that the host's own user does not allow. */
export interface LeftOut {
  readonly commands: readonly string[];
  readonly variables: readonly string[];
}

/** For whoever started a run through a host that allows less: a sentence for each kind. */
export function describeLeftOut({ commands, variables }: LeftOut): readonly string[] {
  const named = (entries: readonly string[]) => entries.map((entry) => `\`${inert(entry)}\``).join(', ');
  const where = 'the settings of the window or command that has this workspace open do not allow it';
  return [
    ...(commands.length > 0
      ? [`Agents may not run ${named(commands)}: ${where} (parallelAgents.commands.allow).`]
      : []),
    ...(variables.length > 0
      ? [`Commands are not given ${named(variables)}: ${where} (parallelAgents.commands.env).`]
      : []),
  ];
}

/** May a face that speaks to the host of `own` ask for this? It may narrow what the host's user allows, never widen it. */
export function judgeAsked(
  own: MachineSettings,
  { maxAgents, access }: { readonly maxAgents?: number; readonly access?: ModelAccess },
): Result<object> {
  if (maxAgents !== undefined && maxAgents > own.agentLimit) {
    return refuse(
      'badInput',
      `${maxAgents} agents are more than the ${own.agentLimit} that are allowed where this workspace is open; parallelAgents.agentLimit in the settings there raises it.`,
    );
  }
  if (access !== undefined && access.baseUrl !== own.baseUrl) {
    return refuse(
      'badInput',
      `This workspace is open in a window or command that sends keys to ${named(own.baseUrl)}, and your settings name ${named(access.baseUrl)}; your key was not used. Name the same address in both (parallelAgents.providers.anthropic.baseUrl), or close the other one first.`,
    );
  }
  return ok({});
}

function named(baseUrl: string | undefined): string {
  return baseUrl ?? 'the usual address of the API';
}
