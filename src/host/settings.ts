// Turns settings as people write them into what a run is started with, naming every value that cannot be used.
import { defaultRunSettings, type RunSettings } from '../core/events/runSettings';
import { isException, wrongSecretGlob } from '../core/features/namedSecrets';
import { usualShell, wrongShell } from '../core/guardrails/commandShell';
import { wrongVariable } from '../core/guardrails/commandVariables';
import type { Limits } from '../core/guardrails/limits';
import {
  defaultMachineSettings,
  type MachineSettings,
  usualAgentLimit,
  type WorkspaceSetUp,
} from '../core/guardrails/machineSettings';
import { usualSharedLocks } from '../core/locks/sharedPaths';
import { isModelName, type ModelName, modelNameForms } from '../core/models/models';
import { readAgents } from './agentSettings';
import { readProviders } from './providerSettings';
import { readRouting } from './routingSettings';
import type { SettingReader } from './settingReader';

export interface ResolvedSettings {
  readonly settings: RunSettings;
  readonly machine: MachineSettings;
  /** Values that could not be used, each with its name and what is used instead. */
  readonly warnings: readonly string[];
}

export const highestAgentLimit = 64;
/** As many as there can be agents; each has at most one check. */
const mostChecksAtOnce = highestAgentLimit;

const countLimits = [
  ['limits.max_file_edits', 'maxFileEdits', 1],
  ['limits.max_bash_commands', 'maxBashCommands', 1],
  ['limits.max_actions', 'maxActions', 1],
  ['limits.max_retries', 'maxRetries', 0],
] as const satisfies readonly (readonly [string, keyof Limits, number])[];

const secondLimits = [
  ['limits.max_session_duration', 'maxSessionMs'],
  ['limits.command_timeout', 'commandMs'],
  ['limits.verify_timeout', 'verifyMs'],
] as const satisfies readonly (readonly [string, keyof Limits])[];

/** Settings with every gap and every unusable value filled from the defaults. */
export function resolveSettings(read: SettingReader): ResolvedSettings {
  const warnings: string[] = [];
  const defaults = defaultRunSettings;
  const warn = (name: string, value: unknown, instead: unknown, want: string) =>
    void warnings.push(
      `parallelAgents.${name} must be ${want}, not ${shown(value)}; ${shown(instead)} is used.`,
    );
  const whole = (name: string, least: number, most: number, instead: number): number => {
    const value = read(name);
    if (value === undefined) return instead;
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
      return value as number;
    warn(name, value, instead, `a whole number from ${least} to ${most}`);
    return instead;
  };
  const seconds = (name: string, insteadMs: number): number => {
    const value = read(name);
    if (value === undefined) return insteadMs;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= 86_400)
      return value * 1000;
    warn(name, value, insteadMs / 1000, 'a number of seconds above 0');
    return insteadMs;
  };
  const gigabytes = (name: string, insteadBytes: number): number => {
    const value = read(name);
    if (value === undefined) return insteadBytes;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value * 1e9;
    warn(name, value, insteadBytes / 1e9, 'a number of gigabytes above 0');
    return insteadBytes;
  };
  const limit = whole('agentLimit', 1, highestAgentLimit, usualAgentLimit);
  const limits: Limits = {
    ...defaults.limits,
    ...Object.fromEntries(
      countLimits.map(([name, key, least]) => [key, whole(name, least, 100_000, defaults.limits[key])]),
    ),
    ...Object.fromEntries(secondLimits.map(([name, key]) => [key, seconds(name, defaults.limits[key])])),
  };
  const settings: RunSettings = {
    maxAgents:
      read('enabled') === false ? 1 : whole('maxAgents', 1, limit, Math.min(defaults.maxAgents, limit)),
    ...optional('model', readModel(read, warn)),
    ...readRouting(read, warnings),
    ...optional('verifyCommand', readText('verify.command', read, warn)),
    ...optional('checksAtOnce', readCount('verify.parallel', read, warn)),
    ...(readSwitch('verify.exclusive', read, warn, false) && { exclusiveChecks: true }),
    ...optional('copySetUp', readText('copies.setup', read, warn)),
    ...nonEmpty('copyExclude', readList('copies.exclude', [], read, warn)),
    ...nonEmpty('secretFiles', readSecretFiles('workspace', read, warnings)),
    sharedLocks: readList('locks.shared', usualSharedLocks, read, warn),
    limits,
    reattachGraceMs: seconds('reattachGrace', defaults.reattachGraceMs),
  };
  const machine: MachineSettings = {
    allowedCommands: readList('commands.allow', defaultMachineSettings.allowedCommands, read, warn),
    variables: readVariables(read, warnings),
    secretFiles: readSecretFiles('user', read, warnings),
    ...optional('shell', readShell(read, warn)),
    samePlace: readSwitch('copies.samePlace', read, warn, defaultMachineSettings.samePlace),
    ...optional('copiesFolder', readText('copies.folder', read, warn)?.trim() || undefined),
    copyLimitBytes: gigabytes('copies.maxGb', defaultMachineSettings.copyLimitBytes),
    providers: readProviders(read('providers', 'user'), warnings),
    agents: readAgents(read('agents', 'user'), warnings),
    agentLimit: limit,
    workspaceSetUp: readChoice('workspace.setup', workspaceSetUps, 'ask', read, warn),
    readOnlyLinks: readList('copies.readOnlyLinks', defaultMachineSettings.readOnlyLinks, read, warn),
  };
  return { settings, machine, warnings };
}

