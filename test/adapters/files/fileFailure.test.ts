// What the file system refuses comes out as a failure with the right reason; everything else is left as it is.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { asFailures, hasCode, orNull } from '../../../src/adapters/files/fileFailure';
import { Failure, type FailureReason } from '../../../src/ports/failure';

const reasons: Record<string, FailureReason> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'readOnly',
  EACCES: 'denied',
  EPERM: 'denied',
  EIO: 'io',
  EMFILE: 'tooManyOpen',
};

const refused = (code: string) => Object.assign(new Error(`${code}: no`), { code, syscall: 'write' });

describe('fileFailure', () => {
  for (const [code, reason] of Object.entries(reasons)) {
    it(`${code} is ${reason}`, async () => {
      const cause = refused(code);
      await assert.rejects(
        asFailures('write "a.ts"', () => Promise.reject(cause)),
        (error) =>
          Failure.is(error, reason) &&
          error.cause === cause &&
          error.message === `Could not write "a.ts": ${code}: no`,
      );
    });
  }

  it('leaves failures and bugs as they are', async () => {
    for (const error of [
      new Failure('corrupt', 'x'),
      new TypeError('bug'),
      Object.assign(new Error('x'), { code: 'ERR_X' }),
    ]) {
      await assert.rejects(
        asFailures('x', () => Promise.reject(error)),
        (found) => found === error,
      );
    }
  });

  it('takes absence for null and nothing else', async () => {
    assert.equal(await orNull(readFile('/no/such/file')), null);
    await assert.rejects(orNull(readFile('/')), (error) => hasCode(error, 'EISDIR'));
  });
});
