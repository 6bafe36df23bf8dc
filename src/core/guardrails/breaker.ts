// Breakers: while a trouble that is no feature's lasts, nothing new is started but one probe at a time; of an account's
// trouble, nothing that would ask that account.
import type { AccountId } from '../models/accounts';
import type { EpochMs, Fence } from '../shared/ids';

/**
 * What kind of trouble stands in every agent's way: the key is refused; the account has no credit; the model service does
 * not answer as itself; nobody can be connected to where it is; by this machine's clock its certificate does not hold; that is of nobody whom this machine trusts; the proxy to it does not answer or refuses; processes cannot be started; too many files are open; the disk is full or read-only; a part of
 * `.parallel-agents` was replaced by something else; no copy of the workspace can be made; Git does not
 * answer about it; the user's settings do not let one be made; an agent of another maker is not there or not logged in;
 * there is no private folder in which agents could reach this process; no editor answers for the model, or it may not.
 */
export const troubleCauses = [
  'key',
  'credit',
  'service',
  'network',
  'clock',
  'certificate',
  'proxy',
  'spawn',
  'files',
  'disk',
  'stateFolder',
  'workspace',
  'git',
  'copies',
  'agent',
  'meeting',
  'editor',
] as const;
export type TroubleCause = (typeof troubleCauses)[number];

/** Trouble from outside, as an attempt met it. */
export interface Trouble {
  readonly cause: TroubleCause;
  /** What happened, in one sentence for people. */
  readonly message: string;
  /** A command met it, as may only be seen to be over where one has come to its end. */
  readonly inCommand?: true;
}

/** An open breaker; a closed one is null. */
export interface Breaker extends Trouble {
  /** Whose trouble it is; absent: everyone's. */
  readonly account?: AccountId;
  /** What to do about it, for people. */
  readonly mend: string;
  readonly since: EpochMs;
  /** From when on one feature may be started to see whether it is over. */
  readonly probeAt: EpochMs;
  /** Probes that met it again. */
  readonly tries: number;
  /** The last claim before it opened; a later one is a probe. */
  readonly fence: Fence;
}

/** What happens to a breaker: that of `account`, or everyone's. */
export type BreakerEvent = { readonly account?: AccountId } & BreakerChange;

type BreakerChange =
  | ({
      readonly type: 'breaker.opened';
      readonly mend: string;
      readonly probeAt: EpochMs;
    } & Trouble)
  /** A probe met the trouble again, or the user asks for one now. */
  | {
      readonly type: 'breaker.rescheduled';
      readonly cause: TroubleCause;
      readonly probeAt: EpochMs;
      readonly tries: number;
    }
  | { readonly type: 'breaker.closed'; readonly cause: TroubleCause };

/**
 * What a probe has shown to work: the model answered; a worker stands in its copy; the attempt came to an end of its own.
 */
export type Proof = 'model' | 'copy' | 'work';

/** A probe of the service is a request that somebody may have to pay for; one of this machine costs a process. */
const firstProbeMs: Readonly<Record<TroubleCause, number>> = {
  key: 60_000,
  credit: 60_000,
  service: 60_000,
  agent: 60_000,
  editor: 60_000,
  network: 5_000,
  clock: 5_000,
  certificate: 5_000,
  proxy: 5_000,
  spawn: 5_000,
  files: 5_000,
  disk: 5_000,
  stateFolder: 5_000,
  workspace: 5_000,
  git: 5_000,
  copies: 5_000,
  meeting: 5_000,
};
const longestProbeMs = 15 * 60_000;
/** What reaches nobody costs nobody anything. */
const longestNetworkProbeMs = 60_000;

const proofs: Readonly<Record<TroubleCause, Proof>> = {
  key: 'model',
  credit: 'model',
  service: 'model',
  proxy: 'model',
  agent: 'model',
  editor: 'model',
  network: 'model',
  clock: 'model',
  certificate: 'model',
  spawn: 'copy',
  files: 'copy',
  workspace: 'copy',
  git: 'copy',
  copies: 'copy',
  meeting: 'copy',
  disk: 'work',
  stateFolder: 'work',
};

const keyMend = '"Set API Key" in the editor, its variable for the command line';
const byItself = 'It is tried again by itself.';
const mends: Readonly<Record<TroubleCause, string>> = {
  key: `Give a key that the service accepts (${keyMend}).`,
  credit: `Add credit to the key's account, or give another key (${keyMend}).`,
  service: `Look at the network, the proxy and the address in parallelAgents.providers. ${byItself}`,
  network: `Look at this machine's network, and at the address in parallelAgents.providers; a service of this machine has to be started. ${byItself}`,
  clock: `Set this machine's clock right; where it is right, the service has to renew its certificate. ${byItself}`,
  certificate: `Where you trust who signed it, such as your company, name the file of their certificate in NODE_EXTRA_CA_CERTS, in the environment that you start this from, and start it again. Where a network wants you to log in first, do that in a browser. ${byItself}`,
  proxy: `Start that proxy or correct what names it (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, or http.proxy in the editor); a host in NO_PROXY is asked directly. ${byItself}`,
  spawn: `Close other programs, or raise the limits of processes and memory. ${byItself}`,
  files: `Close other programs, or raise the limit of open files (ulimit -n). ${byItself}`,
  disk: `Free some space on the disk, or make it writable. ${byItself}`,
  stateFolder: `Nothing is read or written through it. ${byItself}`,
  workspace: `Make the folder one that you can read and write. ${byItself}`,
  git: `Let Git answer there: take away what it waits for, or its name out of the settings. ${byItself}`,
  meeting: `Let one of these folders be yours alone. ${byItself}`,
  copies: `Change that, in your own settings or in the folder. ${byItself}`,
  editor: `Press Start in the editor that has this model, with this folder open there, and allow it if you are asked. ${byItself}`,
  agent: `Do what it says in a terminal of yours. ${byItself}`,
};

