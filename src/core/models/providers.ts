// Who serves models: how each is spoken to, where, and with which key. The only place where they are named.

export type ProviderId = string;

/** The protocol a service is spoken to in: its own Messages API, or chat completions as OpenAI has them and many took over. */
export const serviceKinds = ['anthropic', 'openai'] as const;
export type ServiceKind = (typeof serviceKinds)[number];

export type Provider = ServiceProvider | ClientProvider;

/** Asked over the network, by whoever has the question. */
export interface ServiceProvider extends AnyProvider {
  readonly kind: ServiceKind;
  /** Without the path of a method, as `https://host/v1`. */
  readonly baseUrl: string;
  /** `none`: it is asked without one, unless the user has given one. */
  readonly key: 'needed' | 'none';
  /** Answered for a good key alone, where the list of its models is not. */
  readonly keyCheckPath?: string;
  /** The environment variable that holds the key. */
  readonly keyVariable: string;
}

/** Its models are known to a client alone, as an editor is one: who has a question is answered by one that offers them. */
export interface ClientProvider extends AnyProvider {
  readonly kind: 'client';
}

interface AnyProvider {
  /** For people. */
  readonly title: string;
  /** What the user says its models cost, by the names that the provider has for them; above what is known here. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** What its models can read at once, where nothing is known of a model itself. */
  readonly contextTokens?: number;
  /** Its models run on the user's own machines: nobody bills for them. */
  readonly isOwn?: true;
}

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Writing a five-minute cache entry. */
  readonly cacheWrite: number;
}

export type Providers = Readonly<Record<ProviderId, Provider>>;

/** What a service speaks that only the user's settings name. */
export const usualKind: ServiceKind = 'openai';
export const usualProtocol = "OpenAI's chat completions";

/** For texts that say how a model is named: one on the user's own machine comes last. */
export const exampleModels = ['openai/gpt-5', 'gemini/gemini-3.5-flash', 'ollama/qwen3-coder'] as const;
export const ownExample = exampleModels[2];

/** Serves what a feature or run names no model for. */
export const defaultProvider: ProviderId = 'anthropic';

/** The models of the editor that the extension runs in. */
export const editorProvider = 'vscode' satisfies ProviderId;

/** Addresses are those of the providers' own documentation, read on 2026-11-27. */
export const knownProviders: Providers = {
  anthropic: {
    title: 'Anthropic',
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    key: 'needed',
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  openai: {
    title: 'OpenAI',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    key: 'needed',
    keyVariable: 'OPENAI_API_KEY',
  },
  gemini: {
    title: 'Google Gemini',
    kind: 'openai',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    key: 'needed',
    keyVariable: 'GEMINI_API_KEY',
  },
  grok: {
    title: 'xAI Grok',
    kind: 'openai',
    baseUrl: 'https://api.x.ai/v1',
    key: 'needed',
    keyVariable: 'XAI_API_KEY',
  },
  openrouter: {
    title: 'OpenRouter',
    kind: 'openai',
    baseUrl: 'https://openrouter.ai/api/v1',
    key: 'needed',
    keyVariable: 'OPENROUTER_API_KEY',
    keyCheckPath: '/key',
  },
  ollama: {
    title: 'Ollama',
    kind: 'openai',
    baseUrl: 'http://localhost:11434/v1',
    key: 'none',
    keyVariable: 'OLLAMA_API_KEY',
    contextTokens: 32_000,
    isOwn: true,
  },
  [editorProvider]: { title: 'VS Code', kind: 'client' },
};

/** Variables, in upper case, that steer the programs and libraries that ask models: passed on to nobody unasked. */
export const steersModels = /^(ANTHROPIC|OPENAI)_/;

/** Those that no command gets even where its user names them: the usual model's key and address. */
export const leadsToModel = /^ANTHROPIC_/;

/** The environment variable that usually holds the key of a provider that is not known here. */
export function usualKeyVariable(id: ProviderId): string {
  return `${id.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_API_KEY`;
}

/** As people read it, also of a provider that nobody has set up. */
export function titleOf(id: ProviderId, providers: Providers = knownProviders): string {
  return (Object.hasOwn(providers, id) ? providers[id]?.title : undefined) ?? id;
}

/** A provider of that name that is asked over the network, if there is one. */
export function serviceOf(id: ProviderId, providers: Providers): ServiceProvider | undefined {
  const provider = providerOf(id, providers);
  return provider === undefined || provider.kind === 'client' ? undefined : provider;
}

/** Can it be asked by somebody who has no key for it? */
export function needsKey(provider: Provider): boolean {
  return provider.kind !== 'client' && provider.key === 'needed';
}

/** Of `names` of models, those that only a client that offers them can answer for. */
export function ofClients(names: readonly string[], providers: Providers): readonly string[] {
  return names.filter((name) => providerOf(name.split('/', 1)[0] ?? '', providers)?.kind === 'client');
}

/** A provider of that name, if there is one. */
export function providerOf(id: ProviderId, providers: Providers): Provider | undefined {
  return Object.hasOwn(providers, id) ? providers[id] : undefined;
}
