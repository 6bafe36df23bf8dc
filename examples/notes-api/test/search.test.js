// Which notes a search finds, and in which order.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openApi } from './api.js';

const notes = [
  { title: 'Shopping', text: 'milk, bread and more milk' },
  { title: 'Milk', text: 'the white one' },
  { title: 'Café', text: 'meet Ann at ten' },
  { title: 'Milkshake', text: 'banana' },
];

describe('the search', () => {
  let search;
  before(async () => {
    const call = await openApi();
    for (const note of notes) await call('POST', '/notes', note);
    search = (q) => call('GET', `/search?${new URLSearchParams({ q })}`);
  });

  const cases = [
    ['milk', ['Milk', 'Milkshake', 'Shopping']],
    ['MILK bread', ['Shopping']],
    ['milk ann', []],
    ['cafe', ['Café']],
    ['ban', ['Milkshake']],
    ['hake', []],
  ];
  for (const [q, titles] of cases) {
    it(`for "${q}" finds ${titles.join(', ') || 'nothing'}`, async () => {
      const { status, body } = await search(q);
      assert.equal(status, 200);
      assert.deepEqual(
        body.map(({ title }) => title),
        titles,
      );
    });
  }

  it('wants a word to look for', async () => assert.equal((await search(' ? ')).status, 400));
});
