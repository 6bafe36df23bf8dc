// What agents of other makers say when their model's service does not answer them, as the real ones said it.
import { strict as assert } from 'node:assert';
import { RequestError } from '@agentclientprotocol/sdk';
import { failureOf } from '../../../src/adapters/agents/acpFailures';
import { failureInLastText, serviceReasonIn } from '../../../src/adapters/agents/outageText';
import type { FailureReason } from '../../../src/ports/failure';

const start = { title: 'Mine', argv: [], env: {}, manners: {}, login: 'mine login' };

describe('an error of an agent', () => {
  const rows: readonly (readonly [who: string, string, object | undefined, FailureReason, number?])[] = [
    [
      'opencode, after five tries of its own',
      'Internal error',
      { details: 'Rate limit reached for gpt-5.5 on tokens per min (TPM). Please try again in 1.5s.' },
      'rateLimited',
      1_500,
    ],
    [
      'Gemini CLI, after nine tries of its own',
      'You exceeded your current quota, please check your plan and billing details. Please retry in 2.5s. Suggested retry after 2.5s.',
      undefined,
      'rateLimited',
      2_500,
    ],
    ['Claude Code', 'Internal error', { errorKind: 'rate_limit' }, 'rateLimited'],
    [
      'Codex, without credit',
      'Internal error',
      {
        message: 'You have had enough for this week.',
        codexErrorInfo: 'usageLimitExceeded',
      },
      'noCredit',
    ],
    ['one whose quota is used up for good', 'You exceeded your current quota.', undefined, 'noCredit'],
    [
      'one whose service is busy',
      'The model is overloaded. Please try again later.',
      undefined,
      'overloaded',
    ],
    [
      'one that reaches nobody',
      'Internal error',
      { details: 'connect ECONNREFUSED 10.0.0.1:443' },
      'noConnection',
    ],
    ['one that was broken off', 'fetch failed: ECONNRESET', undefined, 'unreachable'],
    ['one whose key is refused', 'Incorrect API key provided', undefined, 'noAgent'],
    ['one with words of its own', 'no model of that name (line 503)', undefined, 'badResponse'],
  ];
  for (const [who, message, data, reason, retryAfterMs] of rows)
    it(`is ${reason} of ${who}`, () => {
      const failure = failureOf(new RequestError(-32603, message, data), start);
      assert.equal(failure.reason, reason, failure.message);
      assert.equal(failure.retryAfterMs, retryAfterMs);
    });

  it('is told with all that the agent says of it', () => {
    const data = { message: 'Quota exceeded. Check your plan.', codexErrorInfo: 'usageLimitExceeded' };
    const { message } = failureOf(new RequestError(-32603, 'Internal error', data), start);
    assert.equal(message, 'Mine: Internal error: Quota exceeded. Check your plan.');
  });
});

describe('the last words of a turn', () => {
  const codex = { title: 'Codex', manners: { failsInText: 'codex' as const } };
  const rows: readonly (readonly [string, FailureReason | undefined])[] = [
    ['exceeded retry limit, last status: 429 Too Many Requests\n\n', 'rateLimited'],
    [
      'unexpected status 503 Service Unavailable: Overloaded, url: http://host/v1/responses\n\n',
      'overloaded',
    ],
    ['unexpected status 500 Internal Server Error: oops, url: http://host/v1\n\n', 'unreachable'],
    ['stream disconnected before completion: stream closed before response.completed\n\n', 'unreachable'],
    [
      'stream disconnected before completion: error sending request for url (http://host)\n\n',
      'noConnection',
    ],
    ['Selected model is at capacity. Please try a different model.\n\n', 'overloaded'],
    ['I met this: exceeded retry limit, last status: 429 Too Many Requests\n\n', undefined],
    ['exceeded retry limit, last status: 429 Too Many Requests', undefined],
    ['Quota exceeded. So I added a limit.\n\nIt works.\n\n', undefined],
    ['', undefined],
  ];
  for (const [last, reason] of rows)
    it(`${reason === undefined ? 'are nothing but words' : `tell of ${reason}`}: ${JSON.stringify(last)}`, () => {
      assert.equal(failureInLastText(last, codex)?.reason, reason);
      assert.equal(failureInLastText(last, { ...codex, manners: {} }), undefined);
    });

  it('tell nothing of a service where they speak of numbers alone', () =>
    assert.equal(serviceReasonIn('It took 429 s and 503 lines.'), undefined));
});
