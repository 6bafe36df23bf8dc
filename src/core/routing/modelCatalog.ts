// The models we know by name: their tier, their window and their prices, with the date the prices were read.

export type Tier = 'haiku' | 'sonnet' | 'opus' | 'other';

export interface ModelEntry {
  /** The name the provider's API takes. */
  readonly apiName: string;
  readonly provider: 'anthropic' | 'offline';
  readonly tier: Tier;
  /** US dollars for a million tokens. */
  readonly price: Price;
  /** The dearer price when the whole prompt, cache included, is longer than `aboveTokens`. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly price: Price };
}

export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Writing a five-minute cache entry. */
  readonly cacheWrite: number;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** Prices below were read from the provider's price page on 2026-11-21. */
const free: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export const modelCatalog = {
  haiku: {
    apiName: 'claude-haiku-5-5',
    provider: 'anthropic',
    tier: 'haiku',
    price: { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
    longPrompt: {
      aboveTokens: 100_000,
      price: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
    },
  },
  sonnet: {
    apiName: 'claude-sonnet-5-5',
    provider: 'anthropic',
    tier: 'sonnet',
    price: { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  },
  opus: {
    apiName: 'claude-opus-5-5',
    provider: 'anthropic',
    tier: 'opus',
    price: { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 },
  },
  offline: { apiName: 'offline', provider: 'offline', tier: 'other', price: free },
} as const satisfies Record<string, ModelEntry>;

export type ModelName = keyof typeof modelCatalog;

export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(modelCatalog, name);
}

/** What a call cost in US dollars. `inputTokens` are those neither read from nor written to the cache. */
export function costUsd(model: ModelName, usage: Usage): number {
  const entry: ModelEntry = modelCatalog[model];
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const price =
    entry.longPrompt && prompt > entry.longPrompt.aboveTokens ? entry.longPrompt.price : entry.price;
  const millionths =
    usage.inputTokens * price.input +
    usage.outputTokens * price.output +
    usage.cacheReadTokens * price.cacheRead +
    usage.cacheWriteTokens * price.cacheWrite;
  return millionths / 1_000_000;
}
