// The notes as a Markdown document.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openApi } from './api.js';

describe('the Markdown export', () => {
  it('has a section for each note, and escapes titles only', async () => {
    const call = await openApi();
    await call('POST', '/notes', { title: 'Milk', text: 'two *big* bottles\n', tags: ['home', 'shop'] });
    await call('POST', '/notes', { title: '# 1 <b>' });
    const { status, headers, body } = await call('GET', '/export.md');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/markdown/);
    assert.equal(body, '# Notes\n\n## Milk\n\n`home` `shop`\n\ntwo *big* bottles\n\n## \\# 1 \\<b\\>\n');
  });

  it('is a document even without notes', async () => {
    const call = await openApi();
    assert.equal((await call('GET', '/export.md')).body, '# Notes\n');
  });
});
