// Where a workspace's state outlives its processes.
import type { Event } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import type { FeatureId, Fence } from '../core/shared/ids';

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
  readonly edits: readonly EditRecord[];
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
  readonly edits: readonly EditChange[];
  /** Long texts that the events only name, by that name; kept before the events are. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** A file that an attempt changed, with all that is needed to undo it. Key: fence and path. */
export interface EditRecord {
  readonly fence: Fence;
  readonly featureId: FeatureId;
  readonly path: string;
  /** Content before the attempt's first write, by hash in the blob store; null: there was no file. */
  readonly original: string | null;
  /** Permission bits before; null with `original`. */
  readonly mode: number | null;
  /** Hash of what we last wrote; null: we deleted it; undefined: nothing has been written yet. */
  readonly written?: string | null;
  /** Hash of a write that may or may not have happened when the process died. */
  readonly pending?: string | null;
  /** Set for a file that several attempts change by turns; then it is undone by taking out what this one did. */
  readonly shared?: SharedRecord;
  /** The outermost folder that had to be made for the file, to be removed again if it is empty. */
  readonly createdFolder?: string;
}

/** The text in its pieces, as JSON under these hashes in the blob store; all open attempts that changed it name the same. */
export interface SharedRecord {
  /** As of `written`. */
  readonly text: string;
  /** As of `pending`. */
  readonly pending?: string;
}

export type EditChange =
  | { readonly kind: 'put'; readonly edit: EditRecord }
  | { readonly kind: 'drop'; readonly fence: Fence; readonly path: string };
