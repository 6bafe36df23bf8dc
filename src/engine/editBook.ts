// Every write to the workspace: recorded before it happens, so that an attempt can be undone to the last byte.
import type { Attempt, FileEvent, Happening } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import type { Fence } from '../core/shared/ids';
import { ok, type Result } from '../core/shared/result';
import type { FileWrite } from '../ports/coordinator';
import type { EditChange, EditRecord } from '../ports/store';
import type { Overlay, SlotCopies, WorkspaceFiles } from '../ports/workspace';
import type { EventLog } from './eventLog';
import type { Gate } from './gate';

export class EditBook {
  readonly #edits = new Map<Fence, Map<string, EditRecord>>();

  constructor(
    private readonly log: EventLog,
    private readonly files: WorkspaceFiles,
    private readonly copies: SlotCopies,
    private readonly gate: Gate,
    stored: readonly EditRecord[],
  ) {
    for (const edit of stored) this.#put(edit);
  }

  /** Fences that have edits on record, unfinished attempts and those waiting for the user's check. */
  get fences(): readonly Fence[] {
    return [...this.#edits.keys()];
  }

  editsOf(fence: Fence): readonly EditRecord[] {
    return [...(this.#edits.get(fence)?.values() ?? [])];
  }

  hasEdited(fence: Fence, path: string): boolean {
    return this.#edits.get(fence)?.has(path) ?? false;
  }

  /** Hashes of all content that an undo may still need. */
  neededContent(): ReadonlySet<string> {
    const all = [...this.#edits.values()].flatMap((own) => [...own.values()]);
    return new Set(all.flatMap((edit) => edit.original ?? []));
  }

  /**
   * Writes one file for an attempt that holds its lock: what was there is kept, the intention recorded, the file put in
   * place, the deed recorded, the attempt's copy brought up to date.
   * @param isLive asked once the gate is passed: an attempt that ended meanwhile writes nothing
   */
  write(attempt: Attempt, write: FileWrite, isLive: () => boolean): Promise<Result<{ hash: string | null }>> {
    return this.gate.run(async () => {
      if (!isLive()) return { ok: false, error: { code: 'stopped', message: 'The attempt is over.' } };
      const known = this.#edits.get(attempt.fence)?.get(write.path);
      const planned = await this.files.plan(write.path, write.content);
      if (!planned.ok) return planned;
      const kept = known ? undefined : await this.files.keep(write.path);
      if (kept && !kept.ok) return kept;
      const { fence, featureId } = attempt;
      const created = kept?.value.createdFolder ?? this.#folderMadeFor(write.path);
      const first: EditRecord | undefined = kept && {
        ...{ fence, featureId, path: write.path, original: kept.value.hash, mode: kept.value.mode },
        ...(created === undefined ? {} : { createdFolder: created }),
      };
      const base = known ?? (first as EditRecord);
      const intended: EditRecord = { ...base, pending: planned.value.hash };
      this.#put(intended);
      await this.log.append([], [{ kind: 'put', edit: intended }]);
      const done = await this.files.replace(write.path, write.baseHash, write.content);
      if (!done.ok) {
        // Nothing was written: the record goes back to what it was.
        if (known) this.#put(known);
        else this.#drop(fence, write.path);
        await this.log.append(
          [],
          [known ? { kind: 'put', edit: known } : { kind: 'drop', fence, path: write.path }],
        );
        return done;
      }
      const { pending: _, ...settled } = { ...intended, written: done.value.hash };
      this.#put(settled);
      const event: FileEvent = {
        ...{ type: 'file.edited', path: write.path, before: write.baseHash, after: done.value.hash },
        ...attemptOf(attempt),
      };
      await this.log.append([event], [{ kind: 'put', edit: settled }]);
      await this.copies.refreshFile(attempt.slot, write.path, this.overlayFor(fence));
      return ok({ hash: done.value.hash });
    });
  }

  /** Puts back every file the attempt changed, if nobody changed it since; the events tell what became of each. */
  undo(attempt: Attempt): Promise<readonly FileEvent[]> {
    return this.gate.run(async () => {
      const events: FileEvent[] = [];
      // Last first: the record that says which folder had to be made is the first one in it.
      for (const edit of [...this.editsOf(attempt.fence)].reverse()) {
        events.push({
          type: 'file.undone',
          path: edit.path,
          outcome: await this.files.undo(edit),
          ...attemptOf(attempt),
        });
      }
      return events;
    });
  }

  /** Commits the end of an attempt: its edits are no longer on record, whether they were undone or now belong. */
  close(fence: Fence, happenings: readonly Happening[]): Promise<void> {
    const drops = this.editsOf(fence).map(({ path }): EditChange => ({ kind: 'drop', fence, path }));
    this.#edits.delete(fence);
    return this.log.append(happenings, drops);
  }

  /** What the copy of attempt `fence` must show instead of other live attempts' half-done work. */
  overlayFor(fence: Fence): Overlay {
    const overlay = new Map<string, string | null>();
    for (const { fence: other } of liveAttempts(this.log.head)) {
      const edits = this.#edits.get(other);
      if (other === fence || !edits) continue;
      for (const edit of edits.values()) overlay.set(edit.path, edit.original);
    }
    return overlay;
  }

  /** The folder of `path` that another open attempt had to make: whoever of them is undone last takes it away again. */
  #folderMadeFor(path: string): string | undefined {
    const all = [...this.#edits.values()].flatMap((own) => [...own.values()]);
    return all.find(
      ({ createdFolder }) => createdFolder !== undefined && path.startsWith(`${createdFolder}/`),
    )?.createdFolder;
  }

  #put(edit: EditRecord): void {
    const own = this.#edits.get(edit.fence) ?? new Map<string, EditRecord>();
    own.set(edit.path, edit);
    this.#edits.set(edit.fence, own);
  }

  #drop(fence: Fence, path: string): void {
    this.#edits.get(fence)?.delete(path);
  }
}
