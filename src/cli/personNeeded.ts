// Watches for the trouble that a run on the command line cannot outwait: its key comes from the environment of this process.

import { openBreakers } from '../core/events/accounts';
import { liveAttempts, type Snapshot } from '../core/events/snapshot';
import { isCheckedFirst } from '../core/features/feature';
import { needsPerson } from '../core/guardrails/breaker';
import { accountOf } from '../core/models/accounts';
import { routeModel, type WhyNot } from '../core/routing/routeModel';
import { isMeant } from '../core/scheduler/decide';

/** What a person has to do before the run can go on; undefined while something else may still bring it forward. */
export function mendNeeded(snapshot: Snapshot, whyNot: WhyNot): string | undefined {
  const { run, features, breaker, accounts } = snapshot;
  if (run?.status !== 'running') return undefined;
  const stuck = openBreakers(snapshot).filter(needsPerson);
  if (stuck.length === 0 || liveAttempts(snapshot).length > 0) return undefined;
  const mayGo = Object.values(features).some((feature) => {
    if (feature.state.status !== 'pending' || !isMeant(run.settings.only, feature.id)) return false;
    if (isCheckedFirst(feature)) return true;
    const account = accountOf(routeModel(feature, run.settings, whyNot).model);
    const own = account === undefined ? undefined : accounts[account]?.breaker;
    return own === undefined || !needsPerson(own);
  });
  const isForAll = breaker !== null && needsPerson(breaker);
  return mayGo && !isForAll ? undefined : stuck.map(({ mend }) => mend).join(' ');
}
