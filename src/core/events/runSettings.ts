// What a run was started with: resolved by the face that started it, stored with the start.
import { defaultLimits, type Limits } from '../guardrails/limits';
import { usualSharedLocks } from '../locks/sharedPaths';
import type { ModelName } from '../routing/modelCatalog';
import type { FeatureId } from '../shared/ids';

export interface RunSettings {
  readonly maxAgents: number;
  /** Above every feature's own wish. */
  readonly model?: ModelName;
  /** The workspace's check, for features without one of their own. */
  readonly verifyCommand?: string;
  /** Commands an agent may run beside its check. */
  readonly allowedCommands: readonly string[];
  /** Globs of files that several attempts may change by turns; absent: none. */
  readonly sharedLocks?: readonly string[];
  readonly limits: Limits;
  /** Only these features; absent means all. */
  readonly only?: readonly FeatureId[];
  /** How long a worker lives on without a host, in milliseconds. */
  readonly reattachGraceMs: number;
  /** Where the Messages API is, if not at its usual address. */
  readonly baseUrl?: string;
}

const defaultReattachGraceMs = 60_000;

export const defaultRunSettings: RunSettings = {
  maxAgents: 3,
  allowedCommands: [],
  sharedLocks: usualSharedLocks,
  limits: defaultLimits,
  reattachGraceMs: defaultReattachGraceMs,
};
