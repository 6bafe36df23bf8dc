// Whether a provider takes a key, asked by what costs nothing: which models there are.
import { Redactor } from '../../core/guardrails/redactor';
import type { ModelEndpoint } from '../../ports/coordinator';
import { Failure } from '../../ports/failure';
import { boundedFetch } from './boundedFetch';
import { failureOfThrown } from './connectionFailure';
import { failureOfAnswer } from './openAiFailure';
import { protocols } from './protocols';
import { fetchThrough, proxyFailure, proxyTo } from './proxiedFetch';

/** How long it may take: somebody looks at it. */
const tryMs = 15_000;

/**
 * Rejects with a `Failure` when it does not, or cannot be asked. @param path of the question, below the address; some
 * services tell their models to everyone, and have another for this
 */
export async function tryKey(
  { kind, baseUrl, apiKey = '', proxies = { except: [] } }: ModelEndpoint,
  path = protocols[kind].keyCheck.path,
): Promise<void> {
  const proxy = proxyTo(baseUrl, proxies);
  const ask = boundedFetch(proxy ? fetchThrough(proxy) : fetch);
  const redactor = new Redactor();
  redactor.add(apiKey);
  const headers = { ...protocols[kind].keyCheck.headers(apiKey) };
  const signal = AbortSignal.timeout(tryMs);
  try {
    const answer = await ask(`${baseUrl}${path}`, { headers, signal, redirect: 'manual' });
    const isJson = /\bjson\b/i.test(answer.headers.get('content-type') ?? '');
    if (!answer.ok || !isJson) throw failureOfAnswer(answer, await answer.text(), redactor);
    await answer.body?.cancel();
  } catch (error) {
    const because = proxy && proxyFailure(error, proxy);
    throw Failure.is(error) ? error : (because ?? failureOfThrown(error, redactor));
  }
}
