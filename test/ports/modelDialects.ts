// How the two protocols that many services speak word what every model can say.
import type { ModelProvider } from '../../src/ports/models';
import { chatError, chatStreamed } from '../support/chatCompletions';
import { streamed } from '../support/fakeMessagesApi';
import type { Dialect } from './modelConformance';

type Create = (baseUrl: string) => ModelProvider;

/** Anthropic's Messages API. */
export const messages = (create: Create): Dialect => ({
  create,
  whole: (content, stop) => {
    const called = content.some((part) => 'tool' in part) ? 'tool_use' : 'end_turn';
    return streamed(content, { stop: stop === 'cutShort' ? 'max_tokens' : called });
  },
  error: (what, message, headers = {}) => {
    const told = {
      rateLimited: [429, 'rate_limit_error'],
      overloaded: [529, 'overloaded_error'],
      unauthorized: [401, 'authentication_error'],
      noCredit: [402, 'billing_error'],
      tooLong: [413, 'request_too_large'],
      unavailable: [500, 'api_error'],
    } as const;
    const [status, type] = told[what];
    return { kind: 'status', status, type, message, headers };
  },
  resultsIn: (api) =>
    Object.fromEntries(
      (api.requests.at(-1)?.body.messages ?? []).flatMap(({ content }) =>
        content.flatMap((block) =>
          block.type === 'tool_result' ? [[block.tool_use_id, block.content]] : [],
        ),
      ),
    ),
});

/** OpenAI's chat completions. */
export const chatCompletions = (create: Create): Dialect => ({
  create,
  whole: (content, stop) => chatStreamed(content, stop === 'cutShort' ? { finish: 'length' } : {}),
  error: (what, message, headers) => {
    const statuses = {
      rateLimited: 429,
      overloaded: 503,
      unauthorized: 401,
      noCredit: 402,
      unavailable: 500,
    };
    return what === 'tooLong'
      ? chatError(400, { error: { message, code: 'context_length_exceeded' } }, headers)
      : chatError(statuses[what], message, headers);
  },
  resultsIn: (api) =>
    Object.fromEntries(
      (api.requests.at(-1)?.body.messages ?? []).flatMap((message) =>
        message.role === 'tool' ? [[Object(message).tool_call_id, message.content]] : [],
      ),
    ),
});
