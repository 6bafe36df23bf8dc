// What Linux tells of real servers and connections, and whose they are.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, it } from 'mocha';
import { createLinuxSockets } from '../../../src/adapters/process/linuxSockets';
import { tagVariable } from '../../../src/adapters/process/processTag';
import { createSystemProcessTable } from '../../../src/adapters/process/systemProcessTable';
import { cleanUpAfterEach } from '../../support/cleanUp';

const serve = `
  const server = require('net').createServer((socket) => socket.on('error', () => {}));
  server.listen(0, process.argv[1], () => console.log(server.address().port));`;
const talk = `
  const socket = require('net').connect(Number(process.argv[1]), process.argv[2], () => console.log('there'));`;

describe('sockets on Linux', () => {
  const ends = cleanUpAfterEach();
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  /** A process with this mark, once it has said its first word. */
  async function start(tag: string, code: string, ...args: string[]): Promise<[ChildProcess, string]> {
    const child = spawn(process.execPath, ['-e', code, ...args], {
      env: { ...process.env, [tagVariable]: tag },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ends.push(() => child.kill('SIGKILL'));
    const [said] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    return [child, String(said).trim()];
  }

  for (const address of ['127.0.0.1', '0.0.0.0', '::'])
    it(`are told with their owners: a server at ${address}, who talks to it, and no strangers`, async () => {
      const sockets = createLinuxSockets(createSystemProcessTable());
      const [, port] = await start('outer/one', serve, address);
      await start('outer/two', talk, port, '127.0.0.1');
      const look = await sockets.look(['one', 'two']);
      assert.deepEqual(look?.servers, [{ port: Number(port), tag: 'one' }]);
      assert.deepEqual(look?.connections, [{ port: Number(port), tag: 'two' }]);
      assert.deepEqual(look?.ended, []);
      const stranger = connect(Number(port), '127.0.0.1');
      ends.push(() => stranger.destroy());
      await once(stranger, 'connect');
      assert.deepEqual(await sockets.look(['one', 'two']), look, 'we have no mark');
      assert.deepEqual((await sockets.look(['three']))?.servers, []);
    });

  it('tell of a connection that is over and was never seen open, but not of one that was', async () => {
    const sockets = createLinuxSockets(createSystemProcessTable());
    const [, port] = await start('one', serve, '127.0.0.1');
    const [client] = await start('two', talk, port, '127.0.0.1');
    assert.equal((await sockets.look(['one', 'two']))?.connections.length, 1);
    client.kill('SIGKILL');
    await once(client, 'exit');
    assert.deepEqual((await sockets.look(['one', 'two']))?.ended, []);
    const [quick] = await start('two', talk, port, '127.0.0.1');
    quick.kill('SIGKILL');
    await once(quick, 'exit');
    const look = await sockets.look(['one', 'two']);
    assert.deepEqual(
      look?.ended.map((one) => one.port),
      [Number(port)],
    );
  });

  it('tell of a connection that was closed before its process was looked at', async () => {
    const table = createSystemProcessTable();
    const [, port] = await start('one', serve, '127.0.0.1');
    let client: ChildProcess | undefined;
    const sockets = createLinuxSockets({
      ...table,
      list: async () => {
        client?.kill('SIGKILL');
        if (client) await once(client, 'exit');
        client = undefined;
        return table.list();
      },
    });
    await sockets.look(['one', 'two']);
    [client] = await start('two', talk, port, '127.0.0.1');
    assert.deepEqual((await sockets.look(['one', 'two']))?.connections, []);
    assert.equal((await sockets.look(['one', 'two']))?.ended.length, 1);
  });

  it('are not asked for whose they are where nobody of ours listens', async () => {
    let lists = 0;
    const table = createSystemProcessTable();
    const counting = {
      ...table,
      list: () => {
        lists += 1;
        return table.list();
      },
    };
    const server = createServer();
    ends.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const sockets = createLinuxSockets(counting);
    await sockets.look(['one']);
    const before = lists;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    ends.push(() => client.destroy());
    await once(client, 'connect');
    await sockets.look(['one']);
    assert.equal(lists, before, 'a connection to a server of others costs nothing');
  });
});
