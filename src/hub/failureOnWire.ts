// How what went wrong at one end reaches the other: failures whole, bugs as one plain sentence.
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { Failure, type FailureReason } from '../ports/failure';

/** Ours; JSON-RPC keeps only numbers below -32000 for itself. */
const failureCode = 1;

interface WireFailure {
  readonly reason: FailureReason;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export function toWire(failure: Failure): ResponseError<WireFailure> {
  const { reason, message, retryAfterMs } = failure;
  return new ResponseError(failureCode, message, {
    reason,
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/**
 * A `Failure` the other end threw comes back as it was. What it could not answer for another cause is `refused` (it
 * knows no such method, or not these params) or `badResponse` (it broke). Anything that is no answer is given back.
 */
export function fromWire(error: unknown, method: string): unknown {
  if (!(error instanceof ResponseError)) return error;
  switch (error.code) {
    case failureCode: {
      const data: unknown = error.data;
      if (!isWireFailure(data)) return new Failure('badResponse', `${method} failed: ${error.message}`);
      return new Failure(data.reason, data.message, { retryAfterMs: data.retryAfterMs });
    }
    case ErrorCodes.MethodNotFound:
    case ErrorCodes.InvalidParams:
      return new Failure('refused', `The other end refused ${method}: ${error.message}`);
    case ErrorCodes.MessageWriteError:
      return new Failure('tooLong', `${method} was not sent: ${error.message}`);
    default:
      return new Failure('badResponse', error.message);
  }
}

const reasons: Readonly<Record<FailureReason, true>> = {
  diskFull: true,
  readOnly: true,
  denied: true,
  io: true,
  corrupt: true,
  newer: true,
  conflict: true,
  occupied: true,
  elsewhere: true,
  closed: true,
  removed: true,
  foreign: true,
  silent: true,
  rateLimited: true,
  overloaded: true,
  unreachable: true,
  noConnection: true,
  wrongTime: true,
  untrusted: true,
  unauthorized: true,
  noCredit: true,
  unusable: true,
  proxy: true,
  refused: true,
  badResponse: true,
  tooLong: true,
  aborted: true,
  spawn: true,
  tooManyOpen: true,
  noCopy: true,
  gitSilent: true,
  noMeeting: true,
  copyRefused: true,
  noAgent: true,
  notOffered: true,
  agentGone: true,
};

function isWireFailure(value: unknown): value is WireFailure {
  if (typeof value !== 'object' || value === null || !('reason' in value && 'message' in value)) return false;
  const { reason, message } = value;
  const retryAfterMs = 'retryAfterMs' in value ? value.retryAfterMs : undefined;
  return (
    typeof reason === 'string' &&
    Object.hasOwn(reasons, reason) &&
    typeof message === 'string' &&
    (retryAfterMs === undefined || typeof retryAfterMs === 'number')
  );
}
