// What the JSON in each table has to be: whoever reads it relies on its type, and the file may have been damaged or made by
// somebody else. What an earlier version did not write is optional in the types as well.
import type { Claim } from '../../core/claims/claim';
import type { Account, Slowness } from '../../core/events/accounts';
import type { Attempt, ProcessIdentity } from '../../core/events/event';
import type { CategoryHistory, ModelCosts, ModelTime } from '../../core/events/history';
import type { RunReport, WaitingByCause } from '../../core/events/runReport';
import type { Agent, Owner, Run } from '../../core/events/snapshot';
import type { CheckProof, FeatureSpec } from '../../core/features/feature';
import { type Breaker, troubleCauses } from '../../core/guardrails/breaker';
import type { KeptText } from '../../core/shared/longText';
import type { FileState, StagedFile } from '../../ports/isolation';
import type { PublicationRecord } from '../../ports/store';
import {
  byWord,
  either,
  type Is,
  isAnything,
  isCount,
  isFlag,
  isHash,
  isId,
  isNumber,
  isOneOf,
  isText,
  listOf,
  mapOf,
  nullable,
  optional,
  shapeOf,
} from './shape';

const isKeptText = shapeOf<KeptText>({ excerpt: isText, hash: isHash, chars: isCount });
export const isLongText = either(isText, isKeptText);
export const isTexts = listOf(isText);
const isIds = listOf(isId);

export const isFeatureSpec = shapeOf<FeatureSpec>({
  name: isText,
  category: isText,
  priority: isNumber,
  description: isLongText,
  dependsOn: isTexts,
  files: isTexts,
  resources: optional(isTexts),
  verify: optional(isLongText),
  model: optional(isText),
  estimate: optional(isNumber),
});

const isClaim = shapeOf<Claim>({
  slot: isId,
  attempt: isId,
  fence: isId,
  claimedAt: isNumber,
  claimedMs: optional(isNumber),
});

export const isCheckProof = shapeOf<CheckProof>({
  kind: isOneOf('check'),
  command: isLongText,
  exitCode: isOneOf(0),
  outputTail: isLongText,
  durationMs: isNumber,
});

export const isEvidence = byWord('kind', {
  check: isCheckProof,
  user: shapeOf<{ check: unknown }>({ check: optional(isCheckProof) }),
});

export const isSkipCause = byWord('kind', {
  dependency: shapeOf<{ featureId: unknown }>({ featureId: isId }),
  user: isAnything,
});

const reopened = { built: optional(isTexts), checkFirst: optional(isOneOf(true)) };
const isAtWork = shapeOf({ claim: isClaim, ...reopened });

export const isFeatureState = byWord('status', {
  pending: shapeOf({ notBefore: optional(isNumber), ...reopened }),
  waiting: shapeOf({ missing: isIds, ...reopened }),
  claimed: byWord('phase', {
    working: isAtWork,
    verifying: isAtWork,
    unconfirmed: shapeOf({ claim: isClaim, why: isLongText, check: optional(isCheckProof) }),
  }),
  passing: shapeOf({
    evidence: isEvidence,
    built: optional(isTexts),
    at: isNumber,
    elapsedMs: optional(isNumber),
  }),
  failed: shapeOf({ reason: isLongText, at: isNumber }),
  skipped: shapeOf({ because: isSkipCause, ...reopened }),
});

export const isLastFailure = nullable(isLongText);

export const isProcess = shapeOf<ProcessIdentity>({ pid: isId, started: isText });

/** Of a clean place the slot, the attempt and the fence are 0. */
export const attemptFields = { slot: isCount, featureId: isId, attempt: isCount, fence: isCount } satisfies {
  readonly [K in keyof Attempt]: Is;
};

export const isAgentStatus = isOneOf('starting', 'running', 'waiting', 'verifying', 'draining', 'ended');
export const isAgentEnd = isOneOf('done', 'yielded', 'stopped', 'limit', 'lost', 'recovered');

export const isAgent = shapeOf<Agent>({
  ...attemptFields,
  model: isText,
  status: isAgentStatus,
  step: isText,
  progress: optional(isNumber),
  startedAt: isNumber,
  endedAt: optional(isNumber),
  end: optional(isAgentEnd),
  losses: optional(isCount),
  process: optional(isProcess),
  inputTokens: isNumber,
  outputTokens: isNumber,
  costUsd: isNumber,
  actions: isCount,
  modelWhy: optional(isText),
  expertsWhy: optional(isText),
  unpricedTokens: optional(isNumber),
});

