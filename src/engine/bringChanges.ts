// Brings what a command changed in an attempt's copy into the workspace: thousands of files in a few steps of the log.
import { lockKey, parseWorkspacePath } from '../core/locks/lockPath';
import { type Refusal, refuse } from '../core/shared/result';
import type { CommandChanges, FileWrite } from '../ports/coordinator';
import type { CopyChange, SlotCopies } from '../ports/workspace';
import type { LiveAttempt } from './attempt';
import type { ChangeGuard, DroppedChange } from './changeGuard';
import type { EditBook } from './editBook';
import type { FileLocks } from './fileLocks';
import type { Gate } from './gate';
import { editedByHuman } from './lockWords';
import type { SharedEdits } from './sharedEdits';

export interface BringParts {
  readonly locks: FileLocks;
  readonly edits: EditBook;
  readonly guard: ChangeGuard;
  readonly shared: SharedEdits;
  readonly copies: SlotCopies;
  readonly gate: Gate;
}

/** Files that go through the gate and into the log together: their events fit into one message to a face many times over. */
const filesTogether = 500;
/** Named in the answer, of each list; the rest is counted. */
const mostNamed = 1_000;

type BringableChange = Extract<CopyChange, { readonly content: string | null }>;

/** A change that can be brought over at all. */
export function isBringable(change: CopyChange): change is BringableChange {
  return change.content !== undefined;
}

/**
 * Each file enters under a lock that is free now, or is dropped with the reason; the copy then shows what the workspace
 * has. @param room how many files may enter; the rest of them is dropped and not named @param alive throws when the
 * attempt is over
 */
export async function bringChanges(
  { locks, edits, guard, shared, copies, gate }: BringParts,
  live: LiveAttempt,
  changes: readonly CopyChange[],
  room: number,
  alive: () => void,
): Promise<CommandChanges> {
  if (changes.length === 0) return { kept: [], dropped: [] };
  const { attempt } = live;
  const isLive = () => !live.isOver;
  const kept: string[] = [];
  const dropped: DroppedChange[] = [];
  const drop = (path: string, error: Refusal) => void dropped.push({ path, error });
  const allowed: BringableChange[] = [];
  for (const change of changes) {
    const judged = guard.judge(live, change.path);
    if (!judged.ok) drop(change.path, judged.error);
    else if (isBringable(change)) allowed.push(change);
    else drop(change.path, refuse('notText', change.why).error);
  }
  const own: FileWrite[] = [];
  /** By what their locks are compared by: files that common file systems take for one are not made beside each other. */
  const writtenAs = new Map<string, string>();
  for (const change of allowed.slice(0, room)) {
    const { path, before, content } = change;
    if (!(await shared.isShared(path, attempt.fence))) own.push({ path, baseHash: before, content });
    else if (locks.isHumans(path)) drop(path, editedByHuman(path).error);
    else {
      const done = await edits.bringShared(attempt, change, isLive);
      if (done.ok) kept.push(path);
      else drop(path, done.error);
      alive();
    }
  }
  // What is deleted makes room for what is made: another case of its name, a folder in a file's place.
  for (const batch of [own.filter(isDeletion), own.filter((write) => !isDeletion(write))]) {
    for (let from = 0; from < batch.length; from += filesTogether) {
      await bringOwn(batch.slice(from, from + filesTogether));
      alive();
    }
  }
  await gate.run(async () => copies.refresh(attempt.slot, await edits.overlayFor(attempt.fence)));
  await guard.tell(live, dropped);
  alive();
  return told(kept, dropped);

  async function bringOwn(writes: readonly FileWrite[]): Promise<void> {
    const names = new Map<FileWrite, string>();
    for (const write of writes) {
      const name = parseWorkspacePath(write.path);
      const twin = name.ok ? writtenAs.get(lockKey(name.value)) : undefined;
      if (!name.ok) drop(write.path, name.error);
      else if (twin !== undefined)
        drop(
          write.path,
          refuse('badInput', `It differs from "${twin}", which the command made too, only in case or form.`)
            .error,
        );
      else names.set(write, name.value);
      if (name.ok && !isDeletion(write)) writtenAs.set(lockKey(name.value), write.path);
    }
    const busy = await locks.acquireFree(attempt, [...names.values()]);
    const free: FileWrite[] = [];
    for (const [write, name] of names) {
      const inTheWay = busy.get(name);
      if (inTheWay)
        drop(write.path, {
          ...inTheWay,
          message: `${inTheWay.message} Claim it, then run the command again.`,
        });
      else free.push(write);
    }
    if (free.length === 0) return;
    const written = await edits.writeAll(attempt, free, isLive);
    if (!written.ok) return; // over: whoever asks next is told
    for (const [path, one] of written.value) {
      if (one.ok) kept.push(path);
      else drop(path, one.error);
    }
  }
}

function isDeletion({ content }: FileWrite): boolean {
  return content === null;
}

function told(kept: readonly string[], dropped: readonly DroppedChange[]): CommandChanges {
  const more = {
    kept: Math.max(0, kept.length - mostNamed),
    dropped: Math.max(0, dropped.length - mostNamed),
  };
  return {
    kept: kept.slice(0, mostNamed),
    dropped: dropped.slice(0, mostNamed).map(({ path, error }) => ({ path, why: error.message })),
    ...(more.kept + more.dropped > 0 ? { more } : {}),
  };
}
