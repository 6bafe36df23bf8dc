// Each slot has ports of its own, and never one that somebody listens on.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { firstFreePort } from '../../../src/adapters/system/freePorts';

describe('firstFreePort', () => {
  it('is the same for a slot while it is free, and another for each', async () => {
    const ports = await Promise.all([1, 2, 3].map((slot) => firstFreePort('/some/where', slot)));
    assert.equal(new Set(ports).size, 3);
    assert.equal(await firstFreePort('/some/where', 1), ports[0]);
  });

  it('passes over ports of which one is taken', async () => {
    const first = (await firstFreePort('/some/where/else', 1)) ?? assert.fail();
    const server = createServer().listen(first + 9, '127.0.0.1');
    await once(server, 'listening');
    try {
      const next = (await firstFreePort('/some/where/else', 1)) ?? assert.fail();
      assert.ok(next >= first + 10 || next < first, `${next} after ${first}`);
    } finally {
      server.close();
    }
  });
});
