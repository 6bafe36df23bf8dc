// Tags are counted, and lead to their notes.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openApi } from './api.js';

describe('tags', () => {
  let call;
  before(async () => {
    call = await openApi();
    await call('POST', '/notes', { title: 'Milk', tags: ['home', 'shop'] });
    await call('POST', '/notes', { title: 'Bread', tags: ['shop'] });
    await call('POST', '/notes', { title: 'Report', tags: ['Büro'] });
    await call('POST', '/notes', { title: 'Gone', tags: ['home', 'gone'] });
    await call('DELETE', '/notes/4');
  });

  it('are listed with their counts, the most used first', async () => {
    const { status, body } = await call('GET', '/tags');
    assert.equal(status, 200);
    assert.deepEqual(body, [
      { tag: 'shop', count: 2 },
      { tag: 'büro', count: 1 },
      { tag: 'home', count: 1 },
    ]);
  });

  for (const [tag, titles] of [
    ['shop', ['Milk', 'Bread']],
    ['SHOP', ['Milk', 'Bread']],
    ['B%C3%BCro', ['Report']],
    ['gone', []],
  ]) {
    it(`find the notes with ${tag}`, async () => {
      const { body } = await call('GET', `/tags/${tag}`);
      assert.deepEqual(
        body.map(({ title }) => title),
        titles,
      );
    });
  }
});
