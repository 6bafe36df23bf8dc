// What an attempt's end makes of its feature.
import { attemptOf } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import { mostBuilt } from '../core/features/feature';
import type { FeatureChange } from '../core/features/featureChange';
import { afterFailure, afterLoss } from '../core/guardrails/failurePolicy';
import type { StagedFile } from '../ports/isolation';
import type { Ending, LiveAttempt } from './attempt';
import { limitReason } from './endText';

/** What a pass tells of the files that it put into the workspace. */
export function builtBy(files: readonly StagedFile[]): { readonly files?: readonly string[] } {
  return files.length === 0 ? {} : { files: files.slice(0, mostBuilt).map(({ path }) => path) };
}

export function changeFor(
  { attempt, feature: claimed }: LiveAttempt,
  ending: Ending,
  head: Snapshot,
): FeatureChange {
  const { featureId, fence, slot } = attempt;
  const feature = head.features[featureId] ?? claimed;
  const limits = head.run?.settings.limits;
  const retries = (reason: string): FeatureChange =>
    limits && afterFailure(feature.failures, limits) === 'retry'
      ? { type: 'feature.retried', by: 'policy', reason, featureId, fence, slot }
      : { type: 'feature.failed', reason, featureId, fence, slot };
  const yieldsUnlessAgain = (
    cause: 'lost' | 'overlap' | 'packages',
    note: string,
    again: string,
  ): FeatureChange =>
    limits && afterLoss(feature.losses, limits) === 'retry'
      ? { type: 'feature.yielded', cause, note, ...attemptOf(attempt) }
      : { type: 'feature.failed', reason: `${again} again and again. ${note}`, featureId, fence, slot };
  switch (ending.kind) {
    case 'passed':
      return {
        type: 'feature.passed',
        evidence: ending.evidence,
        featureId,
        fence,
        slot,
        ...builtBy(ending.files),
      };
    case 'unconfirmed': {
      const { why, check } = ending;
      return { type: 'feature.unconfirmed', why, ...(check && { check }), ...attemptOf(attempt) };
    }
    case 'failed':
      return ending.final
        ? { type: 'feature.failed', reason: ending.reason, featureId, fence, slot }
        : retries(ending.reason);
    case 'limit':
      return retries(limitReason(ending));
    case 'lost':
      return yieldsUnlessAgain('lost', ending.note, 'Its agent was lost');
    case 'yielded': {
      const { cause, note, path } = ending;
      if (cause === 'packages') return yieldsUnlessAgain(cause, note, "The user's packages changed");
      if (cause === 'overlap') return yieldsUnlessAgain(cause, note, 'Its agents handed their work back');
      return {
        type: 'feature.yielded',
        cause,
        note,
        ...(path === undefined ? {} : { path }),
        ...attemptOf(attempt),
      };
    }
    default:
      return ending satisfies never;
  }
}
