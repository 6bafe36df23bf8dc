// Files that several attempts change by turns: each change is its attempt's until that passes, and can be taken out alone.
import type { Attempt, FileEvent, UndoOutcome } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import { pathMatcher } from '../core/locks/sharedPaths';
import {
  bringTo,
  type Changed,
  changeShared,
  isMarkedBy,
  rebased,
  type SharedText,
  settled,
  sharedText,
  type TextEdit,
  textFor,
  without,
} from '../core/locks/sharedText';
import type { Fence } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { SharedEdit } from '../ports/coordinator';
import type { EditRecord } from '../ports/store';
import type { WorkspaceFiles } from '../ports/workspace';
import type { EditRecords, SharedEditRecord } from './editRecords';
import type { EventLog } from './eventLog';

/** A shared file as it is on disk, with whose what is in it. */
interface Present {
  readonly path: string;
  readonly shared: SharedText;
  readonly text: string;
  readonly hash: string;
  readonly mode: number;
}

const nobody: ReadonlySet<Fence> = new Set();

/** Everything but `isShared` is to be called behind the gate: it reads, and then writes what it made of it. */
export class SharedEdits {
  /** The globs as last used, and what came of them. */
  #matcher: { readonly globs: readonly string[]; readonly matches: (path: string) => boolean } | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly files: WorkspaceFiles,
    private readonly records: EditRecords,
  ) {}

  /** Is the path one that is not locked for longer than an edit? */
  isNamed(path: string): boolean {
    const globs = this.log.head.run?.settings.sharedLocks ?? [];
    if (this.#matcher?.globs !== globs) this.#matcher = { globs, matches: pathMatcher(globs) };
    return this.#matcher.matches(path);
  }

  /**
   * Is the file changed by turns now? Only one that is there: to make it is one attempt's work, under a lock, and so is
   * all it does with it until it ends.
   */
  async isShared(path: string, fence: Fence): Promise<boolean> {
    if (!this.isNamed(path)) return false;
    const isOwned = [fence, ...this.#hiddenFrom(fence)].some((one) => {
      const edit = this.records.get(one, path);
      return edit !== undefined && edit.shared === undefined;
    });
    if (isOwned) return false;
    const now = await this.files.read(path);
    return now.ok && now.value.hash !== null;
  }

  /** Makes exact-text edits, all or none, on what the attempt sees of the file. */
  edit(attempt: Attempt, { path, edits }: SharedEdit): Promise<Result<{ hash: string }>> {
    return this.#change(attempt, path, (now, hidden) => {
      let current: Changed = { ok: true, shared: now.shared };
      for (const edit of edits) {
        if (current.ok) current = changeShared(current.shared, attempt.fence, hidden, asIn(now.text, edit));
      }
      return current;
    });
  }

  /** Takes over what a command made of the file in the attempt's copy, as a change of the lines that differ. */
  bring(
    attempt: Attempt,
    path: string,
    before: string | null,
    content: string,
  ): Promise<Result<{ hash: string }>> {
    return this.#change(attempt, path, async (now, hidden) => {
      const seen = await this.files.keepText(textFor(now.shared, hidden));
      return seen === before
        ? bringTo(now.shared, attempt.fence, hidden, content)
        : { ok: false, why: 'notOnce', times: 0 };
    });
  }

  /** Takes out what the attempt did, and leaves what others did. */
  async undo(edit: EditRecord): Promise<UndoOutcome> {
    const now = await this.#present(edit.path);
    if (!now.ok) return 'kept';
    const { shared } = now.value;
    const outcome = shared.lost.includes(edit.fence) ? 'kept' : 'restored';
    if (!isMarkedBy(shared, edit.fence)) return outcome === 'kept' ? 'kept' : 'unchanged';
    const done = await this.#write(now.value, without(shared, edit.fence), this.records.sharing(edit.path));
    return done.ok ? outcome : 'kept';
  }

  /** What the attempt must see of shared files in which others are at work: kept content by path. */
  async overlayFor(fence: Fence): Promise<ReadonlyMap<string, string>> {
    const hidden = this.#hiddenFrom(fence);
    const shared = this.records.all.filter((edit) => edit.shared !== undefined && hidden.has(edit.fence));
    const overlay = new Map<string, string>();
    for (const path of new Set(shared.map((edit) => edit.path))) {
      const now = await this.#present(path);
      if (!now.ok) continue;
      const seen = textFor(now.value.shared, hidden);
      if (seen !== now.value.text) overlay.set(path, await this.files.keepText(seen));
    }
    return overlay;
  }

  async #change(
    attempt: Attempt,
    path: string,
    change: (now: Present, hidden: ReadonlySet<Fence>) => Changed | Promise<Changed>,
  ): Promise<Result<{ hash: string }>> {
    const now = await this.#present(path);
    if (!now.ok) return now;
    const hidden = this.#hiddenFrom(attempt.fence);
    const changed = await change(now.value, hidden);
    if (!changed.ok) return this.#refusal(path, changed);
    const { fence, featureId } = attempt;
    const sharing = this.records.sharing(path);
    const { hash: original, mode } = now.value;
    // Its own hashes are put in by the write.
    const first = { fence, featureId, path, original, mode, shared: { text: '' } };
    const isKnown = sharing.some((edit) => edit.fence === fence);
    const done = await this.#write(
      now.value,
      changed.shared,
      isKnown ? sharing : [...sharing, first],
      attempt,
    );
    if (!done.ok) return done;
    return ok({ hash: await this.files.keepText(textFor(changed.shared, hidden)) });
  }

  /**
   * Puts the text in place. Everyone's record names both what it was and what it becomes before that happens, so that
   * whoever comes after a crash can tell from the file which of the two it is.
   */
  async #write(
    now: Present,
    next: SharedText,
    sharing: readonly SharedEditRecord[],
    by?: Attempt,
  ): Promise<Result<object>> {
    const { path } = now;
    const [from, to, hash] = await Promise.all([
      this.files.keepText(JSON.stringify(now.shared)),
      this.files.keepText(JSON.stringify(next)),
      this.files.keepText(textFor(next, nobody)),
    ]);
    const put = (edit: EditRecord) => this.records.put(edit);
    const before = sharing.map(({ pending: _, ...edit }) => ({
      ...edit,
      written: now.hash,
      shared: { text: from },
    }));
    const intended = before.map((edit) =>
      put({ ...edit, pending: hash, shared: { text: from, pending: to } }),
    );
    await this.log.append([], intended);
    const done = await this.files.putKept(path, now.hash, hash);
    if (!done.ok) {
      await this.log.append([], before.map(put));
      return done;
    }
    const event: FileEvent[] = by
      ? [{ type: 'file.edited', path, before: now.hash, after: hash, ...attemptOf(by) }]
      : [];
    await this.log.append(
      event,
      before.map((edit) => put({ ...edit, written: hash, shared: { text: to } })),
    );
    return ok({});
  }

  async #present(path: string): Promise<Result<Present>> {
    const file = await this.files.readText(path);
    if (!file.ok) return file;
    if (file.value === null) return refuse('changedOnDisk', `There is no file ${path} any more.`);
    const { text, hash, mode } = file.value;
    const sharing = this.records.sharing(path);
    const [one] = sharing;
    if (!one) return ok({ path, text, hash, mode, shared: sharedText(text) });
    const isPending = one.pending === hash && one.shared.pending !== undefined;
    const known: SharedText = JSON.parse(
      await this.files.keptText(isPending ? (one.shared.pending as string) : one.shared.text),
    );
    const open = new Set(sharing.map((edit) => edit.fence));
    const shared = settled(textFor(known, nobody) === text ? known : rebased(known, text), open);
    return ok({ path, text, hash, mode, shared });
  }

  #hiddenFrom(fence: Fence): ReadonlySet<Fence> {
    const others = liveAttempts(this.log.head).filter((attempt) => attempt.fence !== fence);
    return new Set(others.map((attempt) => attempt.fence));
  }

  #refusal(path: string, changed: Exclude<Changed, { ok: true }>) {
    if (changed.why === 'notOnce') {
      const now = changed.times === 0 ? 'is not there any more' : `is there ${changed.times} times`;
      return refuse('changedOnDisk', `The text to replace in ${path} ${now}.`);
    }
    const holder = liveAttempts(this.log.head).find(({ fence }) => fence === changed.by);
    const name = holder && this.log.head.features[holder.featureId]?.spec.name;
    const who = holder ? `agent ${holder.slot} (feature ${holder.featureId}, "${name}")` : 'another agent';
    return refuse(
      'locked',
      `${who} is changing the same lines of ${path}. Nothing was changed; change other lines, or come back to it later.`,
    );
  }
}

/** The edit with the file's own line ends. */
function asIn(text: string, edit: TextEdit): TextEdit {
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  if (crlf <= lf) return edit;
  const withCr = (part: string) => part.replaceAll('\n', '\r\n');
  return { ...edit, old: withCr(edit.old), new: withCr(edit.new) };
}
