// Accounts: what a provider, or the maker of an agent, counts and bounds as one, whichever of our agents asks.
import { agentIn, knownAgents } from './agents';
import { isModelName, isOffline, modelOf } from './models';
import { titleOf } from './providers';

/** A provider's id, or `agent/ID`. */
export type AccountId = string;

/** Undefined where a script is played: nobody is asked then. */
export function accountOf(model: string): AccountId | undefined {
  if (isOffline(model) || !isModelName(model)) return undefined;
  return agentIn(model) === undefined ? modelOf(model).provider : model;
}

/** For people. */
export function accountTitle(account: AccountId): string {
  const agent = agentIn(account);
  if (agent === undefined) return titleOf(account);
  return (Object.hasOwn(knownAgents, agent) ? knownAgents[agent]?.title : undefined) ?? agent;
}
