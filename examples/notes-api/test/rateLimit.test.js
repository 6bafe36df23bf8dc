// How often a client may ask, on a clock that the test turns.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { openHello } from './api.js';

describe('the rate limit', () => {
  let at;
  let statusFor;
  let call;
  beforeEach(async () => {
    at = 1_000_000;
    call = await openHello({ requestsPerMinute: 3, now: () => at });
    statusFor = async (client) => (await call('GET', '/hello', undefined, { client })).status;
  });

  it('lets as many requests through at once as a minute has', async () => {
    const statuses = [];
    for (let count = 0; count < 5; count++) statuses.push(await statusFor('ann'));
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
  });

  it('counts each client for itself', async () => {
    for (let count = 0; count < 4; count++) await statusFor('ann');
    assert.equal(await statusFor('bob'), 200);
  });

  it('lets one more through when its time has passed, and says when that is', async () => {
    for (let count = 0; count < 3; count++) await statusFor('ann');
    at += 5_500;
    const refused = await call('GET', '/hello', undefined, { client: 'ann' });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '15');
    at += 14_500;
    assert.equal(await statusFor('ann'), 200);
    assert.equal(await statusFor('ann'), 429);
  });

  it('never saves up more than a minute', async () => {
    await statusFor('ann');
    at += 3_600_000;
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push(await statusFor('ann'));
    assert.deepEqual(statuses, [200, 200, 200, 429]);
  });

  it('is off without a number', async () => {
    const { limitRate } = await import('../src/rateLimit.js');
    const inner = () => ({ status: 200 });
    assert.equal(limitRate(inner, {}), inner);
  });
});
