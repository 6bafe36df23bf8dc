// Through which proxy a request goes, by the variables of an environment and the editor's settings.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeProxy, proxyFor, readProxies } from '../../../src/core/shared/proxies';

const api = { scheme: 'https', host: 'api.example.com', port: 443 } as const;
const editor = { address: 'http://editor:1', except: ['inside.example'] };

describe('the proxy of a request', () => {
  const named: readonly (readonly [environment: Record<string, string>, proxy: string | undefined])[] = [
    [{}, undefined],
    [{ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }, 'http://a:1 (HTTPS_PROXY)'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'http://b:2 (https_proxy)'],
    [{ https_proxy: '', HTTPS_PROXY: ' http://a:1 ' }, 'http://a:1 (HTTPS_PROXY)'],
    [{ ALL_PROXY: 'http://a:1' }, 'http://a:1 (ALL_PROXY)'],
    [{ all_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'http://b:2 (HTTPS_PROXY)'],
    [{ HTTP_PROXY: 'http://a:1' }, undefined],
  ];
  for (const [environment, proxy] of named)
    it(`is ${proxy} by ${JSON.stringify(environment)}`, () => {
      const found = proxyFor(api, readProxies(environment));
      assert.equal(found && describeProxy(found), proxy);
    });

  it('is another for plain HTTP', () => {
    const found = proxyFor({ ...api, scheme: 'http' }, readProxies({ HTTPS_PROXY: 'x', HTTP_PROXY: 'y' }));
    assert.equal(found?.address, 'y');
  });

  it('is the editor’s where the environment names none, but for the hosts that either excepts', () => {
    assert.equal(proxyFor(api, readProxies({}, editor))?.address, 'http://editor:1');
    assert.equal(proxyFor(api, readProxies({ NO_PROXY: 'api.example.com' }, editor)), undefined);
    assert.equal(proxyFor({ ...api, host: 'a.inside.example' }, readProxies({}, editor)), undefined);
    assert.equal(proxyFor(api, readProxies({ HTTPS_PROXY: 'http://a:1' }, editor))?.address, 'http://a:1');
  });

  const excepted: readonly (readonly [list: string, host: string, isDirect: boolean])[] = [
    ['api.example.com', 'API.example.com', true],
    ['other,  example.com', 'api.example.com', true],
    ['.example.com', 'api.example.com', true],
    ['.example.com', 'example.com', true],
    ['*.example.com', 'api.example.com', true],
    ['example.com', 'badexample.com', false],
    ['api.example.com:443', 'api.example.com', true],
    ['api.example.com:8443', 'api.example.com', false],
    ['*', 'api.example.com', true],
    ['', '127.0.0.1', true],
    ['', '127.8.8.8', true],
    ['', 'LOCALHOST', true],
    ['', 'models.localhost', true],
    ['', '[::1]', true],
    ['', 'localhost.example.com', false],
    ['', '127.0.0.1.example.com', false],
    ['10.1.2.3 10.1.2.4', '10.1.2.4', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.1.2.3/0', '99.1.2.3', true],
    ['10.0.0.0/x', '10.0.0.0', false],
    ['fd00::1', '[fd00::1]', true],
    ['[fd00::1]:443', '[fd00::1]', true],
    ['', 'api.example.com', false],
    ['.', 'api.example.com', false],
  ];
  for (const [list, host, isDirect] of excepted)
    it(`${isDirect ? 'is none' : 'stays'} for ${host} with NO_PROXY=${list}`, () => {
      const found = proxyFor({ ...api, host }, readProxies({ HTTPS_PROXY: 'http://a:1', NO_PROXY: list }));
      assert.equal(found === undefined, isDirect);
    });

  it('is told without what its address holds to get in', () => {
    const told = (address: string) => describeProxy({ address, from: 'HTTPS_PROXY' });
    assert.equal(told('http://me:pa55@host:1/x'), 'http://host:1/x (HTTPS_PROXY)');
    assert.equal(told('me:pa55@host:1'), 'host:1 (HTTPS_PROXY)');
    assert.equal(told('host:1'), 'host:1 (HTTPS_PROXY)');
  });
});
