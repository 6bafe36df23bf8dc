// What of an assignment only the host has. Only the attempt's own worker gets it, over its connection.
import type { OfflineScriptFile } from '../adapters/files/offlineScriptFile';
import { readOwnChecklists } from '../adapters/files/ownChecklists';
import { isOffline } from '../core/models/models';
import { chooseExperts } from '../core/routing/experts';
import type { HostsPart } from '../engine/agentDesk';
import type { LiveAttempt } from '../engine/attempt';
import { agentFor } from './agentsAsked';
import type { Allowance } from './allowance';
import type { ModelGateway } from './modelGateway';

interface Parts {
  readonly script: OfflineScriptFile;
  readonly allowance: Allowance;
  readonly models: ModelGateway;
  readonly root: string;
  readonly stateDir: string;
}

export async function hostsPart(live: LiveAttempt, parts: Parts): Promise<HostsPart> {
  const { checklists } = chooseExperts(live.feature.spec);
  const [ownChecklists, asked] = await Promise.all([
    readOwnChecklists(parts.stateDir, checklists),
    whoIsAsked(live, parts),
  ]);
  return { ownChecklists, ...asked };
}

async function whoIsAsked(
  { model, feature, attempt }: LiveAttempt,
  { script, allowance, models, root }: Parts,
): Promise<HostsPart> {
  const agent = agentFor(model, allowance, root);
  if (agent) return { agent };
  if (isOffline(model)) return { offline: await script.turnsFor(feature.spec.name, attempt.attempt) };
  const endpoint = await models.endpoint(model);
  return endpoint ? { endpoint } : {};
}
