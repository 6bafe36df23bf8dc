// A Messages API with a quota: so many answers in a while, all at once or one after the other, and a refusal with the wait
// for all beyond that.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

export interface Quota {
  readonly answers: number;
  readonly everyMs: number;
  /** `bucket`: they come back one by one; `window`: all at its end. */
  readonly kind: 'bucket' | 'window';
  /** How long an answer takes. */
  readonly answerMs: number;
}

export interface QuotaService {
  readonly baseUrl: string;
  readonly calls: readonly { readonly agent: number; readonly atMs: number; readonly wasRefused: boolean }[];
  close(): Promise<void>;
}

export async function startQuotaService({ answers, everyMs, kind, answerMs }: Quota): Promise<QuotaService> {
  const calls: { agent: number; atMs: number; wasRefused: boolean }[] = [];
  const burst = kind === 'window' ? answers : Math.max(1, answers / 4);
  let left = burst;
  let lastMs = performance.now();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const atMs = performance.now();
      if (kind === 'bucket') {
        left = Math.min(burst, left + ((atMs - lastMs) * answers) / everyMs);
        lastMs = atMs;
      } else if (atMs - lastMs >= everyMs) {
        left = burst;
        lastMs += everyMs * Math.floor((atMs - lastMs) / everyMs);
      }
      const wasRefused = left < 1;
      calls.push({ agent: Number(/agent (\d+)/.exec(body)?.[1]), atMs, wasRefused });
      const wait = kind === 'bucket' ? ((1 - left) * everyMs) / answers : everyMs - (atMs - lastMs);
      if (wasRefused) return refuse(response, wait);
      left -= 1;
      setTimeout(() => answer(response), answerMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the service has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, waitMs: number): void {
  response.writeHead(429, {
    'content-type': 'application/json',
    'retry-after-ms': String(Math.ceil(waitMs)),
  });
  const error = { type: 'rate_limit_error', message: 'slow down' };
  response.end(JSON.stringify({ type: 'error', error }));
}

function answer(response: ServerResponse): void {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    usage,
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of [
    { type: 'message_start', message },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ])
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}
