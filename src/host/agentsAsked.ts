// Whether the agents of other makers that a run is to be built by can work, asked before it begins.
import { findAgent } from '../adapters/agents/findAgent';
import type { Snapshot } from '../core/events/snapshot';
import { agentIn, agentOf, unknownAgent } from '../core/models/agents';
import type { ModelName } from '../core/models/models';
import type { Routing } from '../core/routing/routeModel';
import type { FeatureId } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { FoundAgent } from '../ports/coordinator';
import type { Allowance } from './allowance';

/** What a new run is about. */
export interface AskedRun extends Pick<Routing, 'model' | 'byCategory' | 'ladder'> {
  readonly only?: readonly FeatureId[];
}

/** Refuses a run that names an agent which is not known, not installed, too old or not logged in. */
export async function judgeAgents(
  { model, byCategory = {}, ladder = [], only }: AskedRun,
  { features }: Pick<Snapshot, 'features'>,
  { agents }: Pick<Allowance, 'agents'>,
  root: string,
  guardPath: string,
): Promise<Result<object>> {
  const wanted = only ? only.map((id) => features[id]) : Object.values(features);
  const named = wanted.flatMap((feature) =>
    feature && feature.state.status !== 'passing' ? [feature.spec.model] : [],
  );
  const all = model === undefined ? [...named, ...Object.values(byCategory), ...ladder] : [model];
  const ids = all.flatMap((name) => {
    const id = name === undefined ? undefined : agentIn(name);
    return id === undefined ? [] : [id];
  });
  const whys = [...new Set(ids)].map(async (id) => {
    const profile = agentOf(id, agents);
    if (!profile) return unknownAgent(id, agents);
    const { tryAgent } = await import('./agentTrial');
    return tryAgent(profile, root, guardPath);
  });
  const wrong = (await Promise.all(whys)).filter((why) => why !== undefined);
  return wrong.length === 0 ? ok({}) : refuse('badInput', wrong.join('\n'));
}

/** For an attempt; undefined where a model is to build it. */
export function agentFor(
  model: ModelName,
  { agents }: Pick<Allowance, 'agents'>,
  root: string,
): FoundAgent | undefined {
  const id = agentIn(model);
  if (id === undefined) return undefined;
  const profile = agentOf(id, agents);
  return profile ? findAgent(profile, root, process.env) : { ok: false, message: unknownAgent(id, agents) };
}
