// Ending real processes with all they started, and no others.
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ProcessTable } from '../../../src/adapters/process/processTable';
import { createProcessTerminator } from '../../../src/adapters/process/processTree';
import { createSystemProcessTable } from '../../../src/adapters/process/systemProcessTable';
import { startHost } from './hostProcess';
import { type Lifeline, openLifeline } from './lifeline';
import { noSurvivor, survivors } from './survivors';

describe('the process ender', () => {
  const ender = createProcessTerminator();
  let lifeline: Lifeline;
  let tag: string;

  beforeEach(async () => {
    lifeline = await openLifeline();
    tag = randomBytes(16).toString('hex');
  });
  afterEach(async () => {
    await ender.end({ tag, graceMs: 0 });
    await lifeline.close();
  });

  it('ends a grandchild in a session of its own whose parents are gone', async () => {
    const shell = start(`(setsid ${lifeline.program()} &) ; exit`);
    const living = await lifeline.next();
    assert.deepEqual(await survivors(tag), [living.pid]);
    assert.equal(await ender.end({ tag, graceMs: 5000 }), 1);
    await living.ended;
    assert.deepEqual(await survivors(tag), []);
    shell.unref();
  });

  it('takes nobody for gone while no file can be opened', async function () {
    if (process.platform !== 'linux') return this.skip();
    const host = await startHost(
      lifeline.folder,
      `import { openSync } from 'node:fs';
       import { createProcessTerminator } from './src/adapters/process/processTree';
       const ender = createProcessTerminator();
       ender.self().then(async (self) => {
         try { for (;;) openSync('/dev/null', 'r'); } catch {}
         const asks = [() => ender.isAlive(self), () => ender.end({ tag: 'none', graceMs: 0 })];
         for (const ask of asks) console.log(await ask().catch(({ name, reason }) => name + ' ' + reason));
       });`,
      'ulimit -n 64; exec',
    );
    assert.equal(await host.nextLine(), 'Failure tooManyOpen');
    assert.equal(await host.nextLine(), 'Failure tooManyOpen');
    assert.equal(await host.exited, 0);
  });

  it('forces those that ignore the request, after the grace', async () => {
    start(`exec ${lifeline.program({ ignoresTerm: true })}`);
    const living = await lifeline.next();
    const startedAt = performance.now();
    assert.equal(await ender.end({ tag, graceMs: 300 }), 1);
    await living.ended;
    assert.ok(performance.now() - startedAt >= 300);
  });

  it('does not wait for the grace to pass when all follow the request', async () => {
    start(`exec ${lifeline.program()}`);
    await lifeline.next();
    const startedAt = performance.now();
    assert.equal(await ender.end({ tag, graceMs: 60_000 }), 1);
    assert.ok(performance.now() - startedAt < 10_000);
  });

  it('ends a process that lost its tag with its children, by identity', async () => {
    const shell = start(`env -i ${lifeline.program()} & ${lifeline.program()}; true`, { tag: 'other' });
    const children = [await lifeline.next(), await lifeline.next()];
    const identity = await ender.identify(shell.pid ?? 0);
    assert.equal(await ender.end({ process: identity, tag, graceMs: 5000 }), 3);
    await Promise.all(children.map(({ ended }) => ended));
  });

  it('leaves a stranger alone that has the number and another start', async () => {
    start(`exec ${lifeline.program()}`, { tag: 'other' });
    const stranger = await lifeline.next();
    const identity = { pid: stranger.pid, started: 'before this boot' };
    assert.equal(await ender.isAlive(identity), false);
    assert.equal(await ender.end({ process: identity, tag, graceMs: 0 }), 0);
    assert.equal(await stranger.ping(), 'alive');
    const own = await ender.identify(stranger.pid);
    assert.equal(await ender.end({ process: own, tag, graceMs: 5000 }), 1);
  });

  it('reads the identity again before each signal', async () => {
    start(`exec ${lifeline.program()}`, { tag: 'other' });
    const { pid, ping } = await lifeline.next();
    const table = createSystemProcessTable();
    const listings = [await table.list(), []];
    const aged: ProcessTable = {
      list: async () => listings.shift() ?? [],
      find: async (number) => {
        const row = await table.find(number);
        return row && { ...row, started: 'after the listing' };
      },
    };
    const listed = await table.find(pid);
    assert.ok(listed);
    await createProcessTerminator(aged).end({ process: listed, tag, graceMs: 5000 });
    assert.equal(await ping(), 'alive');
    await ender.end({ process: listed, tag, graceMs: 5000 });
  });

  it('ends a whole tree that ignores the request', async () => {
    const tree =
      'trap "" TERM; f() { [ $1 -gt 0 ] || { sleep 100; exit; }; f $(($1-1)) & f $(($1-1)) & wait; }; f 5';
    start(`${tree} & ${lifeline.program()}`);
    await lifeline.next();
    const ended = await ender.end({ tag, graceMs: 100 });
    assert.ok(ended > 10, `only ${ended} were there`);
    assert.deepEqual(await survivors(tag), []);
  });

  it('forces a group as one, so that members who are replaced at once do not outrun it', async () => {
    const shell = start(`${lifeline.program({ ignoresTerm: true })} & read line`, {
      tag: 'other',
      stdin: 'pipe',
    });
    const member = await lifeline.next();
    const leader = await ender.identify(shell.pid ?? 0);
    shell.stdin?.end();
    await once(shell, 'exit');
    const table = createSystemProcessTable();
    const find = async (pid: number) => (pid === member.pid ? undefined : table.find(pid));
    const late = createProcessTerminator({ list: table.list, find });
    assert.equal(await late.end({ process: leader, tag, graceMs: 0, justEnded: true }), 1);
    await member.ended;
  });

  it('knows a live process from an ended one', async () => {
    const child = start(`exec ${lifeline.program()}`);
    const living = await lifeline.next();
    const identity = await ender.identify(child.pid ?? 0);
    assert.ok(identity);
    assert.equal(await ender.isAlive(identity), true);
    await ender.end({ process: identity, tag, graceMs: 5000 });
    await living.ended;
    await noSurvivor(tag);
    assert.equal(await ender.isAlive(identity), false);
    assert.equal(await ender.isAlive(await ender.self()), true);
  });

  interface StartOptions {
    readonly tag?: string;
    readonly stdin?: 'pipe';
  }

  function start(command: string, options: StartOptions = {}): ChildProcess {
    const env = { ...process.env, PARALLEL_AGENTS_TAG: options.tag ?? tag };
    const stdin = options.stdin ?? 'ignore';
    return spawn('/bin/sh', ['-c', command], { env, stdio: [stdin, 'ignore', 'ignore'], detached: true });
  }
});
