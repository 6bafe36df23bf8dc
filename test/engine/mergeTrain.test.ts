// Works that are checked at the same time, each on what those ahead of it are about to publish.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { CommandResult } from '../../src/ports/workers';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const cores = { count: 8, wanted: () => undefined };
const noRetries = { limits: { ...defaultLimits, maxRetries: 0 } };

/** Each writes a file that bears its name, and hands in. */
const writesOwn: SimulatedHostOptions['agents'] =
  ({ name }) =>
  async ({ write, submit }) => {
    await write(`${name}.txt`, name);
    await submit();
  };

/** A host in which every check tells what it found, and ends as `ends` says of its feature and of those files. */
class Train {
  readonly seen: string[] = [];

  constructor(private readonly ends: (name: string, files: string) => Partial<CommandResult>) {}

  async run(options: Partial<SimulatedHostOptions> & { backlog: SimulatedHostOptions['backlog'] }) {
    const host = await SimulatedHost.open(this.options(options));
    await host.run();
    assert.deepEqual(host.bugs, []);
    return host;
  }

  options(options: Partial<SimulatedHostOptions> & { backlog: SimulatedHostOptions['backlog'] }) {
    const check: SimulatedHostOptions['check'] = ({ env }, workspace, slot) => {
      const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
      const files = [...workspace.placeOf(slot).keys()].sort().join(' ').replaceAll('.txt', '');
      if (slot > 0) this.seen.push(`${name}: ${files}`);
      return this.ends(name, files);
    };
    return { cores, agents: writesOwn, settings: noRetries, check, ...options };
  }
}

const named = (...names: string[]) => names.map((name) => ({ name }));
const statuses = (host: SimulatedHost, count: number) =>
  Array.from({ length: count }, (_, k) => host.statusOf(k + 1));
const lastCheckAt = (host: SimulatedHost) =>
  Math.max(
    ...host.events.flatMap((e) => (e.type === 'verify.finished' && e.slot > 0 ? [e.elapsedMs ?? 0] : [])),
  );

