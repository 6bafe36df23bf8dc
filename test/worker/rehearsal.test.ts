// The rehearsal of a spare worker.
import { strict as assert } from 'node:assert';
import { rehearse } from '../../src/worker/rehearsal';

describe('the rehearsal', () => {
  it('plays a whole attempt through, with nothing left of it', async () => {
    assert.equal(await rehearse('/no/guard.js', new AbortController().signal), true);
  });

  it('is broken off when the real work comes', async () => {
    const stop = new AbortController();
    const rehearsal = rehearse('/no/guard.js', stop.signal);
    stop.abort();
    assert.equal(await rehearsal, false);
  });
});
