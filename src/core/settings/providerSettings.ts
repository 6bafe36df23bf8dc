// The setting that says who may be asked for models, and what is told of an entry that cannot be used.
import { z } from 'zod';
import { agentPrefix } from '../models/agents';
import {
  knownProviders,
  type Price,
  type Provider,
  type Providers,
  type ServiceProvider,
  usualKeyVariable,
  usualKind,
} from '../models/providers';
import { isObject } from '../shared/fields';
import type { Form } from './setting';
import { readEntries } from './settingEntries';

const leastWindow = 4000;
const mostWindow = 100_000_000;
const amount = z.number().min(0);
const price = z.strictObject({
  input: amount,
  output: amount,
  cacheRead: amount.optional(),
  cacheWrite: amount.optional(),
});
const entry = z.strictObject({
  baseUrl: z.string().describe('Where it is reached, for instance https://host/v1.').optional(),
  keyVariable: z
    .string()
    .describe(
      'The environment variable that holds its key, where no key is stored in the editor. The key itself is never written into settings.',
    )
    .optional(),
  contextTokens: z
    .int()
    .min(leastWindow)
    .max(mostWindow)
    .describe(
      'How many tokens its models can read at once, where nothing is known of a model itself. What is old in a conversation is left out before that is full.',
    )
    .optional(),
  prices: z
    .record(z.string(), price)
    .describe('What its models cost, in US dollars for a million tokens, by their names there.')
    .optional(),
});
const goodVariable = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const mostUsd = 100_000;

export const providersByName: Form<z.ZodType<Providers>> = {
  written: z.record(z.string(), entry),
  value: z.custom<Providers>(),
  read: (given, { say }) => readProviders(given, say),
};

/** @param given `{ID: {baseUrl, keyVariable, contextTokens, prices: {MODEL: {input, output, cacheRead, cacheWrite}}}}` */
export function readProviders(given: unknown, say: (sentence: string) => void): Providers {
  const example = '{"baseUrl": "https://host/v1"}';
  const fields = Object.keys(entry.shape);
  const taken = ['offline', agentPrefix];
  return readEntries(
    { key: 'providers', noun: 'provider', known: knownProviders, taken, example, fields, read: readProvider },
    given,
    say,
  );
}

/** The provider, or what is wrong with it. */
function readProvider(id: string, given: Readonly<Record<string, unknown>>): Provider | string {
  const known = Object.hasOwn(knownProviders, id) ? knownProviders[id] : undefined;
  const { contextTokens = known?.contextTokens, prices } = given;
  if (contextTokens !== undefined && !isWindow(contextTokens))
    return 'has contextTokens that are no whole number from 4000 on: what its models can read at once';
  const costs = prices === undefined ? undefined : readPrices(prices);
  if (typeof costs === 'string') return costs;
  const ofModels = { ...(contextTokens !== undefined && { contextTokens }), ...(costs && { prices: costs }) };
  if (known?.kind !== 'client') return readService(id, known, given, ofModels);
  const tooMuch = ['baseUrl', 'keyVariable'].find(
    (field) => given[field] !== undefined && given[field] !== '',
  );
  if (tooMuch !== undefined)
    return `has a ${tooMuch}, and its models are reached through ${known.title} alone`;
  return { ...known, ...ofModels };
}

function readService(
  id: string,
  known: ServiceProvider | undefined,
  { baseUrl = known?.baseUrl, keyVariable }: Readonly<Record<string, unknown>>,
  ofModels: Pick<Provider, 'contextTokens' | 'prices'>,
): Provider | string {
  // An empty text is what a settings editor leaves of one that was taken away.
  const address = baseUrl === '' ? known?.baseUrl : baseUrl;
  if (address === undefined) return 'needs a baseUrl, as in "https://host/v1"';
  const wrong = wrongAddress(address);
  if (typeof address !== 'string' || wrong !== undefined) return `has a baseUrl that ${wrong}`;
  if (keyVariable !== undefined && (typeof keyVariable !== 'string' || !goodVariable.test(keyVariable)))
    return 'has a keyVariable that is no name of an environment variable (a key itself is never written into settings)';
  return {
    title: known?.title ?? id,
    kind: known?.kind ?? usualKind,
    baseUrl: address.replace(/\/+$/, ''),
    key: known?.key ?? (keyVariable === undefined ? 'none' : 'needed'),
    keyVariable: keyVariable ?? known?.keyVariable ?? usualKeyVariable(id),
    ...ofModels,
    ...(known?.keyCheckPath !== undefined && { keyCheckPath: known.keyCheckPath }),
    ...(known?.isOwn && { isOwn: true }),
  };
}

function wrongAddress(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is no text';
  if (value.length > 2000 || !URL.canParse(value)) return 'is no address, as "https://host/v1" is one';
  const { protocol, username, password, search, hash } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return 'is not one of http or https';
  if (username !== '' || password !== '')
    return 'holds a name or a password; keys go into the environment or the secret storage of your editor';
  return search === '' && hash === '' ? undefined : 'ends in more than a path';
}

function readPrices(value: unknown): Readonly<Record<string, Price>> | string {
  const want = 'US dollars for a million tokens, as in {"input": 0.5, "output": 2}';
  if (!isObject(value)) return `has prices that are no object of models with their ${want}`;
  const prices: Record<string, Price> = {};
  for (const [model, entry] of Object.entries(value)) {
    const { input, output, cacheRead = input, cacheWrite = input } = isObject(entry) ? entry : {};
    if (!isAmount(input) || !isAmount(output) || !isAmount(cacheRead) || !isAmount(cacheWrite))
      return `has a price for "${model.slice(0, 60)}" that is not in ${want}`;
    prices[model] = { input, output, cacheRead, cacheWrite };
  }
  return prices;
}

function isWindow(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= leastWindow && value <= mostWindow;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostUsd;
}
