// Program output becomes text that is safe to show.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createTextCleaner } from '../../../src/adapters/process/terminalText';

describe('the text cleaner', () => {
  const cases: [what: string, raw: string | Buffer, cleaned: string][] = [
    ['keeps text, newlines and tabs', 'a\tb\nc ä 漢 👍', 'a\tb\nc ä 漢 👍'],
    ['drops colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['drops cursor moves', 'a\u001b[2K\u001b[1Gb\u001b[?25l', 'ab'],
    ['drops titles', '\u001b]0;evil title\u0007a\u001b]2;x\u001b\\b', 'ab'],
    ['shows the text of a link', '\u001b]8;;http://x\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['loses no more than its line to a title that never ends', '\u001b]0;title\nnext', '\nnext'],
    ['drops short sequences', '\u001bcx\u001b(By\u001b7', 'xy'],
    ['drops a lone escape', 'a\u001b', 'a'],
    ['drops control characters', 'a\0b\u0007c\bd\u007fe\u009bf', 'abcdef'],
    ['makes lines of a progress bar', '10%\r20%\r\n30%\r', '10%\n20%\n30%\n'],
    ['drops marks that turn the direction', 'a\u202eb\u2066c', 'abc'],
    ['marks what is no UTF-8', Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]), 'a\ufffd\ufffd(\ufffd'],
  ];
  for (const [what, raw, cleaned] of cases) it(what, () => assert.equal(clean([Buffer.from(raw)]), cleaned));

  const pieces = [
    'a',
    'ä',
    '👍',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u001b',
    '\u001b[',
    '1;',
    'm',
    ']',
    '0;',
    '\u0007',
    '\\',
    '(',
    '\u009b',
  ];
  const bytes = fc
    .array(
      fc.oneof(
        fc.constantFrom(...pieces).map((piece) => Buffer.from(piece)),
        fc.uint8Array({ maxLength: 3 }),
      ),
    )
    .map((parts) => Buffer.concat(parts));

  it('says the same however the bytes are cut', () =>
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(40)), (all, cuts) => {
        const edges = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
        const chunks = edges.slice(1).map((edge, at) => all.subarray(edges[at], edge));
        assert.equal(clean(chunks), clean([all]));
      }),
      { numRuns: 3000 },
    ));

  it('says the same of a line’s end with unseen characters in it, cut in their midst', () => {
    const esc = String.fromCharCode(27);
    for (const all of [`a\r${esc}[m\nb`, `a\r${esc}[\nb`, 'a\r\u0000\nb', `a\r${esc}]0;t\u0007\r\nb`]) {
      const bytes = Buffer.from(all);
      for (let at = 0; at <= bytes.length; at++)
        assert.equal(clean([bytes.subarray(0, at), bytes.subarray(at)]), clean([bytes]), `cut at ${at}`);
    }
  });

  it('lets no control character through', () =>
    fc.assert(fc.property(bytes, (all) => assert.match(clean([all]), /^(?:[\n\t]|\P{Cc})*$/u))));

  it('holds no more than a sequence back', () => {
    const cleaner = createTextCleaner();
    const shown = cleaner.push(Buffer.from(`\u001b]0;${'x'.repeat(1_000_000)}`));
    assert.ok(shown.length > 990_000, `only ${shown.length} characters came through`);
  });
});

function clean(chunks: readonly Uint8Array[]): string {
  const cleaner = createTextCleaner();
  return chunks.map((chunk) => cleaner.push(chunk)).join('') + cleaner.end();
}
