// The outside broke: a typed error that says why in words for people, and whether it stands in every agent's way.
import type { Trouble, TroubleCause } from '../core/guardrails/breaker';

export type FailureReason =
  | 'diskFull'
  | 'readOnly'
  | 'denied'
  | 'io'
  | 'corrupt'
  | 'newer'
  | 'conflict'
  /** Made by another user, on another machine or in another folder. */
  | 'elsewhere'
  /** Another machine or container works there. */
  | 'occupied'
  | 'closed'
  /** What it works with was taken away under it. */
  | 'removed'
  /** In the place of a part of the workspace's own folder there is a link, another kind of thing, or another user's. */
  | 'foreign'
  /** Whoever is asked lives and does not answer. */
  | 'silent'
  | 'rateLimited'
  | 'overloaded'
  | 'unreachable'
  /** No connection to the model service could be made: nothing was sent. */
  | 'noConnection'
  /** The other side's certificate does not hold by this machine's clock. */
  | 'wrongTime'
  /** The other side's certificate is of nobody whom this machine trusts, or of another name. */
  | 'untrusted'
  | 'unauthorized'
  | 'noCredit'
  | 'unusable'
  /** The proxy between us and the other side does not answer, or refuses. */
  | 'proxy'
  | 'refused'
  | 'badResponse'
  | 'tooLong'
  | 'aborted'
  | 'spawn'
  | 'tooManyOpen'
  | 'noCopy'
  /** Git was asked about the workspace and does not answer: what its settings name is not known. */
  | 'gitSilent'
  /** Nowhere is a folder in which other processes could reach this one. */
  | 'noMeeting'
  /** The user's own settings do not let a copy be made. */
  | 'copyRefused'
  /** An agent of another maker is not installed, not logged in, or does not speak as it should. */
  | 'noAgent'
  /** A model that a client answers for, and none offers it, or its user has not let us use it. */
  | 'notOffered'
  /** An agent of another maker has ended in the midst of its work. */
  | 'agentGone';

/** Thrown by adapters. The message is fit for people and holds no secret. */
export class Failure extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number; readonly inCommand?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.retryAfterMs = options.retryAfterMs;
    this.inCommand = options.inCommand ?? false;
  }

  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** A command met it: that files can be written and processes be started does not show that it is over. */
  readonly inCommand: boolean;

  static is(error: unknown, reason?: FailureReason): error is Failure {
    return error instanceof Failure && (reason === undefined || error.reason === reason);
  }
}

/** Failures that would meet any other feature just the same, and how they are told. The rest is an attempt's own, or bears trying again. */
const troubles: { readonly [R in FailureReason]?: { readonly cause: TroubleCause; readonly told: string } } =
  {
    unauthorized: { cause: 'key', told: 'The model service refused the key: ' },
    noCredit: { cause: 'credit', told: 'The model service wants to be paid first: ' },
    unusable: { cause: 'service', told: '' },
    noConnection: { cause: 'network', told: '' },
    wrongTime: { cause: 'clock', told: '' },
    untrusted: { cause: 'certificate', told: '' },
    proxy: { cause: 'proxy', told: '' },
    spawn: { cause: 'spawn', told: '' },
    tooManyOpen: { cause: 'files', told: '' },
    diskFull: { cause: 'disk', told: '' },
    readOnly: { cause: 'disk', told: '' },
    foreign: { cause: 'stateFolder', told: '' },
    noCopy: { cause: 'workspace', told: '' },
    gitSilent: { cause: 'git', told: '' },
    noMeeting: { cause: 'meeting', told: '' },
    copyRefused: { cause: 'copies', told: '' },
    noAgent: { cause: 'agent', told: '' },
    notOffered: { cause: 'editor', told: '' },
  };

/** The trouble from outside that `error` tells of; undefined when it tells of none. */
export function troubleOf(error: unknown): Trouble | undefined {
  const trouble = error instanceof Failure ? troubles[error.reason] : undefined;
  if (!trouble || !(error instanceof Failure)) return undefined;
  const words = error.message.trim();
  const end = /[.!?…]$/.test(words) ? '' : '.';
  const message = `${trouble.told}${words}${end}`;
  return { cause: trouble.cause, message, ...(error.inCommand && { inCommand: true }) };
}
