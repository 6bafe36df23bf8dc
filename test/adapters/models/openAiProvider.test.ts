// Chat completions as OpenAI, Gemini, Grok, OpenRouter and Ollama have them, over HTTP, against a service of our own.
import { strict as assert } from 'node:assert';
import { errorIn } from '../../../src/adapters/models/openAiFailure';
import { createOpenAiProvider } from '../../../src/adapters/models/openAiProvider';
import type { FailureReason } from '../../../src/ports/failure';
import type { Message } from '../../../src/ports/models';
import { apiKey, describeProvider, failureOf, play, request } from '../../ports/modelConformance';
import { chatCompletions } from '../../ports/modelDialects';
import { chatError, chatStreamed } from '../../support/chatCompletions';
import { type FakeAnswer, type FakeMessagesApi, startFakeMessagesApi } from '../../support/fakeMessagesApi';

const create = (baseUrl: string) => createOpenAiProvider('big/one:7b', { apiKey, baseUrl });

describeProvider('openAiProvider', chatCompletions(create));

describe('openAiProvider', () => {
  let api: FakeMessagesApi;
  beforeEach(async () => {
    api = await startFakeMessagesApi();
  });
  afterEach(() => api.close());

  it('asks in words that all of them understand', async () => {
    api.answer(chatStreamed([{ text: 'ok' }]));
    await play(create(`${api.baseUrl}/v1`));
    const [asked] = api.requests;
    assert.equal(asked?.path, '/v1/chat/completions');
    assert.equal(asked?.headers.authorization, `Bearer ${apiKey}`);
    assert.deepEqual(asked?.body, {
      model: 'big/one:7b',
      stream: true,
      stream_options: { include_usage: true },
      tools: [
        {
          type: 'function',
          function: {
            name: 'look',
            description: 'Looks.',
            parameters: { type: 'object', properties: {}, required: [] },
          },
        },
      ],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
    });
  });

  it('asks without a key where none is wanted', async () => {
    api.answer(chatStreamed([{ text: 'ok' }]));
    await play(createOpenAiProvider('m', { baseUrl: api.baseUrl }));
    assert.equal(api.requests[0]?.headers.authorization, undefined);
  });

  it('hands back what stands beside a call and a message, where it stood', async () => {
    const signature = { extra_content: { google: { thought_signature: 'sig' } } };
    const details = { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] };
    const call = { tool: 'look', id: 'call_1', json: '{}' };
    api.answer(
      chatStreamed([{ text: 'I look.' }, call], { beside: { call: signature, message: details } }),
      chatStreamed([{ text: 'ok' }]),
    );
    const provider = create(api.baseUrl);
    const { words, turn } = await play(provider);
    assert.equal(words, 'Hm.I look.');
    const result: Message = {
      role: 'user',
      content: [
        { type: 'toolResult', callId: 'call_1', content: 'gone', isError: true },
        { type: 'text', text: 'Go on.' },
      ],
    };
    const messages: Message[] = [...request.messages, { role: 'assistant', content: turn.content }, result];
    await play(provider, { ...request, messages });
    assert.deepEqual(api.requests[1]?.body.messages.slice(2), [
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'call_1', type: 'function', ...signature, function: { name: 'look', arguments: '{}' } },
        ],
        reasoning_details: details.reasoning_details,
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Error: gone' },
      { role: 'user', content: 'Go on.' },
    ]);
  });

  it('tells calls apart whose ids are missing, or the same again', async () => {
    const calls = [
      { tool: 'look', id: 'call_0', json: '{"n":1}' },
      { tool: 'look', id: '', json: '{"n":2}' },
    ];
    api.answer(chatStreamed(calls), chatStreamed(calls));
    const provider = create(api.baseUrl);
    const turns = [(await play(provider)).turn, (await play(provider)).turn];
    const ids = turns.flatMap(({ content }) => content.flatMap((b) => (b.type === 'toolCall' ? [b.id] : [])));
    assert.equal(new Set(ids).size, 4, ids.join());
    assert.equal(ids[0], 'call_0');
  });

  it('takes calls that come whole, in one chunk and without a number, under the word "stop"', async () => {
    const whole = (n: number) => ({ id: `c${n}`, function: { name: 'look', arguments: { n } } });
    const { events } = chatStreamed([{ text: 'x' }]);
    const called = {
      choices: [{ delta: { content: '', tool_calls: [whole(1), whole(2)] }, finish_reason: 'stop' }],
    };
    api.answer({ kind: 'stream', end: 'whole', events: [...events.slice(0, 1), called] });
    const { turn } = await play(create(api.baseUrl));
    assert.equal(turn.stop, 'toolCalls');
    assert.deepEqual(turn.content, [
      { type: 'toolCall', id: 'c1', name: 'look', input: { n: 1 } },
      { type: 'toolCall', id: 'c2', name: 'look', input: { n: 2 } },
    ]);
  });

  it('tells a refusal, and what a filter took away', async () => {
    const { events } = chatStreamed([]);
    const refusal = { choices: [{ delta: { refusal: 'Not this.' }, finish_reason: 'stop' }] };
    api.answer(
      { kind: 'stream', end: 'whole', events: [...events.slice(0, 1), refusal] },
      chatStreamed([{ text: 'x' }], { finish: 'content_filter' }),
    );
    const { turn } = await play(create(api.baseUrl));
    assert.deepEqual([turn.stop, turn.content], ['refused', [{ type: 'text', text: 'Not this.' }]]);
    assert.equal((await play(create(api.baseUrl))).turn.stop, 'refused');
  });

  const used: readonly (readonly [string, Readonly<Record<string, unknown>> | null, readonly number[]])[] = [
    [
      'with a cache',
      { prompt_tokens: 900, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 800 } },
      [100, 5, 800],
    ],
    [
      'with thoughts that only the total counts',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45 },
      [10, 35, 0],
    ],
    ['with nonsense', { prompt_tokens: -1, completion_tokens: 'x', prompt_tokens_details: null }, [0, 0, 0]],
    ['not at all', null, [0, 0, 0]],
  ];
  for (const [how, usage, [input, output, cached]] of used) {
    it(`counts tokens that are told ${how}`, async () => {
      api.answer(chatStreamed([{ text: 'ok' }], { usage }));
      const { turn } = await play(create(api.baseUrl));
      assert.deepEqual(turn.usage, {
        inputTokens: input,
        outputTokens: output,
        cacheReadTokens: cached,
        cacheWriteTokens: 0,
      });
    });
  }

  const gemini = [{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } }];
  const geminiQuota = [
    {
      error: { code: 429, message: 'Quota exceeded. Please retry in 34.07s.', status: 'RESOURCE_EXHAUSTED' },
    },
  ];
  const quota = { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } };
  const xai = { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: sk' };
  const openRouter = { error: { code: 402, message: 'This request requires more credits' } };
  const long = { error: { message: "This model's maximum context length is 8192 tokens", type: 'x' } };
  const filtered = { error: { message: 'told why', code: 'content_filter' } };
  const told: readonly (readonly [string, FakeAnswer, FailureReason, number?])[] = [
    ['OpenAI’s 429 for an account without money', chatError(429, quota), 'noCredit'],
    [
      'a wait that stands in the words alone',
      chatError(429, 'Please try again in 1.5s.'),
      'rateLimited',
      1500,
    ],
    ['one of minutes', chatError(429, 'Please try again in 2m3s.'), 'rateLimited', 123_000],
    ['one of milliseconds', chatError(429, 'Please try again in 350ms.'), 'rateLimited', 350],
    ['Gemini’s refused key (400)', chatError(400, gemini), 'unauthorized'],
    ['Gemini’s quota', chatError(429, geminiQuota), 'rateLimited', 34_070],
    ['xAI’s refused key (400)', chatError(400, xai), 'unauthorized'],
    ['OpenRouter’s want of credit', chatError(402, openRouter), 'noCredit'],
    ['a model that Ollama does not have', chatError(404, { error: "model 'x' not found" }), 'unusable'],
    ['a conversation that is too long', chatError(400, long), 'tooLong'],
    [
      'a page for too large a request',
      { kind: 'page', status: 413, contentType: 'text/html', body: '' },
      'tooLong',
    ],
    ['what a filter refused', chatError(400, filtered), 'refused'],
    ['a wrong request', chatError(400, 'tools[0] is wrong'), 'badResponse'],
    ['a forbidden account', chatError(403, 'no access'), 'unauthorized'],
    ['a limit told inside the stream', inStream({ error: { message: 'slow', code: 429 } }), 'rateLimited'],
    ['a fault told inside the stream', inStream({ error: { message: 'oops', code: 502 } }), 'unreachable'],
    ['want of credit told inside the stream', inStream(openRouter), 'noCredit'],
  ];
  for (const [what, answer, reason, retryAfterMs] of told) {
    it(`tells ${what} as ${reason}`, async () => {
      api.answer(answer);
      const failure = await failureOf(play(create(api.baseUrl)));
      assert.equal(failure.reason, reason, failure.message);
      assert.equal(failure.retryAfterMs, retryAfterMs);
    });
  }
});

describe('errorIn', () => {
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    [{ error: { message: 'a' } }, 'a'],
    [{ error: 'a' }, 'a'],
    [[{ error: { message: 'a' } }], 'a'],
    [{ message: 'a' }, 'a'],
    [{ detail: 'a' }, 'a'],
    [{ error: { message: 7 } }, undefined],
    [{}, undefined],
    [[], undefined],
    [null, undefined],
    ['a', undefined],
  ];
  for (const [body, message] of rows) {
    it(`finds ${message ?? 'none'} in ${JSON.stringify(body)}`, () => {
      assert.equal(errorIn(body)?.message, message);
    });
  }
});

function inStream(error: object): FakeAnswer {
  const { events } = chatStreamed([{ text: 'ab' }]);
  return { kind: 'stream', end: 'whole', events: [...events.slice(0, 2), { ...error, choices: [] }] };
}
