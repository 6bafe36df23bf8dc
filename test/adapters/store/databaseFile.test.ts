// How often a growing database is written whole.
import { strict as assert } from 'node:assert';
import { journalRoom } from '../../../src/adapters/store/databaseFile';

describe('the journal beside a growing database', () => {
  it('is of some MiB at first', () => assert.equal(journalRoom(0), 4 * 2 ** 20));

  it('leaves what is written in all in proportion to the database', () => {
    for (const endBytes of [2 ** 24, 2 ** 26, 2 ** 28, 2 ** 30]) {
      let written = 0;
      for (let bytes = 0; bytes < endBytes; bytes += journalRoom(bytes)) written += bytes;
      assert.ok(written < 6 * endBytes, `${written} bytes for a database of ${endBytes}`);
    }
  });
});
