// Text from outside that would move the cursor, add lines or turn names around, made harmless.
import { strict as assert } from 'node:assert';
import { inert } from '../../../src/core/shared/inert';

describe('inert', () => {
  const cases: [text: string, shown: string][] = [
    ['plain, with Grüße and 🚀', 'plain, with Grüße and 🚀'],
    ['a\u001b[31mred', 'a [31mred'],
    ['a\u009b31m', 'a 31m'],
    ['two\r\nlines', 'two lines'],
    ['a\u2028b\u2029c', 'a b c'],
    ['exe\u202etxt.ts', 'exe txt.ts'],
    ['a\u2066b\u2069c\u200fd\u061ce', 'a b c d e'],
    ['\u0000\u0007\u007f', ' '],
    ['', ''],
  ];
  for (const [text, shown] of cases) {
    it(JSON.stringify(text), () => assert.equal(inert(text), shown));
  }
});
