// What every model provider has to do, held to the real ones over HTTP against a service of our own.
import { strict as assert } from 'node:assert';
import { Failure, type FailureReason } from '../../src/ports/failure';
import type { AssistantBlock, Message, ModelEvent, ModelProvider, TurnRequest } from '../../src/ports/models';
import {
  begun,
  type FakeAnswer,
  type FakeContent,
  type FakeMessagesApi,
  startFakeMessagesApi,
} from '../support/fakeMessagesApi';

export const apiKey = 'sk-test-0123456789';

/** How a kind of service words what all can say. */
export interface Dialect {
  readonly create: (baseUrl: string) => ModelProvider;
  /** A whole answer. */
  readonly whole: (content: readonly FakeContent[], stop?: 'cutShort') => FakeAnswer & { kind: 'stream' };
  readonly error: (
    what: 'rateLimited' | 'overloaded' | 'unauthorized' | 'noCredit' | 'tooLong' | 'unavailable',
    message: string,
    headers?: Readonly<Record<string, string>>,
  ) => FakeAnswer;
  /** Of the last request: the results in it, by the id of their call. */
  readonly resultsIn: (api: FakeMessagesApi) => Readonly<Record<string, string>>;
}

export const request: TurnRequest = {
  system: 'Be brief.',
  tools: [
    { name: 'look', description: 'Looks.', inputSchema: { type: 'object', properties: {}, required: [] } },
  ],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  maxOutputTokens: 1000,
};

type Turn = Extract<ModelEvent, { type: 'turn' }>;

export async function play(
  provider: ModelProvider,
  asked: TurnRequest = request,
  signal = new AbortController().signal,
  onText: () => void = () => {},
): Promise<{ words: string; turn: Turn }> {
  let words = '';
  for await (const event of provider.runTurn(asked, signal)) {
    if (event.type === 'turn') return { words, turn: event };
    if (event.type !== 'text') continue;
    words += event.text;
    onText();
  }
  return assert.fail('no turn');
}

export async function failureOf(outcome: Promise<unknown>): Promise<Failure> {
  const failure = await outcome.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(Failure.is(failure), `no failure: ${String(failure)}`);
  return failure;
}

/** A service of the test's own, however it is reached. */
export interface FakeService {
  readonly create: () => ModelProvider;
  /** What it answers to the requests to come; of the first words it counts 11 tokens before and 7 in them. */
  readonly answer: (...answers: readonly (readonly FakeContent[])[]) => void;
  /** The next answer says these words and then nothing more. */
  readonly hang: (words: string) => void;
  /** Resolves once the answer that hangs is not waited for any more. */
  readonly abandoned: () => Promise<unknown>;
  readonly asked: () => number;
  /** Of the last request: the results in it, by the id of their call. */
  readonly resultsIn: () => Readonly<Record<string, string>>;
  /** Of the last request: who says each message, without the rules. */
  readonly rolesIn: () => readonly string[];
  readonly close: () => unknown;
}

