// The Anthropic provider through its real SDK, over HTTP, against a service of our own.
import { strict as assert } from 'node:assert';
import { createAnthropicProvider } from '../../../src/adapters/models/anthropicProvider';
import { retryAfter } from '../../../src/adapters/models/httpFailure';
import { systemPrompt } from '../../../src/agent/prompts/prompts';
import { codingTools } from '../../../src/agent/tools/toolSet';
import type { FailureReason } from '../../../src/ports/failure';
import type { Message } from '../../../src/ports/models';
import { apiKey, describeProvider, failureOf, play, request } from '../../ports/modelConformance';
import { messages } from '../../ports/modelDialects';
import {
  type FakeAnswer,
  type FakeBlock,
  type FakeMessagesApi,
  startFakeMessagesApi,
  streamed,
} from '../../support/fakeMessagesApi';

const create = (baseUrl: string) => createAnthropicProvider('claude-sonnet-5-5', { apiKey, baseUrl });

describeProvider('anthropicProvider', messages(create));

const creditTooLow = 'Your credit balance is too low to access the Anthropic API.';
const allowanceSpent = 'You have reached your specified API usage limits.';
const accountClosed = 'This organization has been disabled.';

describe('anthropicProvider', () => {
  let api: FakeMessagesApi;

  beforeEach(async () => {
    api = await startFakeMessagesApi();
  });
  afterEach(() => api.close());

  it('streams words and tool input, and ends with the whole turn', async () => {
    const usage = {
      input_tokens: 20,
      cache_read_input_tokens: 300,
      cache_creation_input_tokens: 40,
      output_tokens: 9,
    };
    const content = [
      { thinking: 'Hm.', signature: 'sig' },
      { redacted: 'xyz' },
      { text: 'I look.' },
      { tool: 'look', id: 'call_1', json: '{"at": [1, "ü"]}' },
      { tool: 'look', id: 'call_2', json: '' },
    ];
    api.answer(streamed(content, { stop: 'tool_use', usage }));
    const { words, turn } = await play(create(api.baseUrl), request);
    assert.equal(words, 'Hm.I look.');
    assert.deepEqual(turn, {
      type: 'turn',
      content: [
        { type: 'opaque', value: { type: 'thinking', thinking: 'Hm.', signature: 'sig' } },
        { type: 'opaque', value: { type: 'redacted_thinking', data: 'xyz' } },
        { type: 'text', text: 'I look.' },
        { type: 'toolCall', id: 'call_1', name: 'look', input: { at: [1, 'ü'] } },
        { type: 'toolCall', id: 'call_2', name: 'look', input: {} },
      ],
      stop: 'toolCalls',
      usage: { inputTokens: 20, outputTokens: 9, cacheReadTokens: 300, cacheWriteTokens: 40 },
    });
  });

  it('asks for nothing that the newest models refuse', async () => {
    api.answer(streamed([{ text: 'ok' }]));
    await play(create(api.baseUrl), request);
    const body = api.requests[0]?.body ?? assert.fail('nothing was asked');
    assert.equal(api.requests[0]?.path, '/v1/messages');
    assert.deepEqual(Object.keys(body).sort(), [
      'max_tokens',
      'messages',
      'model',
      'stream',
      'system',
      'thinking',
      'tools',
    ]);
    assert.equal(body.model, 'claude-sonnet-5-5');
    assert.deepEqual(body.thinking, { type: 'adaptive', display: 'summarized' });
    assert.equal(body.messages.at(-1)?.role, 'user');
  });

  it('hands thinking back unread, and tool results with their call', async () => {
    const first = [
      { thinking: 'Hm.', signature: 'sig' },
      { redacted: 'xyz' },
      { tool: 'look', id: 'call_1', json: '{"a":1}' },
    ];
    api.answer(streamed(first, { stop: 'tool_use' }), streamed([{ text: 'ok' }]));
    const { turn } = await play(create(api.baseUrl), request);
    const result: Message = {
      role: 'user',
      content: [{ type: 'toolResult', callId: 'call_1', content: 'seen', isError: true }],
    };
    await play(create(api.baseUrl), {
      ...request,
      messages: [...request.messages, { role: 'assistant', content: turn.content }, result],
    });
    assert.deepEqual(api.requests[1]?.body.messages.slice(1), [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
          { type: 'redacted_thinking', data: 'xyz' },
          { type: 'tool_use', id: 'call_1', name: 'look', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'call_1',
            content: 'seen',
            is_error: true,
            cache_control: { type: 'ephemeral' },
          },
        ],
      },
    ]);
  });

  const stops: [reason: string, stop: string][] = [
    ['end_turn', 'done'],
    ['tool_use', 'toolCalls'],
    ['max_tokens', 'cutShort'],
    ['model_context_window_exceeded', 'cutShort'],
    ['pause_turn', 'done'],
    ['a_reason_of_tomorrow', 'done'],
  ];
  for (const [reason, stop] of stops) {
    it(`tells the stop reason ${reason} as ${stop}`, async () => {
      api.answer(streamed([{ text: 'x' }], { stop: reason }));
      assert.equal((await play(create(api.baseUrl), request)).turn.stop, stop);
    });
  }

  it('tells a refusal with the reason the service gives', async () => {
    const stopDetails = { type: 'refusal', category: null, explanation: 'Not this.' };
    api.answer(streamed([], { stop: 'refusal', stopDetails }));
    const { turn } = await play(create(api.baseUrl), request);
    assert.equal(turn.stop, 'refused');
    assert.deepEqual(turn.content, [{ type: 'text', text: 'Not this.' }]);
  });

  const limits = { 'retry-after': '7' };
  const errors: [what: string, answer: FakeAnswer, reason: FailureReason, retryAfterMs?: number][] = [
    ['429 with retry-after', error(429, 'rate_limit_error', limits), 'rateLimited', 7000],
    [
      '429 with retry-after-ms',
      error(429, 'rate_limit_error', { ...limits, 'retry-after-ms': '350' }),
      'rateLimited',
      350,
    ],
    ['429 without', error(429, 'rate_limit_error'), 'rateLimited'],
    ['529', error(529, 'overloaded_error'), 'overloaded'],
    ['503', error(503, 'api_error', limits), 'overloaded', 7000],
    ['500', error(500, 'api_error'), 'unreachable'],
    ['401', error(401, 'authentication_error'), 'unauthorized'],
    ['402', error(402, 'billing_error'), 'noCredit'],
    ['403', error(403, 'permission_error'), 'unauthorized'],
    ['413', error(413, 'request_too_large'), 'tooLong'],
    ['400 for the length', error(400, 'invalid_request_error', {}, 'prompt is too long: 1 > 0'), 'tooLong'],
    ['400', error(400, 'invalid_request_error'), 'badResponse'],
    ['404 for a model it does not have', error(404, 'not_found_error'), 'unusable'],
    ['400 for want of credit', error(400, 'invalid_request_error', {}, creditTooLow), 'noCredit'],
    ['400 for a spent allowance', error(400, 'invalid_request_error', {}, allowanceSpent), 'noCredit'],
    ['400 for a closed account', error(400, 'invalid_request_error', {}, accountClosed), 'unauthorized'],
    // Fetch takes it for a broken connection, and so it is one for us.
    ['a proxy that wants a password (407)', page(407), 'unreachable'],
    [
      '403 in JSON of another',
      { ...page(403), contentType: 'application/json', body: '{"denied":1}' },
      'unusable',
    ],
    ['a page for too large a request', page(413), 'tooLong'],
    ['refused credit told inside the stream', inStream('billing_error'), 'noCredit'],
    ['a refused key told inside the stream', inStream('authentication_error'), 'unauthorized'],
    ['a wrong request told inside the stream', inStream('invalid_request_error'), 'badResponse'],
    ['overload told inside the stream', inStream('overloaded_error'), 'overloaded'],
    ['a limit told inside the stream', inStream('rate_limit_error'), 'rateLimited'],
    ['an error told inside the stream', inStream('api_error'), 'unreachable'],
  ];
  for (const [what, answer, reason, retryAfterMs] of errors) {
    it(`tells ${what} as ${reason}, after one try`, async () => {
      api.answer(answer);
      const failure = await failureOf(play(create(api.baseUrl), request));
      assert.equal(failure.reason, reason, failure.message);
      assert.equal(failure.retryAfterMs, retryAfterMs);
      assert.equal(api.requests.length, 1);
    });
  }

  it('keeps the key out of what a proxy tells of the headers it got', async () => {
    const basic = Buffer.from(`user:${apiKey}`).toString('base64');
    const told = `got Basic ${basic}, ?key=${encodeURIComponent(apiKey)} and ${Buffer.from(apiKey).toString('hex')}`;
    api.answer(error(401, 'authentication_error', {}, told));
    const { message } = await failureOf(play(create(api.baseUrl), request));
    assert.match(message, /^got Basic [\w+/]{1,8}\[key\]\w?=*, \?key=\[key\] and \[key\]$/);
  });

  it('takes nothing from the environment', async () => {
    const planted = {
      ANTHROPIC_API_KEY: 'planted-key',
      ANTHROPIC_AUTH_TOKEN: 'planted-token',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
      ANTHROPIC_LOG: 'debug',
    };
    const printed: unknown[] = [];
    const { debug, log } = console;
    Object.assign(process.env, planted);
    console.debug = console.log = (...words: unknown[]) => void printed.push(words);
    try {
      api.answer(streamed([{ text: 'ok' }]));
      await play(create(api.baseUrl), request);
    } finally {
      Object.assign(console, { debug, log });
      for (const name of Object.keys(planted)) delete process.env[name];
    }
    const headers = api.requests[0]?.headers;
    assert.equal(headers?.authorization, `Bearer ${apiKey}`);
    assert.ok(!JSON.stringify(headers).includes('planted'));
    assert.deepEqual(printed, []);
  });

  describe('what the service can reuse', () => {
    const answered = (turn: number): readonly Message[] => [
      {
        role: 'assistant',
        content: [{ type: 'toolCall', id: `call_${turn}`, name: 'read_file', input: { path: 'a.js' } }],
      },
      {
        role: 'user',
        content: [{ type: 'toolResult', callId: `call_${turn}`, content: `result ${turn}`, isError: false }],
      },
    ];
    const tools = codingTools.map(({ spec }) => spec);

    async function ask(assignment: string, turns: number): Promise<void> {
      const first: Message = { role: 'user', content: [{ type: 'text', text: assignment }] };
      const messages = [first, ...Array.from({ length: turns }, (_, at) => answered(at)).flat()];
      api.answer(streamed([{ text: 'ok' }]));
      await play(create(api.baseUrl), { ...request, system: systemPrompt, tools, messages });
    }

    it('is every earlier turn, to the byte', async () => {
      for (const turns of [0, 1, 2, 3]) await ask('Feature 1', turns);
      const prefixes = api.requests.map(({ body }) => unmarked(body));
      for (const [at, longer] of prefixes.slice(1).entries()) {
        const shorter = prefixes[at] ?? assert.fail();
        assert.ok(
          longer.startsWith(shorter) && longer.length > shorter.length,
          `turn ${at + 2} began differently`,
        );
      }
    });

    it('is marked where this turn ends and where the last one ended', async () => {
      await ask('Feature 1', 2);
      const { system, messages } = api.requests[0]?.body ?? assert.fail();
      const marks = messages.map(({ content }) => content.map((block) => 'cache_control' in block));
      assert.deepEqual(marks, [[false], [false], [true], [false], [true]]);
      assert.ok(system.every((block) => 'cache_control' in block));
    });

    it('is the whole head, to the byte, for two agents with different features', async () => {
      await ask('Feature 1: a login page', 1);
      await ask('Feature 2: a database', 3);
      const [one, two] = api.requests.map(({ body }) =>
        JSON.stringify([body.model, body.tools, body.system]),
      );
      assert.equal(one, two);
      assert.ok(one && one.length > 4000, 'the head is there');
    });
  });
});

