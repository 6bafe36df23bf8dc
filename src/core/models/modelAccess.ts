// Keys for providers, and what a run can be begun with.
import { type ModelName, modelOf } from './models';
import { defaultProvider, type ProviderId, type Providers, providerOf } from './providers';

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
  return Object.entries(providers).flatMap(([provider, { baseUrl }]) => {
    const apiKey = keyOf(provider);
    return apiKey === undefined || apiKey === '' ? [] : [{ provider, apiKey, baseUrl }];
  });
}

/** May keys of this provider go to that address, by these settings? */
export function isAddressOf({ provider, baseUrl }: ModelAccess, providers: Providers): boolean {
  return providerOf(provider, providers)?.baseUrl === baseUrl;
}

/** Whose models a run is about, unless its features name others. */
export function providerFor(model: ModelName | undefined): ProviderId {
  return model === undefined ? defaultProvider : modelOf(model).provider;
}

export interface ModelFacts {
  /** The model of the settings, above every feature's own wish. */
  readonly model: ModelName | undefined;
  readonly providers: Providers;
  readonly access: readonly ModelAccess[];
  readonly hasOfflineScript: boolean;
}

export type ModelChoice =
  | { readonly kind: 'offline' }
  /** Undefined leaves the choice to each feature. */
  | { readonly kind: 'provider'; readonly model: ModelName | undefined; readonly provider: ProviderId }
  | { readonly kind: 'noKey'; readonly provider: ProviderId }
  | { readonly kind: 'noProvider'; readonly provider: ProviderId };

/** Offline by wish, or where a script lies beside the backlog and there is neither key nor wish. */
export function chooseModel({ model, providers, access, hasOfflineScript }: ModelFacts): ModelChoice {
  if (model === 'offline') return { kind: 'offline' };
  const id = providerFor(model);
  const provider = providerOf(id, providers);
  if (provider === undefined) return { kind: 'noProvider', provider: id };
  if (provider.key === 'none' || access.some((given) => given.provider === id))
    return { kind: 'provider', model, provider: id };
  return hasOfflineScript && model === undefined ? { kind: 'offline' } : { kind: 'noKey', provider: id };
}
