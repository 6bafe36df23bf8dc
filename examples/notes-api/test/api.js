// Opens the API for a test: no socket, an empty store, one function to call.

/** @returns `call(method, target, body?, request?)` → response; it imports the parts only now, as they may not exist */
export async function openApi(options = {}) {
  const { createApp } = await import('../src/app.js');
  const { openStore } = await import('../src/store.js');
  return caller(createApp({ store: await openStore(), ...options }));
}

/** Guards and router alone, around one route that answers `GET /hello`; needs no store. */
export async function openHello(options) {
  const { createApp } = await import('../src/app.js');
  const hello = {
    method: 'GET',
    path: '/hello',
    summary: 'Hello',
    handle: () => ({ status: 200, body: 'hi' }),
  };
  return caller(createApp({ routes: [hello], ...options }));
}

function caller(app) {
  return async (method, target, body, request = {}) => {
    const [path, query] = target.split('?', 2);
    return app({
      method,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: {},
      client: 'test',
      body,
      ...request,
    });
  };
}
