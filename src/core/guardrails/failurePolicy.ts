// What follows when an attempt fails or is lost: another try, or the end of it.
import type { Limits } from './limits';

export type Verdict = 'retry' | 'fail';

/** After the first loss in a row; each further one rests four times as long. */
const firstRestMs = 1_000;
const longestRestMs = 64_000;

/** @param failures attempts of the feature that failed before this one */
export function afterFailure(failures: number, limits: Limits): Verdict {
  return failures < limits.maxRetries ? 'retry' : 'fail';
}

/**
 * @param losses attempts at this feature that were lost before, with their agent or over an overlap; that costs no attempt,
 *   until it happens too often
 */
export function afterLoss(losses: number, limits: Limits): Verdict {
  return losses + 1 < limits.maxLosses ? 'retry' : 'fail';
}

/** How long a feature, or a slot, is let be after so many losses in a row: what killed one agent may still be there. */
export function restMs(losses: number): number {
  return losses < 1 ? 0 : Math.min(longestRestMs, firstRestMs * 4 ** (losses - 1));
}
