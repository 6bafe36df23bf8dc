// The life of a note: by calling the API, and once over a real socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { beforeEach, describe, it } from 'node:test';
import { openApi } from './api.js';

describe('notes', () => {
  let call;
  beforeEach(async () => {
    call = await openApi();
  });

  it('are added, read, changed and removed', async () => {
    const added = await call('POST', '/notes', { title: 'Milk', tags: ['home'] });
    assert.equal(added.status, 201);
    assert.equal(added.headers.location, '/notes/1');
    assert.deepEqual(added.body, { id: 1, title: 'Milk', text: '', tags: ['home'] });
    assert.deepEqual((await call('GET', '/notes/1')).body, added.body);

    const changed = await call('PUT', '/notes/1', { title: 'Bread' });
    assert.deepEqual(changed.body, { id: 1, title: 'Bread', text: '', tags: [] });
    assert.deepEqual((await call('GET', '/notes')).body, [changed.body]);

    assert.deepEqual(await call('DELETE', '/notes/1'), { status: 204 });
    assert.deepEqual((await call('GET', '/notes')).body, []);
  });

  it('are refused with every problem named, and then not kept', async () => {
    const { status, body } = await call('POST', '/notes', { text: 7 });
    assert.equal(status, 422);
    assert.deepEqual(
      body.problems.map(({ field }) => field),
      ['title', 'text'],
    );
    assert.deepEqual((await call('GET', '/notes')).body, []);
  });

  for (const method of ['GET', 'PUT', 'DELETE']) {
    it(`are missing, says ${method}, when there is none of that id`, async () => {
      assert.equal((await call(method, '/notes/1', { title: 'Milk' })).status, 404);
      assert.equal((await call(method, '/notes/one', { title: 'Milk' })).status, 404);
    });
  }
});

describe('notes over HTTP', () => {
  it('travel as JSON, and what is not JSON or too much is refused', async (t) => {
    const { createApp } = await import('../src/app.js');
    const { openStore } = await import('../src/store.js');
    const { createServer } = await import('../src/server.js');
    const server = createServer(createApp({ store: await openStore() })).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const notes = `http://127.0.0.1:${server.address().port}/notes`;
    const post = (body) => fetch(notes, { method: 'POST', body, headers: { connection: 'close' } });

    assert.equal((await post('{ "title": "Milk" }')).status, 201);
    assert.equal((await post('{ "title": ')).status, 400);
    assert.equal((await post(JSON.stringify({ title: 'x'.repeat(200_000) }))).status, 413);
    const listed = await fetch(notes, { headers: { connection: 'close' } });
    assert.match(listed.headers.get('content-type'), /^application\/json/);
    assert.deepEqual(await listed.json(), [{ id: 1, title: 'Milk', text: '', tags: [] }]);
  });
});
