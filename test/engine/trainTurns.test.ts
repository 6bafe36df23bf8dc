// What happens to works in the train while the workspace, the run and the user go on: nothing of it is held against them, and
// nothing that passes is left unlooked at.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { Failure } from '../../src/ports/failure';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk } from '../doubles/memoryStore';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions, specsOf } from '../doubles/simulatedHost';

const cores = { count: 8, wanted: () => undefined };
const noRetries = { limits: { ...defaultLimits, maxRetries: 0 } };
const shared = { ...noRetries, sharedLocks: ['list.md'] };
const named = (...names: string[]) => names.map((name) => ({ name }));
const statuses = (host: SimulatedHost, count: number) =>
  Array.from({ length: count }, (_, k) => host.statusOf(k + 1));
const nameIn = (env: Readonly<Record<string, string>> | undefined) => env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';

type Hands = Parameters<Behaviour>[0];

/** At work for so long, with signs of life. */
async function works({ wait, desk, fence }: Hands, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5_000) {
    await wait(Math.min(left, 5_000));
    desk.renew(fence);
  }
}

async function addsToList({ desk, fence, read, assignment: { name } }: Hands): Promise<void> {
  await desk.files.lockFile(fence, 'list.md');
  const was = read('list.md') ?? '';
  await desk.files.writeFile(fence, {
    path: 'list.md',
    baseHash: hashOf(was),
    content: `${was}${name}\n`,
  });
}

/** Each writes a file of its name after so many milliseconds, and hands in. */
const later =
  (waits: Readonly<Record<string, number>>): SimulatedHostOptions['agents'] =>
  ({ name }) =>
  async (hands) => {
    await works(hands, waits[name] ?? 0);
    await hands.write(`${name}.txt`, name);
    await hands.submit();
  };

async function seconds(host: SimulatedHost, count: number): Promise<void> {
  for (let k = 0; k < count; k++) await host.clock.advance(1_000);
}

function withList(): MemoryIsolation {
  const workspace = new MemoryIsolation({ sharedGlobs: ['list.md'] });
  workspace.put('list.md', 'one\n');
  return workspace;
}

describe('a check that was broken off', () => {
  it('is held against nobody, though the work ahead leaves just as its turn comes', async () => {
    const workspace = new MemoryIsolation();
    let checksOfA = 0;
    const host = await SimulatedHost.open({
      cores,
      workspace,
      agents: later({ b: 10 }),
      backlog: named('a', 'b'),
      settings: { ...noRetries, checksAtOnce: 1 },
      check: ({ env }) => ({
        durationMs: 5_000,
        exitCode: nameIn(env) === 'a' && ++checksOfA > 1 ? 1 : 0,
      }),
    });
    await host.start();
    await host.clock.advance(2_000);
    workspace.put('notes', 'saved in the first check of a');
    await host.clock.advance(5_000);
    workspace.put('notes', 'saved in the first check of b');
    await seconds(host, 60);
    assert.deepEqual(host.bugs, []);
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
  });
});

describe('a run that is to go on with one agent', () => {
  it('checks no work on what is left of a check on work ahead', async () => {
    const workspace = new MemoryIsolation({ ignored: ['dist'] });
    const host = await SimulatedHost.open({
      cores,
      workspace,
      agents: later({ b: 10 }),
      backlog: named('a', 'b'),
      settings: noRetries,
      check: ({ env }, files, slot) => {
        const place = files.placeOf(slot);
        for (const [path, text] of [...place]) if (!path.startsWith('dist/')) place.set(`dist/${path}`, text);
        const isStale = [...place.keys()].some(
          (path) => path.startsWith('dist/') && !place.has(path.slice('dist/'.length)),
        );
        return { durationMs: nameIn(env) === 'a' ? 10_000 : 1_000, exitCode: isStale ? 1 : 0 };
      },
    });
    await host.start();
    await host.clock.advance(500);
    workspace.put('notes', 'saved in the first check of b');
    await host.engine.runs.configure(1);
    await seconds(host, 60);
    assert.deepEqual(statuses(host, 2), ['passing', 'passing']);
  });
});

describe('a publication that has stalled half way', () => {
  it('is waited for by work that changed one of its files as well', async () => {
    const workspace = withList();
    let refusals = 0;
    workspace.beforePut = (path) => {
      if (path === 'list.md' && refusals++ < 3) throw new Error('EACCES');
    };
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: shared,
      backlog: named('a', 'b'),
      agents:
        ({ name }) =>
        async (hands) => {
          if (name === 'b') await hands.wait(1_200);
          await hands.write(`${name}.txt`, name);
          await addsToList(hands);
          await hands.submit();
        },
      // Each file has to be in the list.
      check: (_, files, slot) => {
        const place = files.placeOf(slot);
        const isTorn = ['a', 'b'].some(
          (one) => place.has(`${one}.txt`) && !place.get('list.md')?.includes(`${one}\n`),
        );
        return { durationMs: 500, exitCode: isTorn ? 1 : 0 };
      },
    });
    await host.run();
    assert.deepEqual(statuses(host, 2), ['passing', 'passing']);
    const steps = host.events.flatMap((e) =>
      e.type === 'agent.progress' && e.featureId === 2 ? [e.step] : [],
    );
    const told = 'waiting for the files of another feature, which are entering the workspace';
    assert.ok(steps.includes(told), steps.join('\n'));
  });

  it('is waited for by work that does not stand on it, for it was too slow for others', async () => {
    const workspace = new MemoryIsolation();
    let refusals = 0;
    workspace.beforePut = (path) => {
      if (path === 'x2.txt' && refusals++ < 3) throw new Error('EACCES');
    };
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: noRetries,
      backlog: named('x', 'c', 'b'),
      agents:
        ({ name }) =>
        async (hands) => {
          await works(hands, { c: 1_000, b: 241_500 }[name] ?? 0);
          for (const file of name === 'x' ? ['x1', 'x2'] : [name]) await hands.write(`${file}.txt`, name);
          await hands.submit();
        },
      check: ({ env }, files, slot) => {
        const place = files.placeOf(slot);
        const isTorn = place.has('x1.txt') !== place.has('x2.txt');
        return { durationMs: nameIn(env) === 'x' ? 120_000 : 500, exitCode: isTorn ? 1 : 0 };
      },
    });
    await host.run();
    assert.deepEqual(statuses(host, 3), ['passing', 'passing', 'passing']);
  });
});

