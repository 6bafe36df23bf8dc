// Who comes in, and who does not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openHello } from './api.js';

describe('the token', () => {
  const cases = [
    ['Bearer s3cret', 200],
    ['bearer s3cret', 200],
    ['Bearer S3CRET', 401],
    ['Bearer s3cret2', 401],
    ['Bearer', 401],
    ['Basic s3cret', 401],
    ['s3cret', 401],
    [undefined, 401],
  ];
  for (const [authorization, status] of cases) {
    it(`is ${status === 200 ? 'known from' : 'not in'} "${authorization}"`, async () => {
      const call = await openHello({ token: 's3cret' });
      const response = await call('GET', '/hello', undefined, { headers: { authorization } });
      assert.equal(response.status, status);
      if (status === 401) assert.equal(response.headers['www-authenticate'], 'Bearer');
    });
  }

  it('guards also what does not exist', async () => {
    const call = await openHello({ token: 's3cret' });
    assert.equal((await call('GET', '/nowhere')).status, 401);
  });

  it('is not asked for when none is set', async () => {
    const { requireToken } = await import('../src/auth.js');
    const inner = () => ({ status: 200 });
    assert.equal(requireToken(inner, {})({ headers: {} }).status, 200);
    assert.equal((await (await openHello({}))('GET', '/hello')).status, 200);
  });
});
