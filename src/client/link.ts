// How a client stands to the host of its workspace, and the words for it, the same in every client.
import { lineWithin } from '../core/events/describe';
import type { OwnerProcess } from '../hub/discovery';
import { Failure } from '../ports/failure';
import { DamagedRecords } from '../ports/store';

export type Link =
  | { readonly kind: 'connected' }
  /**
   * The host is gone; the next one is joined or made, which takes a moment. `isLong`: it takes some seconds, and `because`
   * says of what is known about that.
   */
  | { readonly kind: 'looking'; readonly isLong: boolean; readonly because?: string }
  /** No host can be had for a cause that can pass; it is tried again by itself. */
  | { readonly kind: 'waiting'; readonly because: Failure }
  /** The owner has not answered for some seconds. It may go on at any moment, and is never displaced. */
  | { readonly kind: 'silent'; readonly owner: OwnerProcess | undefined }
  /** Over for this session: what is to be done is up to a person. */
  | { readonly kind: 'lost'; readonly because: Failure };

/** Thrown by whatever is asked of an owner that does not answer. */
export class OwnerSilent extends Failure {
  constructor(readonly owner: OwnerProcess | undefined) {
    super('silent', ownerSilence(owner));
  }
}

export interface LinkText {
  /** What happened, a sentence. */
  readonly happened: string;
  /** What to do next, a sentence; empty when `happened` says it. */
  readonly mend: string;
  /** Without anybody's doing, once the cause has passed. */
  readonly goesOn: boolean;
  /** The process that would have to be ended. */
  readonly owner?: OwnerProcess;
  /** It is the records themselves: they can be set aside, and all begun anew. */
  readonly canStartOver?: true;
}

/** Both sentences on one line: a place that is named in them may be a long path. */
export function troubleLine({ happened, mend }: LinkText): string {
  return lineWithin(1_000, `${happened} ${mend}`);
}

/** Can it pass without anybody joining anew? Then it is tried again. */
export function canPass({ reason }: Failure): boolean {
  switch (reason) {
    case 'diskFull':
    case 'readOnly':
    case 'denied':
    case 'io':
    case 'spawn':
    case 'tooManyOpen':
    case 'silent':
    case 'conflict':
    case 'occupied':
    case 'closed':
    case 'unreachable':
    case 'unauthorized':
    case 'gitSilent':
      return true;
    default:
      return false; // taken away, damaged, another's, of a newer version, or nothing that a host throws
  }
}

/** What to tell a person; undefined while all is well or as good as. */
export function textForLink(link: Link): LinkText | undefined {
  switch (link.kind) {
    case 'connected':
      return undefined;
    case 'looking':
      return link.isLong
        ? {
            happened:
              link.because ??
              'The process that ran this folder is gone, and putting its work back takes some time.',
            mend: 'It goes on by itself.',
            goesOn: true,
          }
        : undefined;
    case 'waiting':
      return {
        happened: sentenceOf(link.because),
        mend: `${mendOf(link.because)} It goes on by itself.`,
        goesOn: true,
      };
    case 'silent':
      return silentText(link.owner);
    case 'lost':
      return lostText(link.because);
    default:
      return link satisfies never;
  }
}

/** The same for a join that failed; what is no `Failure` is a bug, told as it is. */
export function textForFailure(failure: unknown): LinkText {
  if (!Failure.is(failure)) return { happened: String(failure), mend: '', goesOn: false };
  if (failure instanceof OwnerSilent) return silentText(failure.owner);
  if (!canPass(failure)) return lostText(failure);
  return { happened: sentenceOf(failure), mend: `${mendOf(failure)} Then try again.`, goesOn: false };
}

function lostText(failure: Failure): LinkText {
  return {
    happened: sentenceOf(failure),
    mend: lostMend(failure),
    goesOn: false,
    ...(failure instanceof DamagedRecords && { canStartOver: true }),
  };
}

function silentText(owner: OwnerProcess | undefined): LinkText {
  return {
    happened: ownerSilence(owner),
    mend: `It may go on by itself. ${endingOf(owner)}`,
    goesOn: true,
    ...(owner === undefined ? {} : { owner }),
  };
}

/** The system's own words end without a stop. */
function sentenceOf({ message }: Failure): string {
  const words = message.trim();
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** What happened names the place. */
function mendOf({ reason }: Failure): string {
  switch (reason) {
    case 'diskFull':
      return 'Free some space on that disk.';
    case 'readOnly':
      return 'Make that disk writable.';
    case 'denied':
      return 'See to it that you may write there.';
    case 'io':
      return 'See to that disk.';
    case 'spawn':
      return 'Close other programs: the system has no room for more.';
    case 'tooManyOpen':
      return 'Close other programs, or raise the limit of open files (ulimit -n).';
    case 'gitSilent':
      return 'Let Git answer there: take away what it waits for, or its name out of the settings.';
    case 'occupied':
      return 'Work there, or close it there.';
    default:
      return 'The next host is looked for.';
  }
}

function lostMend({ reason }: Failure): string {
  return reason === 'removed' ? 'The next start begins afresh.' : '';
}

function ownerSilence(owner: OwnerProcess | undefined): string {
  return `${ownerName(owner)} owns this folder and does not answer; it may be stopped or hang.`;
}

function endingOf(owner: OwnerProcess | undefined): string {
  return owner === undefined ? 'Or end that process.' : `Or end it: kill -9 ${owner.pid}`;
}

function ownerName(owner: OwnerProcess | undefined): string {
  if (owner === undefined) return 'Another process';
  const since =
    owner.startedAt === undefined ? '' : `, started ${new Date(owner.startedAt).toLocaleString('sv')}`;
  return `Process ${owner.pid}${since},`;
}
