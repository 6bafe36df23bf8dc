// The settings by which a user gives power on their machine, each in one entry; part of `settingsTable.ts`.
import { usualShell } from '../guardrails/commandShell';
import { knownAgents } from '../models/agents';
import { knownProviders, usualProtocol } from '../models/providers';
import { agentsByName } from './agentSettings';
import { choice, flag, gigabytes, texts, wholeNumber } from './forms';
import { folderName, secretGlobs, shellName, variableNames } from './nameForms';
import { providersByName } from './providerSettings';
import type { SettingGroup } from './setting';

export const highestAgentLimit = 64;

const ofMachine = { section: 'advanced', scope: 'machine' } as const;

/** What a user allows on their machine, whatever a workspace says. */
export const machineTable = {
  agentLimit: {
    key: 'agentLimit',
    form: wholeNumber(1, highestAgentLimit),
    default: 5,
    ...ofMachine,
    order: 2,
    text: 'The highest number that `#parallelAgents.maxAgents#` may name on this machine.',
  },
  /** Commands an agent may run beside its check. */
  allowedCommands: {
    key: 'commands.allow',
    form: texts(true, 10_000),
    default: [],
    ...ofMachine,
    order: 3,
    text: "Commands that agents may run beside a feature's check, each as it is written. One that ends in ` *` allows plain arguments after it, for instance `npm run *`.",
  },
  /** Names of variables of the host's environment that commands get beside the usual. */
  variables: {
    key: 'commands.env',
    form: variableNames,
    default: [],
    ...ofMachine,
    order: 4,
    text: "Names of environment variables that checks and agents' commands get beside the usual ones, for instance `DATABASE_URL`. Their values are those of the editor's own environment; what is secret of them is kept from models and logs. Not the model's key, nor what leads into the editor.",
  },
  providers: {
    key: 'providers',
    form: providersByName,
    default: {},
    of: 'user',
    ...ofMachine,
    order: 4,
    text: `Who is asked for models, by the name that stands before the slash in \`#parallelAgents.model#\`. ${known(knownProviders)} known; an entry here gives one another address, a variable for its key or prices, or adds any other service that speaks ${usualProtocol}: \`{"mine": {"baseUrl": "https://host/v1"}}\`. Keys are set by **Parallel Agents: Set API Key**.`,
  },
  agents: {
    key: 'agents',
    form: agentsByName,
    default: {},
    of: 'user',
    ...ofMachine,
    order: 4,
    text: `Coding agents of other makers, by the name that stands after \`agent/\` in \`#parallelAgents.model#\` or in a feature. ${known(knownAgents)} known; an entry here gives it another command, or adds any other agent that speaks the Agent Client Protocol: \`{"mine": {"command": ["my-agent", "--acp"]}}\`.`,
  },
  /** Which files are secrets beside those that always are, or are none after all (`secretFiles`). */
  secretFiles: {
    key: 'secrets.files',
    default: [],
    section: 'advanced',
    scope: 'resource', // a workspace's entries are added to the user's
    order: 5,
    text: "Files that hold secrets, beside those that are always taken for such (`.env*`, private keys, certificates with their keys, `credentials` and the like): commands and checks find them in the copy, agents neither read nor write them, and their values are kept from models and logs. Globs; a name without a slash counts in every folder, and a folder with all that is in it: `config/prod.yml`, `*.secret`, `vault/`. With `!` before it, in your own settings only, one is none after all: `!.env.test`. A workspace's entries are added to yours.",
    form: secretGlobs('user'),
    of: 'user',
  },
  /** What commands run in: the name of a shell, or its absolute path; absent: the system's own. */
  shell: {
    key: 'verify.shell',
    form: shellName,
    default: usualShell,
    ...ofMachine,
    order: 18,
    text: "The shell that checks and agents' commands run in, by its name or absolute path: for instance `bash`, where checks use its words. On Windows the default is its own command processor.",
  },
  samePlace: {
    key: 'copies.samePlace',
    form: flag(),
    default: true,
    ...ofMachine,
    order: 19,
    text: "Commands and checks see the copy that they run in at this workspace's own path, so that what holds that path (editable installs, virtual environments, build caches) leads to the copy. Linux with bubblewrap; elsewhere they run at the copy's path. Off: the copy's path everywhere. While it is on, the sockets of Docker, Podman and Watchman are closed to commands, for by that path these would be led to the workspace itself.",
  },
  workspaceSetUp: {
    key: 'workspace.setup',
    form: choice({
      ask: 'Says once in a run that your packages want an install, and offers to do it in a terminal.',
      always: 'Installs at once, in a terminal that does not take the focus.',
      never: 'Says nothing.',
    }),
    default: 'ask',
    ...ofMachine,
    order: 19,
    text: 'When a feature that passed has changed a lockfile, the packages that are installed in your own folder are behind it: what to do about that. The command is `#parallelAgents.copies.setup#`, else the usual one for the lockfile.',
  },
  readOnlyLinks: {
    key: 'copies.readOnlyLinks',
    form: texts(),
    default: [],
    ...ofMachine,
    order: 19,
    text: "Files and folders that agents' copies only link to, by their paths in the project, as `data/models`: for what is large and only read. Where commands see the copy at this workspace's own path they cannot write there; elsewhere nothing keeps them from it.",
  },
  /** As its user wrote it; absent: where the system keeps such things. */
  copiesFolder: {
    key: 'copies.folder',
    form: folderName,
    default: '',
    ...ofMachine,
    order: 19,
    text: "The folder that the agents' private copies of your projects lie in: absolute, or beginning with `~/`, outside of every project, and one that nobody else may write to. On the disk of your projects copies are quickest. Empty: a folder for such things of your user, on the project's disk where there is one.",
  },
  copyLimitBytes: {
    key: 'copies.maxGb',
    form: gigabytes(),
    default: 10,
    ...ofMachine,
    order: 19,
    text: 'The most that is copied of a project for an agent, in gigabytes. A run in a larger one waits, and names the folders that make it so large.',
  },
} as const satisfies SettingGroup;

function known(names: object): string {
  const all = Object.keys(names).map((name) => `\`${name}\``);
  const last = all.pop();
  return all.length > 0 ? `${all.join(', ')} and ${last} are` : `${last} is`;
}
