// Keys for providers, and what a run can be begun with.
import { type AgentId, type Agents, agentIn, agentOf, agentPrefix } from './agents';
import { isModelName, isOffline, type ModelName, modelOf } from './models';
import {
  defaultProvider,
  needsKey,
  type ProviderId,
  type Providers,
  providerOf,
  serviceOf,
  titleOf,
} from './providers';

/** A key with the address it was given for; the two are never parted. */
export interface ModelAccess {
  readonly provider: ProviderId;
  readonly apiKey: string;
  readonly baseUrl: string;
}

/** The keys that there are, each as these settings mean it to be used. */
export function accessWith(
  keyOf: (provider: ProviderId) => string | undefined,
  providers: Providers,
): readonly ModelAccess[] {
  return Object.keys(providers).flatMap((id) => {
    const service = serviceOf(id, providers);
    const apiKey = service && keyOf(id);
    return service && apiKey ? [{ provider: id, apiKey, baseUrl: service.baseUrl }] : [];
  });
}

/** May keys of this provider go to that address, by these settings? */
export function isAddressOf({ provider, baseUrl }: ModelAccess, providers: Providers): boolean {
  return serviceOf(provider, providers)?.baseUrl === baseUrl;
}

/** Whose models a run is about, unless its features name others; none where that wants nothing of anybody's. */
export function providersMeant(model: ModelName | undefined): readonly ProviderId[] {
  const isOwn = model !== undefined && (isOffline(model) || agentIn(model) !== undefined);
  return isOwn ? [] : [providerFor(model)];
}

function providerFor(model: ModelName | undefined): ProviderId {
  return model === undefined ? defaultProvider : modelOf(model).provider;
}

/**
 * Why agents cannot be sent to a provider, as the end of a sentence; undefined where they can, or where no key at all has been
 * given yet.
 * @param keys the providers whose keys there are
 */
export function whyNotAsked(
  id: ProviderId,
  providers: Providers,
  keys: Pick<ReadonlySet<ProviderId>, 'has' | 'size'>,
): string | undefined {
  // These want no key. What is wrong with an agent is told before a run, or as trouble: nobody's model takes its place.
  if (id === agentPrefix || isOffline(`${id}/`)) return undefined;
  const provider = providerOf(id, providers);
  if (provider === undefined) return `parallelAgents.providers names no "${id}"`;
  const isOpen = !needsKey(provider) || keys.has(id) || keys.size === 0;
  return isOpen ? undefined : `there is no key for ${titleOf(id, providers)}`;
}

export interface ModelFacts {
  /** The model of the settings, above every feature's own wish. */
  readonly model: ModelName | undefined;
  readonly providers: Providers;
  readonly access: readonly ModelAccess[];
  readonly agents: Agents;
  readonly hasOfflineScript: boolean;
  /** What each of the features names, if it does. */
  readonly named: readonly (string | undefined)[];
}

export type ModelChoice =
  | { readonly kind: 'offline' }
  /** Undefined leaves the choice to each feature. */
  | { readonly kind: 'provider'; readonly model: ModelName | undefined; readonly provider: ProviderId }
  /** An agent of another maker for all. */
  | { readonly kind: 'agent'; readonly agent: AgentId }
  /** Every feature names what wants no key. */
  | { readonly kind: 'asNamed' }
  | { readonly kind: 'noAgent'; readonly agent: AgentId }
  | { readonly kind: 'noKey'; readonly provider: ProviderId }
  | { readonly kind: 'noProvider'; readonly provider: ProviderId };

/** Offline by wish, or where a script lies beside the backlog and there is neither key nor wish. */
export function chooseModel(facts: ModelFacts): ModelChoice {
  const { model, providers, agents, access, hasOfflineScript, named } = facts;
  if (model === 'offline') return { kind: 'offline' };
  const agent = model === undefined ? undefined : agentIn(model);
  if (agent !== undefined) return { kind: agentOf(agent, agents) ? 'agent' : 'noAgent', agent };
  const id = providerFor(model);
  const provider = providerOf(id, providers);
  if (provider === undefined) return { kind: 'noProvider', provider: id };
  if (!needsKey(provider) || access.some((given) => given.provider === id))
    return { kind: 'provider', model, provider: id };
  if (model === undefined && named.length > 0 && named.every((name) => wantsNoKey(name, facts)))
    return { kind: 'asNamed' };
  return hasOfflineScript && model === undefined ? { kind: 'offline' } : { kind: 'noKey', provider: id };
}

function wantsNoKey(name: string | undefined, { providers, access }: ModelFacts): boolean {
  if (name === undefined || !isModelName(name)) return false;
  if (isOffline(name) || agentIn(name) !== undefined) return true;
  const { provider: id } = modelOf(name);
  const provider = providerOf(id, providers);
  if (provider === undefined) return false;
  return !needsKey(provider) || access.some((given) => given.provider === id);
}
