// Every write to the workspace: recorded before it happens, so that an attempt can be undone to the last byte.
import type { Attempt, FileEvent, Happening, UndoOutcome } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import type { LockScope } from '../core/locks/lockPath';
import type { Fence } from '../core/shared/ids';
import { ok, type Result } from '../core/shared/result';
import type { FileMove, FileWrite, SharedEdit } from '../ports/coordinator';
import { Failure } from '../ports/failure';
import type { EditChange, EditRecord } from '../ports/store';
import type { CopyChange, Overlay, SlotCopies, WorkspaceFiles } from '../ports/workspace';
import type { EditRecords } from './editRecords';
import type { EventLog } from './eventLog';
import type { Gate } from './gate';
import { inParallel } from './inParallel';
import type { SharedEdits } from './sharedEdits';

/** What a file is to become: a text in the form the old file has, or kept content to the letter. */
type Next = { readonly text: string | null } | { readonly kept: string; readonly mode: number | undefined };

/** A write on record that has not been made yet, and the way back if it is not. */
interface Intention {
  readonly intended: EditRecord;
  readonly back: EditChange;
}

type Written = Result<{ readonly hash: string | null }>;

export class EditBook {
  /** Files that stay as an attempt that did not pass left them, since what they held before is gone. */
  readonly beyondUndo = new Set<string>();

  constructor(
    private readonly log: EventLog,
    private readonly files: WorkspaceFiles,
    private readonly copies: SlotCopies,
    private readonly gate: Gate,
    private readonly records: EditRecords,
    private readonly shared: SharedEdits,
  ) {}

  /** Fences that have edits on record, unfinished attempts and those waiting for the user's check. */
  get fences(): readonly Fence[] {
    return this.records.fences;
  }

  hasEdited(fence: Fence, scope: LockScope): boolean {
    return this.records.hasAny(fence, scope);
  }

  /** Files that the attempt leaves other than it found them. */
  changedBy(fence: Fence): readonly string[] {
    return this.records
      .of(fence)
      .filter(({ original, written }) => written !== original)
      .map(({ path }) => path);
  }

  /** Hashes of all content that an undo may still need. */
  neededContent(): ReadonlySet<string> {
    const hashes = this.records.all.flatMap(({ original, shared }) => [
      original,
      shared?.text,
      shared?.pending,
    ]);
    return new Set(hashes.filter((hash) => typeof hash === 'string'));
  }

