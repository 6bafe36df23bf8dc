// Whether a model that did not answer is asked again: when its service is busy for as long as that takes, when it is away for as
// long as work would be lost.
import { isOnTheWay, type Trouble } from '../core/guardrails/breaker';
import type { Asked } from '../ports/coordinator';
import { type Failure, troubleOf } from '../ports/failure';

/** Tries of one turn in a row. The throttle spaces them, so this many mean a long outage, not a busy minute. */
export const maxTries = 20;
/** A service that cannot be reached for so long will not be there in a moment: whoever has done nothing yet makes room. */
export const patienceMs = 120_000;
/** So long an attempt with work that would be lost waits until its service is there again. */
export const longPatienceMs = 30 * 60_000;

export interface Tried {
  readonly tries: number;
  /** Since the first of them. */
  readonly waitedMs: number;
  /** Nothing would be lost: the model has not been answered before. */
  readonly isFirst: boolean;
}

export type AfterFailure =
  | { readonly kind: 'askAgain'; readonly limit: Asked<'modelLimited'> }
  /** It would meet any other feature just the same. */
  | { readonly kind: 'outside'; readonly trouble: Trouble }
  /** Of what was asked, or of none of these. */
  | { readonly kind: 'final' };

export function afterFailure(failure: Failure, { tries, waitedMs, isFirst }: Tried): AfterFailure {
  const { reason, message, retryAfterMs } = failure;
  const isAway = reason === 'unreachable';
  const isBusy = reason === 'rateLimited' || reason === 'overloaded';
  const isLong = isAway ? waitedMs >= patienceMs : isBusy && tries >= maxTries;
  const trouble = troubleOf(failure) ?? (isLong ? noAnswer(message, tries) : undefined);
  const waits = trouble && !isBusy && isOnTheWay(trouble.cause) && !isFirst && waitedMs < longPatienceMs;
  if (trouble && !waits) return { kind: 'outside', trouble };
  if (!trouble && !isAway && !isBusy) return { kind: 'final' };
  return {
    kind: 'askAgain',
    limit: {
      reason: message,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(!isBusy && { isOutage: true }),
      ...(trouble && { trouble }),
    },
  };
}

function noAnswer(message: string, tries: number): Trouble {
  const words = message.replace(/\.$/, '');
  return { cause: 'service', message: `The model service did not answer in ${tries} tries: ${words}.` };
}