const isWaiting = shapeOf<WaitingByCause>({
  dependency: isNumber,
  lock: isNumber,
  rate: isNumber,
  trouble: optional(isNumber),
  limit: isNumber,
  core: optional(isNumber),
  ahead: optional(isNumber),
  paused: isNumber,
});

export const isRunReport = shapeOf<RunReport>({
  startedAt: isNumber,
  wallMs: isNumber,
  maxAgents: isNumber,
  passing: isCount,
  total: isCount,
  oneAgentMs: isNumber,
  oneAgentIs: optional(isOneOf('measured', 'estimate', 'atMost')),
  lastChecksMs: optional(isNumber),
  attemptMs: optional(isNumber),
  bestPossibleMs: isNumber,
  cores: optional(shapeOf({ count: isNumber, cpuMs: isNumber, busyMs: isNumber, isWhole: isFlag })),
  costUsd: isNumber,
  inputTokens: isNumber,
  outputTokens: isNumber,
  waitingMs: isWaiting,
  unpricedTokens: optional(isNumber),
  interruptions: optional(shapeOf({ count: isCount, awayMs: isNumber })),
  attempts: isCount,
  retries: isCount,
  chainLength: optional(isCount),
  chain: optional(
    listOf(
      shapeOf({
        featureId: isId,
        name: isText,
        startMs: isNumber,
        endMs: isNumber,
        because: isOneOf('start', 'retry', 'dependency', 'file', 'resource', 'slot'),
      }),
    ),
  ),
  rows: optional(
    listOf(
      shapeOf({
        slot: isId,
        featureId: isId,
        attempt: isId,
        startMs: isNumber,
        endMs: isNumber,
        end: isOneOf('passed', 'failed', 'retried', 'yielded', 'unconfirmed', 'open'),
      }),
    ),
  ),
});

export const isRunOutcome = isOneOf('complete', 'incomplete', 'stopped');

/** Its settings are read field by field, and what cannot be used is as by default (`readRunSettings`). */
export const isRun = shapeOf<Run>({
  id: isId,
  status: isOneOf('running', 'paused', 'stopping', 'finished'),
  settings: isAnything,
  startedAt: isNumber,
  startedMs: optional(isNumber),
  startedSeq: isId,
  outcome: optional(isRunOutcome),
  report: optional(isRunReport),
  costUsd: isNumber,
  inputTokens: isNumber,
  outputTokens: isNumber,
  unpricedTokens: optional(isNumber),
});

export const isClientKind = isOneOf('vscode', 'cli');
export const isOwner = nullable(shapeOf<Owner>({ epoch: isCount, process: isProcess, face: isClientKind }));

export const isTroubleCause = isOneOf(...troubleCauses);
export const isBreaker = shapeOf<Breaker>({
  cause: isTroubleCause,
  message: isText,
  mend: isText,
  since: isNumber,
  account: optional(isText),
  probeAt: isNumber,
  tries: isCount,
  fence: isCount,
  inCommand: optional(isOneOf(true)),
});
export const isAccounts = mapOf(
  shapeOf<Account>({
    breaker: optional(isBreaker),
    slow: optional(shapeOf<Slowness>({ untilAt: nullable(isNumber), atOnce: isCount })),
  }),
);

export const isExperience = listOf(
  shapeOf<CategoryHistory>({
    category: isText,
    passed: isCount,
    models: listOf(
      shapeOf<ModelTime>({
        model: isText,
        count: isCount,
        totalMs: isNumber,
        costs: optional(shapeOf<ModelCosts>({ count: isId, usd: isNumber, squares: isNumber })),
      }),
    ),
    files: listOf(shapeOf({ path: isText, count: isCount })),
  }),
);

/** Content is found by its hash only where it is one, and files are put only where they may be. */
const isFileState = shapeOf<FileState>({ hash: nullable(isText), mode: nullable(isCount) });

export const isPublication = shapeOf<PublicationRecord>({
  fence: isId,
  featureId: isId,
  stage: isOneOf('staged', 'publishing', 'published'),
  files: listOf(shapeOf<StagedFile>({ path: isText, before: isFileState, after: isFileState })),
  evidence: optional(isCheckProof),
});
