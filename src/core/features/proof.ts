// Is what proved a feature still what it is to be proved by?
import { isSameText, type LongText } from '../shared/longText';
import type { Feature, FeatureSpec } from './feature';

/** Has what is to be built changed, or the check for it? Then what was found out before says nothing any more. */
export function isAskedAnew(before: FeatureSpec, after: FeatureSpec): boolean {
  return !isSame(before.description, after.description) || !isSame(before.verify, after.verify);
}

/**
 * Does the feature pass by another check than the one it has now? Where it has none now, what it passed by stays.
 *
 * @param workspaceCheck for features without one of their own, as it would be on record
 */
export function isProvedByAnother({ spec, state }: Feature, workspaceCheck: LongText | undefined): boolean {
  if (state.status !== 'passing') return false;
  const check = spec.verify ?? workspaceCheck;
  const proof = state.evidence.kind === 'check' ? state.evidence : state.evidence.check;
  return check !== undefined && !isSame(proof?.command, check);
}

function isSame(a: LongText | undefined, b: LongText | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameText(a, b);
}
