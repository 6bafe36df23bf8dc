// Sorts what can go wrong with a call of the Messages API into failures, and keeps the key out of their words.
import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { Redactor } from '../../core/guardrails/redactor';
import { Failure, type FailureReason } from '../../ports/failure';

/**
 * The original error is not kept as `cause`: its text could quote the key, and causes get logged.
 *
 * @param redactor knows the key
 */
export function toFailure(error: unknown, redactor: Redactor, signal: AbortSignal): Failure {
  if (signal.aborted || error instanceof APIUserAbortError) return new Failure('aborted', 'stopped');
  const clean = (text: string) => redactor.text(text).slice(0, 1000);
  if (!(error instanceof APIError)) {
    // Of another's making, as a page is: the next request would fare no better.
    if (error instanceof SyntaxError)
      return new Failure(
        'unusable',
        clean(`What came back is no answer of the model service: ${wordsOf(error)}`),
      );
    // Fetch tells a lost connection as a TypeError.
    return new Failure('unreachable', clean(`the connection to the model service failed: ${wordsOf(error)}`));
  }
  if (error instanceof APIConnectionError) {
    return new Failure(
      'unreachable',
      clean(`the model service cannot be reached: ${wordsOf(error.cause ?? error)}`),
    );
  }
  const words = error.apiMessage ?? error.message;
  const { status, type, headers } = error;
  if (status !== undefined && !isOwnWord(error)) {
    const page = pageWords(status, headers, error.message);
    return new Failure(reasonOfPage(status), clean(page), waitFrom(headers));
  }
  const reason = reasonOfType(type, words) ?? reasonOfStatus(status);
  return new Failure(reason, clean(words), waitFrom(headers));
}

/** Undefined for a stream of events; anything else was sent by something between us and the service. */
export function pageFailure({ status, headers }: Response): Failure | undefined {
  const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  return isStream ? undefined : new Failure('unusable', pageWords(status, headers, ''));
}

function waitFrom(headers: Headers | undefined): { readonly retryAfterMs?: number } {
  const retryAfterMs = retryAfter(headers);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
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

/** The service answers in JSON, also when it says no; pages come from proxies, firewalls, portals and wrong addresses. */
function isOwnWord({ headers, type }: APIError): boolean {
  return type !== null || /\bjson\b/i.test(headers?.get('content-type') ?? '');
}

function pageWords(status: number, headers: Headers | undefined, body: string): string {
  const kind = headers?.get('content-type')?.split(';', 1)[0] || 'no content type';
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim();
  const to = headers?.get('location');
  const about = [`HTTP ${status}`, kind, ...(title ? [`"${title}"`] : []), ...(to ? [`leads to ${to}`] : [])];
  return `A page came back instead of an answer of the model service (${about.join(', ')}).`;
}

/** A gateway in front of the service tells its load and its outages by pages too, and those pass by themselves. */
function reasonOfPage(status: number): FailureReason {
  if (status === 413) return 'tooLong';
  if (status === 402) return 'noCredit';
  if (status === 429) return 'rateLimited';
  if (status === 529 || status === 503) return 'overloaded';
  return status >= 500 || status === 408 ? 'unreachable' : 'unusable';
}

function reasonOfStatus(status: number | undefined): FailureReason {
  if (status === 401) return 'unauthorized';
  if (status === 402) return 'noCredit';
  if (status === 413) return 'tooLong';
  if (status === 429) return 'rateLimited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status === undefined || status >= 500 || status === 408 || status === 409) return 'unreachable';
  // Of another's making, or a model that this service does not have: the next request would fare no better.
  return status === 400 || status === 422 ? 'badResponse' : 'unusable';
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

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