describe('works that are checked at the same time', () => {
  it('are checked once each, on those ahead of them, and all pass with the last check', async () => {
    const train = new Train(() => ({ durationMs: 50_000 }));
    const host = await train.run({ backlog: named('a', 'b', 'c') });
    assert.deepEqual(train.seen, ['a: a', 'b: a b', 'c: a b c']);
    assert.deepEqual(statuses(host, 3), ['passing', 'passing', 'passing']);
    assert.ok(lastCheckAt(host) < 60_000, `${lastCheckAt(host)} ms`);
    assert.deepEqual(host.transcript('verify.awaited'), []);
  });

  it('are checked again without work ahead of them that fails, of which nothing is left in their places', async () => {
    const train = new Train((name, files) => ({
      durationMs: name === 'a' ? 5_000 : 1_000,
      exitCode: name === 'a' || files.includes('a') ? 1 : 0,
    }));
    const host = await train.run({ backlog: named('a', 'b', 'c') });
    // What stands on red work is checked again at once; so is all that stood on the first, once that has failed.
    assert.deepEqual(train.seen, ['a: a', 'b: a b', 'c: a b c', 'c: a c', 'b: b', 'c: c', 'b: b c']);
    assert.deepEqual(statuses(host, 3), ['failed', 'passing', 'passing']);
    assert.deepEqual([...host.workspace.files.keys()].sort(), ['b.txt', 'c.txt']);
    assert.equal(host.transcript('feature.failed').length, 1);
  });

  it('fail where they are red on what did enter the workspace', async () => {
    const train = new Train((name, files) => ({
      durationMs: name === 'a' ? 5_000 : 1_000,
      exitCode: files === 'a b' ? 1 : 0,
    }));
    const host = await train.run({ backlog: named('a', 'b') });
    assert.deepEqual(train.seen, ['a: a', 'b: a b']);
    assert.deepEqual(statuses(host, 2), ['passing', 'failed']);
  });

  it('tell on the card and in an event what they wait for', async () => {
    const train = new Train((name) => ({ durationMs: name === 'a' ? 5_000 : 1_000 }));
    const host = await train.run({ backlog: named('a', 'b') });
    const [told] = host.events.flatMap((e) => (e.type === 'verify.awaited' ? [e] : []));
    assert.deepEqual([told?.featureId, told?.ahead, told?.published, told?.waitedMs], [2, [1], true, 4_000]);
    const steps = host.events.flatMap((e) =>
      e.type === 'agent.progress' && e.featureId === 2 ? [e.step] : [],
    );
    assert.ok(
      steps.includes('waiting for feature 1: its check was run on that work as well'),
      steps.join('\n'),
    );
  });

  it('wait for one that takes much longer than they do for a minute, and nobody does after them', async () => {
    const train = new Train((name) => ({ durationMs: name === 'slow' ? 500_000 : 1_000 }));
    const host = await train.run({ backlog: named('slow', 'b', 'c', 'd', 'e') });
    assert.deepEqual(train.seen.slice(0, 5), ['slow: slow', 'b: b slow', 'c: b c slow', 'b: b', 'c: b c']);
    assert.deepEqual(statuses(host, 5), Array(5).fill('passing'));
    assert.equal(host.transcript('feature.retried').length, 0);
  });

  it('are checked on no work that changed a file of theirs, and with both once that is published', async () => {
    const workspace = new MemoryIsolation({ sharedGlobs: ['list.md'] });
    workspace.put('list.md', 'one\n');
    const adds: Behaviour = async ({ assignment: { name }, write, read, submit }) => {
      await write('list.md', `${read('list.md')}${name}\n`);
      await submit();
    };
    const lists: string[] = [];
    const train = new Train(() => ({ durationMs: 1_000 }));
    const options = train.options({ workspace, backlog: named('a', 'b'), agents: () => adds });
    const host = await SimulatedHost.open({
      ...options,
      settings: { ...noRetries, sharedLocks: ['list.md'] },
      check: (run, files, slot) => {
        if (slot > 0) lists.push(files.placeOf(slot).get('list.md')?.trim().replaceAll('\n', ' ') ?? '');
        return options.check(run, files, slot);
      },
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    assert.deepEqual(lists, ['one a', 'one b', 'one a b']);
    assert.equal(workspace.files.get('list.md'), 'one\na\nb\n');
  });

  it('fail where they break work ahead of them, once that has passed', async () => {
    const says =
      (file: string, text: string): Behaviour =>
      async ({ write, submit }) => {
        await write(file, text);
        await submit();
      };
    const workspace = new MemoryIsolation();
    workspace.put('common', 'fine');
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: noRetries,
      backlog: [
        { name: 'a', files: ['a.txt'], verify: 'look at a.txt common' },
        { name: 'b', files: ['common'], verify: 'true' },
      ],
      agents: ({ name }) => (name === 'a' ? says('a.txt', 'a') : says('common', 'broken')),
      check: ({ command }, files, slot) => {
        const isRed = command !== 'true' && files.placeOf(slot).get('common') !== 'fine';
        return { durationMs: 1_000, exitCode: isRed ? 1 : 0 };
      },
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    assert.deepEqual(statuses(host, 2), ['passing', 'failed']);
    assert.equal(workspace.files.get('common'), 'fine');
    assert.match(JSON.stringify(host.engine.snapshot.features[2]?.state), /breaks feature 1/);
  });

  it('are not waited for by a run that is stopped', async () => {
    const train = new Train((name) => ({ durationMs: name === 'a' ? 50_000 : 1_000 }));
    const host = await SimulatedHost.open(train.options({ backlog: named('a', 'b') }));
    await host.start();
    await host.clock.advance(5_000);
    await host.engine.runs.stop();
    await host.clock.advance(1_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'stopped');
    assert.equal(host.workspace.files.size, 0);
  });
});

describe('a train in which something changes', () => {
  const checksOf = (host: SimulatedHost) =>
    host.events.filter((e) => e.type === 'verify.started' && e.slot > 0).length;
  const passedAt = (host: SimulatedHost, id: number) =>
    host.events.find((e) => e.type === 'feature.passed' && e.featureId === id)?.elapsedMs;
  const later =
    (waits: Readonly<Record<string, number>>): SimulatedHostOptions['agents'] =>
    ({ name }) =>
    async ({ wait, write, submit }) => {
      await wait(waits[name] ?? 0);
      await write(`${name}.txt`, name);
      await submit();
    };

  it('breaks off a check on work that has failed, which would count for nothing', async () => {
    const train = new Train((name) => ({
      durationMs: { red: 5_000, slow: 20_000 }[name] ?? 1_000,
      exitCode: name === 'red' ? 1 : 0,
    }));
    const host = await train.run({ backlog: named('red', 'slow', 'c') });
    assert.deepEqual(train.seen, ['red: red', 'slow: red slow', 'c: c red slow', 'c: c slow', 'slow: slow']);
    assert.deepEqual([passedAt(host, 2), passedAt(host, 3)], [25_000, 25_000]);
  });

  it('has all checked once more for one save of the user, and nothing made anew for it', async () => {
    const workspace = new MemoryIsolation();
    let copies = 0;
    workspace.beforePrepare = () => void copies++;
    const train = new Train((name) => ({ durationMs: name === 'a' ? 5_000 : 1_000 }));
    const host = await SimulatedHost.open(
      train.options({
        workspace,
        settings: { ...noRetries, maxAgents: 5 },
        backlog: named('a', 'b', 'c', 'd', 'e'),
      }),
    );
    await host.start();
    await host.clock.advance(500);
    workspace.put('notes.md', 'saved');
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host, 5), Array(5).fill('passing'));
    assert.deepEqual([checksOf(host), copies], [10, 5]);
    assert.ok(lastCheckAt(host) < 12_000, `${lastCheckAt(host)} ms`);
  });

  it('runs no check again whose work ahead was checked again and came just the same', async () => {
    const durations: Readonly<Record<string, number>> = { c: 100_000, b: 1_000, x: 500_000 };
    const train = new Train((name) => ({ durationMs: durations[name] ?? 0 }));
    const host = await train.run({
      settings: { ...noRetries, maxAgents: 5 },
      backlog: named('c', 'b', 'x'),
      agents: later({ c: 10, b: 1_000, x: 3_000 }),
    });
    assert.deepEqual(train.seen, ['c: c', 'b: b c', 'x: b c x', 'b: b', 'c: b c']);
    assert.deepEqual(statuses(host, 3), Array(3).fill('passing'));
  });

  it('remembers no answer of an earlier round in a later one', async () => {
    const workspace = new MemoryIsolation({ sharedGlobs: ['list.md'] });
    workspace.put('list.md', 'one\n');
    let checksOfX = 0;
    const train = new Train((name, files) => {
      if (name === 'x')
        return ++checksOfX < 3 ? { durationMs: 10_000 } : { durationMs: 300_000, exitCode: 1 };
      return { durationMs: name === 'c' ? 100_000 : 1_000, exitCode: files.includes('x') ? 1 : 0 };
    });
    const options = train.options({
      workspace,
      settings: { ...noRetries, sharedLocks: ['list.md'] },
      backlog: named('x', 'b', 'c'),
      agents:
        ({ name }) =>
        async ({ write, read, submit, wait }) => {
          await wait({ b: 22_000, c: 30_000 }[name] ?? 0);
          await write(`${name}.txt`, name);
          if (name !== 'b') await write('list.md', `${read('list.md')}${name}\n`);
          await submit();
        },
    });
    const host = await SimulatedHost.open(options);
    await host.start();
    for (const save of ['1', '2']) {
      await host.clock.advance(7_000);
      workspace.put('user', save);
    }
    for (let k = 0; k < 1_000; k++) await host.clock.advance(1_000);
    assert.deepEqual(statuses(host, 3), ['failed', 'passing', 'passing']);
  });

  it('is held up by no work that cannot be kept', async () => {
    const workspace = new MemoryIsolation();
    const clock = new SimulatedClock();
    const stage = workspace.stage.bind(workspace);
    workspace.stage = async (slot, paths) => {
      if (slot === 1 && clock.monotonic() < 120_000) throw new Error('EACCES');
      return stage(slot, paths);
    };
    const train = new Train(() => ({ durationMs: 1_000 }));
    const host = await train.run({
      workspace,
      clock,
      backlog: named('a', 'b', 'c'),
      agents: later({ b: 10, c: 20 }),
    });
    assert.deepEqual(statuses(host, 3), Array(3).fill('passing'));
    assert.deepEqual([passedAt(host, 2), passedAt(host, 3)], [1_010, 1_020]);
  });

  it('takes in the rest of a publication that has stalled half way', async () => {
    const workspace = new MemoryIsolation();
    let refusals = 0;
    workspace.beforePut = (path) => {
      if (path === 'a2.txt' && refusals++ < 3) throw new Error('EACCES');
    };
    const train = new Train(() => ({ durationMs: 500 }));
    const host = await SimulatedHost.open(
      train.options({
        workspace,
        backlog: named('a', 'b'),
        agents:
          ({ name }) =>
          async ({ write, submit, wait }) => {
            if (name === 'b') await wait(1_200);
            for (const file of name === 'a' ? ['a1', 'a2'] : ['b']) await write(`${file}.txt`, name);
            await submit();
          },
      }),
    );
    await host.run();
    assert.deepEqual(train.seen, ['a: a1 a2', 'b: a1 a2 b']);
    assert.deepEqual(statuses(host, 2), ['passing', 'passing']);
  });
});

