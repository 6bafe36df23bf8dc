// What a stored event has to be, type by type, for whoever shows or sums it up. Asked for is what every version wrote.
import type { Event, EventType } from '../../core/events/event';
import {
  byWord,
  either,
  type Is,
  isCount,
  isFlag,
  isId,
  isNumber,
  isOneOf,
  isText,
  listOf,
  nullable,
  optional,
  shapeOf,
} from './shape';
import {
  attemptFields,
  isAgentEnd,
  isAgentStatus,
  isCheckProof,
  isClientKind,
  isEvidence,
  isFeatureSpec,
  isLongText,
  isProcess,
  isRunOutcome,
  isRunReport,
  isSkipCause,
  isTexts,
  isTroubleCause,
} from './storedShapes';

const ofFeature = { featureId: isId };
/** Of an attempt, where the type names no more. */
const ofAttempt = attemptFields;
const ofRun = { runId: isId };
const content = { path: isText, before: nullable(isText), after: nullable(isText) };

const isScope = byWord('kind', {
  file: shapeOf({ path: isText }),
  folder: shapeOf({ path: isText }),
  resource: shapeOf({ resource: isText }),
});
const isLocked = either(shapeOf({ path: isText }), shapeOf({ resource: isText }));
const isAgentInTheWay = shapeOf({ slot: isCount, featureId: isId, fence: isCount });
const isBlocker = byWord('kind', {
  agent: (value) => isAgentInTheWay(value) && isLocked(value),
  human: shapeOf({ path: isText }),
});
const both =
  (one: Is, other: Is): Is =>
  (value) =>
    one(value) && other(value);
const isOfAttempt = shapeOf(ofAttempt);

