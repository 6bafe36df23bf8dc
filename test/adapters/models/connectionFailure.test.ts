// What it is told as when no answer came over the wire.
import { strict as assert } from 'node:assert';
import { failureOfThrown } from '../../../src/adapters/models/connectionFailure';
import { Redactor } from '../../../src/core/guardrails/redactor';
import type { FailureReason } from '../../../src/ports/failure';
import { startFakeMessagesApi } from '../../support/fakeMessagesApi';

/** As fetch throws it. */
function fetchError(code: string, message: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

describe('what is told of a connection', () => {
  const rows: readonly (readonly [Error, FailureReason, RegExp])[] = [
    [fetchError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'), 'untrusted', /not trusted \(self-signed\)\.$/],
    [fetchError('ERR_TLS_CERT_ALTNAME_INVALID', 'no such name'), 'untrusted', /not trusted \(no such name\)/],
    [
      fetchError('UNABLE_TO_VERIFY_LEAF_SIGNATURE', ''),
      'untrusted',
      /not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/,
    ],
    [fetchError('CERT_NOT_YET_VALID', 'too early'), 'wrongTime', /clock, which says 20.*\(too early\)/],
    [fetchError('CERT_HAS_EXPIRED', 'too late'), 'wrongTime', /\(too late\)/],
    [fetchError('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'old'), 'unusable', /speaks no HTTPS \(old\)/],
    [fetchError('EAI_AGAIN', 'no name server'), 'noConnection', /cannot be reached: .*\(no name server\)\.$/],
    [fetchError('UND_ERR_CONNECT_TIMEOUT', 'late'), 'noConnection', /cannot be reached: .*\(late\)\.$/],
    [fetchError('ECONNRESET', 'reset'), 'unreachable', /failed: fetch failed \(reset\)/],
    [new SyntaxError('Unexpected token'), 'unusable', /no answer of the model service/],
  ];
  for (const [error, reason, says] of rows)
    it(`is ${reason} for ${String((error.cause as { code?: string })?.code ?? error.name)}`, () => {
      const failure = failureOfThrown(error, new Redactor());
      assert.equal(failure.reason, reason);
      assert.match(failure.message, says);
    });

  it('is that no HTTPS is spoken where plain HTTP answers', async () => {
    const plain = await startFakeMessagesApi();
    try {
      const error = await fetch(plain.baseUrl.replace('http:', 'https:')).catch((thrown: unknown) => thrown);
      const failure = failureOfThrown(error, new Redactor());
      assert.equal(failure.reason, 'unusable');
      assert.match(failure.message, /speaks no HTTPS/);
    } finally {
      await plain.close();
    }
  });
});
