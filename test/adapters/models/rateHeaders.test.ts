// What is read of an account's rate from the headers of an answer.
import { strict as assert } from 'node:assert';
import { restOf } from '../../../src/adapters/models/rateHeaders';

const date = 'Fri, 27 Nov 2026 10:00:00 GMT';
const rows: readonly (readonly [
  what: string,
  headers: Record<string, string>,
  restMs: number | undefined,
])[] = [
  ['nothing is said', {}, undefined],
  [
    'something is left',
    {
      'anthropic-ratelimit-requests-remaining': '1',
      'anthropic-ratelimit-requests-reset': '2026-11-27T10:01:00Z',
    },
    undefined,
  ],
  [
    'no request is left, by the clock of the service',
    {
      date,
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-27T10:01:00Z',
    },
    60_000,
  ],
  [
    'the longest of what is used up counts',
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1.5s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    360_000,
  ],
  ['milliseconds', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20ms' }, 20],
  ['seconds alone', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '7' }, 7_000],
  ['nonsense', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'soon' }, undefined],
  [
    'a time that is over',
    {
      date,
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-11-27T09:00:00Z',
    },
    undefined,
  ],
];

describe('the rate that a service tells', () => {
  for (const [what, headers, restMs] of rows) {
    it(`${what}: ${restMs === undefined ? 'no rest' : `${restMs} ms`}`, () => {
      assert.equal(restOf(new Headers(headers)), restMs);
    });
  }
});
