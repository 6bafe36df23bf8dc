// Which features a command means, and what it says when there is none of the id.
import { strict as assert } from 'node:assert';
import { chooseFeatures } from '../../src/cli/readBacklog';
import { BadInput } from '../../src/cli/terminal';
import { featureIn, workspaceOf } from '../core/sampleFeatures';

describe('one feature by its id', () => {
  it('is asked for again with a message that is short for any backlog', () => {
    const features = Array.from({ length: 5_000 }, (_, k) => featureIn('pending', k + 1));
    assert.throws(
      () => chooseFeatures(workspaceOf(features), 5_001, false),
      (error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, /no feature with the id 5001\. The backlog has: 1 F1, 2 F2, /);
        assert.match(error.message, /20 F20 and 4980 more; `status` lists all\.$/);
        return true;
      },
    );
  });
});
