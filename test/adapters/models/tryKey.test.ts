// A key tried by a question that costs nothing, over HTTP, against services of our own.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tryKey } from '../../../src/client/tryKey';
import { knownProviders, serviceOf } from '../../../src/core/models/providers';
import { cleanUpAfterEach } from '../../support/cleanUp';

const apiKey = 'sk-test-0123456789';

describe('tryKey', () => {
  const cleanUp = cleanUpAfterEach();

  async function service(status: number, contentType: string, body: string) {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(status, { 'content-type': contentType }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => server.close());
    return { asked, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  async function tried(id: string, baseUrl: string): Promise<string> {
    const provider = serviceOf(id, knownProviders) ?? assert.fail();
    const answer = await tryKey({ ...provider, baseUrl, apiKey }, {}, undefined);
    return answer.ok ? 'taken' : answer.error.message;
  }

  const ways: readonly (readonly [id: string, path: string, header: string, value: string])[] = [
    ['anthropic', '/v1/models', 'x-api-key', apiKey],
    ['openai', '/models', 'authorization', `Bearer ${apiKey}`],
    // Tells its models to everyone.
    ['openrouter', '/key', 'authorization', `Bearer ${apiKey}`],
  ];
  for (const [id, path, header, value] of ways) {
    it(`asks ${id} for ${path}`, async () => {
      const { asked, baseUrl } = await service(200, 'application/json', '{"data":[]}');
      assert.equal(await tried(id, baseUrl), 'taken');
      assert.deepEqual([asked[0]?.method, asked[0]?.url, asked[0]?.headers[header]], ['GET', path, value]);
    });
  }

  it('tells in the service’s own words that it does not take the key, and not the key', async () => {
    const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${apiKey}` } });
    const { baseUrl } = await service(401, 'application/json', body);
    assert.equal(await tried('openai', baseUrl), 'Incorrect API key provided: [key]');
  });

  it('takes no page for an approval', async () => {
    const { baseUrl } = await service(200, 'text/html', '<title>Sign in</title>');
    assert.match(await tried('openai', baseUrl), /A page came back .*"Sign in"/);
  });

  it('tells a service that is not there', async () => {
    assert.match(await tried('openai', 'http://127.0.0.1:9'), /connection to the model service failed/);
  });
});
