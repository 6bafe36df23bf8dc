// What an answer over HTTP means that is none of a model, whoever's service was asked.
import type { Redactor } from '../../core/guardrails/redactor';
import { Failure, type FailureReason } from '../../ports/failure';

/** Words of a failure are cut to this many characters. */
const mostText = 1000;

/** A failure whose words hold no key. @param redactor knows the key */
export function failureOf(
  reason: FailureReason,
  words: string,
  redactor: Redactor,
  headers?: Headers,
): Failure {
  const retryAfterMs = retryAfter(headers);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new Failure(reason, redactor.text(words).slice(0, mostText), wait);
}

/** Undefined for a stream of events; anything else was sent by something between us and the service. */
export function pageFailure({ status, headers }: Response): Failure | undefined {
  const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  return isStream ? undefined : new Failure('unusable', pageText(status, headers, ''));
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

/** Pages come from proxies, firewalls, portals and wrong addresses. */
export function pageText(status: number, headers: Headers | undefined, body: string): string {
  const kind = headers?.get('content-type')?.split(';', 1)[0] || 'no content type';
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim();
  const to = headers?.get('location');
  const about = [`HTTP ${status}`, kind, ...(title ? [`"${title}"`] : []), ...(to ? [`leads to ${to}`] : [])];
  return `A page came back instead of an answer of the model service (${about.join(', ')}). ${whoSends(status)}`;
}

/** 511: what a network says that wants a login first; most say nothing of the kind, and answer or lead elsewhere. */
const loginWanted = 511;

function whoSends(status: number): string {
  if (status === loginWanted || status < 400)
    return 'So does a network that wants you to log in first, which you can in a browser, or a wrong address.';
  if (status === 404 || status === 405) return 'So does a wrong address.';
  if (status === 401 || status === 403 || status === 451) return 'So does a firewall on the way to it.';
  if (status >= 500) return 'So does a gateway before the service while that is out of order.';
  return 'It is of something on the way to the service.';
}

/** A gateway in front of the service tells its load and its outages by pages too, and those pass by themselves. */
export function reasonOfPage(status: number): FailureReason {
  if (status === 413) return 'tooLong';
  if (status === 402) return 'noCredit';
  if (status === 429) return 'rateLimited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status === loginWanted) return 'unusable';
  return status >= 500 || status === 408 ? 'unreachable' : 'unusable';
}

export function reasonOfStatus(status: number | undefined): FailureReason {
  if (status === 401) return 'unauthorized';
  if (status === 402) return 'noCredit';
  if (status === 413) return 'tooLong';
  if (status === 429) return 'rateLimited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status === undefined || status >= 500 || status === 408 || status === 409) return 'unreachable';
  // Of another's making, or a model that this service does not have: the next request would fare no better.
  return status === 400 || status === 422 ? 'badResponse' : 'unusable';
}

export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