/** What holds for every model, whether it is reached over HTTP or not. */
export function describeModel(name: string, open: () => Promise<FakeService>): void {
  describe(`${name}, as every model`, () => {
    let service: FakeService;
    beforeEach(async () => {
      service = await open();
    });
    afterEach(() => service.close());

    it('streams words, and ends with the whole turn and what it used', async () => {
      service.answer([{ text: 'I look.' }]);
      const { words, turn } = await play(service.create());
      assert.equal(words, 'I look.');
      assert.deepEqual([turn.content, turn.stop], [[{ type: 'text', text: 'I look.' }], 'done']);
      assert.deepEqual([turn.usage.inputTokens, turn.usage.outputTokens], [11, 7]);
    });

    it('takes several calls at once, with letters of any script, and hands their results to each', async () => {
      service.answer(
        [
          { text: 'Ich schaue.' },
          { tool: 'look', id: 'call_1', json: '{"at": [1, "ü漢🙂"]}' },
          { tool: 'look', id: 'call_2', json: '' },
        ],
        [{ text: 'ok' }],
      );
      const asked = service.create();
      const { turn } = await play(asked);
      assert.equal(turn.stop, 'toolCalls');
      const calls = turn.content.filter((block) => block.type === 'toolCall');
      assert.deepEqual(
        calls.map(({ id, input }) => [id, input]),
        [
          ['call_1', { at: [1, 'ü漢🙂'] }],
          ['call_2', {}],
        ],
      );
      await play(asked, withResults(turn, { call_1: 'seen ü', call_2: 'nothing' }));
      assert.deepEqual(service.resultsIn(), { call_1: 'seen ü', call_2: 'nothing' });
    });

    it('never sends a message without content', async () => {
      service.answer([], [{ text: 'ok' }]);
      const asked = service.create();
      const { turn } = await play(asked);
      assert.deepEqual(turn.content, []);
      await play(asked, withResults(turn, {}));
      assert.deepEqual(service.rolesIn(), ['user', 'user']);
    });

    it('takes 10 MB of words', async () => {
      const text = 'ü'.repeat(5 * 1024 * 1024);
      service.answer([{ text }]);
      const { turn } = await play(service.create());
      assert.ok(turn.content[0]?.type === 'text' && turn.content[0].text === text);
    });

    it('leaves a stream that hangs at once when it is told to stop', async () => {
      service.hang('abcd');
      const stop = new AbortController();
      const failure = await failureOf(play(service.create(), request, stop.signal, () => stop.abort()));
      assert.equal(failure.reason, 'aborted');
      await service.abandoned();
    });

    it('does not call when it was stopped before', async () => {
      assert.equal((await failureOf(play(service.create(), request, AbortSignal.abort()))).reason, 'aborted');
      assert.equal(service.asked(), 0);
    });
  });
}

