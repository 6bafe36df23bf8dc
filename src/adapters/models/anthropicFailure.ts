// Sorts what can go wrong with a call of the Messages API into failures, and keeps the key out of their words.
import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { Redactor } from '../../core/guardrails/redactor';
import { Failure, type FailureReason } from '../../ports/failure';
import { failureOfThrown } from './connectionFailure';
import { failureOf, pageText, reasonOfPage, reasonOfStatus } from './httpFailure';

/**
 * The original error is not kept as `cause`: its text could quote the key, and causes get logged.
 *
 * @param redactor knows the key
 */
export function toFailure(error: unknown, redactor: Redactor, signal: AbortSignal): Failure {
  if (signal.aborted || error instanceof APIUserAbortError) return new Failure('aborted', 'stopped');
  if (!(error instanceof APIError)) return failureOfThrown(error, redactor);
  if (error instanceof APIConnectionError) return failureOfThrown(error.cause ?? error, redactor);
  const words = error.apiMessage ?? error.message;
  const { status, type, headers } = error;
  if (status !== undefined && !isOwnWord(error)) {
    const page = pageText(status, headers, error.message);
    return failureOf(reasonOfPage(status), page, redactor, headers);
  }
  return failureOf(reasonOfType(type, words) ?? reasonOfStatus(status), words, redactor, headers);
}

/** The service answers in JSON, also when it says no. */
function isOwnWord({ headers, type }: APIError): boolean {
  return type !== null || /\bjson\b/i.test(headers?.get('content-type') ?? '');
}

/** By the service's own word, which an error inside a stream that had begun well has for its only one. */
function reasonOfType(type: string | null, words: string): FailureReason | undefined {
  switch (type) {
    case 'overloaded_error':
      return 'overloaded';
    case 'rate_limit_error':
      return 'rateLimited';
    case 'authentication_error':
    case 'permission_error':
      return 'unauthorized';
    case 'billing_error':
      return 'noCredit';
    case 'not_found_error':
      return 'unusable';
    case 'invalid_request_error':
      // The account's state is told as a wrong request; each of these is the service's own wording.
      if (/credit balance is too low|usage limits?\b|spend(ing)? limit/i.test(words)) return 'noCredit';
      if (/organization has been disabled/i.test(words)) return 'unauthorized';
      return /prompt is too long/i.test(words) ? 'tooLong' : 'badResponse';
    default:
      return undefined;
  }
}
