// Real shell commands under the real guard: what they print, how they end, and that nothing of them is left.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createCommandRunner } from '../../../src/adapters/process/commandRunner';
import { Failure } from '../../../src/ports/failure';
import type { CommandRun } from '../../../src/ports/workers';
import { repoRoot } from '../../support/repoRoot';
import { startHost } from './hostProcess';
import { type Lifeline, openLifeline } from './lifeline';
import { noSurvivor, survivors } from './survivors';

const guardPath = path.join(repoRoot, 'dist', 'guard.js');
const options = { guardPath, execPath: process.execPath, graceMs: 500 };

describe('the command runner', () => {
  const runner = createCommandRunner(options);
  let lifeline: Lifeline;
  let tag: string;

  beforeEach(async () => {
    lifeline = await openLifeline();
    tag = randomBytes(16).toString('hex');
  });
  afterEach(async () => {
    await noSurvivor(tag);
    await lifeline.close();
  });

  const run = (command: string, more: Partial<CommandRun> = {}, signal?: AbortSignal) =>
    runner.run({ command, cwd: lifeline.folder, timeoutMs: 60_000, tag, ...more }, signal);

  it('tells the exit code, and what was printed where in the order it was', async () => {
    const result = await run('for i in $(seq 200); do echo $i; echo error $i >&2; done; pwd; exit 3');
    const lines = Array.from({ length: 200 }, (_, at) => `${at + 1}\nerror ${at + 1}\n`);
    assert.equal(result.exitCode, 3);
    assert.equal(result.outputTail, `${lines.join('')}${lifeline.folder}\n`);
    assert.equal(result.outputBytes, result.outputTail.length);
    assert.deepEqual([result.timedOut, result.aborted], [false, false]);
    assert.deepEqual(await survivors(tag), []);
  });

  it('tells the CPU time of all that the command waited for', async function () {
    if (process.platform === 'win32') return this.skip();
    const busy = 'const until = process.cpuUsage().user + 200000; while (process.cpuUsage().user < until);';
    const node = `"${process.execPath}" -e '${busy}'`;
    const [{ cpuMs: idle }, { cpuMs = 0 }] = [await run('sleep 0.2'), await run(`${node} & ${node}; wait`)];
    assert.ok(idle !== undefined && idle < 100, `${idle} ms of a sleep`);
    assert.ok(cpuMs >= 390 && cpuMs < 5_000, `${cpuMs} ms of two times 200`);
  });

  it('tells how much the command wrote, and what it waited for', async function () {
    if (process.platform !== 'linux') return this.skip();
    const file = path.join(lifeline.folder, 'written');
    const { wroteBytes = 0 } = await run(`head -c 3000000 /dev/zero > '${file}'; rm '${file}'`);
    assert.ok(wroteBytes >= 3_000_000 && wroteBytes < 3_100_000, `${wroteBytes} bytes`);
  });

  it('has no exit code for a command ended by a signal, and tells nothing of its guard', async () => {
    const { exitCode, guardEnd } = await run('kill -9 $$');
    assert.deepEqual([exitCode, guardEnd], [null, undefined]);
  });

  it('gives the command nothing to read and no terminal', async () =>
    assert.equal((await run('cat; tty')).outputTail, 'not a tty\n'));

  it('gives the command no key, no editor variables, and a path on which Node is found', async () => {
    const environment = {
      ...process.env,
      ANTHROPIC_API_KEY: 'sk-secret-1',
      GITHUB_TOKEN: 'sk-secret-2',
      VSCODE_IPC_HOOK_CLI: '/sk-secret-3',
      NODE_OPTIONS: '--no-warnings',
      PARALLEL_AGENTS_TAG: 'outer',
    };
    const scrubbing = createCommandRunner({ ...options, environment });
    const command = `env; echo "#"; tr '\\0' '\\n' < /proc/$PPID/environ; echo "#"; command -v node`;
    const env = { PORT: '4711', MY_TOKEN: 'named', ANTHROPIC_AUTH_TOKEN: 'sk-secret-4' };
    const { outputTail } = await scrubbing.run({ command, cwd: '/', timeoutMs: 60_000, tag, env });
    const [own = '', guards = '', node = ''] = outputTail.split('#\n');
    assert.doesNotMatch(own, /secret|VSCODE|ELECTRON|NODE_OPTIONS|ANTHROPIC/);
    assert.doesNotMatch(guards, /secret|VSCODE|NODE_OPTIONS|ANTHROPIC/);
    assert.match(guards, /^ELECTRON_RUN_AS_NODE=1$/m);
    assert.match(own, new RegExp(`^PARALLEL_AGENTS_TAG=outer/${tag}/[0-9a-f]{32}$`, 'm'));
    assert.match(own, /^PORT=4711$/m);
    assert.match(own, /^MY_TOKEN=named$/m, 'the user named it');
    assert.match(own, /^TERM=dumb$/m);
    assert.match(node, /node$/m);
  });

  it('ends what the command left in the background', async () => {
    const result = await run(
      `${lifeline.program({ ignoresTerm: true })} & (setsid ${lifeline.program()} &) ; echo left`,
    );
    assert.equal(result.exitCode, 0);
    assert.equal(result.outputTail, 'left\n');
    assert.deepEqual(await survivors(tag), []);
  });

  it('ends a child without tag in the command’s group', async () => {
    const ready = path.join(lifeline.folder, 'ready');
    const program = lifeline.program();
    const result = run(`mkfifo '${ready}'; env -i ${program} & cat '${ready}'`);
    const living = await lifeline.next();
    await run(`echo go > '${ready}'`);
    assert.equal((await result).outputTail, 'go\n');
    await living.ended;
  });

  it('leaves other commands of the same attempt alone', async () => {
    const long = new AbortController();
    const running = run(lifeline.program(), {}, long.signal);
    const living = await lifeline.next();
    await run('true');
    assert.equal(await living.ping(), 'alive');
    long.abort();
    assert.equal((await running).aborted, true);
  });

  it('ends the command and all below it when the time is up', async () => {
    const result = await run(`${lifeline.program({ ignoresTerm: true })} & echo hi; sleep 100`, {
      timeoutMs: 1500,
    });
    assert.deepEqual([result.exitCode, result.timedOut, result.aborted], [null, true, false]);
    assert.equal(result.outputTail, 'hi\n');
    assert.deepEqual(await survivors(tag), []);
  });

  it('ends the command when the signal fires', async () => {
    const controller = new AbortController();
    const running = run(`(setsid ${lifeline.program()} &) ; sleep 100`, {}, controller.signal);
    const living = await lifeline.next();
    controller.abort();
    const result = await running;
    assert.deepEqual([result.exitCode, result.timedOut, result.aborted], [null, false, true]);
    await living.ended;
    assert.deepEqual(await survivors(tag), []);
  });

  it('starts nothing for a signal that fired before', async () => {
    const result = await run(lifeline.program(), {}, AbortSignal.abort());
    assert.deepEqual([result.exitCode, result.aborted, result.outputBytes], [null, true, 0]);
  });

  it('aborts a command whose guard is just being started', async () => {
    const controller = new AbortController();
    const running = run('sleep 100', {}, controller.signal);
    controller.abort();
    assert.equal((await running).aborted, true);
  });

  it('waits for a day', async () =>
    assert.equal((await run('true', { timeoutMs: 2 ** 40 })).timedOut, false));

  const killers: [what: string, command: string, timedOut: boolean, guardEnd: string | undefined][] = [
    ['kills', 'kill -9 $PPID; sleep 100', false, 'SIGKILL'],
    ['stops', 'kill -STOP $PPID; sleep 100', true, undefined], // then we end it
  ];
  for (const [what, command, timedOut, guardEnd] of killers)
    it(`ends a command that ${what} its guard`, async () => {
      const impatient = createCommandRunner({ ...options, overtimeMs: 300 });
      const text = `${lifeline.program()} & ${command}`;
      const result = await impatient.run({ command: text, cwd: '/', timeoutMs: 1500, tag });
      assert.deepEqual([result.exitCode, result.timedOut, result.aborted], [null, timedOut, false]);
      assert.equal(result.guardEnd, guardEnd);
      assert.deepEqual(await survivors(tag), []);
    });

  it('leaves no command behind when the process that asked for it is killed', async () => {
    const host = await startHost(
      lifeline.folder,
      `import { createCommandRunner } from './src/adapters/process/commandRunner';
       const command = ${JSON.stringify(`(setsid ${lifeline.program({ ignoresTerm: true })} &) ; sleep 100`)};
       void createCommandRunner(${JSON.stringify(options)})
         .run({ command, cwd: '/', timeoutMs: 100_000, tag: '${tag}' });`,
    );
    const living = await lifeline.next();
    host.child.kill('SIGKILL');
    await host.exited;
    await living.ended;
    await noSurvivor(tag);
  });

  const spoiled: [what: string, command: string, tail: string | RegExp][] = [
    ['NUL and invalid UTF-8', `printf 'a\\0b\\377\\303(c\\n'`, 'ab\ufffd\ufffd(c\n'],
    ['colours and titles', `printf '\\033[31mred\\033[0m \\033]0;title\\007end\\n'`, 'red end\n'],
    ['a million lines', 'seq 1000000', /\n999999\n1000000\n$/],
  ];
  for (const [what, command, tail] of spoiled)
    it(`survives ${what}`, async () => {
      const { outputTail } = await run(command);
      if (typeof tail === 'string') assert.equal(outputTail, tail);
      else assert.match(outputTail, tail);
    });

  it('shows little of 300 MB without a line, counts what it leaves out, and keeps the end', async () => {
    const before = process.memoryUsage.rss();
    let most = before;
    let shown = '';
    const onOutput = (text: string) => {
      shown += text;
      most = Math.max(most, process.memoryUsage.rss());
    };
    const size = 300_000_000;
    const result = await run(`head -c ${size - 3} /dev/zero | tr '\\0' x; echo end | tr -d '\\n'`, {
      onOutput,
    });
    assert.equal(result.outputBytes, size);
    const seconds = result.durationMs / 1000;
    assert.ok(shown.length < (seconds + 2) * 256 * 1024, `${shown.length} characters in ${seconds} s`);
    assert.match(shown, /\n\[… \d+ [KM]B not shown …\]\n/);
    assert.ok(shown.endsWith(result.outputTail));
    assert.equal(result.outputTail, `${'x'.repeat(16 * 1024 - 3)}end`);
    assert.ok(most - before < 200e6, `${Math.round((most - before) / 1e6)} MB more`);
  });

  it('ends on time a command that prints without end, and keeps what it printed last', async () => {
    const result = await run('yes still here', { timeoutMs: 1500 });
    assert.deepEqual([result.exitCode, result.timedOut], [null, true]);
    assert.ok(result.durationMs < 6000, `it took ${result.durationMs} ms`);
    assert.match(result.outputTail, /^(?:[a-z ]*\n)(?:still here\n)+(?:[a-z ]*)$/);
    assert.ok(result.outputTail.length > 16 * 1024 - 20);
  });

  it('does not hold the command up while nobody takes its output', async () => {
    let isFirst = true;
    const done = path.join(lifeline.folder, 'done');
    let wasDone = false;
    const onOutput = () => {
      if (!isFirst) return;
      isFirst = false;
      // We are busy; the guard is not, and neither is the command.
      const pause = new Int32Array(new SharedArrayBuffer(4));
      for (let round = 0; round < 500 && !existsSync(done); round++) Atomics.wait(pause, 0, 0, 20);
      wasDone = existsSync(done);
    };
    const command = `yes | head -c 300000000; touch '${done}'; grep VmHWM /proc/$PPID/status`;
    const { outputTail, outputBytes } = await run(command, { onOutput });
    assert.ok(wasDone, 'the command waited for us');
    assert.ok(outputBytes > 300_000_000);
    const guardsKilobytes = Number(/VmHWM:\s*(\d+) kB/.exec(outputTail)?.[1]);
    assert.ok(guardsKilobytes < 150_000, `the guard took ${guardsKilobytes} KB`);
  });

  it('passes output on while the command runs', async () => {
    const texts: string[] = [];
    const go = path.join(lifeline.folder, 'go');
    const result = await new Promise((resolve) => {
      const running = run(`mkfifo '${go}'; printf 'ready \\303'; cat '${go}' >&2; printf '\\244'`, {
        onOutput(text) {
          texts.push(text);
          if (texts.length === 1) void run(`printf '' > '${go}'`);
        },
      });
      void running.then(resolve);
    });
    assert.ok(result);
    assert.deepEqual(texts, ['ready ', 'ä']);
  });

  const impossible: [what: string, runner: () => Promise<unknown>, message: RegExp][] = [
    [
      'a folder that is not there',
      () => run('true', { cwd: '/nowhere' }),
      /\/nowhere: there is no such folder/,
    ],
    [
      'a guard that is not there',
      () =>
        createCommandRunner({ ...options, guardPath: '/nowhere.js' }).run({
          command: 'true',
          cwd: '/',
          timeoutMs: 1000,
          tag,
        }),
      /ended before it had started/,
    ],
    [
      'a guard that hangs before it has begun',
      () => {
        const guardPath = path.join(lifeline.folder, 'hangs.js');
        writeFileSync(guardPath, 'setInterval(() => {}, 1000)');
        const runner = createCommandRunner({ ...options, guardPath, birthMs: 300 });
        return runner.run({ command: 'true', cwd: '/', timeoutMs: 600_000, tag });
      },
      /ended before it had started/,
    ],
    [
      'a view whose shell is given no process for it',
      () => {
        const program = path.join(lifeline.folder, 'view');
        writeFileSync(program, '#!/bin/sh\necho \'{"exit-code": 2}\' >&3; exit 2\n', { mode: 0o700 });
        const view = { program, mounts: [], ownProcesses: true };
        return createCommandRunner(options).run({
          command: 'true',
          cwd: '/',
          timeoutMs: 1000,
          tag,
          view,
        });
      },
      /gave no process/,
    ],
    [
      'a Node that is not there',
      () =>
        createCommandRunner({ ...options, execPath: '/nowhere' }).run({
          command: 'true',
          cwd: '/',
          timeoutMs: 1000,
          tag,
        }),
      /guard: spawn \/nowhere ENOENT/,
    ],
  ];
  for (const [what, attempt, message] of impossible)
    it(`fails to start with ${what}, which is over when another command has ended`, () =>
      assert.rejects(
        attempt,
        (error) => Failure.is(error, 'spawn') && error.inCommand && message.test(error.message),
      ));
});
