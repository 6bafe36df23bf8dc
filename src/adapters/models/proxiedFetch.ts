// Fetch through a proxy, and what it means when that does not let a request through.
import { APIError } from '@anthropic-ai/sdk';
import { describeProxy, type NamedProxy, type Proxies, proxyFor } from '../../core/shared/proxies';
import { Failure } from '../../ports/failure';
import { causesOf, isUnreached } from './connectionFailure';

/** How long a proxy may take to answer at all; beyond it nobody is there. */
const answerMs = 15_000;

/** The proxy through which `url` is asked; undefined for none. */
export function proxyTo(url: string, proxies: Proxies): NamedProxy | undefined {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  const asked = port === '' ? (scheme === 'http' ? 80 : 443) : Number(port);
  return proxyFor({ scheme, host: hostname, port: asked }, proxies);
}

/** As `fetch`; rejects with a `Failure` (`proxy`) for an address that is none of a proxy we can speak to. */
export function fetchThrough(proxy: NamedProxy): typeof fetch {
  let agent: Promise<typeof fetch> | undefined;
  return async (url, init) => {
    agent ??= begin(proxy);
    return (await agent)(url, init);
  };
}

async function begin(proxy: NamedProxy): Promise<typeof fetch> {
  const address = addressOf(proxy);
  // Node's own fetch takes no dispatcher of another version, so the whole of it comes from one; loaded only where it is needed.
  const { fetch: asked, Pool, ProxyAgent } = await import('undici');
  const dispatcher = new ProxyAgent({
    uri: address,
    // Plain requests go to it as they are: many proxies let no tunnel through but to port 443.
    proxyTunnel: false,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: answerMs }),
    headersTimeout: 0, // whoever asks has a limit; so only the proxy's own answer can be late
  });
  const through = (url: string, init: object | undefined) => asked(url, { ...init, dispatcher });
  // The same thing from another package, as types tell it.
  return through as unknown as typeof fetch;
}

function addressOf(proxy: NamedProxy): string {
  const { address } = proxy;
  const whole = /^[a-z][\w+.-]*:\/\//i.test(address) ? address : `http://${address.replace(/^\/\//, '')}`;
  if (!URL.canParse(whole)) throw new Failure('proxy', `${proxy.from} names no address of a proxy.`);
  const { protocol, username, password } = new URL(whole);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Failure(
      'proxy',
      `The proxy ${describeProxy(proxy)} is of a kind that models cannot be asked through; those of http and https are.`,
    );
  for (const part of [username, password])
    if (/%(?![0-9a-f]{2})/i.test(part))
      throw new Failure(
        'proxy',
        `The name or password in ${proxy.from} has a % that stands for nothing; write it as %25.`,
      );
  return whole;
}

/** What the proxy's part in `error` is; undefined where it has none. @param answered the status of an answer that came */
export function proxyFailure(
  error: unknown,
  proxy: NamedProxy,
  answered = error instanceof APIError ? error.status : undefined,
): Failure | undefined {
  const causes = causesOf(error);
  const own = causes.find((cause) => Failure.is(cause));
  if (own) return own;
  const named = `The proxy ${describeProxy(proxy)}`;
  const status = answered === 407 ? 407 : statusIn(causes);
  if (status === 407)
    return new Failure(
      'proxy',
      `${named} wants a name and a password, and took none that its address holds (407).`,
    );
  if (status !== undefined && status >= 500)
    return new Failure('unreachable', `${named} did not get through to the model service (${status})`);
  if (status !== undefined)
    return new Failure('proxy', `${named} refused the way to the model service (${status}).`);
  // Where a proxy is asked, only that is connected to, and it has a limit of its own for the first word of its answer.
  const why = causes.find((cause) => isUnreached(cause) || cause.code === 'UND_ERR_HEADERS_TIMEOUT');
  return why && new Failure('proxy', `${named} does not answer: ${why.message || String(why.code)}.`);
}

function statusIn(causes: readonly Error[]): number | undefined {
  for (const { message } of causes) {
    const found = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(message)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
