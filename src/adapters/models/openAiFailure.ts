// Sorts the errors of services that speak OpenAI's chat completions; each words them its own way.
import type { Redactor } from '../../core/guardrails/redactor';
import { fieldsOf } from '../../core/shared/fields';
import type { Failure, FailureReason } from '../../ports/failure';
import { failureOf, pageText, reasonOfPage, reasonOfStatus } from './httpFailure';

/** What a service says of an error, whichever form it has for that. */
export interface ServiceError {
  readonly message: string;
  /** Its own short words: `code`, `type` and `status`, as far as they are there. */
  readonly codes: readonly string[];
  /** The status that it names in the error itself, as one told inside a stream has it. */
  readonly status?: number;
}

/**
 * The error in what a service sent: `{error: {message, code, type}}`, the same in a list (Gemini), `{error: "..."}` (Ollama),
 * `{code, error: "..."}` (xAI), `{message}` or `{detail}` (gateways). Undefined where there is none.
 */
export function errorIn(body: unknown): ServiceError | undefined {
  const outer = fieldsOf(Array.isArray(body) ? body[0] : body);
  const { error = outer } = outer;
  const inner = fieldsOf(error);
  const message = [error, inner.message, inner.error, inner.detail].find((text) => typeof text === 'string');
  if (typeof message !== 'string') return undefined;
  const codes = [inner.code, inner.type, inner.status, outer.code].filter((code) => typeof code === 'string');
  const status = [inner.code, inner.status].find((code) => typeof code === 'number');
  return { message, codes, ...(typeof status === 'number' && { status }) };
}

/** For an answer that says no. @param body as it came, of at most some kilobytes @param redactor knows the key */
export function failureOfAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: string,
  redactor: Redactor,
): Failure {
  const error = errorIn(parsed(body));
  if (error === undefined)
    return failureOf(reasonOfPage(status), pageText(status, headers, body), redactor, headers);
  return failureOfError({ ...error, status }, redactor, headers);
}

export function failureOfError(error: ServiceError, redactor: Redactor, headers?: Headers): Failure {
  const { message } = error;
  const failure = failureOf(reasonOf(error), message, redactor, headers);
  const told = waitIn(message);
  if (failure.reason !== 'rateLimited' || failure.retryAfterMs !== undefined || told === undefined)
    return failure;
  return failureOf('rateLimited', message, redactor, new Headers({ 'retry-after-ms': String(told) }));
}

/** Each row is what a service says where its status alone would mislead: OpenAI's 429 for an account without money, say. */
const told: readonly (readonly [RegExp, FailureReason])[] = [
  [
    /insufficient_quota|billing_hard_limit|exceeded your current quota|insufficient (credits?|balance|funds)|requires more credits|out of credits|used all available credits|payment required/i,
    'noCredit',
  ],
  [
    /invalid_api_key|incorrect api key|api[ _]key not valid|api_key_invalid|invalid api[ -]?key|no auth credentials|unauthenticated/i,
    'unauthorized',
  ],
  [
    /context_length_exceeded|maximum context length|context (window|length)|prompt is too long|input token count.*exceeds|too many (input )?tokens|request too large for/i,
    'tooLong',
  ],
  [/content[_ ]filter|content[_ ]policy|moderation/i, 'refused'],
  [/model_not_found|model .*(not found|does not exist)|no endpoints found/i, 'unusable'],
  [/rate_limit|resource_exhausted/i, 'rateLimited'],
  [/overloaded|unavailable/i, 'overloaded'],
];

function reasonOf({ message, codes, status }: ServiceError): FailureReason {
  const named = reasonInText([...codes, message].join('\n'));
  if (named !== undefined) return named;
  return status === 403 ? 'unauthorized' : reasonOfStatus(status);
}

/** What is known by a maker's own words for it. */
export function reasonInText(words: string): FailureReason | undefined {
  return told.find(([pattern]) => pattern.test(words))?.[1];
}

/** The wait that some name in their words alone, in milliseconds: "Please try again in 1.5s", "retry in 34.07s", "in 350ms". */
export function waitIn(message: string): number | undefined {
  const found = /(?:again|retry) in (?:(\d+)m)?(\d+(?:\.\d+)?)(ms|s)\b/i.exec(message);
  if (found === null) return undefined;
  const [, minutes = '0', amount, unit] = found;
  return Number(minutes) * 60_000 + Number(amount) * (unit?.toLowerCase() === 'ms' ? 1 : 1000);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
