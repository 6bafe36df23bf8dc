// What a host does before anything else: ends what its predecessor left running and undoes what it left half done.
import type { Attempt, FileEvent, Happening } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import { pathsOf } from '../core/locks/lockTable';
import type { ProcessEnder } from '../ports/workers';
import type { WorkspaceFiles } from '../ports/workspace';
import { endGraceMs } from './agentPool';
import type { EditBook } from './editBook';
import type { EventLog } from './eventLog';

export interface RecoveryParts {
  readonly log: EventLog;
  readonly edits: EditBook;
  readonly files: WorkspaceFiles;
  readonly ender: ProcessEnder;
  /** The mark in the environment of every process that was started for this workspace. */
  readonly tagOf: (attempt: Attempt) => string;
  readonly cutBytes: number;
  /** The records came from another machine, user or folder: the process numbers in them mean strangers here. */
  readonly madeElsewhere: boolean;
}

/**
 * Resolves when no process of an earlier host is left, every file of an unfinished attempt is as it was before it (but
 * for those that someone else changed since, which are named), and its features are back in the queue. Can be broken off
 * at any moment and done again.
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { log, edits, files, ender } = parts;
  const left = liveAttempts(log.head);
  let endedProcesses = 0;
  for (const attempt of left) {
    const process = parts.madeElsewhere ? undefined : log.head.agents[attempt.slot]?.process;
    endedProcesses += await ender.end({ process, tag: parts.tagOf(attempt), graceMs: endGraceMs });
  }
  const undone: FileEvent[] = [];
  for (const attempt of left) {
    const events = await edits.undo(attempt);
    undone.push(...events);
    await edits.close(attempt.fence, [...events, ...handBack(attempt, log)]);
  }
  await closeOrphans(parts);
  await files.sweep(edits.neededContent());
  if (left.length === 0 && parts.cutBytes === 0) return;
  const outcome = (e: FileEvent) => (e.type === 'file.undone' ? e.outcome : undefined);
  await log.append([
    {
      ...{ type: 'recovery.done', endedProcesses },
      undoneFiles: undone.filter((e) => outcome(e) === 'restored' || outcome(e) === 'removed').length,
      keptFiles: undone.filter((e) => outcome(e) === 'kept').map((e) => e.path),
      ...{ releasedFeatures: left.map((a) => a.featureId), cutBytes: parts.cutBytes },
    },
  ]);
}

function handBack(attempt: Attempt, log: EventLog): readonly Happening[] {
  const own = attemptOf(attempt);
  const note = 'The host was gone; its work was undone.';
  return [
    ...pathsOf(log.head.locks, attempt.fence).map(
      (path): Happening => ({ type: 'lock.released', path, ...own }),
    ),
    { type: 'feature.yielded', cause: 'recovered', note, ...own },
    { type: 'agent.ended', cause: 'recovered', note, ...own },
  ];
}

/** Edits on record whose attempt nobody waits for any more: it was undone or passed, and only the record was left. */
async function closeOrphans({ log, edits }: RecoveryParts): Promise<void> {
  const waiting = new Set(
    Object.values(log.head.features).flatMap(({ state }) =>
      state.status === 'claimed' && state.phase === 'unconfirmed' ? [state.claim.fence] : [],
    ),
  );
  for (const fence of edits.fences) {
    if (!waiting.has(fence)) await edits.close(fence, []);
  }
}
