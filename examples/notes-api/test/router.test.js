// What the router promises: the right handler, its parameters, and an honest answer where there is none.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

const echo = (name) => (request, context) => ({
  status: 200,
  body: { name, params: request.params, context },
});
const routes = [
  { method: 'GET', path: '/notes', handle: echo('list') },
  { method: 'POST', path: '/notes', handle: echo('add') },
  { method: 'GET', path: '/notes/:id', handle: echo('one') },
  { method: 'GET', path: '/notes/:id/tags/:tag', handle: echo('deep') },
  { method: 'GET', path: '/:anything', handle: echo('last') },
];

describe('the router', () => {
  let call;
  before(async () => {
    const { createRouter } = await import('../src/router.js');
    const app = createRouter(routes, 'context');
    call = (method, path) => app({ method, path });
  });

  const found = [
    ['GET', '/notes', 'list', {}],
    ['POST', '/notes', 'add', {}],
    ['GET', '/notes/7', 'one', { id: '7' }],
    ['GET', '/notes/7/tags/home', 'deep', { id: '7', tag: 'home' }],
    ['GET', '/notes/caf%C3%A9', 'one', { id: 'café' }],
    ['GET', '/notes/a%2Fb', 'one', { id: 'a/b' }],
    ['GET', '/other', 'last', { anything: 'other' }],
  ];
  for (const [method, path, name, params] of found) {
    it(`leads ${method} ${path} to "${name}"`, () => {
      assert.deepEqual(call(method, path), { status: 200, body: { name, params, context: 'context' } });
    });
  }

  for (const path of ['/', '/notes/', '/notes/7/tags', '/notes/7/8']) {
    it(`finds nothing at ${path}`, () => assert.equal(call('GET', path).status, 404));
  }

  it('names the methods that a path knows', () => {
    const { status, headers } = call('DELETE', '/notes');
    assert.equal(status, 405);
    assert.equal(headers.allow, 'GET, POST');
  });

  it('refuses a path that cannot be decoded', () => assert.equal(call('GET', '/notes/%E0%A4').status, 400));
});
