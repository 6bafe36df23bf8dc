// The models a person may name, and what is known of them: tier, window and prices, with the date these were read.
import { inert } from '../shared/inert';
import { type Price, type ProviderId, type Providers, providerOf } from './providers';

/** Which bounds a model's attempts get. */
export type Tier = 'haiku' | 'sonnet' | 'opus' | 'other';

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

interface KnownModel {
  readonly tier: Tier;
  /** What it can read at once, its own answer included. */
  readonly contextTokens: number;
  readonly price: Price;
  /** The dearer price when the whole prompt, cache included, is longer than `aboveTokens`. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly price: Price };
}

/** Prices below were read from the provider's price page on 2026-11-21, windows from its models' pages on 2026-11-27. */
const knownModels: Readonly<Record<string, KnownModel>> = {
  'anthropic/claude-haiku-5-5': {
    tier: 'haiku',
    contextTokens: 1_000_000,
    price: { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
    longPrompt: {
      aboveTokens: 100_000,
      price: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
    },
  },
  'anthropic/claude-sonnet-5-5': {
    tier: 'sonnet',
    contextTokens: 1_000_000,
    price: { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  },
  'anthropic/claude-opus-5-5': {
    tier: 'opus',
    contextTokens: 1_000_000,
    price: { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 },
  },
};

/** Short names, each for one model of one provider; `offline` plays a script. */
const aliases = {
  haiku: 'anthropic/claude-haiku-5-5',
  sonnet: 'anthropic/claude-sonnet-5-5',
  opus: 'anthropic/claude-opus-5-5',
  offline: 'offline/offline',
} as const;

export type ModelAlias = keyof typeof aliases;
export const modelAliases = Object.keys(aliases) as readonly ModelAlias[];

/** What each is for, as people choose between them. */
export const modelAliasTexts: Readonly<Record<ModelAlias, string>> = {
  haiku: "Anthropic's quickest and cheapest",
  sonnet: "Anthropic's for most work",
  opus: "Anthropic's for the hardest work",
  offline: 'Plays offline-script.json beside the backlog: no AI, no key, no cost',
};

/** A model as people name it: an alias, or the provider's id and its own name for the model. */
export type ModelName = ModelAlias | `${string}/${string}`;

/** For messages: what may stand where a model is named. */
export const modelNameForms = `${modelAliases.join(', ')}, provider/model or agent/name`;

/** The provider's part is in small letters; the model's may hold further slashes and colons, as some providers have them. */
const fullName = /^[a-z0-9][a-z0-9_-]{0,49}\/[^\s/]\S{0,199}$/;

export function isModelName(name: string): name is ModelName {
  return isAlias(name) || (fullName.test(name) && inert(name) === name && !isOffline(name));
}

/** It plays a script, and is no service. */
export function isOffline(name: string): boolean {
  return name === 'offline' || name.startsWith('offline/');
}

export interface Model {
  readonly provider: ProviderId;
  /** What the provider calls it. */
  readonly apiName: string;
  readonly tier: Tier;
}

export function modelOf(name: ModelName): Model {
  const full = fullOf(name);
  const slash = full.indexOf('/');
  return {
    provider: full.slice(0, slash),
    apiName: full.slice(slash + 1),
    tier: knownOf(full)?.tier ?? 'other',
  };
}

/**
 * What a call cost in US dollars; undefined where nobody has said what the model costs. `inputTokens` are those neither
 * read from nor written to the cache.
 */
export function costUsd(name: ModelName, usage: Usage, providers: Providers): number | undefined {
  const price = priceOf(name, usage, providers);
  if (price === undefined) return undefined;
  const millionths =
    usage.inputTokens * price.input +
    usage.outputTokens * price.output +
    usage.cacheReadTokens * price.cacheRead +
    usage.cacheWriteTokens * price.cacheWrite;
  return millionths / 1_000_000;
}

/** Of models of which nothing is known: what most that call tools can read, with room to warm worker. */
const usualContextTokens = 100_000;
/** A prompt may fill this share of what there is: tokens are estimated, and the newest results come on top. */
const fillable = 0.75;
/** Kept free for the answer, or a quarter of a small window. */
const answerTokens = 32_000;

/**
 * How many tokens a prompt may have before what is old in it has to go: less than the window, and less than what makes the
 * whole prompt dearer.
 * @param ofProvider the window that its provider has for all models of which nothing is known
 */
export function promptRoom(name: ModelName, ofProvider = usualContextTokens): number {
  if (isOffline(name)) return Number.POSITIVE_INFINITY; // it reads nothing, and knows by the conversation where its script is
  const { contextTokens = ofProvider, longPrompt } = knownOf(fullOf(name)) ?? {};
  const readable = contextTokens - Math.min(answerTokens, contextTokens / 4);
  return Math.floor(Math.min(readable * fillable, (longPrompt?.aboveTokens ?? Infinity) * 0.9));
}

const free: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

function priceOf(name: ModelName, usage: Usage, providers: Providers): Price | undefined {
  const { provider: id, apiName } = modelOf(name);
  const provider = providerOf(id, providers);
  const { prices = {} } = provider ?? {};
  if (Object.hasOwn(prices, apiName)) return prices[apiName];
  const known = knownOf(fullOf(name));
  if (known === undefined) return isOffline(name) || provider?.isOwn ? free : undefined;
  const { price, longPrompt } = known;
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return longPrompt && prompt > longPrompt.aboveTokens ? longPrompt.price : price;
}

function isAlias(name: string): name is ModelAlias {
  return Object.hasOwn(aliases, name);
}

function fullOf(name: ModelName): string {
  return isAlias(name) ? aliases[name] : name;
}

function knownOf(full: string): KnownModel | undefined {
  return Object.hasOwn(knownModels, full) ? knownModels[full] : undefined;
}
