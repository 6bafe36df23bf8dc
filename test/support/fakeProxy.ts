// An HTTP proxy on this machine that leads every host to one port, or says no, and keeps what it was asked for.
import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface FakeProxy {
  readonly address: string;
  readonly port: number;
  /** What it was asked for, as `POST http://host/path` or `CONNECT host:port`, oldest first. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface FakeProxyOptions {
  /** Where all requests end up; absent: it is never reached. */
  readonly target?: number;
  /** `name:password` that it wants. */
  readonly login?: string;
  /** What it says to everybody; `silence`: nothing at all. */
  readonly answer?: number | 'silence';
  /** Absent: any that is free. */
  readonly port?: number;
}

export async function startFakeProxy({
  target = 0,
  login,
  answer,
  port = 0,
}: FakeProxyOptions): Promise<FakeProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
  const refusal = ({ headers }: IncomingMessage) =>
    wanted && headers['proxy-authorization'] !== wanted ? 407 : answer;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const no = refusal(request);
    if (no === 'silence') return;
    if (no !== undefined) {
      response.writeHead(no, { 'content-type': 'text/html' }).end('<title>No</title>');
      return;
    }
    const { pathname: path } = new URL(request.url ?? '');
    const { method, headers } = request;
    const onward = ask({ host: '127.0.0.1', port: target, method, path, headers }, (found) => {
      response.writeHead(found.statusCode ?? 500, found.headers);
      found.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const no = refusal(request);
    if (no === 'silence') return;
    if (no !== undefined) {
      socket.end(`HTTP/1.1 ${no} No\r\n\r\n`);
      return;
    }
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  return {
    address: `http://127.0.0.1:${address.port}`,
    port: address.port,
    asked,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
