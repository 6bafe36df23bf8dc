// How a session comes to a host: it finds the process that owns the workspace, or has this one become it.
import type { OwnerAddress } from '../hub/discovery';
import type { Failure } from '../ports/failure';
import type { Elsewhere } from './elsewhere';

export interface HostAsk {
  /** Of a host in this process: go on at once with a run that an earlier one left open. */
  readonly goOn: boolean;
  readonly elsewhere: Elsewhere;
  /** The one that was found last has less authority than its database knows of. */
  readonly isRefused: boolean;
  /** Told once when a host in this process cannot go on; it then closes by itself. */
  readonly onBroken: (because: Failure) => void;
  /** Told what a host in this process has to wait for before it can begin. */
  readonly onWait: (what: string) => void;
}

export interface FoundHost {
  readonly address: OwnerAddress;
  /** Where it runs in this process. */
  readonly own?: OwnHost;
}

export interface OwnHost {
  isOpen(): boolean;
  /** Once it resolves, nothing of it is at work. May be called twice. */
  close(): Promise<void>;
  /** What a person has to know of the opening. */
  readonly told: readonly string[];
}

/**
 * Throws a `Failure`: `conflict` where the database has seen more owners than the folder of sockets remembers, to be asked
 * again with `isRefused`.
 */
export type FindHost = (ask: HostAsk) => Promise<FoundHost>;
