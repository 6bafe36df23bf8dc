// What attempts that are still open have changed, as it is on record; each change of it comes back to be stored.
import { covers, type LockScope } from '../core/locks/lockPath';
import type { Fence } from '../core/shared/ids';
import type { EditChange, EditRecord, SharedRecord } from '../ports/store';

/** An edit of a file that several attempts change by turns. */
export type SharedEditRecord = EditRecord & { readonly shared: SharedRecord };

/**
 * By fence and path to the letter: names that differ only in case meet at one lock, but on some disks they are two files,
 * and each is undone by itself.
 */
export class EditRecords {
  readonly #edits = new Map<Fence, Map<string, EditRecord>>();

  constructor(stored: readonly EditRecord[]) {
    for (const edit of stored) this.put(edit);
  }

  get fences(): readonly Fence[] {
    return [...this.#edits.keys()];
  }

  get all(): readonly EditRecord[] {
    return [...this.#edits.values()].flatMap((own) => [...own.values()]);
  }

  /** In the order of their first writes. */
  of(fence: Fence): readonly EditRecord[] {
    return [...(this.#edits.get(fence)?.values() ?? [])];
  }

  get(fence: Fence, path: string): EditRecord | undefined {
    return this.#edits.get(fence)?.get(path);
  }

  /** Has the attempt changed a file there? */
  hasAny(fence: Fence, scope: LockScope): boolean {
    return this.of(fence).some(({ path }) => covers(scope, path));
  }

  /** Everyone's edits of a file that is changed by turns. */
  sharing(path: string): readonly SharedEditRecord[] {
    return this.all.filter(
      (edit): edit is SharedEditRecord => edit.path === path && edit.shared !== undefined,
    );
  }

  put(edit: EditRecord): EditChange {
    const own = this.#edits.get(edit.fence) ?? new Map<string, EditRecord>();
    own.set(edit.path, edit);
    this.#edits.set(edit.fence, own);
    return { kind: 'put', edit };
  }

  /** The write that was intended has been made. */
  settle({ pending: _, ...edit }: EditRecord, written: string | null): EditChange {
    return this.put({ ...edit, written });
  }

  apply(change: EditChange): EditChange {
    return change.kind === 'put' ? this.put(change.edit) : this.drop(change);
  }

  drop({ fence, path }: Pick<EditRecord, 'fence' | 'path'>): EditChange {
    const own = this.#edits.get(fence);
    own?.delete(path);
    if (own?.size === 0) this.#edits.delete(fence);
    return { kind: 'drop', fence, path };
  }

  dropAll(fence: Fence): readonly EditChange[] {
    return this.of(fence).map((edit) => this.drop(edit));
  }
}
