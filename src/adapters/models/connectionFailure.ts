// What it means that no answer came over the wire: nobody there, a connection that broke, or one that is not to be trusted.
import type { Redactor } from '../../core/guardrails/redactor';
import type { Failure, FailureReason } from '../../ports/failure';
import { failureOf, textOf } from './httpFailure';

export type Coded = Error & { readonly code?: unknown };

/** For what fetch or the reading of its answer threw: no connection, or an answer that is no JSON. */
export function failureOfThrown(error: unknown, redactor: Redactor): Failure {
  // Of another's making, as a page is: the next request would fare no better.
  if (error instanceof SyntaxError)
    return failureOf(
      'unusable',
      `What came back is no answer of the model service: ${textOf(error)}`,
      redactor,
    );
  const untrusted = tlsFailureIn(causesOf(error));
  if (untrusted) return failureOf(untrusted.reason, untrusted.words, redactor);
  if (causesOf(error).some(isUnreached))
    return failureOf('noConnection', `The model service cannot be reached: ${textOf(error)}.`, redactor);
  // Fetch tells a lost connection as a TypeError.
  return failureOf('unreachable', `the connection to the model service failed: ${textOf(error)}`, redactor);
}

/** Nothing was sent: there is no way to whoever was to be connected to, or nobody is there. */
const unreached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function isUnreached({ code }: Coded): boolean {
  return unreached.has(String(code));
}

/** The error, what caused it and what that gathers, outermost first. */
export function causesOf(error: unknown): readonly Coded[] {
  if (!(error instanceof Error)) return [];
  const gathered: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...causesOf(error.cause), ...gathered.flatMap(causesOf)];
}

/** Dates that do not hold: nearly always a wrong clock. Names of OpenSSL, as Node has them. */
const datesFail = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED', 'CRL_NOT_YET_VALID', 'CRL_HAS_EXPIRED']);
/** A signature or name that does not hold. */
const trustFails = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Of a connection that was made and is none to send a key over. Trying again at once comes to the same. */
function tlsFailureIn(
  causes: readonly Coded[],
): { readonly reason: FailureReason; readonly words: string } | undefined {
  for (const { code, message } of causes) {
    const name = String(code);
    const why = message || name;
    if (datesFail.has(name)) {
      const words = `By this machine's clock, which says ${new Date().toISOString()}, the certificate of the model service is not valid (${why}).`;
      return { reason: 'wrongTime', words };
    }
    if (trustFails.has(name))
      return { reason: 'untrusted', words: `The certificate of the model service is not trusted (${why}).` };
    if (name === 'EPROTO' || name.startsWith('ERR_SSL_'))
      return { reason: 'unusable', words: `What answers as the model service speaks no HTTPS (${why}).` };
  }
  return undefined;
}
