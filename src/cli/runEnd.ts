// How a run that a command follows comes to its end, read from the session and not from a message that may never come.

import { textForLink } from '../client/link';
import type { Session } from '../client/session';
import { oneLine } from '../core/events/describe';
import type { RunOutcome } from '../core/events/event';
import { liveAttempts, type Snapshot } from '../core/events/snapshot';
import type { FeatureId } from '../core/shared/ids';

export type RunEnd =
  | { readonly kind: 'finished'; readonly outcome: RunOutcome }
  /** The database holds it no more: it was begun anew, or an older one put back. */
  | { readonly kind: 'vanished' }
  | { readonly kind: 'lost' }
  /** Its owner has not answered for so long that nobody can be expected to sit and wait. */
  | { readonly kind: 'silent' };

/** Whoever is to end the owner by hand has this long; then a command that nobody looks at ends as well. */
const silentMs = 60_000;

/** Resolves once; it keeps the process alive until then. */
export function endOfRun(session: Session, runId: number): Promise<RunEnd> {
  const started = session.snapshot.run?.id === runId ? session.snapshot.run.startedAt : undefined;
  return new Promise((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    const beat = setInterval(() => {}, 2 ** 30);
    const look = () => {
      if (session.link.kind !== 'silent') {
        clearTimeout(silence);
        silence = undefined;
      } else silence ??= setTimeout(() => end({ kind: 'silent' }), silentMs);
      const found = endIn(session, runId, started);
      if (found) end(found);
    };
    const stop = session.onChange(look);
    const end = (how: RunEnd) => {
      stop();
      clearTimeout(silence);
      clearInterval(beat);
      resolve(how);
    };
    look();
  });
}

function endIn(
  { link, snapshot }: Session,
  runId: number,
  startedAt: number | undefined,
): RunEnd | undefined {
  if (link.kind === 'lost') return { kind: 'lost' };
  const { run } = snapshot;
  const isOurs = run?.id === runId && (startedAt === undefined || run.startedAt === startedAt);
  if (run && run.id > runId) return { kind: 'finished', outcome: 'incomplete' };
  if (!isOurs) return { kind: 'vanished' };
  return run.status === 'finished' ? { kind: 'finished', outcome: run.outcome ?? 'incomplete' } : undefined;
}

/** The features a command is about: those it names, else all there are by now. Where there is none, nothing has passed. */
export function allPass({ features }: Snapshot, only: readonly FeatureId[] | undefined): boolean {
  const meant = only === undefined ? Object.values(features) : only.map((id) => features[id]);
  return meant.length > 0 && meant.every((feature) => feature?.state.status === 'passing');
}

/** The features whose attempts have not come to their end, named; empty when there are none. */
export function describeAtWork(snapshot: Snapshot): string {
  return liveAttempts(snapshot)
    .map(
      ({ featureId }) => `feature ${featureId} - ${oneLine(snapshot.features[featureId]?.spec.name ?? '')}`,
    )
    .join(', ');
}

/** Says what becomes of the link to the host, each trouble once: one with the same mend is the same. The answer ends it. */
export function tellLink(session: Session, note: (line: string) => void): () => void {
  let said = '';
  let { role } = session;
  const tell = () => {
    if (session.role === 'owner' && role === 'follower')
      note('ℹ️ The process that ran this folder is gone; this one goes on with its work.');
    role = session.role;
    const words = textForLink(session.link);
    const trouble = words?.mend || words?.happened || '';
    if (trouble === said) return;
    if (words) note(`${words.goesOn ? '⏸️' : '❌'} ${words.happened} ${words.mend}`.trimEnd());
    else if (session.link.kind === 'connected') note('▶️ It goes on.');
    else return;
    said = trouble;
  };
  tell();
  return session.onChange(tell);
}
