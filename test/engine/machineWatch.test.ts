// A check or command that fails on a machine that was not able costs its feature nothing; one that was able, all.
import { strict as assert } from 'node:assert';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { CommandResult, CommandRun } from '../../src/ports/workers';
import { ScriptedMachine } from '../doubles/scriptedMachine';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const limits = { ...defaultLimits, maxRetries: 0, maxLosses: 1 };
const fullDisk = { exitCode: 1, outputTail: 'cp: No space left on device' };
const noDisk = { disks: [{ folder: '/copies', freeBytes: 0 }], unwritable: 'it cannot be written' };
const noStarts = { after: { startsLeft: 5 } };
const fullBefore = { before: { disks: noDisk.disks }, after: noDisk };
const noFork = { exitCode: 2, outputTail: 'sh: 1: Cannot fork' };
const atOnce: Behaviour = ({ submit }) => submit();

async function open(
  more: Partial<SimulatedHostOptions> = {},
  stands: Partial<Pick<ScriptedMachine, 'before' | 'after'>> = {},
) {
  const machine = Object.assign(new ScriptedMachine(), stands);
  const options = { backlog: [{ name: 'a' }], machine, agents: () => atOnce, ...more };
  const host = await SimulatedHost.open({ ...options, settings: { limits, ...more.settings } });
  await host.start();
  return { host, machine };
}

const costs = (host: SimulatedHost) =>
  Object.values(host.engine.snapshot.features).map((one) => one.failures + (one.losses ?? 0));
const told = (host: SimulatedHost) =>
  host.events.flatMap((e) => (e.type.startsWith('breaker.') ? [e.type.slice('breaker.'.length)] : []));
const reasonOf = (host: SimulatedHost) => {
  const state = host.engine.snapshot.features[1]?.state;
  return state?.status === 'failed' ? JSON.stringify(state.reason) : assert.fail(state?.status);
};

