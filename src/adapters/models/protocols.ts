// The protocols that services of models speak, one row for each: who speaks it, and how a key is tried. A further one is its
// speaker in a file of its own, and a row here.
import { type ModelName, modelOf } from '../../core/models/models';
import type { ServiceKind } from '../../core/models/providers';
import type { ModelEndpoint } from '../../ports/coordinator';
import type { ModelProvider } from '../../ports/models';

export interface Protocol {
  /** Asks nothing yet. Loads what it needs, which may be an SDK of megabytes. @param model the service's own name for it */
  readonly open: (model: string, endpoint: Omit<ModelEndpoint, 'kind'>) => Promise<ModelProvider>;
  /** What is answered for a good key alone and costs nothing: a path below the address, and the headers that show the key. */
  readonly keyCheck: {
    readonly path: string;
    readonly headers: (apiKey: string) => Readonly<Record<string, string>>;
  };
}

export const protocols: Readonly<Record<ServiceKind, Protocol>> = {
  anthropic: {
    open: async (model, endpoint) =>
      (await import('./anthropicProvider')).createAnthropicProvider(model, endpoint),
    keyCheck: {
      path: '/v1/models',
      headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }),
    },
  },
  openai: {
    open: async (model, endpoint) => (await import('./openAiProvider')).createOpenAiProvider(model, endpoint),
    keyCheck: { path: '/models', headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }) },
  },
};

/** The one way to a model that is asked over the network, whoever serves it. */
export function openModel(name: ModelName, endpoint: ModelEndpoint): Promise<ModelProvider> {
  return openBy(protocols, name, endpoint);
}

/** As `openModel`, by protocols of the caller's. */
export function openBy<K extends string>(
  known: Readonly<Record<K, Protocol>>,
  name: ModelName,
  { kind, ...endpoint }: Omit<ModelEndpoint, 'kind'> & { readonly kind: K },
): Promise<ModelProvider> {
  return known[kind].open(modelOf(name).apiName, endpoint);
}
