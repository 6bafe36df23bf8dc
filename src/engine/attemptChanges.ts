// Takes what a command changed in an attempt's copy for the attempt's own: locked where free, contested where held, put
// back where no agent may change it.
import { attemptOf, type NewEvent } from '../core/events/event';
import { isHeldBy } from '../core/locks/lockTable';
import { type Refusal, refuse } from '../core/shared/result';
import type { CommandChanges, ToldChange } from '../ports/coordinator';
import type { Isolation, PlaceChange } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import type { ChangeGuard, DroppedChange } from './changeGuard';
import type { EventLog } from './eventLog';
import type { FileLocks } from './fileLocks';
import { editedByHuman } from './lockText';
import { placeOf } from './placeOf';
import type { SharedFiles } from './sharedFiles';

/** Files that go into the log together: their events fit into one message to a client many times over. */
const filesTogether = 500;
/** Named in the answer, of each list; the rest is counted. */
const mostNamed = 1_000;

/** What was found in an attempt's copy. */
export interface Look {
  /** Changes that the attempt may make, and that can be published. */
  readonly own: readonly PlaceChange[];
  /** Those of them that are new since the last that was taken. */
  readonly news: readonly PlaceChange[];
  readonly dropped: readonly DroppedChange[];
  /** New folders without a file. */
  readonly empty: readonly DroppedChange[];
}

export class AttemptChanges {
  constructor(
    private readonly log: EventLog,
    private readonly isolation: Isolation,
    private readonly locks: FileLocks,
    private readonly guard: ChangeGuard,
    private readonly shared: SharedFiles,
  ) {}

  /** What the attempt's copy has other than the workspace, judged; nothing is done about it yet. */
  async look(live: LiveAttempt): Promise<Look> {
    const dropped: DroppedChange[] = [];
    const empty: DroppedChange[] = [];
    const own: PlaceChange[] = [];
    const changes = await placeOf(this.isolation, live).changes(live.attempt.slot);
    const judge = this.guard.judging(live);
    for (const change of changes) {
      if (change.isApart && change.why !== undefined) {
        dropped.push({ path: change.path, error: refuse('pathDenied', change.why).error });
        continue;
      }
      const judged = judge(change.path, change.before.hash === null ? 'named' : 'found');
      if (!judged.ok) dropped.push({ path: change.path, error: judged.error });
      else if (change.why !== undefined)
        (change.isFolder ? empty : dropped).push({
          path: change.path,
          error: refuse('pathDenied', change.why).error,
        });
      else own.push(change);
    }
    const isKnown = ({ path, after }: PlaceChange) =>
      [printOf(after), unknownMode(after.hash)].includes(live.changed.get(path) ?? '');
    return { own, news: own.filter((change) => !isKnown(change)), dropped, empty };
  }

  /**
   * Each change is locked if its file is free now; where another attempt holds it, it stays in the copy, contested, and
   * cannot be published before that is settled. What may not be changed, or cannot be published, is put back. Folders without
   * a file stay for what is still to come into them.
   */
  async take(live: LiveAttempt, { own, news, dropped, empty }: Look): Promise<CommandChanges> {
    await this.#putBack(live, dropped);
    for (const { path } of own) live.putBack.delete(path); // made in a way that is brought over
    const contested = await this.#lock(live, own);
    if (!live.isOver) await this.#tell(live, news);
    live.changed.clear();
    for (const { path, after } of own) live.changed.set(path, printOf(after));
    live.contested = contested;
    return told(news, dropped, contested, empty);
  }

  /**
   * The same before the work is checked, which it is as it would be published: without folders that hold no file, be they new
   * or emptied.
   */
  async takeAll(live: LiveAttempt, look: Look): Promise<void> {
    await this.take(live, look);
    await this.#putBack(live, look.empty);
    const gone = look.own.flatMap(({ path, after }) => (after.hash === null ? [path] : []));
    if (gone.length > 0) await placeOf(this.isolation, live).leaveEmptied(live.attempt.slot, gone);
  }

  async #putBack(live: LiveAttempt, changes: readonly DroppedChange[]): Promise<void> {
    const paths = changes.map(({ path }) => path);
    if (paths.length > 0) await placeOf(this.isolation, live).putBack(live.attempt.slot, paths);
    await this.guard.tell(live, changes);
    for (const { path, error } of changes) live.putBack.set(path, error.message);
  }

  /** What stands in the way of locking those that the attempt does not hold yet, by path. */
  async #lock(live: LiveAttempt, own: readonly PlaceChange[]): Promise<ReadonlyMap<string, Refusal>> {
    const { attempt } = live;
    const contested = new Map<string, Refusal>();
    const wanted: string[] = [];
    for (const { path } of own) {
      if (this.shared.isNamed(path)) {
        if (this.locks.isHumans(path)) contested.set(path, editedByHuman(path).error);
      } else if (!isHeldBy(this.log.head.locks, { kind: 'file', path }, attempt.fence)) wanted.push(path);
    }
    for (let from = 0; from < wanted.length; from += filesTogether) {
      const busy = await this.locks.acquireFree(attempt, wanted.slice(from, from + filesTogether));
      for (const [path, error] of busy) contested.set(path, error);
    }
    return contested;
  }

  async #tell(live: LiveAttempt, news: readonly PlaceChange[]): Promise<void> {
    for (let from = 0; from < news.length; from += filesTogether) {
      const newEvents = news.slice(from, from + filesTogether).map(
        ({ path, before, after }): NewEvent => ({
          type: 'file.changed',
          path,
          before: before.hash,
          after: after.hash,
          ...attemptOf(live.attempt),
        }),
      );
      await this.log.append(newEvents);
    }
  }
}

/** By which two states of a file are taken for the same: its content and its mode. */
export function printOf({ hash, mode }: PlaceChange['after']): string {
  return `${hash} ${mode}`;
}

/** The print of what a tool wrote, of whose mode nothing is known. */
export function unknownMode(hash: string | null): string {
  return `${hash}`;
}

function told(
  news: readonly PlaceChange[],
  dropped: readonly DroppedChange[],
  contested: ReadonlyMap<string, Refusal>,
  empty: readonly DroppedChange[],
): CommandChanges {
  const kept = news.map(({ path }) => path).filter((path) => !contested.has(path));
  const contestedNow = [...contested].map(([path, error]): ToldChange => ({ path, why: error.message }));
  const more = {
    kept: Math.max(0, kept.length - mostNamed),
    dropped: Math.max(0, dropped.length - mostNamed),
    contested: Math.max(0, contestedNow.length - mostNamed),
  };
  const folders = empty.slice(0, mostNamed).map(({ path }) => path);
  return {
    kept: kept.slice(0, mostNamed),
    dropped: dropped.slice(0, mostNamed).map(({ path, error }) => ({ path, why: error.message })),
    contested: contestedNow.slice(0, mostNamed),
    ...(folders.length > 0 ? { empty: folders } : {}),
    ...(more.kept + more.dropped + more.contested > 0 ? { more } : {}),
  };
}
