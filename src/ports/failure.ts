// The outside broke: a typed error that says where, why, and whether the user is to see it.

export type FailureReason =
  | 'diskFull'
  | 'readOnly'
  | 'denied'
  | 'io'
  | 'corrupt'
  | 'newer'
  | 'conflict'
  | 'closed'
  | 'rateLimited'
  | 'overloaded'
  | 'unreachable'
  | 'unauthorized'
  | 'refused'
  | 'badResponse'
  | 'tooLong'
  | 'aborted'
  | 'spawn';

/** Thrown by adapters. The message is fit for people and holds no secret. */
export class Failure extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.retryAfterMs = options.retryAfterMs;
  }

  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  static is(error: unknown, reason?: FailureReason): error is Failure {
    return error instanceof Failure && (reason === undefined || error.reason === reason);
  }
}
