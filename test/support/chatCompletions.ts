// Answers of a service that speaks OpenAI's chat completions, for the fake one to give.
import { type FakeAnswer, type FakeContent, type FakeEvent, halves } from './fakeMessagesApi';

export interface ChatOptions {
  readonly finish?: string | null;
  /** As the service counts; null: it tells none. */
  readonly usage?: Readonly<Record<string, unknown>> | null;
  /** Beside the pieces of calls, and of the message. */
  readonly beside?: { readonly call?: object; readonly message?: object };
}

/** A whole answer as OpenAI streams it: pieces of words and calls, why it ends, what it used, and the end. */
export function chatStreamed(
  content: readonly FakeContent[],
  {
    finish = content.some((part) => 'tool' in part) ? 'tool_calls' : 'stop',
    usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    beside = {},
  }: ChatOptions = {},
): FakeAnswer & { kind: 'stream' } {
  const calls = content.filter((part) => 'tool' in part);
  return {
    kind: 'stream',
    end: 'whole',
    events: [
      chunk({ role: 'assistant', content: '', ...beside.message }),
      ...content.flatMap((part) =>
        'text' in part ? halves(part.text).map((text) => chunk({ content: text })) : [],
      ),
      ...calls.flatMap(({ tool, id, json }, index) => [
        chunk({
          tool_calls: [
            { index, id, type: 'function', function: { name: tool, arguments: '' }, ...beside.call },
          ],
        }),
        ...halves(json).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      ...(finish === null ? [] : [chunk({}, finish)]),
      ...(usage === null ? [] : [{ object: 'chat.completion.chunk', choices: [], usage }]),
      '[DONE]',
    ],
  };
}

/** An error as OpenAI tells it. */
export function chatError(
  status: number,
  error: unknown,
  headers: Readonly<Record<string, string>> = {},
): FakeAnswer {
  return {
    kind: 'page',
    status,
    contentType: 'application/json',
    headers,
    body: JSON.stringify(typeof error === 'string' ? { error: { message: error, type: 'error' } } : error),
  };
}

function chunk(delta: object, finish_reason: string | null = null): FakeEvent {
  return { object: 'chat.completion.chunk', model: 'fake', choices: [{ index: 0, delta, finish_reason }] };
}