describe('a feature that passes without a file', () => {
  it('is guarded by work whose check was under way', async () => {
    const workspace = new MemoryIsolation();
    const host = await SimulatedHost.open({
      cores,
      workspace,
      backlog: [{ name: 'y', verify: 'look at y.txt' }],
      settings: noRetries,
      agents:
        ({ name }) =>
        async (hands) => {
          await works(hands, name === 'b' ? 1_000 : 0);
          await hands.write('y.txt', name === 'y' ? 'fine' : 'broken');
          await hands.submit();
        },
      check: ({ command }, files, slot) => {
        const isOfY = command.includes('y.txt');
        const isRed = isOfY && files.placeOf(slot).get('y.txt') !== 'fine';
        return { durationMs: isOfY ? 10_000 : 20_000, exitCode: isRed ? 1 : 0 };
      },
    });
    await host.run();
    // Its text is edited, so that its check alone is run again.
    const edited = { name: 'y', verify: 'look at y.txt', description: 'and more of it' };
    await host.engine.loadBacklog(specsOf([edited, { name: 'b', verify: 'true' }]));
    await host.start();
    await seconds(host, 120);
    assert.deepEqual(statuses(host, 2), ['passing', 'failed']);
    assert.equal(workspace.files.get('y.txt'), 'fine');
  });
});

describe('a file that other work has changed twice meanwhile', () => {
  it('counts for none that never rests: a save of the user to it is looked at', async () => {
    const workspace = withList();
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: { ...shared, maxAgents: 5 },
      backlog: named('x', 'y', 'b'),
      agents:
        ({ name }) =>
        async (hands) => {
          await works(hands, { x: 1_000, y: 120_000 }[name] ?? 0);
          if (name === 'b') await hands.write('b.txt', name);
          else await addsToList(hands);
          await hands.submit();
        },
      check: ({ env }, files, slot) => {
        const isRed = nameIn(env) === 'b' && files.placeOf(slot).get('list.md')?.includes('poison');
        return { durationMs: nameIn(env) === 'b' ? 100_000 : 1_000, exitCode: isRed ? 1 : 0 };
      },
    });
    await host.start();
    await host.clock.advance(250_000);
    workspace.put('list.md', `${workspace.files.get('list.md')}poison\n`);
    await seconds(host, 600);
    assert.deepEqual(statuses(host, 3), ['passing', 'passing', 'failed']);
    assert.equal(host.transcript('feature.regressed').length, 0);
  });
});

describe('work that the user says yes to while the run ends', () => {
  for (const isStopped of [false, true])
    it(`enters whole${isStopped ? ', though they stop the run' : ''}, and the next host begins`, async () => {
      const workspace = withList();
      const publish = workspace.publish.bind(workspace);
      // As on a disk: content that was swept is no file that is gone.
      workspace.publish = async (files) => {
        for (const file of files)
          if (file.after.hash !== null && (await workspace.read(file)).after === null)
            throw new Failure('corrupt', `The content of ${file.path} is gone.`);
        return publish(files);
      };
      const options: SimulatedHostOptions = {
        cores,
        workspace,
        disk: new MemoryDisk(),
        settings: shared,
        backlog: [
          { name: 'a', files: ['AGENTS.md'], verify: 'check a' },
          { name: 'b' },
          { name: 'c', verify: 'check c' },
        ],
        agents:
          ({ name }) =>
          async (hands) => {
            await works(hands, { b: 5_000, c: 40_000 }[name] ?? 0);
            if (name !== 'b') await hands.write(name === 'a' ? 'AGENTS.md' : 'c.txt', name);
            if (name !== 'c') await addsToList(hands);
            await hands.submit();
          },
        check: ({ command }, _, slot) => ({
          durationMs: command === 'check' && slot === 0 ? 60_000 : 1_000,
          exitCode: command === 'check c' ? 1 : 0,
        }),
      };
      const host = await SimulatedHost.open(options);
      await host.start();
      await host.clock.advance(20_000);
      const confirmed = host.engine.judgement.confirm(1);
      await host.clock.advance(5_000);
      if (isStopped) void host.engine.runs.stop();
      await seconds(host, 120);
      assert.deepEqual(await confirmed, { ok: true, value: {} });
      assert.equal(workspace.files.get('list.md'), 'one\na\nb\n');
      const next = await SimulatedHost.open({ ...options, clock: host.clock });
      assert.equal(next.statusOf(1), 'passing');
    });
});
