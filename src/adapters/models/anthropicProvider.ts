// The Anthropic models, over the Messages API and its SDK.
import Anthropic from '@anthropic-ai/sdk';
import { Redactor } from '../../core/guardrails/redactor';
import { passwordIn } from '../../core/guardrails/secretValues';
import type { ModelEndpoint } from '../../ports/coordinator';
import { Failure } from '../../ports/failure';
import type { ModelEvent, ModelProvider } from '../../ports/models';
import { toFailure } from './anthropicFailure';
import { toMessagesRequest } from './anthropicRequest';
import { AnthropicTurn } from './anthropicTurn';
import { boundedFetch } from './boundedFetch';
import { pageFailure } from './httpFailure';
import { fetchThrough, proxyFailure, proxyTo } from './proxiedFetch';
import { restOf } from './rateHeaders';

/** How long a call may wait for the first byte. Once it flows, fetch gives up after 300 s of silence. */
const timeoutMs = 300_000;

/**
 * All that the SDK would otherwise look up in `ANTHROPIC_*` is said here, so that nothing of the environment decides
 * where the key goes or what is printed. Retrying is left to the throttle that all agents share.
 */
export function createAnthropicProvider(
  model: string,
  { apiKey = '', baseUrl, proxies = { except: [] } }: Omit<ModelEndpoint, 'kind'>,
): ModelProvider {
  const proxy = proxyTo(baseUrl, proxies);
  const client = new Anthropic({
    apiKey,
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl,
    fetch: boundedFetch(proxy ? fetchThrough(proxy) : fetch),
    maxRetries: 0,
    timeout: timeoutMs,
    // A portal's redirect would take the key along to whoever it names.
    fetchOptions: { redirect: 'manual' },
    logLevel: 'off',
    openTelemetry: { propagation: false, traces: { enabled: false } },
  });
  const redactor = new Redactor();
  redactor.add(apiKey);
  const password = proxy && passwordIn(proxy.address);
  if (password !== undefined) redactor.add(password);
  return {
    async *runTurn(request, signal) {
      const body = toMessagesRequest(model, request);
      try {
        yield* stream(client, body, signal);
      } catch (error) {
        const because = proxy && !signal.aborted ? proxyFailure(error, proxy) : undefined;
        throw Failure.is(error) ? error : (because ?? toFailure(error, redactor, signal));
      }
    },
  };
}

async function* stream(
  client: Anthropic,
  body: Anthropic.MessageCreateParamsStreaming,
  signal: AbortSignal,
): AsyncIterable<ModelEvent> {
  const answer = new AnthropicTurn();
  const { data, response } = await client.messages.create(body, { signal }).withResponse();
  const page = pageFailure(response);
  if (page) {
    data.controller.abort(); // nobody reads it
    throw page;
  }
  const restMs = restOf(response.headers);
  for await (const event of data) {
    if (event.type === 'message_start') yield { type: 'begun' };
    const words = answer.take(event);
    if (words) yield { type: 'text', text: words };
  }
  if (signal.aborted) throw new Failure('aborted', 'stopped'); // an aborted stream just ends
  const turn = answer.turn();
  if (turn === undefined)
    throw new Failure('unreachable', 'the model service ended its answer in the middle');
  yield restMs === undefined ? turn : { ...turn, restMs };
}
