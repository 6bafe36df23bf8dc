// A model service that streams without end, in events or without as much as a line.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createAnthropicProvider } from '../../../src/adapters/models/anthropicProvider';
import { Failure } from '../../../src/ports/failure';

const event = (type: string, more: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const begin =
  event('message_start', { message: { usage: { input_tokens: 1, output_tokens: 1 } } }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const words = event('content_block_delta', {
  index: 0,
  delta: { type: 'text_delta', text: 'x'.repeat(200_000) },
});

describe('an answer without end', function () {
  this.timeout(60_000);
  const kinds: [what: string, status: number, piece: string][] = [
    ['of words', 200, words],
    ['without a line', 200, 'x'.repeat(200_000)],
    ['that is an error', 400, 'x'.repeat(200_000)],
  ];
  for (const [what, status, piece] of kinds)
    it(`${what} is broken off, and told as none of the model's`, async () => {
      let sent = 0;
      const gone: Promise<unknown>[] = [];
      const server = createServer((_, response) => {
        gone.push(once(response, 'close'));
        response.writeHead(status, {
          'content-type': status === 200 ? 'text/event-stream' : 'application/json',
        });
        response.write(begin);
        void pour(response, piece, (bytes) => {
          sent += bytes;
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const provider = createAnthropicProvider('m', {
        apiKey: 'sk-test',
        baseUrl: `http://127.0.0.1:${port}`,
      });
      const request = { system: '', tools: [], messages: [], maxOutputTokens: 9 } as const;
      const read = async () => {
        for await (const _ of provider.runTurn(request, new AbortController().signal));
      };
      try {
        await assert.rejects(read, (error) => {
          assert.ok(Failure.is(error), String(error));
          if (status === 200) assert.equal(error.reason, 'unusable');
          assert.match(error.message, /The model service sent more than 34 MB for one answer/);
          return true;
        });
        await gone[0];
        assert.ok(sent < 60_000_000, `${sent} bytes`);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
});

async function pour(response: ServerResponse, piece: string, count: (bytes: number) => void): Promise<void> {
  function* pieces() {
    for (;;) {
      count(piece.length);
      yield piece;
    }
  }
  await pipeline(Readable.from(pieces()), response).catch(() => undefined); // whoever reads it has gone
}
