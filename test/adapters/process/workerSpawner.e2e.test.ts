// Real worker processes: how they begin, outlive their host, and are found again.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createProcessTerminator } from '../../../src/adapters/process/processTree';
import { createSystemProcessTable } from '../../../src/adapters/process/systemProcessTable';
import { createWorkerSpawner } from '../../../src/adapters/process/workerSpawner';
import { Failure } from '../../../src/ports/failure';
import { startHost } from './hostProcess';
import { type Lifeline, openLifeline } from './lifeline';
import { noSurvivor, survivors } from './survivors';

const hello = { socketPath: '/tmp/hub.sock', token: 'one-use-token' };

describe('the worker spawner', () => {
  const ender = createProcessTerminator();
  let lifeline: Lifeline;
  let tag: string;
  let stateDir: string;
  let logDir: string;
  let workerPath: string;

  beforeEach(async () => {
    lifeline = await openLifeline();
    tag = randomBytes(16).toString('hex');
    stateDir = lifeline.folder;
    logDir = path.join(stateDir, 'logs');
    workerPath = path.join(lifeline.folder, 'worker.js');
  });
  afterEach(async () => {
    await ender.end({ tag, graceMs: 0 });
    await lifeline.close();
  });

  /** Stands for the real worker: reads its line, ends with its input's end if there is none, else lives on. */
  function writeWorker(onLine: string): void {
    writeFileSync(
      workerPath,
      `const lines = require('node:readline').createInterface({ input: process.stdin });
       let line;
       lines.on('line', (text) => { line = text; });
       lines.on('close', () => { if (line === undefined) process.exit(7); ${onLine} });
       ${lifelineScript()}`,
    );
  }
  const lifelineScript = () => /-e '(.*)'$/.exec(lifeline.program())?.[1] ?? '';
  const spawner = (environment = process.env) =>
    createWorkerSpawner({ workerPath, execPath: process.execPath, stateDir, ender, environment });
  const start = { slot: 2, fence: 5 };

  it('hands the hello over, then closes the pipe, and tells how the worker ended', async () => {
    writeWorker('console.log("got " + line); console.error("\\u001b[31mbad"); process.exit(3);');
    const worker = await spawner().spawn({ ...start, tag });
    assert.equal(await ender.isAlive(worker.process), true);
    const { pid } = worker.process;
    const row = await createSystemProcessTable().find(pid);
    assert.deepEqual([row?.session, row?.group], [pid, pid]);
    worker.begin(hello);
    assert.throws(() => worker.begin(hello), /once/);
    assert.deepEqual(await worker.exited, {
      code: 3,
      signal: null,
      outputTail: `got ${JSON.stringify(hello)}\nbad\n`,
    });
    assert.equal(await ender.isAlive(worker.process), false);
  });

  it('keeps keys and the token out of the environment and the command line', async () => {
    writeWorker(
      'console.log(JSON.stringify([process.env, process.argv, process.execArgv, process.cwd()])); process.exit();',
    );
    const worker = await spawner({
      ...process.env,
      ANTHROPIC_API_KEY: 'sk-secret',
      VSCODE_IPC_HOOK_CLI: '/x',
    }).spawn({ ...start, tag });
    worker.begin(hello);
    const { outputTail } = await worker.exited;
    assert.doesNotMatch(outputTail, /secret|VSCODE|one-use-token|hub\.sock/);
    assert.match(outputTail, new RegExp(`"PARALLEL_AGENTS_TAG":"${tag}"`));
    assert.match(outputTail, /"ELECTRON_RUN_AS_NODE":"1"/);
    assert.equal(JSON.parse(outputTail)[3], '/');
  });

  it('keeps the log for the user alone, and the one before it', async () => {
    writeWorker('console.log("x".repeat(200000) + line); process.exit();');
    for (const token of ['first', 'second', 'third']) {
      const worker = await spawner().spawn({ ...start, tag });
      worker.begin({ ...hello, token });
      const { outputTail } = await worker.exited;
      assert.ok(outputTail.endsWith(`"token":"${token}"}\n`));
      assert.equal(Buffer.byteLength(outputTail), 16 * 1024);
    }
    assert.deepEqual(readdirSync(logDir).sort(), ['worker-2.log', 'worker-2.previous.log']);
    const { mode, size } = statSync(path.join(logDir, 'worker-2.log'));
    assert.equal(mode & 0o777, 0o600);
    assert.ok(size < 201_000, 'the log was not begun anew');
  });

  it('lets the worker end when its host is killed before it began', async () => {
    writeWorker('');
    const host = await startHost(
      lifeline.folder,
      hostSource('process.stdin.resume(); setInterval(() => {}, 1000);'),
    );
    const living = await lifeline.next();
    assert.equal(await host.nextLine(), String(living.pid));
    host.child.kill('SIGKILL');
    await living.ended;
    await noSurvivor(tag);
  });

  it('lets the worker live on when its host is killed after it began, to be ended by identity', async () => {
    writeWorker('console.log("began")');
    const host = await startHost(
      lifeline.folder,
      hostSource(`worker.begin(${JSON.stringify(hello)}); setInterval(() => {}, 1000);`),
    );
    const living = await lifeline.next();
    await host.nextLine();
    const identity = await ender.identify(living.pid);
    host.child.kill('SIGKILL');
    await host.exited;
    assert.equal(await living.ping(), 'alive');
    assert.deepEqual(await survivors(tag), [living.pid]);
    assert.equal(await ender.end({ process: identity, tag: 'none', graceMs: 5000 }), 1);
    await living.ended;
  });

  it('does not keep its host from ending', async () => {
    writeWorker('');
    const host = await startHost(lifeline.folder, hostSource(`worker.begin(${JSON.stringify(hello)});`));
    const living = await lifeline.next();
    assert.equal(await host.exited, 0);
    assert.equal(await living.ping(), 'alive');
  });

  it('does not keep its host from ending before the worker began either', async () => {
    writeWorker('');
    const host = await startHost(lifeline.folder, hostSource(''));
    const living = await lifeline.next();
    assert.equal(await host.exited, 0);
    await living.ended;
  });

  it('fails to start without Node', () =>
    assert.rejects(
      createWorkerSpawner({ workerPath, execPath: '/nowhere', stateDir }).spawn({ ...start, tag }),
      (error) => Failure.is(error, 'spawn'),
    ));

  it('fails to start when no more files can be opened, and starts when they can again', async () => {
    writeWorker('');
    const source = `
      import { closeSync, openSync } from 'node:fs';
      import { createWorkerSpawner } from './src/adapters/process/workerSpawner';
      const spawner = createWorkerSpawner(${JSON.stringify({ workerPath, execPath: process.execPath, stateDir })});
      const spawn = () => spawner.spawn({ slot: 1, fence: 1, tag: '${tag}' })
        .then(() => 'started', (error) => error.name + ' ' + error.reason);
      const files: number[] = [];
      async function main() {
        try { for (;;) files.push(openSync('/dev/null', 'r')); } catch {}
        for (let free = 0; free < 5; free += 1) {
          const answer = await spawn();
          console.log(answer);
          if (answer === 'started') return;
          closeSync(files.pop() ?? 0);
        }
        for (const file of files) closeSync(file);
        console.log(await spawn());
      }
      void main();`;
    const host = await startHost(lifeline.folder, source, 'ulimit -n 64; exec');
    const answers: string[] = [];
    for (let line = await host.nextLine(); line !== undefined; line = await host.nextLine())
      answers.push(line);
    assert.deepEqual(answers.slice(0, 2), ['Failure tooManyOpen', 'Failure tooManyOpen']);
    assert.deepEqual([...new Set(answers)], ['Failure tooManyOpen', 'started']);
  });

  function hostSource(then: string): string {
    const options = JSON.stringify({ workerPath, execPath: process.execPath, stateDir });
    return `import { createWorkerSpawner } from './src/adapters/process/workerSpawner';
      void createWorkerSpawner(${options}).spawn({ slot: 1, fence: 1, tag: '${tag}' }).then((worker) => {
        console.log(worker.process.pid);
        ${then}
      });`;
  }
});
