// Who the hub lets in: every way to come with the wrong words, and what the right ones open.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { connectHub } from '../../src/hub/client';
import type { HubConnection } from '../../src/hub/connection';
import { encodeFrame } from '../../src/hub/frames';
import { formatHandshake, type HubRole, hashToken } from '../../src/hub/handshake';
import { type Listener, listen } from '../../src/hub/listener';
import { createHubServer, type HubServer } from '../../src/hub/server';
import { Failure } from '../../src/ports/failure';

const who = { name: 'test.who', params: z.object({}).strict(), result: z.object({ you: z.string() }) };
const hostToken = 'a'.repeat(64);
const workerToken = 'b'.repeat(64);

describe('the hub', () => {
  let folder: string;
  let address: string;
  let listener: Listener;
  let server: HubServer<string> | undefined;
  let rejections: string[];
  let denied: () => void;
  const opened: { dispose(): void }[] = [];

  beforeEach(async () => {
    // Not the system's temporary folder, whose path may be too long for a socket.
    folder = await mkdtemp('/tmp/hub-');
    address = path.join(folder, '1.sock');
    listener = await listen(address);
    rejections = [];
    denied = () => {};
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.dispose();
    await (server ?? listener).close();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  function serve(handshakeMs?: number): HubServer<string> {
    const says = (you: string) => (connection: HubConnection) => connection.handle(who, () => ({ you }));
    server = createHubServer<string>({
      listener,
      hostToken,
      handshakeMs,
      onWorker: (connection, record) => says(record)(connection),
      onClient: says('client'),
      onDenied: (rejection) => {
        rejections.push(rejection);
        denied();
      },
    });
    return server;
  }

  async function come(role: HubRole, token: string): Promise<HubConnection> {
    const connection = await connectHub({ socketPath: address, role, token });
    opened.push(connection);
    connection.listen();
    return connection;
  }

  function stranger(words: string | Uint8Array): Socket {
    const socket = connect(address, () => socket.write(words));
    socket.on('error', () => {});
    opened.push({ dispose: () => socket.destroy() });
    return socket;
  }

  it('lets a client in with the host token, and a worker with its own', async () => {
    serve().admitWorker(hashToken(workerToken), 'worker 7');
    assert.deepEqual(await (await come('client', hostToken)).request(who, {}), { you: 'client' });
    assert.deepEqual(await (await come('worker', workerToken)).request(who, {}), { you: 'worker 7' });
    assert.deepEqual(await (await come('client', hostToken)).request(who, {}), { you: 'client' });
    assert.deepEqual(rejections, []);
  });

  it('answers those who came before it was ready', async () => {
    const early = await come('client', hostToken);
    const asked = early.request(who, {});
    const probe = connect(address);
    await once(probe, 'connect');
    probe.destroy();
    await once(probe, 'close');
    serve();
    assert.deepEqual(await asked, { you: 'client' });
    assert.deepEqual(rejections, []);
  });

  const wrong: readonly [what: string, role: HubRole, token: string, denial?: string][] = [
    ['a token that is nobody’s', 'client', 'c'.repeat(64)],
    ['the first half of the token', 'client', hostToken.slice(0, 32)],
    ['the token and more', 'client', `${hostToken}a`],
    ['the token in other case', 'client', hostToken.toUpperCase()],
    ['a worker’s token as a client', 'client', workerToken],
    ['the host’s token as a worker', 'worker', hostToken],
    ['a worker token that is nobody’s', 'worker', 'd'.repeat(64)],
    ['an empty token', 'client', '', 'badGreeting'],
  ];
  for (const [what, role, token, rejection = 'wrongToken'] of wrong) {
    it(`turns away ${what}, and says so`, async () => {
      serve().admitWorker(hashToken(workerToken), 'worker 7');
      const connection = await come(role, token);
      await assert.rejects(connection.request(who, {}), (e) => Failure.is(e, 'unauthorized'));
      assert.ok(Failure.is(await connection.closed, 'unauthorized'));
      assert.deepEqual(rejections, [rejection]);
      assert.deepEqual(await (await come('worker', workerToken)).request(who, {}), { you: 'worker 7' });
    });
  }

  it('takes a worker’s token once, also while the first is still there', async () => {
    serve().admitWorker(hashToken(workerToken), 'worker 7');
    const first = await come('worker', workerToken);
    await first.request(who, {});
    const second = await come('worker', workerToken);
    await assert.rejects(second.request(who, {}), (e) => Failure.is(e, 'unauthorized'));
    assert.deepEqual(await first.request(who, {}), { you: 'worker 7' });
    first.dispose();
    await assert.rejects((await come('worker', workerToken)).request(who, {}), (e) =>
      Failure.is(e, 'unauthorized'),
    );
    assert.deepEqual(rejections, ['replayedToken', 'replayedToken']);
  });

  it('lets one in of two who show the same token at once', async () => {
    serve().admitWorker(hashToken(workerToken), 'worker 7');
    const both = await Promise.all([come('worker', workerToken), come('worker', workerToken)]);
    const answers = await Promise.allSettled(both.map((connection) => connection.request(who, {})));
    assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('does not know a worker whose permission was taken back', async () => {
    const takeBack = serve().admitWorker(hashToken(workerToken), 'worker 7');
    takeBack();
    await assert.rejects((await come('worker', workerToken)).request(who, {}), (e) =>
      Failure.is(e, 'unauthorized'),
    );
    assert.deepEqual(rejections, ['wrongToken']);
  });

  const badText: readonly [what: string, words: string | Uint8Array][] = [
    ['no greeting but a frame', 'Content-Length: 2\r\n\r\n{}'],
    ['HTTP', `GET /?token=${hostToken} HTTP/1.1\r\n\r\n`],
    ['another version', `parallel-agents 2 client ${hostToken}\n`],
    ['another role', `parallel-agents 1 owner ${hostToken}\n`],
    ['a carriage return', `parallel-agents 1 client ${hostToken}\r\n`],
    ['two tokens', `parallel-agents 1 client ${hostToken} ${hostToken}\n`],
    ['an empty line first', `\n${formatHandshake({ role: 'client', token: hostToken })}`],
    ['NUL bytes', new Uint8Array(1_000)],
    ['a line without end', 'parallel-agents 1 client '.padEnd(100_000, 'a')],
  ];
  for (const [what, words] of badText) {
    it(`turns away ${what}`, async () => {
      serve();
      const told = new Promise<void>((resolve) => {
        denied = resolve;
      });
      const socket = stranger(words);
      await told;
      socket.resume();
      if (!socket.destroyed) await once(socket, 'close');
      assert.deepEqual(rejections, ['badGreeting']);
      assert.deepEqual(await (await come('client', hostToken)).request(who, {}), { you: 'client' });
    });
  }

  it('does not wait for a greeting that does not come', async () => {
    serve(20);
    const told = new Promise<void>((resolve) => {
      denied = resolve;
    });
    stranger('parallel-agents 1 cli');
    await told;
    assert.deepEqual(rejections, ['badGreeting']);
  });

  it('reads a greeting and frames that come in one piece, or byte by byte', async () => {
    serve();
    const question = encodeFrame({ jsonrpc: '2.0', id: 1, method: who.name, params: {} });
    const words = formatHandshake({ role: 'client', token: hostToken }) + question;
    const answer = /"result":\{"you":"client"\}/;
    const [inOne] = await once(stranger(words), 'data');
    assert.match(String(inOne), answer);
    const slow = stranger('');
    for (const letter of words) slow.write(letter);
    const [byBytes] = await once(slow, 'data');
    assert.match(String(byBytes), answer);
  });

  it('ends every connection when it closes, and may be closed twice', async () => {
    const hub = serve();
    const client = await come('client', hostToken);
    await client.request(who, {});
    const silent = stranger('');
    await once(silent, 'connect');
    await Promise.all([hub.close(), client.closed, once(silent, 'close')]);
    await hub.close();
    await assert.rejects(come('client', hostToken), (e) => Failure.is(e, 'unreachable'));
  });

  it('is unreachable where nobody listens', async () => {
    const nowhere = { socketPath: path.join(folder, '9.sock'), role: 'client', token: hostToken } as const;
    await assert.rejects(connectHub(nowhere), (e) => Failure.is(e, 'unreachable'));
  });
});
