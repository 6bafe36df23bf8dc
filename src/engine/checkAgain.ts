// Features that passed once, and are to be proved anew before anybody pays an agent for them.
import { attemptOf, type NewEvent } from '../core/events/event';
import { isProvedByAnother } from '../core/features/proof';
import { isMeant } from '../core/scheduler/decide';
import type { RunSettings } from '../core/settings/runSettings';
import type { AgentPool } from './agentPool';
import type { Returned } from './arrivals';
import type { Ending, LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';
import type { Submission } from './submission';

export interface CheckAgainParts {
  readonly log: EventLog;
  readonly pool: AgentPool;
  readonly submission: Submission;
}

/** What a run with these settings begins with: its features that passed by another check than they have under it. */
export function outdatedProofs(
  { head, redactor, short }: EventLog,
  { verifyCommand, only }: RunSettings,
): readonly NewEvent[] {
  const check = verifyCommand === undefined ? undefined : short(redactor.text(verifyCommand));
  return Object.values(head.features)
    .filter((feature) => isMeant(only, feature.id) && isProvedByAnother(feature, check))
    .map(({ id }) => ({ type: 'feature.regressed', by: 'setting', featureId: id }));
}

/**
 * An attempt without an agent: the feature's check is run on what there is. If it passes, so does the feature; if not, the
 * next attempt is an agent's, and nothing is counted against it.
 */
export async function checkAgain(
  { log, pool, submission }: CheckAgainParts,
  live: LiveAttempt,
): Promise<void> {
  const { attempt } = live;
  try {
    await live.copyReady;
    const limits = log.head.run?.settings.limits;
    if (live.isOver || !limits) return;
    await log.append([{ type: 'feature.submitted', summary: 'Checked as it is.', ...attemptOf(attempt) }]);
    const verdict = await submission.handIn(live, limits.verifyMs);
    await pool.end(live, verdict.kind === 'passed' ? verdict : unproved(verdict));
  } catch (error) {
    if (!live.isOver) await pool.broke(live, 'Checking a feature again', error);
  }
}

function unproved(verdict: Ending | Returned): Ending {
  const note = verdict.kind === 'failed' ? verdict.reason : 'There is no check that could prove it as it is.';
  return { kind: 'yielded', cause: 'unproved', note };
}
