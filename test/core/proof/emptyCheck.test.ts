// Checks that cannot fail, and those that can.
import { strict as assert } from 'node:assert';
import { findsNothing } from '../../../src/core/proof/emptyCheck';

describe('findsNothing', () => {
  it('is so for what is always green', () => {
    for (const command of ['true', ' true ', ':', 'exit 0', '/bin/true', '/usr/bin/true', 'true;'])
      assert.equal(findsNothing(command), true, command);
  });

  it('is not for what may fail', () => {
    for (const command of ['npm test', 'test -f a', 'true && npm test', 'exit 1', 'truest', 'false', ''])
      assert.equal(findsNothing(command), false, command);
  });
});
