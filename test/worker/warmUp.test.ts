// The warm-up of a warm worker worker.
import { strict as assert } from 'node:assert';
import { warmUp } from '../../src/worker/warmUp';

describe('the warm-up', () => {
  it('plays a whole attempt through, with nothing left of it', async () => {
    assert.equal(await warmUp('/no/guard.js', new AbortController().signal), true);
  });

  it('is broken off when the real work comes', async () => {
    const stop = new AbortController();
    const warmUpRun = warmUp('/no/guard.js', stop.signal);
    stop.abort();
    assert.equal(await warmUpRun, false);
  });
});