describe('a machine that is not able', () => {
  it('has a check that failed on it run again when it is over, with growing rests and one message', async () => {
    let result: Partial<CommandResult> = noFork;
    const { host, machine } = await open({ check: () => result }, noStarts);
    await host.clock.advance(30_000);
    assert.deepEqual(told(host), ['opened', 'rescheduled', 'rescheduled']);
    assert.equal(
      host.engine.snapshot.breaker?.message,
      'The check `check` failed for want of processes: 5 more may be started ("sh: 1: Cannot fork").',
    );
    assert.match(host.engine.snapshot.breaker?.mend ?? '', /limits of processes/);
    assert.deepEqual([host.statusOf(1), ...costs(host)], ['pending', 0]);
    assert.deepEqual(machine.looked, ['processes', 'processes', 'processes']);
    result = {};
    await host.clock.advance(30_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.equal(told(host).at(-1), 'closed');
    assert.deepEqual(costs(host), [0]);
  });

  it('is not believed for its word: a check that speaks of it on an able one fails, and says what is so', async () => {
    const { host } = await open({ check: () => fullDisk });
    await host.clock.advance(1_000);
    assert.match(reasonOf(host), /Its output speaks of a full disk; there are 54 GB free at \/copies\./);
    assert.deepEqual(told(host), []);
  });

  it('is not asked for what passes', async () => {
    const { host, machine } = await open();
    await host.clock.advance(1_000);
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(machine.looked, []);
  });

  it('is believed once of a check that began with room and ends without any: then it is the check that takes it', async () => {
    const { host } = await open({ check: () => fullDisk }, { after: noDisk });
    await host.clock.advance(4_000);
    assert.deepEqual([host.statusOf(1), ...told(host)], ['pending', 'opened']);
    await host.clock.advance(2_000);
    assert.match(reasonOf(host), /It was so 2 times in a row: it brings that about itself\./);
    assert.equal(host.engine.snapshot.breaker, null);
  });

  it('is believed always where there was no room before', async () => {
    const before = { disks: [{ folder: '/copies', freeBytes: 5_000_000 }] };
    const { host } = await open({ check: () => fullDisk }, { before, after: noDisk });
    await host.clock.advance(300_000);
    assert.deepEqual([host.statusOf(1), ...costs(host)], ['pending', 0]);
    assert.equal(host.engine.snapshot.breaker?.cause, 'disk');
  });

  it('has ended a guard: five times that is no doing of the check', async () => {
    let kills = 5;
    const guardEnd = { exitCode: null, guardEnd: 'SIGKILL' };
    const { host } = await open({ check: () => (kills-- > 0 ? guardEnd : {}) });
    await host.clock.advance(5_000 + 10_000 + 20_000 + 40_000 + 80_000 + 5_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(costs(host), [0]);
  });

  it('is the feature’s own doing where its check ends its guard every time', async () => {
    const { host } = await open({ check: () => ({ exitCode: null, guardEnd: 'SIGKILL' }) });
    await host.clock.advance(400_000);
    assert.match(reasonOf(host), /ended from outside \(SIGKILL\).* It was so 6 times in a row/);
  });

  it('stands in the way of an agent’s command as well: the attempt is handed back', async () => {
    let failed: true | undefined = true;
    const run: Behaviour = async ({ desk, fence, submit }) => {
      await desk.commands.begin(fence, 'npm test');
      const ended = { durationMs: 5, printed: fullDisk.outputTail, ...(failed && { failed }) };
      await desk.commands.end(fence, ended);
      await submit();
    };
    const { host } = await open({ agents: () => run, allowedCommands: ['npm test'] }, fullBefore);
    await host.clock.advance(4_000);
    assert.deepEqual([host.statusOf(1), host.engine.snapshot.breaker?.cause], ['pending', 'disk']);
    assert.match(
      host.engine.snapshot.breaker?.message ?? '',
      /^A command failed on a full disk: 0 bytes left/,
    );
    failed = undefined;
    await host.clock.advance(10_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(costs(host), [0]);
  });

  it('is named to an agent whose command speaks of it on an able one', async () => {
    let output = '';
    const run: Behaviour = async ({ desk, fence, submit }) => {
      await desk.commands.begin(fence, 'npm test');
      const ended = { durationMs: 5, printed: noFork.outputTail, failed: true } as const;
      output = (await desk.commands.end(fence, ended)).output;
      await submit();
    };
    const { host } = await open({ agents: () => run, allowedCommands: ['npm test'] });
    await host.clock.advance(1_000);
    assert.equal(host.statusOf(1), 'passing');
    assert.match(
      output,
      /\[Its output speaks of processes that could not be started; 10000 more may be\.\]$/,
    );
  });

  it('has let an agent’s process die that got no thread: that is no loss', async () => {
    let isShort = true;
    const agent: Behaviour = async (hands) =>
      isShort
        ? Promise.resolve(hands.die({ code: null, signal: 'SIGABRT', outputTail: '' }))
        : hands.submit();
    const { host } = await open({ agents: () => agent }, noStarts);
    await host.clock.advance(1_000);
    assert.equal(
      host.engine.snapshot.breaker?.message,
      "An agent's process, which ended by SIGABRT, failed for want of processes: 5 more may be started.",
    );
    assert.deepEqual([host.statusOf(1), ...costs(host)], ['pending', 0]);
    isShort = false;
    await host.clock.advance(10_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('is not to blame for an agent’s process that filled its own memory, or that dies on an able one', async () => {
    const ends = ['FATAL ERROR: JavaScript heap out of memory', ''];
    for (const outputTail of ends) {
      const agent: Behaviour = async ({ die }) => die({ code: null, signal: 'SIGABRT', outputTail });
      const { host } = await open({ agents: () => agent }, outputTail === '' ? {} : noStarts);
      await host.clock.advance(1_000);
      assert.deepEqual([host.statusOf(1), ...told(host)], ['failed'], outputTail);
    }
  });

  it('has not let the set-up of a copy be made: the run waits for the disk', async () => {
    let result: Partial<CommandResult> = fullDisk;
    const options = {
      check: ({ command }: CommandRun) => (command === 'npm ci' ? result : {}),
      settings: { copySetUp: 'npm ci' },
    };
    const { host } = await open(options, fullBefore);
    await host.clock.advance(2_000);
    assert.equal(host.engine.snapshot.breaker?.cause, 'disk');
    result = {};
    await host.clock.advance(10_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('holds up the last look at what passed, and fails nothing', async () => {
    let checks = 0;
    const options = {
      backlog: [{ name: 'a' }, { name: 'b', verify: 'other' }],
      check: () => (++checks === 3 ? noFork : {}),
    };
    const { host } = await open(options, noStarts);
    await host.clock.advance(20_000);
    assert.equal(checks > 3, true);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(costs(host), [0, 0]);
  });
});
