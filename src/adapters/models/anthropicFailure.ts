// Sorts what can go wrong with a call of the Messages API into failures, and keeps the key out of their words.
import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { Failure, type FailureReason } from '../../ports/failure';

/**
 * The original error is not kept as `cause`: its text could quote the key, and causes get logged.
 *
 * @param key taken out of the message wherever it stands
 */
export function toFailure(error: unknown, key: string, signal: AbortSignal): Failure {
  if (signal.aborted || error instanceof APIUserAbortError) return new Failure('aborted', 'stopped');
  const clean = (text: string) => text.replaceAll(key, '[key]').slice(0, 1000);
  if (!(error instanceof APIError)) {
    const reason = error instanceof SyntaxError ? 'badResponse' : 'unreachable'; // fetch tells a lost connection as a TypeError
    return new Failure(reason, clean(`the connection to the model service failed: ${wordsOf(error)}`));
  }
  if (error instanceof APIConnectionError) {
    return new Failure(
      'unreachable',
      clean(`the model service cannot be reached: ${wordsOf(error.cause ?? error)}`),
    );
  }
  const words = error.apiMessage ?? error.message;
  const reason = error.status === undefined ? reasonOfType(error.type) : reasonOfStatus(error.status, words);
  const retryAfterMs = retryAfter(error.headers);
  return new Failure(reason, clean(words), retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** The wait the service asked for, in milliseconds: `retry-after-ms`, or `retry-after` in seconds or as a date. */
export function retryAfter(headers: Headers | undefined): number | undefined {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (exact >= 0) return exact;
  const given = headers?.get('retry-after');
  if (given == null) return undefined;
  const seconds = Number(given);
  if (given.trim() !== '' && seconds >= 0) return seconds * 1000;
  const date = Date.parse(given);
  // By the service's own clock where it tells it: ours may have been set an hour back.
  const now = Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(now) ? Date.now() : now));
}

function reasonOfStatus(status: number, words: string): FailureReason {
  if (status === 401 || status === 402 || status === 403) return 'unauthorized'; // each needs the account's owner
  if (status === 413 || (status === 400 && /prompt is too long/i.test(words))) return 'tooLong';
  if (status === 429) return 'rateLimited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status >= 500 || status === 408 || status === 409) return 'unreachable';
  return 'badResponse';
}

/** An error told inside a stream that had begun well has no status, only a type. */
function reasonOfType(type: string | null): FailureReason {
  switch (type) {
    case 'overloaded_error':
      return 'overloaded';
    case 'rate_limit_error':
      return 'rateLimited';
    case 'authentication_error':
    case 'permission_error':
    case 'billing_error':
      return 'unauthorized';
    case 'invalid_request_error':
      return 'badResponse';
    default:
      return 'unreachable';
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
