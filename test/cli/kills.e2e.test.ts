// A run in an ordinary folder that is killed at any moment, seen from outside: `npm run bench -- kills` does it 200 times.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mulberry32 } from '../bench/chance';
import { killRuns } from '../support/killedRuns';

describe('a run that is killed again and again', function () {
  this.timeout(120_000);

  it('shows nobody at any moment what has not passed, nor half of what has', async () => {
    const { kills, looks, wrongs } = await killRuns(mulberry32(7), 6);
    assert.deepEqual([kills, wrongs], [6, []]);
    assert.ok(looks > 100, `looked ${looks} times`);
  });
});