export function describeProvider(name: string, dialect: Dialect): void {
  describeModel(name, async () => {
    const api = await startFakeMessagesApi();
    const { whole, create, resultsIn } = dialect;
    return {
      create: () => create(api.baseUrl),
      answer: (...answers) => api.answer(...answers.map((content) => whole(content))),
      hang: (text) => api.answer(begun(whole([{ text }]), 4, 'hang')),
      abandoned: async () => api.requests[0]?.abandoned,
      asked: () => api.requests.length,
      resultsIn: () => resultsIn(api),
      rolesIn: () =>
        (api.requests.at(-1)?.body.messages ?? [])
          .map(({ role }) => role)
          .filter((role) => role !== 'system'),
      close: () => api.close(),
    };
  });

  describe(`${name}, as every model provider`, () => {
    let api: FakeMessagesApi;
    beforeEach(async () => {
      api = await startFakeMessagesApi();
    });
    afterEach(() => api.close());
    const provider = () => dialect.create(api.baseUrl);
    const { whole, error } = dialect;

    it('surfaces tool input that is not JSON as its text, and can send it back', async () => {
      const broken = '{"path": "a.js", "edits": [';
      api.answer(whole([{ tool: 'look', id: 'call_1', json: broken }]), whole([{ text: 'ok' }]));
      const asked = provider();
      const { turn } = await play(asked);
      assert.deepEqual(turn.content, [{ type: 'toolCall', id: 'call_1', name: 'look', input: broken }]);
      await play(asked, withResults(turn, { call_1: 'no JSON' }));
      assert.ok(JSON.stringify(api.requests[1]?.body).includes('not_json'));
    });

    it('tells an answer that was cut short, which may hold half a call', async () => {
      api.answer(whole([{ text: 'ab' }, { tool: 'look', id: 'call_1', json: '{"a": ' }], 'cutShort'));
      assert.equal((await play(provider())).turn.stop, 'cutShort');
    });

    const after = { 'retry-after': '7' };
    const page = (status: number): FakeAnswer => ({
      kind: 'page',
      status,
      contentType: 'text/html',
      body: '<html><title>Just a moment...</title></html>',
    });
    const errors: readonly (readonly [string, FakeAnswer, FailureReason, number?])[] = [
      ['too many requests', error('rateLimited', 'slow down', after), 'rateLimited', 7000],
      ['overload', error('overloaded', 'busy'), 'overloaded'],
      ['a fault of the service', error('unavailable', 'oops'), 'unreachable'],
      ['a refused key', error('unauthorized', 'no such key'), 'unauthorized'],
      ['an account without money', error('noCredit', 'pay first'), 'noCredit'],
      ['a prompt that is too long', error('tooLong', 'told why'), 'tooLong'],
      ['a firewall’s page (403)', page(403), 'unusable'],
      ['a portal’s page (200)', page(200), 'unusable'],
      ['a wrong address’s page (404)', page(404), 'unusable'],
      ['the page of a network that wants a login (511)', page(511), 'unusable'],
      ['a gateway’s page (502)', page(502), 'unreachable'],
      ['a gateway’s page (503)', page(503), 'overloaded'],
      [
        'JSON instead of a stream',
        { ...page(200), contentType: 'application/json', body: '{}' } as FakeAnswer,
        'unusable',
      ],
      [
        'a stream of events that are not JSON',
        {
          ...page(200),
          contentType: 'text/event-stream',
          body: 'event: message_start\ndata: {nope\n\n',
        } as FakeAnswer,
        'unusable',
      ],
      ['a stream cut before its first event', begun(whole([{ text: 'ab' }]), 0, 'cut'), 'unreachable'],
      ['a stream cut in the middle', begun(whole([{ text: 'ab' }]), 3, 'cut'), 'unreachable'],
      [
        'a stream closed in good order before its end',
        { ...whole([{ text: 'ab' }]), events: whole([{ text: 'ab' }]).events.slice(0, 3) },
        'unreachable',
      ],
    ];
    for (const [what, answer, reason, retryAfterMs] of errors) {
      it(`tells ${what} as ${reason}, after one try`, async () => {
        api.answer(answer);
        const failure = await failureOf(play(provider()));
        assert.equal(failure.reason, reason, failure.message);
        assert.equal(failure.retryAfterMs, retryAfterMs);
        assert.equal(api.requests.length, 1);
      });
    }

    it('names the page that came back', async () => {
      api.answer(page(403));
      assert.match(
        (await failureOf(play(provider()))).message,
        /HTTP 403, text\/html, "Just a moment\.\.\."/,
      );
    });

    const senders: readonly (readonly [number, RegExp])[] = [
      [200, /network that wants you to log in first, which you can in a browser/],
      [302, /leads to http:\/\/portal\.example\/login.*network that wants you to log in first/],
      [511, /network that wants you to log in first/],
      [403, /firewall/],
      [404, /wrong address/],
      [502, /gateway before the service/],
    ];
    for (const [status, who] of senders)
      it(`says who sends such a page (${status})`, async () => {
        const headers = status === 302 ? { location: 'http://portal.example/login' } : {};
        api.answer({ ...page(status), headers } as FakeAnswer);
        assert.match((await failureOf(play(provider()))).message, who);
      });

    it('follows no redirect, for the key would go along', async () => {
      const elsewhere = await startFakeMessagesApi();
      try {
        api.answer({ ...page(307), headers: { location: elsewhere.baseUrl } } as FakeAnswer);
        const failure = await failureOf(play(provider()));
        assert.equal(failure.reason, 'unusable');
        assert.deepEqual(elsewhere.requests, []);
      } finally {
        await elsewhere.close();
      }
    });

    it('tells that nobody is there', async () => {
      const gone = await startFakeMessagesApi();
      await gone.close();
      const failure = await failureOf(play(dialect.create(gone.baseUrl)));
      assert.equal(failure.reason, 'noConnection');
      assert.match(failure.message, /cannot be reached: .*ECONNREFUSED/);
    });

    it('keeps the key out of every word of a failure, in whatever form', async () => {
      const basic = Buffer.from(`user:${apiKey}`).toString('base64');
      api.answer(
        error('unauthorized', `refused: ${apiKey}, ${basic}, ${Buffer.from(apiKey).toString('hex')}`),
      );
      const failure = await failureOf(play(provider()));
      const all = JSON.stringify([failure.message, failure.stack, failure.cause]);
      for (const form of [apiKey, basic, Buffer.from(apiKey).toString('hex')])
        assert.ok(!all.includes(form), all);
      assert.match(failure.message, /^refused: \[key\]/);
    });
  });
}

/** The conversation after `turn`, with a result for each of its calls. */
function withResults({ content }: Turn, results: Readonly<Record<string, string>>): TurnRequest {
  const answered = content.flatMap((block: AssistantBlock) =>
    block.type === 'toolCall'
      ? [{ type: 'toolResult' as const, callId: block.id, content: results[block.id] ?? '', isError: false }]
      : [],
  );
  const next: Message = {
    role: 'user',
    content: answered.length > 0 ? answered : [{ type: 'text', text: 'Go on' }],
  };
  return { ...request, messages: [...request.messages, { role: 'assistant', content }, next] };
}
