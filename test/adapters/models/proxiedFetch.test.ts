// Model calls through a proxy, over real sockets: who is asked, and what is said when it does not let a call through.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createAnthropicProvider } from '../../../src/adapters/models/anthropicProvider';
import { readProxies } from '../../../src/core/shared/proxies';
import { Failure, type FailureReason } from '../../../src/ports/failure';
import type { TurnRequest } from '../../../src/ports/models';
import { cleanUpAfterEach } from '../../support/cleanUp';
import { startFakeMessagesApi, streamed } from '../../support/fakeMessagesApi';
import { type FakeProxyOptions, startFakeProxy } from '../../support/fakeProxy';

const request: TurnRequest = {
  system: 'Be brief.',
  tools: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  maxOutputTokens: 100,
};

describe('a model call through a proxy', () => {
  const cleanUp = cleanUpAfterEach();

  async function call(baseUrl: string, environment: Record<string, string>): Promise<string> {
    const provider = createAnthropicProvider('haiku', {
      apiKey: 'sk-1',
      baseUrl,
      proxies: readProxies(environment),
    });
    let text = '';
    for await (const event of provider.runTurn(request, new AbortController().signal))
      if (event.type === 'text') text += event.text;
    return text;
  }

  async function proxyTo(options: FakeProxyOptions) {
    const proxy = await startFakeProxy(options);
    cleanUp.push(() => proxy.close());
    return proxy;
  }

  async function service() {
    const api = await startFakeMessagesApi(() => streamed([{ text: 'hello' }]));
    cleanUp.push(() => api.close());
    return { ...api, port: Number(new URL(api.baseUrl).port) };
  }

  it('asks the proxy for a host that only that knows, and streams the answer', async () => {
    const api = await service();
    const proxy = await proxyTo({ target: api.port });
    assert.equal(await call('http://model.invalid', { http_proxy: proxy.address }), 'hello');
    assert.deepEqual(proxy.asked, ['POST http://model.invalid/v1/messages']);
    assert.equal(
      api.requests[0]?.headers['x-api-key'] ?? api.requests[0]?.headers.authorization,
      'Bearer sk-1',
    );
  });

  it('takes the name and password of the address, and one without a scheme', async () => {
    const api = await service();
    const proxy = await proxyTo({ target: api.port, login: 'me:p@ss' });
    assert.equal(
      await call('http://model.invalid', { HTTP_PROXY: `me:p%40ss@127.0.0.1:${proxy.port}` }),
      'hello',
    );
  });

  it('does not ask the proxy for what runs on this machine', async () => {
    const api = await service();
    const proxy = await proxyTo({ target: 1 });
    const environment = { HTTP_PROXY: proxy.address, ALL_PROXY: proxy.address };
    assert.equal(await call(api.baseUrl, environment), 'hello');
    assert.deepEqual(proxy.asked, []);
  });

  async function failing(baseUrl: string, address: string): Promise<Failure> {
    const failure = await call(baseUrl, { ALL_PROXY: address }).then(
      () => assert.fail('it answered'),
      (error: unknown) => error,
    );
    if (!Failure.is(failure)) throw failure;
    assert.doesNotMatch(failure.message, /pa55w0rd|sk-1/);
    return failure;
  }

  const secure = 'https://model.invalid';
  const plain = 'http://model.invalid';
  const noes: readonly (readonly [string, FakeProxyOptions, FailureReason, RegExp])[] = [
    [secure, { login: 'x:y' }, 'proxy', /wants a name and a password/],
    [plain, { login: 'x:y' }, 'proxy', /wants a name and a password/],
    [secure, { answer: 403 }, 'proxy', /refused the way to the model service \(403\)/],
    [secure, { answer: 503 }, 'unreachable', /did not get through to the model service \(503\)/],
  ];
  for (const [baseUrl, options, reason, words] of noes)
    it(`fails for ${reason} at ${baseUrl} when it answers ${JSON.stringify(options)}`, async () => {
      const proxy = await proxyTo(options);
      const failure = await failing(baseUrl, `http://me:pa55w0rd@127.0.0.1:${proxy.port}`);
      assert.equal(failure.reason, reason, failure.message);
      assert.ok(failure.message.startsWith(`The proxy http://127.0.0.1:${proxy.port} (ALL_PROXY) `));
      assert.match(failure.message, words);
      if (baseUrl === secure) assert.deepEqual(proxy.asked, ['CONNECT model.invalid:443']);
    });

  it('fails for the proxy when nobody is there, at either kind of address', async () => {
    const proxy = await startFakeProxy({});
    await proxy.close();
    for (const baseUrl of [secure, plain]) {
      const failure = await failing(baseUrl, proxy.address);
      assert.equal(failure.reason, 'proxy');
      assert.match(
        failure.message,
        /^The proxy http:\/\/127\.0\.0\.1:\d+ \(ALL_PROXY\) does not answer: .*ECONNREFUSED/,
      );
    }
  });

  it('fails for the proxy when what is named is none', async () => {
    const cases = [
      ['socks5://me:pa55w0rd@127.0.0.1:1', /socks5:\/\/127\.0\.0\.1:1 \(ALL_PROXY\) is of a kind/],
      ['http://', /ALL_PROXY names no address/],
      ['http://me:a%zz@127.0.0.1:1', /% that stands for nothing/],
    ] as const;
    for (const [address, words] of cases) {
      const failure = await failing(secure, address);
      assert.equal(failure.reason, 'proxy');
      assert.match(failure.message, words);
    }
  });
});
