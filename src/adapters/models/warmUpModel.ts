// A model service of a few lines on a port of this machine, that says the same to everyone: for a worker that warms up.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { ModelName } from '../../core/models/models';
import type { ModelEndpoint } from '../../ports/coordinator';

export interface WarmUpModel {
  readonly model: ModelName;
  readonly endpoint: ModelEndpoint;
  close(): void;
}

/** One call of the tool of this name, as the Messages API streams it. */
function answerOf(tool: string, input: object): string {
  const events = [
    {
      type: 'message_start',
      message: { id: '', type: 'message', role: 'assistant', model: '', content: [], usage: {} },
    },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'warm-up', name: tool, input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) },
    },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 0 } },
    { type: 'message_stop' },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** Whatever it is asked, the answer is this call. */
export async function startWarmUpModel(tool: string, input: object): Promise<WarmUpModel> {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n';
  const answer = answerOf(tool, input);
  const service = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(head + answer));
  });
  return {
    model: 'haiku',
    endpoint: { kind: 'anthropic', apiKey: 'none', baseUrl: await addressOf(service) },
    close: () => void service.close(),
  };
}

async function addressOf(service: Server): Promise<string> {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const address = service.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
