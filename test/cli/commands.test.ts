// What single commands say where there is no session to speak of.
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ofNextOwner, status } from '../../src/cli/commands';
import type { Terminal } from '../../src/cli/terminal';
import { Failure } from '../../src/ports/failure';
import { cleanUpAfterEach } from '../support/cleanUp';
import { withoutRights } from '../support/withoutRights';

describe('what an owner that ends is asked', () => {
  const gone = () => Promise.reject(new Failure('closed', 'It has gone.'));

  it('is asked of the next, once', async () => {
    const asked: boolean[] = [];
    const answer = await ofNextOwner(async (isAgain) => {
      asked.push(isAgain);
      return isAgain ? 'yes' : gone();
    });
    assert.deepEqual([answer, asked], ['yes', [false, true]]);
    await assert.rejects(ofNextOwner(gone), /It has gone/);
  });

  it('is told at once where it is refused', async () => {
    let asked = 0;
    const refused = ofNextOwner(async () => {
      asked++;
      throw new Failure('denied', 'No.');
    });
    await assert.rejects(refused, /No\./);
    assert.equal(asked, 1);
  });
});

describe('the status of a folder', () => {
  const cleanUp = cleanUpAfterEach();
  const terminal: Terminal = {
    env: {},
    print: () => {},
    note: () => {},
    debug: () => {},
    onInterrupt: () => {},
    leave: async () => {},
  };

  function folder(): string {
    const dir = mkdtempSync(path.join(realpathSync(tmpdir()), 'pa-status-'));
    cleanUp.push(() => rmSync(dir, { recursive: true, force: true }));
    return dir;
  }

  const nothingYet = /Nothing has been run in/;

  it('is that nothing has been run where there is nothing', () =>
    assert.rejects(status(folder(), false, terminal, 'dist'), nothingYet));

  it('is why it cannot be had where our folder is closed to the user', async () => {
    const dir = folder();
    mkdirSync(path.join(dir, '.parallel-agents'));
    chmodSync(path.join(dir, '.parallel-agents'), 0);
    await withoutRights(
      () => assert.rejects(status(dir, false, terminal, 'dist'), (error) => Failure.is(error)),
      dir,
    );
  });
});
