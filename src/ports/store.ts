// Where a workspace's state outlives its processes.
import type { Event } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import type { CheckProof } from '../core/features/feature';
import type { FeatureId, Fence } from '../core/shared/ids';
import { Failure } from './failure';
import type { StagedFile } from './isolation';

/** Records that can be read and are none that we write. Nothing of them was used or changed; whoever owns the folder may start over. */
export class DamagedRecords extends Failure {
  /** @param what which part of which record, and what is wrong with it */
  constructor(what: string) {
    super('corrupt', `The records in .parallel-agents are damaged, or not ours: ${what}. ${mend}`);
  }
}

const mend =
  'Nothing was changed. Start Over (parallel-agents run --start-over) keeps these records under a dated name and begins anew; so does moving agents.db and agents.journal out of .parallel-agents.';

/**
 * A durable store with one owner. Commits are applied in the order they were asked for.
 *
 * Promises: `commit` resolves only when the batch would survive a power cut, and then all of it; it rejects with a
 * `Failure` when nothing of it was kept (`conflict`: the stored rows are not what `before` says; `diskFull`, `readOnly`,
 * `io`, `denied`: the disk refused; `removed`: what it is stored in was taken away). After a rejection every later commit rejects too until the store is opened anew. No method may
 * be called after `close`, which may be called twice.
 */
export interface Store {
  load(): Promise<Loaded>;
  commit(batch: Commit): Promise<void>;
  /** The name under which a commit keeps a long text. */
  textName(text: string): string;
  /** A text that a commit kept; fails with `corrupt` when it is gone. */
  text(hash: string): Promise<string>;
  /**
   * Stored events with a number above `since`, oldest first, at most `limit`. Where a part of the history was lost or
   * damaged, which feeds no decision, its numbers are missing.
   */
  events(since: number, limit: number): Promise<readonly Event[]>;
  /** Throws away what nothing stored names any more. Beside the commits; nobody need wait for it. */
  tidy(): Promise<void>;
  /**
   * Resolves when all that was committed still is where the next owner looks for it, a part that somebody took away put
   * back; rejects as `commit` does, with the same consequence.
   */
  confirm(): Promise<void>;
  close(): Promise<void>;
}

/** What was found at open: the state after the last acknowledged commit. */
export interface Loaded {
  readonly snapshot: Snapshot;
  /** By fence. */
  readonly publications: readonly PublicationRecord[];
  /** Bytes of an unfinished record cut from the journal's end. */
  readonly cutBytes: number;
  /** What was wrong with the records, and under which names what could not be used is kept; for people. */
  readonly repaired?: string;
  /** Made by another user, on another machine or in another folder, and taken over because this one's user said so. */
  readonly madeElsewhere?: true;
}

/** One step of the world: events, the snapshot they lead from and to, and what the log does not tell. */
export interface Commit {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Numbered on from `before.seq` without gaps; may be empty when only records change. */
  readonly events: readonly Event[];
  readonly publications: readonly PublicationChange[];
  /** Long texts that the events and publications only name, by that name; kept before those are. */
  readonly texts?: ReadonlyMap<string, string>;
}

/**
 * What an attempt has proved, or waits for the user's approval with: kept until it is in the workspace for good or given up.
 * Key: fence. The content of its files lies with the isolation (`Isolation.stage`).
 */
export interface PublicationRecord {
  readonly fence: Fence;
  readonly featureId: FeatureId;
  readonly files: readonly StagedFile[];
  /**
   * `staged`: waits for the user's approval; `publishing`: has been decided and may be in the workspace in part; `published`:
   * kept so that it can be taken back. An attempt that an older version of the program left unfinished, or waiting for
   * the user's approval, is `published`: that version wrote into the workspace at once.
   */
  readonly stage: 'staged' | 'publishing' | 'published';
  /** What proved it; carried on when a publication is completed after a crash. */
  readonly evidence?: CheckProof;
}

export type PublicationChange =
  | { readonly kind: 'put'; readonly publication: PublicationRecord }
  | { readonly kind: 'drop'; readonly fence: Fence };