type Warn = (name: string, value: unknown, instead: unknown, want: string) => void;

function readModel(read: SettingReader, warn: Warn): ModelName | undefined {
  const value = read('model');
  if (value === undefined || value === '' || value === 'auto') return undefined;
  if (typeof value === 'string' && isModelName(value)) return value;
  warn('model', value, 'auto', `auto, ${modelNameForms}`);
  return undefined;
}

const workspaceSetUps: readonly WorkspaceSetUp[] = ['ask', 'always', 'never'];

function readChoice<T extends string>(
  name: string,
  choices: readonly T[],
  instead: T,
  read: SettingReader,
  warn: Warn,
): T {
  const value = read(name);
  const chosen = choices.find((one) => one === value);
  if (chosen === undefined && value !== undefined) warn(name, value, instead, `one of ${choices.join(', ')}`);
  return chosen ?? instead;
}

function readText(name: string, read: SettingReader, warn: Warn): string | undefined {
  const value = read(name);
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  warn(name, value, '', 'text');
  return undefined;
}

/** Undefined where nothing is set: what that comes to depends on the machine that the host runs on. */
function readCount(name: string, read: SettingReader, warn: Warn): number | undefined {
  const value = read(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostChecksAtOnce)
    return value;
  warn(name, value, 'the number of cores', `a whole number from 1 to ${mostChecksAtOnce}`);
  return undefined;
}

function readSwitch(name: string, read: SettingReader, warn: Warn, instead: boolean): boolean {
  const value = read(name);
  if (value === undefined || typeof value === 'boolean') return value ?? instead;
  warn(name, value, instead, 'true or false');
  return instead;
}

function readList(
  name: string,
  instead: readonly string[],
  read: SettingReader,
  warn: Warn,
): readonly string[] {
  const value = read(name);
  if (value === undefined) return instead;
  if (Array.isArray(value) && value.every((v): v is string => typeof v === 'string')) return value;
  warn(name, value, instead, 'a list of texts');
  return instead;
}

function readShell(read: SettingReader, warn: Warn): string | undefined {
  const value = readText('verify.shell', read, warn)?.trim();
  if (value === undefined || value === '' || value === usualShell) return undefined;
  const want = wrongShell(value);
  if (want === undefined) return value;
  warn('verify.shell', value, usualShell, want);
  return undefined;
}

/** Each name that cannot be used is told by itself, and the others are. */
function readVariables(read: SettingReader, warnings: string[]): readonly string[] {
  const value = read('commands.env');
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((v): v is string => typeof v === 'string')) {
    // Not quoted: whoever writes names with their values writes secrets.
    warnings.push('parallelAgents.commands.env must be a list of names of variables; none is used.');
    return [];
  }
  return value.flatMap((entry) => {
    const wrong = wrongVariable(entry);
    if (wrong === undefined) return [entry.trim()];
    warnings.push(`parallelAgents.commands.env: ${wrong}; it is left out.`);
    return [];
  });
}

/**
 * A workspace may name further secrets, and none that are none: whoever wrote its settings would read the user's. Each
 * entry that cannot be used is told by itself, and the others are.
 */
function readSecretFiles(
  of: 'user' | 'workspace',
  read: SettingReader,
  warnings: string[],
): readonly string[] {
  const whose = of === 'user' ? 'your own settings' : "the workspace's settings";
  const value = read('secrets.files', of);
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((v): v is string => typeof v === 'string')) {
    warnings.push(
      `parallelAgents.secrets.files must be a list of globs, not ${shown(value)} (in ${whose}); what is always secret still is.`,
    );
    return [];
  }
  return value.flatMap((entry) => {
    const isRefused = of === 'workspace' && isException(entry);
    const wrong = isRefused
      ? 'would show secrets to agents, which only your own settings may say'
      : wrongSecretGlob(entry);
    if (wrong === undefined) return [entry.trim()];
    warnings.push(`parallelAgents.secrets.files (in ${whose}): ${shown(entry)} ${wrong}; it is left out.`);
    return [];
  });
}

function nonEmpty<K extends string>(
  key: K,
  list: readonly string[],
): { readonly [P in K]?: readonly string[] } {
  return optional(key, list.length > 0 ? list : undefined);
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
