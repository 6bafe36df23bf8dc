// Pages hold every item once, in order, and no more characters than asked for.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { inPages } from '../../../src/core/shared/inPages';

describe('a list in pages', () => {
  it('is all there, in pages within the bound unless one item is longer by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), fc.integer({ min: 1, max: 100 }), (items, most) => {
        const pages = [...inPages(items, most)];
        assert.deepEqual(pages.flat(), items);
        for (const page of pages) {
          const chars = page.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
          assert.ok(page.length === 1 || chars <= most, `${chars} > ${most}`);
        }
      }),
    );
  });

  it('looks at no more than the page that is asked for', () => {
    const looked: number[] = [];
    const items = (function* () {
      for (let k = 0; k < 10; k++) yield looked.push(k);
    })();
    inPages(items, 2).next();
    assert.deepEqual(looked, [0, 1, 2]);
  });
});