describe('work that the user is to be asked about', () => {
  it('is built on by nobody: its files do not come before the yes', async () => {
    const train = new Train(() => ({ durationMs: 1_000 }));
    const host = await train.run({
      backlog: [{ name: 'a', files: ['AGENTS.md'] }, { name: 'b' }],
      agents:
        ({ name }) =>
        async ({ write, submit }) => {
          await write(name === 'a' ? 'AGENTS.md' : 'b.txt', name);
          await submit();
        },
    });
    assert.deepEqual(train.seen, ['a: AGENTS.md', 'b: b']);
    assert.deepEqual(statuses(host, 2), ['claimed', 'passing']);
  });

  it('is built on by nobody where that is for a secret that it shows', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('.env', 'SECRET=top-secret-7431\n');
    const train = new Train(() => ({ durationMs: 1_000 }));
    const host = await train.run({
      workspace,
      backlog: named('a', 'b'),
      agents:
        ({ name }) =>
        async ({ write, submit }) => {
          await write(`${name}.txt`, name === 'a' ? 'top-secret-7431' : name);
          await submit();
        },
    });
    assert.deepEqual(train.seen, ['a: .env a', 'b: .env b']);
    assert.deepEqual(statuses(host, 2), ['claimed', 'passing']);
  });
});

describe('work that is green while another is in the last rounds of its own', () => {
  it('says what it waits for', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const train = new Train((name) => {
      if (name === 'a' && saves < 2) workspace.put('config', String(++saves));
      return { durationMs: name === 'a' ? 30_000 : 70_000 };
    });
    const host = await train.run({
      workspace,
      backlog: ['a', 'b'].map((name) => ({ name, files: [`${name}/AGENTS.md`] })),
      agents:
        ({ name }) =>
        async ({ write, submit }) => {
          await write(`${name}/AGENTS.md`, name);
          await submit();
        },
    });
    const steps = host.events.flatMap((e) =>
      e.type === 'agent.progress' && e.featureId === 2 ? [e.step] : [],
    );
    assert.deepEqual(statuses(host, 2), ['claimed', 'claimed']);
    assert.ok(steps.includes('waiting for another feature to enter the workspace'), steps.join('\n'));
  });
});
