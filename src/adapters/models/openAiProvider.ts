// Models behind OpenAI's chat completions, which many services and local servers speak: streamed over plain fetch.
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Redactor } from '../../core/guardrails/redactor';
import { passwordIn } from '../../core/guardrails/secretValues';
import type { ModelEndpoint } from '../../ports/coordinator';
import { Failure } from '../../ports/failure';
import type { ModelEvent, ModelProvider } from '../../ports/models';
import { boundedFetch } from './boundedFetch';
import { failureOfThrown } from './connectionFailure';
import { pageFailure } from './httpFailure';
import { errorIn, failureOfAnswer, failureOfError } from './openAiFailure';
import { toChatRequest } from './openAiRequest';
import { OpenAiTurn } from './openAiTurn';
import { fetchThrough, proxyFailure, proxyTo } from './proxiedFetch';
import { restOf } from './rateHeaders';

/** @param model the provider's own name for it */
export function createOpenAiProvider(
  model: string,
  { apiKey, baseUrl, proxies = { except: [] } }: Omit<ModelEndpoint, 'kind'>,
): ModelProvider {
  const url = `${baseUrl}/chat/completions`;
  const proxy = proxyTo(url, proxies);
  const ask = boundedFetch(proxy ? fetchThrough(proxy) : fetch);
  const redactor = new Redactor();
  for (const secret of [apiKey, proxy && passwordIn(proxy.address)])
    if (secret !== undefined) redactor.add(secret);
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };
  const ids = new Set<string>();
  return {
    async *runTurn(request, signal) {
      try {
        if (signal.aborted) throw new Failure('aborted', 'stopped');
        const body = JSON.stringify(toChatRequest(model, request));
        // A portal's redirect would take the key along to whoever it names.
        const answer = await ask(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
        const because = proxy && proxyFailure(undefined, proxy, answer.status);
        if (because) throw because;
        if (!answer.ok) throw failureOfAnswer(answer, await beginOf(answer), redactor);
        yield* stream(answer, new OpenAiTurn(ids), redactor);
      } catch (error) {
        if (signal.aborted) throw new Failure('aborted', 'stopped');
        const because = proxy && proxyFailure(error, proxy);
        throw Failure.is(error) ? error : (because ?? failureOfThrown(error, redactor));
      }
    },
  };
}

async function* stream(answer: Response, turn: OpenAiTurn, redactor: Redactor): AsyncIterable<ModelEvent> {
  const page = pageFailure(answer);
  if (page || answer.body === null) {
    await answer.body?.cancel(); // nobody reads it
    throw page ?? new Failure('unreachable', 'the model service ended its answer before it began');
  }
  const restMs = restOf(answer.headers);
  let hasBegun = false;
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === '[DONE]') break;
    const chunk: unknown = JSON.parse(data);
    const error = hasError(chunk) ? errorIn(chunk) : undefined;
    if (error) throw failureOfError(error, redactor);
    if (!hasBegun) yield { type: 'begun' };
    hasBegun = true;
    const words = turn.take(chunk);
    if (words) yield { type: 'text', text: words };
  }
  const whole = turn.turn();
  if (whole === undefined)
    throw new Failure('unreachable', 'the model service ended its answer in the middle');
  yield restMs === undefined ? whole : { ...whole, restMs };
}

function hasError(chunk: unknown): boolean {
  return typeof chunk === 'object' && chunk !== null && 'error' in chunk && Boolean(chunk.error);
}

/** Errors are short; pages may be long, and their titles stand at the beginning. */
const mostRead = 64 * 1024;

async function beginOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.length >= mostRead) break;
  }
  return text;
}
