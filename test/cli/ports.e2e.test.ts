// Checks that start the project's server on its one port, in real processes: none fails for another's, none passes by it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, startCli, userWith } from '../support/cli';
import { type Gate, gateFor } from '../support/gate';
import { call, finish, type SmallProject, writeProject } from '../support/smallProject';

const server = `import http from 'node:http';
http.createServer((_, answer) => answer.end('ok')).listen(Number(process.argv[2]), '127.0.0.1')
  .on('error', () => process.exit(1));
`;

/**
 * Starts the server without a word of it, waits for the page and looks at it: over connections of a moment each, or one
 * that stays. Serves on for so many seconds.
 */
const look = `import { spawn } from 'node:child_process';
import http from 'node:http';
const [port, seconds, how] = process.argv.slice(2);
const server = spawn(process.execPath, ['server.mjs', port], { stdio: 'ignore' });
const agent = new http.Agent({ keepAlive: how === 'one' });
const page = () => new Promise((resolve, reject) => http.get({ port, host: '127.0.0.1', agent }, async (answer) => {
  let text = '';
  for await (const piece of answer) text += piece;
  resolve(text);
}).on('error', reject));
let text;
while (text === undefined) text = await page().catch(() => new Promise((done) => setTimeout(done, 50)));
await new Promise((done) => setTimeout(done, 1000 * seconds));
console.log('the page says', text);
server.kill();
process.exit(text === 'ok' ? 0 : 1);
`;

const serve = `import { createServer } from 'node:http';
createServer().listen(Number(process.argv[2]), '127.0.0.1', () => setTimeout(() => process.exit(0), 1500));
`;

async function freePort(): Promise<number> {
  const asked = createServer();
  await once(asked.listen(0, '127.0.0.1'), 'listening');
  const { port } = asked.address() as AddressInfo;
  await new Promise((resolve) => asked.close(resolve));
  return port;
}

/** Resolves once somebody listens there. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await pause(20);
  }
}

describe('checks that use one port', () => {
  const cleanUp = cleanUpAfterEach();

  /** @param gate open once the server of a check is there */
  async function run(project: SmallProject, gate?: Gate, port = 0): Promise<readonly ExternalEvent[]> {
    const { dir, remove } = await writeProject(project);
    cleanUp.push(remove);
    const env = gate ? userWith({ 'commands.allow': [gate.command] }) : {};
    const run = startCli(['run', '--project-dir', dir, '--json'], env);
    if (gate) void listening(port).then(() => gate.open());
    await run.ended;
    return parseEvents(run.lines);
  }

  it('all pass at their first attempt, whoever had the port first', async () => {
    const port = await freePort();
    const names = ['A', 'B', 'C'];
    const events = await run({
      files: { 'serve.mjs': serve },
      features: names.map((name) => ({ name, verify: `node serve.mjs ${port}` })),
      script: Object.fromEntries(
        names.map((name) => [name, [call('write_file', { path: `${name}.txt`, content: 'x' }), finish]]),
      ),
    });
    const of = (type: string) => events.filter((event) => event.type === type);
    assert.deepEqual([of('feature.passed').length, of('feature.retried').length], [3, 0]);
    assert.ok(of('verify.finished').some(({ doubt }) => doubt === 'portTaken'));
  });

  for (const how of ['one', 'several'])
    it(`do not pass by another's server, looked at over ${how === 'one' ? 'one connection' : 'several'}`, async function () {
      if (process.platform !== 'linux') this.skip();
      const port = await freePort();
      const gate = await gateFor(cleanUp);
      const events = await run(
        {
          files: {
            'server.mjs': server,
            'look.mjs': look,
            '.vscode/settings.json': '{ "parallelAgents.limits.max_retries": 0 }',
          },
          features: [
            { name: 'Page', verify: `node look.mjs ${port} 8 ${how}` },
            { name: 'Broken page', verify: `node look.mjs ${port} 0.3 ${how}` },
          ],
          script: {
            Page: [call('write_file', { path: 'good.txt', content: 'x' }), finish],
            'Broken page': [
              call('edit_file', { path: 'server.mjs', edits: [{ old: "'ok'", new: "'500'" }] }),
              gate.wait,
              finish,
            ],
          },
        },
        gate,
        port,
      );
      const checks = events.flatMap((e) =>
        e.type === 'verify.finished' ? [[e.featureId, e.exitCode, e.doubt]] : [],
      );
      assert.deepEqual(checks, [
        [2, 0, 'neighbour'],
        [1, 0, undefined],
        [2, 1, undefined],
      ]);
      assert.equal(events.filter(({ type }) => type === 'feature.passed').length, 1);
    });
});
