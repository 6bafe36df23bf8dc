// The last 16 KiB of whatever a program prints.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createOutputTail } from '../../../src/adapters/process/outputTail';

const shownBytes = 16 * 1024;

describe('the output tail', () => {
  it('holds the end of all that was pushed, in chunks of any size', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 8 }), (sizes) => {
        const tail = createOutputTail();
        let all = '';
        for (const size of sizes) {
          const chunk = numbered(all.length, size);
          all += chunk;
          tail.push(Buffer.from(chunk));
        }
        assert.equal(tail.text(), all.slice(-shownBytes));
        assert.equal(tail.totalBytes(), all.length);
      }),
      { numRuns: 50 },
    ));

  it('is counted after cleaning', () => {
    const tail = createOutputTail();
    for (let line = 0; line < 10_000; line += 1)
      tail.push(Buffer.from(`\u001b[32m\u001b[1m${line}\u001b[0m\n`));
    assert.ok(tail.text().length > shownBytes - 10);
    assert.ok(tail.text().endsWith('9998\n9999\n'));
  });

  it('is cut between characters', () => {
    const tail = createOutputTail();
    tail.push(Buffer.from(`${'漢'.repeat(30_000)}x`));
    assert.equal(tail.text(), `${'漢'.repeat(5461)}x`); // 3 bytes each
  });
});

/** Text in which every place can be told from the others nearby. */
function numbered(from: number, length: number): string {
  let text = '';
  while (text.length < length) text += `${from + text.length} `;
  return text.slice(0, length);
}
