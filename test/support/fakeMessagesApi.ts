// A Messages API on this machine: answers what a test tells it to, over real HTTP, and keeps what it was asked.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';

export interface FakeMessagesApi {
  readonly baseUrl: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** What the next requests get, each once, in order. A request without an answer gets status 500. */
  answer(...answers: readonly FakeAnswer[]): void;
  close(): Promise<void>;
}

export interface RecordedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: FakeRequestBody;
  /** The body as it was sent. */
  readonly text: string;
  /** Resolves when the client is gone before the answer was at its end. */
  readonly abandoned: Promise<void>;
}

/** The parts of a request's body that tests look at. */
interface FakeRequestBody {
  readonly [field: string]: unknown;
  readonly system: readonly FakeBlock[];
  readonly tools: readonly unknown[];
  readonly messages: readonly { readonly role: string; readonly content: readonly FakeBlock[] }[];
}

export type FakeBlock = Readonly<Record<string, unknown>>;

export type FakeAnswer =
  | { readonly kind: 'stream'; readonly events: readonly FakeEvent[]; readonly end: 'whole' | 'cut' | 'hang' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'page';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** One without a type is sent as data alone, and a text as it is. */
export type FakeEvent = ({ readonly type?: string } & Readonly<Record<string, unknown>>) | string;

export type FakeContent =
  | { readonly text: string }
  | { readonly thinking: string; readonly signature: string }
  | { readonly redacted: string }
  /** `json` is sent as it is, in two pieces, whether it is JSON or not. */
  | { readonly tool: string; readonly id: string; readonly json: string };

/** A whole answer, streamed as the API streams it: pings, pieces, counts at both ends. */
export function streamed(
  content: readonly FakeContent[],
  {
    stop = 'end_turn',
    usage = {},
    stopDetails = null,
  }: { stop?: string; usage?: Readonly<Record<string, number>>; stopDetails?: unknown } = {},
): FakeAnswer & { kind: 'stream' } {
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'fake',
    content: [],
    stop_reason: null,
  };
  const { output_tokens = 7, ...input } = usage;
  return {
    kind: 'stream',
    end: 'whole',
    events: [
      {
        type: 'message_start',
        message: { ...message, usage: { input_tokens: 11, output_tokens: 1, ...input } },
      },
      { type: 'ping' },
      ...content.flatMap(contentEvents),
      {
        type: 'message_delta',
        delta: { stop_reason: stop, stop_details: stopDetails },
        usage: { output_tokens },
      },
      { type: 'message_stop' },
    ],
  };
}

/** The first `count` events of an answer; then the connection breaks, or nothing more comes. */
export function begun(
  answer: FakeAnswer & { kind: 'stream' },
  count: number,
  end: 'cut' | 'hang',
): FakeAnswer {
  return { ...answer, events: answer.events.slice(0, count), end };
}

/** @param reply answers a request for which no answer was set @param port absent: any that is free */
export async function startFakeMessagesApi(
  reply: (request: RecordedRequest) => FakeAnswer | Promise<FakeAnswer> = () => noAnswer,
  port = 0,
): Promise<FakeMessagesApi> {
  const requests: RecordedRequest[] = [];
  const answers: FakeAnswer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const abandoned = new Promise<void>((resolve) => {
        response.on('close', () => {
          if (!response.writableFinished) resolve();
        });
      });
      const sent = Buffer.concat(chunks).toString('utf8');
      const body: FakeRequestBody = sent === '' ? noBody : JSON.parse(sent);
      const recorded = { path: request.url ?? '', headers: request.headers, body, text: sent, abandoned };
      requests.push(recorded);
      void Promise.resolve(answers.shift() ?? reply(recorded)).then((answer) => respond(response, answer));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: urlOf(server),
    requests,
    answer: (...more) => void answers.push(...more),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Of a question without one, as for the list of models. */
const noBody: FakeRequestBody = { system: [], tools: [], messages: [] };

const noAnswer: FakeAnswer = { kind: 'status', status: 500, type: 'api_error', message: 'no answer was set' };

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake service has no port');
  return `http://127.0.0.1:${address.port}`;
}

function respond(response: ServerResponse, answer: FakeAnswer): void {
  if (answer.kind === 'status') {
    const { status, type, message, headers } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
    return;
  }
  if (answer.kind === 'page') {
    response.writeHead(answer.status, { 'content-type': answer.contentType, ...answer.headers });
    response.end(answer.body);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of answer.events) response.write(framed(event));
  if (answer.end === 'whole') response.end();
  if (answer.end === 'cut') setImmediate(() => response.destroy());
}

function framed(event: FakeEvent): string {
  if (typeof event === 'string') return `data: ${event}\n\n`;
  const name = event.type === undefined ? '' : `event: ${event.type}\n`;
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

function contentEvents(content: FakeContent, index: number): readonly FakeEvent[] {
  const start = (content_block: unknown) => ({ type: 'content_block_start', index, content_block });
  const delta = (piece: FakeBlock) => ({ type: 'content_block_delta', index, delta: piece });
  const stop = { type: 'content_block_stop', index };
  if ('redacted' in content) return [start({ type: 'redacted_thinking', data: content.redacted }), stop];
  if ('thinking' in content) {
    const { thinking, signature } = content;
    const empty = { type: 'thinking', thinking: '', signature: '' };
    return [
      start(empty),
      delta({ type: 'thinking_delta', thinking }),
      delta({ type: 'signature_delta', signature }),
      stop,
    ];
  }
  if ('text' in content) {
    const pieces = halves(content.text).map((text) => delta({ type: 'text_delta', text }));
    return [start({ type: 'text', text: '' }), ...pieces, stop];
  }
  const pieces = halves(content.json).map((partial_json) =>
    delta({ type: 'input_json_delta', partial_json }),
  );
  return [start({ type: 'tool_use', id: content.id, name: content.tool, input: {} }), ...pieces, stop];
}

export function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
