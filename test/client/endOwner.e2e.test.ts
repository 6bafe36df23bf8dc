// Ending the owner that does not answer: that very process, and no stranger with its number.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createProcessTerminator } from '../../src/adapters/process/processTree';
import { endOwner } from '../../src/client/endOwner';

describe('ending the owner', () => {
  it('ends one that is stopped, and only if it still is the one that was meant', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = (await createProcessTerminator().identify(child.pid ?? 0)) ?? assert.fail();
    const ended = once(child, 'exit');
    child.kill('SIGSTOP');
    await endOwner({ ...identity, started: 'another time' });
    assert.equal(await createProcessTerminator().isAlive(identity), true);
    await endOwner(identity);
    assert.equal((await ended)[1], 'SIGKILL');
    await endOwner(identity); // gone already
  });
});
