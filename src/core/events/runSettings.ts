// What a run was started with: resolved by the face that started it, stored with the start. What gives power on the
// user's machine is not in it: see `guardrails/machineSettings.ts`.
import { defaultLimits, type Limits } from '../guardrails/limits';
import { usualSharedLocks } from '../locks/sharedPaths';
import { isModelName, type ModelName } from '../models/models';
import { defaultPreset, presetNames, usualLadder } from '../routing/presets';
import type { Routing } from '../routing/routeModel';
import type { FeatureId } from '../shared/ids';

export interface RunSettings extends Routing {
  readonly maxAgents: number;
  /** The workspace's check, for features without one of their own. */
  readonly verifyCommand?: string;
  /** Checks that run at the same time; absent: as many as the host's machine has cores. */
  readonly checksAtOnce?: number;
  /** Checks, and the commands that agents run, run one at a time; absent: they do not have to. */
  readonly exclusiveChecks?: boolean;
  /** What of the project is not copied, as in a `.gitignore`; absent: nothing. */
  readonly copyExclude?: readonly string[];
  /** Globs of files that are secrets beside those that are for the host's user; absent: none. */
  readonly secretFiles?: readonly string[];
  /** A command that is run in a place that was made anew, and where a lockfile has changed; absent: none. */
  readonly copySetUp?: string;
  /** Globs of files that several attempts may change at once; absent: none. */
  readonly sharedLocks?: readonly string[];
  readonly limits: Limits;
  /** Only these features; absent means all. */
  readonly only?: readonly FeatureId[];
  /** How long a worker lives on without a host, in milliseconds. */
  readonly reattachGraceMs: number;
}

const defaultReattachGraceMs = 60_000;

export const defaultRunSettings: RunSettings = {
  maxAgents: 3,
  preset: defaultPreset,
  ladder: usualLadder,
  sharedLocks: usualSharedLocks,
  limits: defaultLimits,
  reattachGraceMs: defaultReattachGraceMs,
};

/** Settings as a database holds them: only what is known here is taken, and what cannot be used is as by default. */
export function readRunSettings(stored: unknown): RunSettings {
  const found = fieldsOf(stored);
  const usable = Object.entries(readers).flatMap(([key, read]) => {
    const value = read(found[key]);
    return value === undefined ? [] : [[key, value]];
  });
  return { ...required, ...Object.fromEntries(usable) };
}

/** What is optional stays absent where nothing usable is stored. */
const { maxAgents, limits, reattachGraceMs } = defaultRunSettings;
const required: RunSettings = { maxAgents, limits, reattachGraceMs };

const readers: { readonly [K in keyof RunSettings]-?: (value: unknown) => RunSettings[K] | undefined } = {
  maxAgents: (value) => (isCount(value) ? value : undefined),
  model: (value) => (isModel(value) ? value : undefined),
  preset: (value) => presetNames.find((name) => name === value),
  byCategory: readByCategory,
  ladder: (value) => (isListOf(value, isModel) ? value : undefined),
  verifyCommand: (value) => (isText(value) ? value : undefined),
  checksAtOnce: (value) => (isCount(value) ? value : undefined),
  exclusiveChecks: (value) => (typeof value === 'boolean' ? value : undefined),
  secretFiles: (value) => (isListOf(value, isText) ? value : undefined),
  copySetUp: (value) => (isText(value) ? value : undefined),
  copyExclude: (value) => (isListOf(value, isText) ? value : undefined),
  sharedLocks: (value) => (isListOf(value, isText) ? value : undefined),
  limits: readLimits,
  only: (value) => (isListOf(value, isCount) ? value : undefined),
  reattachGraceMs: (value) => (isAmount(value) ? value : undefined),
};

function readLimits(stored: unknown): Limits {
  const found = fieldsOf(stored);
  return {
    ...amountsOf(defaultLimits, found),
    attemptMs: amountsOf(defaultLimits.attemptMs, fieldsOf(found.attemptMs)),
  };
}

/** The amounts of `instead`, each replaced by the one that was found if it is one. */
function amountsOf<T extends object>(instead: T, found: Readonly<Record<string, unknown>>): T {
  const usable = Object.keys(instead).filter((key) => isAmount(found[key]));
  return { ...instead, ...Object.fromEntries(usable.map((key) => [key, found[key]])) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isListOf<T>(value: unknown, is: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function readByCategory(stored: unknown): RunSettings['byCategory'] {
  const entries = Object.entries(fieldsOf(stored));
  return entries.every((entry): entry is [string, ModelName] => isModel(entry[1])) && entries.length > 0
    ? Object.fromEntries(entries)
    : undefined;
}

function isModel(value: unknown): value is ModelName {
  return isText(value) && isModelName(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
