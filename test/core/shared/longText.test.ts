// A long text is told by its ends and its name; a short one, and one that has a name already, stays as it is.
import { strict as assert } from 'node:assert';
import { excerptOf, mostInlineChars, shorten } from '../../../src/core/shared/longText';

describe('a long text', () => {
  it('is left as it is up to the bound', () => {
    const text = 'x'.repeat(mostInlineChars);
    assert.equal(
      shorten(text, () => assert.fail('kept')),
      text,
    );
  });

  it('is kept in whole beyond it, and shows its beginning and its end', () => {
    const text = `begin${'x'.repeat(100_000)}end`;
    const kept: string[] = [];
    const short = shorten(text, (whole) => `name ${kept.push(whole)}`);
    assert.ok(typeof short === 'object');
    assert.deepEqual([kept, short.hash, short.chars], [[text], 'name 1', text.length]);
    assert.match(excerptOf(short), /^beginx+\n\[… 99108 characters left out …\]\nx+end$/);
    assert.ok(short.excerpt.length <= mostInlineChars);
  });

  it('is not kept again', () => {
    const short = shorten('x'.repeat(2_000), () => 'name');
    assert.equal(
      shorten(short, () => assert.fail('kept')),
      short,
    );
  });
});