/** Would it meet those alone who ask the same account? */
export function isOfAccount(cause: TroubleCause): boolean {
  return proofs[cause] === 'model';
}

/** Does it lie on the way to the service, and pass as that does? Who has much to lose waits for that and asks again. */
export function isOnTheWay(cause: TroubleCause): boolean {
  return isOfAccount(cause) && !['key', 'credit', 'agent', 'editor'].includes(cause);
}

/** What to do about it, for people. */
export function mendOf({ cause }: Pick<Trouble, 'cause'>): string {
  return mends[cause];
}

/** Only a person can end this trouble: trying again by itself will not. */
export function needsPerson({ cause }: Trouble): boolean {
  return ['key', 'credit', 'certificate', 'agent', 'editor'].includes(cause);
}

/**
 * What follows when the attempt of `fence` meets trouble. Attempts that were at work when the breaker opened meet the same
 * and add nothing: one trouble, one message.
 */
export function afterTrouble(
  breaker: Breaker | null,
  { cause, message, inCommand }: Trouble,
  fence: Fence,
  now: EpochMs,
): BreakerChange | undefined {
  if (breaker && !isProbe(breaker, fence)) return undefined;
  // What a command meets is not over with what the breaker would be closed by so far.
  if (breaker?.cause === cause && (breaker.inCommand || !inCommand)) {
    const tries = breaker.tries + 1;
    return { type: 'breaker.rescheduled', cause, probeAt: now + probeDelayMs(cause, tries), tries };
  }
  return {
    type: 'breaker.opened',
    cause,
    message,
    mend: mends[cause],
    probeAt: now + probeDelayMs(cause, 0),
    ...(inCommand && { inCommand }),
  };
}

/**
 * What follows when the attempt of `fence` has shown something to work. Only a probe can show that a trouble is over, or one
 * that has met it, `waited` and asked again.
 */
export function afterProof(
  breaker: Breaker | null,
  proof: Proof,
  fence: Fence,
  waited = false,
): BreakerChange | undefined {
  if (!breaker || !(waited || isProbe(breaker, fence))) return undefined;
  const isOver = proof === 'work' || (!breaker.inCommand && proof === proofs[breaker.cause]);
  return isOver ? { type: 'breaker.closed', cause: breaker.cause } : undefined;
}

/** A person has done something about it: the next probe may go now. */
export function afterMend(breaker: Breaker | null, now: EpochMs): BreakerChange | undefined {
  if (!breaker) return undefined;
  const { cause } = breaker;
  return { type: 'breaker.rescheduled', cause, probeAt: now, tries: 0 };
}

/** The breaker after `event`. @param lastFence of all claims so far */
export function projectBreaker(
  breaker: Breaker | null,
  event: BreakerEvent,
  at: EpochMs,
  lastFence: Fence,
): Breaker | null {
  switch (event.type) {
    case 'breaker.opened': {
      const { cause, message, mend, probeAt, inCommand, account } = event;
      return {
        cause,
        message,
        mend,
        since: at,
        probeAt,
        tries: 0,
        fence: lastFence,
        ...(inCommand && { inCommand }),
        ...(account !== undefined && { account }),
      };
    }
    case 'breaker.rescheduled':
      return breaker && { ...breaker, probeAt: event.probeAt, tries: event.tries };
    case 'breaker.closed':
      return null;
    default:
      return event satisfies never;
  }
}

/** When a probe may go; undefined while one is under way. @param fences of the attempts at work that would meet it */
export function nextProbeAt(breaker: Breaker, fences: readonly Fence[]): EpochMs | undefined {
  return fences.some((fence) => isProbe(breaker, fence)) ? undefined : breaker.probeAt;
}

/** Has the moment come? One that is further off than any wait is long was set before the clock was put back. */
export function isDue(at: EpochMs, now: EpochMs): boolean {
  return at <= now || at - now > longestProbeMs;
}

function isProbe(breaker: Breaker, fence: Fence): boolean {
  return fence > breaker.fence;
}

function probeDelayMs(cause: TroubleCause, tries: number): number {
  const longest = cause === 'network' ? longestNetworkProbeMs : longestProbeMs;
  return Math.min(longest, firstProbeMs[cause] * 2 ** tries);
}
