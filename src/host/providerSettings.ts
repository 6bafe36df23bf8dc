// Turns `parallelAgents.providers` as people write it into who may be asked for models, and names what cannot be used.
import { agentPrefix } from '../core/models/agents';
import {
  knownProviders,
  type Price,
  type Provider,
  type ProviderId,
  type Providers,
  usualKeyVariable,
} from '../core/models/providers';

const setting = 'parallelAgents.providers';
const fields = ['baseUrl', 'keyVariable', 'contextTokens', 'prices'];
const goodId = /^[a-z0-9][a-z0-9_-]{0,49}$/;
const goodVariable = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const mostUsd = 100_000;

/**
 * The known providers with what `value` says of them, and those that only it names. An entry that cannot be used is told
 * by itself, and the others count.
 *
 * @param value `{ID: {baseUrl, keyVariable, contextTokens, prices: {MODEL: {input, output, cacheRead, cacheWrite}}}}`
 */
export function readProviders(value: unknown, warnings: string[]): Providers {
  if (value === undefined || value === null) return knownProviders;
  if (!isObject(value)) {
    warnings.push(`${setting} must be an object with an entry for each provider; it is not used.`);
    return knownProviders;
  }
  const read = Object.entries(value).flatMap(([id, entry]): readonly (readonly [ProviderId, Provider])[] => {
    const provider = readProvider(id, entry);
    if (typeof provider !== 'string') return [[id, provider]];
    warnings.push(`${setting}.${id.slice(0, 60)} ${provider}; it is not used.`);
    return [];
  });
  return { ...knownProviders, ...Object.fromEntries(read) };
}

/** The provider, or what is wrong with it. */
function readProvider(id: string, entry: unknown): Provider | string {
  const known = Object.hasOwn(knownProviders, id) ? knownProviders[id] : undefined;
  if (!goodId.test(id) || ['offline', agentPrefix].includes(id))
    return 'is no id of a provider: small letters, digits, - and _ make one up';
  if (!isObject(entry)) return `must be an object, as in {"baseUrl": "https://host/v1"}`;
  const unknown = Object.keys(entry).find((field) => !fields.includes(field));
  if (unknown !== undefined) return `has no field "${unknown.slice(0, 60)}"; there are ${fields.join(', ')}`;
  const { baseUrl = known?.baseUrl, keyVariable, contextTokens = known?.contextTokens, prices } = entry;
  // An empty text is what a settings editor leaves of one that was taken away.
  const address = baseUrl === '' ? known?.baseUrl : baseUrl;
  if (address === undefined) return 'needs a baseUrl, as in "https://host/v1"';
  const wrong = wrongAddress(address);
  if (typeof address !== 'string' || wrong !== undefined) return `has a baseUrl that ${wrong}`;
  if (keyVariable !== undefined && (typeof keyVariable !== 'string' || !goodVariable.test(keyVariable)))
    return 'has a keyVariable that is no name of an environment variable (a key itself is never written into settings)';
  if (contextTokens !== undefined && !isWindow(contextTokens))
    return 'has contextTokens that are no whole number from 4000 on: what its models can read at once';
  const costs = prices === undefined ? undefined : readPrices(prices);
  if (typeof costs === 'string') return costs;
  return {
    ...{ title: known?.title ?? id, kind: known?.kind ?? 'openai', baseUrl: address.replace(/\/+$/, '') },
    key: known?.key ?? (keyVariable === undefined ? 'none' : 'needed'),
    keyVariable: keyVariable ?? known?.keyVariable ?? usualKeyVariable(id),
    ...(contextTokens !== undefined && { contextTokens }),
    ...(costs && { prices: costs }),
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
  return typeof value === 'number' && Number.isInteger(value) && value >= 4000 && value <= 100_000_000;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostUsd;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