  /**
   * Writes one file for an attempt that holds its lock: what was there is kept, the intention recorded, the file put in
   * place, the deed recorded, the attempt's copy brought up to date.
   * @param isLive asked once the gate is passed: an attempt that ended meanwhile writes nothing
   */
  write(attempt: Attempt, { path, baseHash, content }: FileWrite, isLive: () => boolean): Promise<Written> {
    return this.#asLive(isLive, async () => {
      const done = await this.#replace(attempt, path, baseHash, { text: content });
      if (done.ok) await this.#refresh(attempt, path);
      return done;
    });
  }

  /**
   * Writes many files as `write` does each, but beside each other and with two steps of the log for all, however many they
   * are; the answers by path. The attempt's copy is not brought up to date.
   */
  writeAll(
    attempt: Attempt,
    writes: readonly FileWrite[],
    isLive: () => boolean,
  ): Promise<Result<ReadonlyMap<string, Written>>> {
    return this.#asLive(isLive, async () => {
      const done = new Map<string, Written>();
      const ready: (Intention & { readonly write: FileWrite })[] = [];
      await inParallel(writes, async (write) => {
        const begun = await this.#intend(attempt, write.path, { text: write.content });
        if (begun.ok) ready.push({ write, ...begun.value });
        else done.set(write.path, begun);
      });
      const intended = ready.map((one) => this.records.put(one.intended));
      await this.log.append([], intended);
      const events: FileEvent[] = [];
      const changes: EditChange[] = [];
      try {
        await inParallel(ready, async ({ write, intended, back }) => {
          const { path, baseHash, content } = write;
          const written = await this.files.replace(path, baseHash, content);
          done.set(path, written);
          if (written.ok) events.push(this.#edited(attempt, path, baseHash, written.value.hash));
          changes.push(
            written.ok ? this.records.settle(intended, written.value.hash) : this.records.apply(back),
          );
        });
      } finally {
        // Those that were written are, also when another met an error.
        await this.log.append(events, changes);
      }
      return ok(done);
    });
  }

  /** Gives a file another name, for an attempt that holds both: bytes and permissions stay. Undone like any two edits. */
  move(attempt: Attempt, { from, to, baseHash }: FileMove, isLive: () => boolean): Promise<Written> {
    return this.#asLive(isLive, async () => {
      const kept = await this.files.keep(from);
      if (!kept.ok) return kept;
      const { hash, mode } = kept.value;
      if (hash !== baseHash)
        return {
          ok: false,
          error: { code: 'changedOnDisk', message: `"${from}" has changed; read it again.` },
        };
      const put = await this.#replace(attempt, to, null, { kept: hash, mode: mode ?? undefined });
      if (!put.ok) return put;
      const removed = await this.#replace(attempt, from, hash, { text: null });
      if (!removed.ok) await this.#replace(attempt, to, hash, { text: null });
      for (const path of [from, to]) await this.#refresh(attempt, path);
      return removed.ok ? put : removed;
    });
  }

  /** Edits a file that several attempts change by turns; the answer is the hash of what this one now sees of it. */
  editShared(attempt: Attempt, edit: SharedEdit, isLive: () => boolean): Promise<Result<{ hash: string }>> {
    return this.#asLive(isLive, async () => {
      const done = await this.shared.edit(attempt, edit);
      await this.#refresh(attempt, edit.path);
      return done;
    });
  }

  /** Takes over what a command made of such a file in the attempt's copy. */
  bringShared(
    attempt: Attempt,
    { path, before, content }: CopyChange,
    isLive: () => boolean,
  ): Promise<Written> {
    return this.#asLive(isLive, async () => {
      if (typeof content !== 'string')
        return {
          ok: false,
          error: { code: 'locked', message: 'Other agents change it too; it cannot be deleted.' },
        };
      const done = await this.shared.bring(attempt, path, before, content);
      if (done.ok) await this.#refresh(attempt, path);
      return done;
    });
  }

  /**
   * Puts back every file the attempt changed, if nobody changed it since; the events tell what became of each. One that
   * cannot be put back keeps none of the others from it; then it rejects, and is to be called again.
   */
  undo(attempt: Attempt): Promise<readonly FileEvent[]> {
    return this.gate.run(async () => {
      const events: FileEvent[] = [];
      const failures: unknown[] = [];
      // Last first: the record that says which folder had to be made is the first one in it.
      for (const edit of this.records.of(attempt.fence).toReversed()) {
        const undoing = edit.shared ? this.shared.undo(edit) : this.files.undo(edit);
        try {
          const outcome = await undoing.catch((error: unknown) => this.#keptIfGone(edit.path, error));
          events.push({ type: 'file.undone', path: edit.path, outcome, ...attemptOf(attempt) });
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return events;
    });
  }

  /** Commits the end of an attempt: its edits are no longer on record, whether they were undone or now belong. */
  close(fence: Fence, happenings: readonly Happening[]): Promise<void> {
    return this.log.append(happenings, this.records.dropAll(fence));
  }

  /** What the copy of attempt `fence` must show instead of other live attempts' half-done work. */
  async overlayFor(fence: Fence): Promise<Overlay> {
    const overlay = new Map<string, string | null>(await this.shared.overlayFor(fence));
    for (const { fence: other } of liveAttempts(this.log.head)) {
      if (other === fence) continue;
      for (const edit of this.records.of(other)) if (!edit.shared) overlay.set(edit.path, edit.original);
    }
    return overlay;
  }

  #asLive<T>(isLive: () => boolean, work: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.gate.run(async () =>
      isLive() ? work() : { ok: false, error: { code: 'stopped', message: 'The attempt is over.' } },
    );
  }

  async #replace(attempt: Attempt, path: string, expected: string | null, next: Next): Promise<Written> {
    const begun = await this.#intend(attempt, path, next);
    if (!begun.ok) return begun;
    const { intended, back } = begun.value;
    await this.log.append([], [this.records.put(intended)]);
    const done = await ('kept' in next
      ? this.files.putKept(path, expected, next.kept, next.mode)
      : this.files.replace(path, expected, next.text));
    if (!done.ok) {
      await this.log.append([], [this.records.apply(back)]);
      return done;
    }
    const { hash } = done.value;
    await this.log.append(
      [this.#edited(attempt, path, expected, hash)],
      [this.records.settle(intended, hash)],
    );
    return ok({ hash });
  }

  /** Keeps what is there, and says how the write that is about to be made goes on record. */
  async #intend(attempt: Attempt, path: string, next: Next): Promise<Result<Intention>> {
    const planned = 'kept' in next ? ok({ hash: next.kept }) : await this.files.plan(path, next.text);
    if (!planned.ok) return planned;
    const known = this.records.get(attempt.fence, path);
    const base = known ? ok(known) : await this.#firstRecord(attempt, path);
    if (!base.ok) return base;
    const intended: EditRecord = { ...base.value, pending: planned.value.hash };
    return ok({
      intended,
      back: known ? { kind: 'put', edit: known } : { kind: 'drop', fence: attempt.fence, path },
    });
  }

  #edited(attempt: Attempt, path: string, before: string | null, after: string | null): FileEvent {
    return { type: 'file.edited', path, before, after, ...attemptOf(attempt) };
  }

  async #firstRecord({ fence, featureId }: Attempt, path: string): Promise<Result<EditRecord>> {
    const kept = await this.files.keep(path);
    if (!kept.ok) return kept;
    const { hash: original, mode } = kept.value;
    const created = kept.value.createdFolder ?? this.#folderMadeFor(path);
    return ok({
      ...{ fence, featureId, path, original, mode },
      ...(created === undefined ? {} : { createdFolder: created }),
    });
  }

  /** What a file held before cannot be had any more, as when its keeping place was removed: the rest is undone all the same. */
  #keptIfGone(path: string, error: unknown): UndoOutcome {
    if (!Failure.is(error, 'corrupt')) throw error;
    this.beyondUndo.add(path);
    return 'kept';
  }

  async #refresh({ slot, fence }: Attempt, path: string): Promise<void> {
    await this.copies.refreshFile(slot, path, await this.overlayFor(fence));
  }

  /** The folder of `path` that another open attempt had to make: whoever of them is undone last takes it away again. */
  #folderMadeFor(path: string): string | undefined {
    return this.records.all.find(
      ({ createdFolder }) => createdFolder !== undefined && path.startsWith(`${createdFolder}/`),
    )?.createdFolder;
  }
}
