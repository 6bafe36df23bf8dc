// Carries requests from a socket to the app, and its responses back.
import http from 'node:http';

const mostBytes = 100_000;

export function createServer(app) {
  return http.createServer(async (incoming, outgoing) => {
    try {
      const request = await readRequest(incoming);
      send(outgoing, request.refusal ?? (await app(request)));
    } catch (error) {
      console.error(error);
      send(outgoing, { status: 500, body: { error: 'Something broke on our side.' } });
    }
  });
}

async function readRequest(incoming) {
  const [path, query] = incoming.url.split('?', 2);
  const request = {
    method: incoming.method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: incoming.headers,
    client: incoming.socket.remoteAddress,
  };
  const text = await readText(incoming);
  if (text === undefined) {
    return { refusal: { status: 413, body: { error: `A request has ${mostBytes} bytes at most.` } } };
  }
  try {
    return { ...request, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return { refusal: { status: 400, body: { error: 'The body is not JSON.' } } };
  }
}

/** The whole body, or undefined if it is too long; that is read to its end, too, or the client could not hear why. */
async function readText(incoming) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** A text goes out as it is, with the type that its headers name; anything else as JSON. */
function send(outgoing, { status, headers = {}, body }) {
  if (body === undefined) return outgoing.writeHead(status, headers).end();
  if (typeof body === 'string') return outgoing.writeHead(status, headers).end(body);
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  outgoing.end(JSON.stringify(body));
}
