// The documentation is a page, and names every route.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openApi } from './api.js';

describe('the documentation', () => {
  it('lists every route of the API', async () => {
    const { routes } = await import('../src/routes.js');
    const call = await openApi();
    const { status, headers, body } = await call('GET', '/docs');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/html/);
    assert.match(body, /^<!doctype html>/);
    for (const { method, path } of routes) {
      assert.ok(body.includes(`<td>${method}</td><td>${path}</td>`), `${method} ${path}`);
    }
    for (const path of ['/notes', '/search', '/tags', '/export.md', '/docs'])
      assert.ok(body.includes(path), path);
  });

  it('shows a summary as text, whatever is in it', async () => {
    const { docsRoutes } = await import('../src/docsPage.js');
    const routes = [{ ...docsRoutes[0], summary: '<script>"a" & \'b\'</script>' }];
    const { body } = await (await openApi({ routes }))('GET', '/docs');
    assert.ok(body.includes('&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;'));
    assert.ok(!body.includes('<script>'));
  });
});
