// Brings what a command changed in an attempt's copy into the workspace: thousands of files in a few steps of the log.
import { lockKey, parseWorkspacePath } from '../core/locks/lockPath';
import { type Refusal, type Result, refuse } from '../core/shared/result';
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
 * has. A command that both deleted and wrote may have moved files, and half of a move loses them: where a part of that is
 * refused, none of it enters. @param alive throws when the attempt is over
 */
export async function bringChanges(
  { locks, edits, guard, shared, copies, gate }: BringParts,
  live: LiveAttempt,
  changes: readonly CopyChange[],
  alive: () => void,
): Promise<CommandChanges> {
  if (changes.length === 0) return { kept: [], dropped: [] };
  const { attempt } = live;
  const isLive = () => !live.isOver;
  const kept: string[] = [];
  const dropped: DroppedChange[] = [];
  const drop = (path: string, error: Refusal) => void dropped.push({ path, error });
  const settle = (path: string, done: Result<unknown>) =>
    done.ok ? void kept.push(path) : drop(path, done.error);
  /** By what their locks are compared by: files that common file systems take for one are not made beside each other. */
  const writtenAs = new Map<string, string>();
  const own: FileWrite[] = [];
  const turns: BringableChange[] = [];
  for (const change of changes) {
    const { path } = change;
    const judged = guard.judge(live, path);
    if (!judged.ok) drop(path, judged.error);
    else if (!isBringable(change)) drop(path, refuse('notText', change.why).error);
    else if (!(await shared.isShared(path, attempt.fence)))
      own.push({ path, baseHash: change.before, content: change.content });
    else if (locks.isHumans(path)) drop(path, editedByHuman(path).error);
    else turns.push(change);
  }
  const free: FileWrite[] = [];
  for (const batch of inBatches(own)) {
    free.push(...(await lockFree(batch)));
    alive();
  }
  const mayMove = changes.some(isDeletion) && !changes.every(isDeletion);
  const mayGoOn = () => !mayMove || dropped.length === 0;
  for (const change of turns) {
    if (mayGoOn()) settle(change.path, await edits.bringShared(attempt, change, isLive));
    else drop(change.path, notInPart);
    alive();
  }
  // What is deleted makes room for what is made: another case of its name, a folder in a file's place. What made no room
  // goes last, when it is known that all which was written has entered.
  const [first, last] = deletionsOf(free);
  for (const part of [first, free.filter((write) => !isDeletion(write)), last]) {
    for (const batch of inBatches(part)) {
      if (mayGoOn()) await bring(batch);
      else for (const { path } of batch) drop(path, notInPart);
      alive();
    }
  }
  await gate.run(async () => copies.refresh(attempt.slot, await edits.overlayFor(attempt.fence)));
  await guard.tell(live, dropped);
  alive();
  return told(kept, dropped);

  async function bring(writes: readonly FileWrite[]): Promise<void> {
    const written = await edits.writeAll(attempt, writes, isLive);
    if (!written.ok) return; // over: whoever asks next is told
    for (const [path, one] of written.value) settle(path, one);
  }

  async function lockFree(writes: readonly FileWrite[]): Promise<readonly FileWrite[]> {
    const names = new Map<FileWrite, string>();
    for (const write of writes) {
      const name = parseWorkspacePath(write.path);
      const twin = name.ok && !isDeletion(write) ? writtenAs.get(lockKey(name.value)) : undefined;
      if (!name.ok) drop(write.path, name.error);
      else if (twin !== undefined) drop(write.path, differsOnlyInForm(twin));
      else names.set(write, name.value);
      if (name.ok && !isDeletion(write)) writtenAs.set(lockKey(name.value), write.path);
    }
    const busy = await locks.acquireFree(attempt, [...names.values()]);
    return [...names].flatMap(([write, name]) => {
      const inTheWay = busy.get(name);
      if (!inTheWay) return [write];
      drop(write.path, { ...inTheWay, message: `${inTheWay.message} Claim it, then run the command again.` });
      return [];
    });
  }
}

const notInPart = refuse(
  'locked',
  'The command deleted files as well, and a part of what it did was refused: so as not to halve a move, this stays out too.',
).error;

function differsOnlyInForm(twin: string): Refusal {
  const message = `It differs from "${twin}", which the command made too, only in case or form.`;
  return refuse('badInput', message).error;
}

function* inBatches<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += filesTogether) yield all.slice(from, from + filesTogether);
}

/** Those that make room for what is written, and the others. */
function deletionsOf(all: readonly FileWrite[]): readonly [first: FileWrite[], last: FileWrite[]] {
  const written = all.filter((write) => !isDeletion(write)).map(({ path }) => lockKey(path));
  const names = new Set(written);
  const folders = new Set(written.flatMap(foldersOf));
  const makesRoom = ({ path }: FileWrite) => {
    const key = lockKey(path);
    return names.has(key) || folders.has(key) || foldersOf(key).some((folder) => names.has(folder));
  };
  const gone = all.filter(isDeletion);
  return [gone.filter(makesRoom), gone.filter((write) => !makesRoom(write))];
}

function foldersOf(key: string): readonly string[] {
  const parts = key.split('/');
  return parts.slice(1).map((_, k) => parts.slice(0, k + 1).join('/'));
}

function isDeletion({ content }: { readonly content?: string | null }): boolean {
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
