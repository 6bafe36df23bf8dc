// What follows when an attempt fails or its agent is lost: another try, or the end of it.
import type { Limits } from './limits';

export type Verdict = 'retry' | 'fail';

/** @param failures attempts of the feature that failed before this one */
export function afterFailure(failures: number, limits: Limits): Verdict {
  return failures < limits.maxRetries ? 'retry' : 'fail';
}

/** @param losses times an agent was lost at this feature before; that costs no attempt, until it happens too often */
export function afterLoss(losses: number, limits: Limits): Verdict {
  return losses + 1 < limits.maxLosses ? 'retry' : 'fail';
}