const shapes: { readonly [T in EventType]: Is } = {
  'feature.added': shapeOf({ ...ofFeature, spec: isFeatureSpec }),
  'feature.edited': shapeOf({ ...ofFeature, spec: isFeatureSpec }),
  'feature.removed': shapeOf(ofFeature),
  'feature.held': shapeOf({ ...ofFeature, missing: listOf(isId) }),
  'feature.freed': shapeOf(ofFeature),
  'feature.claimed': shapeOf({
    ...ofAttempt,
    model: isText,
    modelWhy: optional(isText),
    expertsWhy: optional(isText),
  }),
  'feature.submitted': shapeOf({ ...ofAttempt, summary: isLongText }),
  'feature.returned': shapeOf({ ...ofAttempt, why: isLongText }),
  'feature.unconfirmed': shapeOf({ ...ofAttempt, why: isLongText, check: optional(isCheckProof) }),
  'feature.passed': shapeOf({ ...ofFeature, evidence: isEvidence, files: optional(isTexts) }),
  'feature.failed': shapeOf({ ...ofFeature, reason: isLongText }),
  'feature.retried': byWord('by', {
    policy: shapeOf({ ...ofFeature, reason: isLongText }),
    user: shapeOf(ofFeature),
  }),
  'feature.yielded': shapeOf({ ...ofAttempt, cause: isText, note: isLongText, path: optional(isText) }),
  'feature.skipped': shapeOf({ ...ofFeature, because: isSkipCause }),
  'feature.unskipped': shapeOf(ofFeature),
  'feature.regressed': byWord('by', {
    user: shapeOf(ofFeature),
    setting: shapeOf(ofFeature),
    check: shapeOf({ ...ofFeature, reason: isLongText }),
  }),
  'agent.started': shapeOf({ ...ofAttempt, process: isProcess }),
  'agent.progress': shapeOf({
    ...ofAttempt,
    status: isAgentStatus,
    step: isText,
    progress: optional(isNumber),
  }),
  'agent.ended': shapeOf({ ...ofAttempt, cause: isAgentEnd, note: isLongText }),
  'tool.used': shapeOf({
    ...ofAttempt,
    tool: isText,
    target: optional(isText),
    ok: isFlag,
    durationMs: isNumber,
    summary: isLongText,
    cpuMs: optional(isNumber),
    coreWaitMs: optional(isNumber),
  }),
  'model.called': shapeOf({
    ...ofAttempt,
    model: isText,
    costUsd: isNumber,
    durationMs: isNumber,
    isUnpriced: optional(isOneOf(true)),
    usage: shapeOf({
      inputTokens: isNumber,
      outputTokens: isNumber,
      cacheReadTokens: isNumber,
      cacheWriteTokens: isNumber,
    }),
  }),
  'limit.reached': shapeOf({ ...ofAttempt, limit: isText, bound: isNumber }),
  'lock.granted': both(shapeOf({ ...ofAttempt, how: isText, waitedMs: optional(isNumber) }), isScope),
  'lock.waiting': both(shapeOf({ ...ofAttempt, path: isText, blockers: listOf(isBlocker) }), isScope),
  'lock.conflicted': shapeOf({ ...ofAttempt, path: isText }),
  'lock.released': both(isOfAttempt, isLocked),
  'file.changed': shapeOf({ ...ofAttempt, ...content }),
  'file.published': shapeOf({ ...ofAttempt, ...content }),
  'file.conflicted': shapeOf({ ...ofAttempt, path: isText, why: isText }),
  'file.denied': shapeOf({ ...ofAttempt, path: isText, why: isText, others: optional(isCount) }),
  'copy.incomplete': shapeOf({ ...ofAttempt, count: isCount, paths: isTexts }),
  'agent.prompted': shapeOf({ ...ofAttempt, path: isText, whyNot: optional(isText) }),
  'artifact.stored': shapeOf({
    ...ofAttempt,
    folder: isText,
    count: isCount,
    leftOut: optional(isCount),
    files: listOf(shapeOf({ path: isText, bytes: isCount })),
  }),
  'verify.started': shapeOf({
    ...ofAttempt,
    command: isLongText,
    guards: optional(isId),
    trial: optional(isFlag),
    waitedMs: optional(isNumber),
  }),
  'verify.finished': shapeOf({
    ...ofAttempt,
    command: isLongText,
    guards: optional(isId),
    trial: optional(isFlag),
    passed: isFlag,
    doubt: optional(isOneOf('portTaken', 'neighbour', 'packages')),
    exitCode: nullable(isNumber),
    timedOut: isFlag,
    durationMs: isNumber,
    outputTail: isLongText,
    cpuMs: optional(isNumber),
    coreWaitMs: optional(isNumber),
  }),
  'verify.awaited': shapeOf({
    ...ofAttempt,
    ahead: listOf(isId),
    published: isFlag,
    waitedMs: isNumber,
  }),
  'run.started': shapeOf({ ...ofRun, settings: shapeOf({ maxAgents: isNumber }) }),
  'run.configured': shapeOf({ ...ofRun, maxAgents: isNumber }),
  'run.paused': shapeOf({ ...ofRun, stopping: isFlag }),
  'run.resumed': shapeOf(ofRun),
  'run.finished': shapeOf({ ...ofRun, outcome: isRunOutcome, report: isRunReport }),
  'breaker.opened': shapeOf({
    cause: isTroubleCause,
    message: isText,
    mend: isText,
    probeAt: isNumber,
    inCommand: optional(isOneOf(true)),
    account: optional(isText),
  }),
  'breaker.rescheduled': shapeOf({
    cause: isTroubleCause,
    probeAt: isNumber,
    tries: isCount,
    account: optional(isText),
  }),
  'breaker.closed': shapeOf({ cause: isTroubleCause, account: optional(isText) }),
  'throttle.changed': shapeOf({
    untilAt: nullable(isNumber),
    reason: isLongText,
    account: optional(isText),
    atOnce: optional(nullable(isCount)),
  }),
  'owner.changed': shapeOf({ epoch: isCount, process: isProcess, face: isClientKind }),
  'recovery.done': shapeOf({
    endedProcesses: isCount,
    releasedFeatures: listOf(isId),
    cutBytes: isCount,
    publishedFeatures: optional(listOf(isId)),
  }),
  'error.occurred': shapeOf({ where: isText, message: isLongText, featureId: optional(isId) }),
};

const isOfItsType = byWord('type', shapes);
const isNumbered = shapeOf({ seq: isId, at: isNumber, elapsedMs: optional(isNumber) });

/** One that is not as we write it feeds no decision, and is left out by whoever reads. */
export function isEvent(value: unknown): value is Event {
  return isNumbered(value) && isOfItsType(value);
}
