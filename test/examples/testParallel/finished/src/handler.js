// Answers requests for the entries.

/** @param entries where they are kept: `list()` and `add(entry)` */
export async function handle({ method, path, body }, entries) {
  if (path !== '/entries') return { status: 404 };
  if (method === 'GET') return { status: 200, body: entries.list() };
  if (method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
  await entries.add(body);
  return { status: 201, body };
}
