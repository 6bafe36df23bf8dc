// What a host does before anything else: ends what its predecessor left running, completes the publications that it had
// begun, and puts all other work back in the queue. What was done in copies is nothing, and needs no undoing.
import type { Attempt, NewEvent } from '../core/events/event';
import { attemptOf } from '../core/events/event';
import { liveAttempts } from '../core/events/snapshot';
import type { FeatureState } from '../core/features/feature';
import { lockedBy } from '../core/locks/lockTable';
import type { FeatureId } from '../core/shared/ids';
import type { Isolation } from '../ports/isolation';
import type { PublicationRecord } from '../ports/store';
import type { ProcessTerminator } from '../ports/workers';
import { endGraceMs } from './agentPool';
import { builtBy } from './endChange';
import type { EventLog } from './eventLog';
import { type Publications, publishedEvents } from './publications';

export interface RecoveryParts {
  readonly log: EventLog;
  readonly isolation: Isolation;
  readonly publications: Publications;
  readonly ender: ProcessTerminator;
  /** The mark in the environment of every process that was started for this workspace. */
  readonly tagOf: (attempt: Attempt) => string;
  readonly cutBytes: number;
  /** The records came from another machine, user or folder: the process numbers in them mean strangers here. */
  readonly madeElsewhere: boolean;
}

/**
 * Resolves when no process of an earlier host is left, what had passed is in the workspace as a whole, and the features of
 * all other attempts are back in the queue. Can be broken off at any moment and done again.
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { log, publications, isolation, ender } = parts;
  const left = liveAttempts(log.head);
  let endedProcesses = 0;
  for (const attempt of left) {
    const process = parts.madeElsewhere ? undefined : log.head.agents[attempt.slot]?.process;
    endedProcesses += await ender.end({ process, tag: parts.tagOf(attempt), graceMs: endGraceMs });
  }
  const publishedFeatures: FeatureId[] = [];
  const releasedFeatures: FeatureId[] = [];
  for (const attempt of left) {
    const record = publications.of(attempt.fence);
    if (record && (await complete(record, attempt, parts))) publishedFeatures.push(attempt.featureId);
    else {
      await publications.close(attempt.fence, handBack(attempt, log));
      releasedFeatures.push(attempt.featureId);
    }
  }
  await settleJudged(parts);
  await tellLost(parts);
  await isolation.sweep(publications.neededContent());
  if (left.length === 0 && parts.cutBytes === 0) return;
  await log.append([
    {
      type: 'recovery.done',
      endedProcesses,
      publishedFeatures,
      releasedFeatures,
      cutBytes: parts.cutBytes,
    },
  ]);
}

/** Was it completed? Not where somebody has changed one of its files meanwhile: then none of it is in the workspace. */
async function complete(
  { files, evidence, stage }: PublicationRecord,
  attempt: Attempt,
  { log, publications, isolation }: RecoveryParts,
): Promise<boolean> {
  if (stage === 'published') {
    await isolation.withdraw(files); // written by a version that wrote at once, and did not get to its check
    return false;
  }
  const done = await publications.gate.run(() => publications.publish(attempt, files, evidence));
  if (!done.ok || !evidence) return false;
  const { featureId, fence, slot } = attempt;
  await publications.close(fence, [
    ...publishedEvents(attempt, files),
    ...released(attempt, log),
    { type: 'feature.passed', evidence, ...builtBy(files), featureId, fence, slot },
    { type: 'agent.ended', cause: 'recovered', note: 'passing', ...attemptOf(attempt) },
  ]);
  return true;
}

function handBack(attempt: Attempt, log: EventLog): readonly NewEvent[] {
  const own = attemptOf(attempt);
  const note = 'The host was gone; what the agent had done was given up.';
  return [
    ...released(attempt, log),
    { type: 'feature.yielded', cause: 'recovered', note, ...own },
    { type: 'agent.ended', cause: 'recovered', note, ...own },
  ];
}

function released(attempt: Attempt, log: EventLog): readonly NewEvent[] {
  return lockedBy(log.head.locks, attempt.fence).map((locked) => ({
    type: 'lock.released',
    ...locked,
    ...attemptOf(attempt),
  }));
}

/** Work that waited for the user's approval when the host died: still waiting, given up, or on its way into the workspace. */
async function settleJudged({ log, publications }: RecoveryParts): Promise<void> {
  for (const record of publications.records) {
    const { fence, featureId, files, evidence, stage } = record;
    const state = log.head.features[featureId]?.state;
    const waits = state?.status === 'claimed' && state.phase === 'unconfirmed' && state.claim.fence === fence;
    if (!waits) await publications.close(fence, []);
    else if (stage === 'publishing') {
      const attempt = { ...state.claim, featureId };
      const done = await publications.gate.run(() => publications.publish(attempt, files, evidence));
      if (done.ok) await publications.close(fence, confirmed(attempt, record));
    }
  }
}

/** Records of publications that are not there any more, as in an older database that was put back. */
async function tellLost({ log, publications, isolation }: RecoveryParts): Promise<void> {
  const asked = Object.values(log.head.features).filter(({ state }) => lacksWork(state, publications));
  const begun = await isolation.leftBegun();
  const told: readonly NewEvent[] = [
    ...asked.map(({ id: featureId }) => ({ ...lost, featureId, message: workLost(featureId) })),
    ...(begun.length === 0 ? [] : [{ ...lost, message: `${halfPut} ${namesOf(begun)}.` }]),
  ];
  if (told.length > 0) await log.append(told);
  // Not before: where this host dies in between, the next one tells it once more rather than nobody.
  if (begun.length > 0) await isolation.forgetBegun();
}

const lost = { type: 'error.occurred', where: 'Records' } as const;
const halfPut =
  'Work had begun to enter this folder, and the record of it is gone; some of these files may be as it left them:';
const mostNamed = 20;

function namesOf(paths: readonly string[]): string {
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
  return `${paths.slice(0, mostNamed).join(', ')}${more}`;
}

/** Does it wait for an approval to work that nobody has any more? */
function lacksWork(state: FeatureState, publications: Publications): boolean {
  const isAsked = state.status === 'claimed' && state.phase === 'unconfirmed';
  return isAsked && publications.of(state.claim.fence) === undefined;
}

/** What is told of such a feature. */
export function workLost(featureId: FeatureId): string {
  return `Feature ${featureId} waits for an approval to work of which the record is gone. Reject it, and have it built again.`;
}

/** What tells that the user's approval has brought the work into the workspace. */
export function confirmed(
  attempt: Attempt,
  { files, evidence: check }: Pick<PublicationRecord, 'files' | 'evidence'>,
): readonly NewEvent[] {
  return [
    ...publishedEvents(attempt, files),
    {
      type: 'feature.passed',
      featureId: attempt.featureId,
      evidence: { kind: 'user', ...(check && { check }) },
      ...builtBy(files),
    },
  ];
}