describe('retryAfter', () => {
  const cases: [headers: Record<string, string>, ms: (value: number | undefined) => boolean][] = [
    [{}, (value) => value === undefined],
    [{ 'retry-after': '1.5' }, (value) => value === 1500],
    [{ 'retry-after': 'soon' }, (value) => value === undefined],
    [{ 'retry-after': '' }, (value) => value === undefined],
    [{ 'retry-after': new Date(0).toUTCString() }, (value) => value === 0],
    [{ 'retry-after': '3', 'retry-after-ms': '12' }, (value) => value === 12],
    [
      { 'retry-after': new Date(90_000).toUTCString(), date: new Date(60_000).toUTCString() },
      (value) => value === 30_000,
    ],
  ];
  it('reads a date', () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const value = retryAfter(new Headers({ 'retry-after': inAnHour }));
    assert.ok(value !== undefined && value > 3_540_000 && value <= 3_600_000, String(value));
  });
  for (const [headers, isRight] of cases) {
    it(`reads ${JSON.stringify(headers)}`, () => {
      const value = retryAfter(new Headers(headers));
      assert.ok(isRight(value), String(value));
    });
  }
});

function error(
  status: number,
  type: string,
  headers: Record<string, string> = {},
  message = 'told why',
): FakeAnswer {
  return { kind: 'status', status, type, message, headers };
}

/** What comes from something between us and the service. */
function page(status: number): FakeAnswer & { kind: 'page' } {
  return {
    kind: 'page',
    status,
    contentType: 'text/html; charset=utf-8',
    body: '<title>Just a moment...</title>',
  };
}

function inStream(type: string): FakeAnswer {
  const { events } = streamed([{ text: 'ab' }]);
  return {
    kind: 'stream',
    end: 'whole',
    events: [...events.slice(0, 3), { type: 'error', error: { type, message: 'told why' } }],
  };
}

/** What caching compares, in its order, without the marks and open at the end. */
function unmarked(body: {
  tools: readonly unknown[];
  system: readonly FakeBlock[];
  messages: readonly unknown[];
}): string {
  const text = JSON.stringify([body.tools, body.system, body.messages], (key, value) =>
    key === 'cache_control' ? undefined : value,
  );
  return text.slice(0, -']]'.length);
}
