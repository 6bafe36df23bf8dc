// Works that are checked at the same time, each on what those ahead of it are about to publish.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { CommandResult } from '../../src/ports/workers';
import { MemoryIsolation } from '../doubles/memoryIsolation';
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
      ...{ cores, workspace, settings: noRetries },
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

/** Files that the user's rules ignore, in `dist`. */
class Built {
  readonly workspace = new MemoryIsolation({ ignored: ['dist'] });
  /** What each check found, by the feature's name. */
  readonly seen: string[] = [];

  /** What makes do: what is built already is not built again. */
  build(place: Map<string, string>): readonly string[] {
    for (const [path, text] of [...place]) {
      const built = `dist/${path}`;
      if (!path.startsWith('dist/') && !place.has(built)) place.set(built, text);
    }
    return [...place.keys()].flatMap((path) => (path.startsWith('dist/') ? [path.slice(5)] : [])).sort();
  }

  async run(
    check: (name: string, place: Map<string, string>, built: readonly string[]) => Partial<CommandResult>,
    options: Partial<SimulatedHostOptions> & { backlog: SimulatedHostOptions['backlog'] },
  ) {
    const host = await SimulatedHost.open({
      ...{ cores, workspace: this.workspace, agents: writesOwn, settings: noRetries },
      check: ({ env }, workspace, slot) => {
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
        const place = workspace.placeOf(slot);
        const built = this.build(place);
        if (slot > 0) this.seen.push(`${name}: ${built.join(' ').replaceAll('.txt', '')}`);
        return check(name, place, built);
      },
      ...options,
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    return host;
  }
}

describe('a check on work that never came', () => {
  const firstFails = (name: string) => ({
    durationMs: name === 'a' ? 5_000 : 1_000,
    exitCode: name === 'a' ? 1 : 0,
  });

  it('leaves nothing behind that it built, by which the next one would be green', async () => {
    const both = new Built();
    const host = await both.run(
      (name, _, built) => ({
        ...firstFails(name),
        ...(name === 'b' && { exitCode: built.join() === 'a.txt,b.txt' ? 0 : 1 }),
      }),
      { backlog: named('a', 'b') },
    );
    assert.deepEqual(both.seen, ['a: a', 'b: a b', 'b: b']);
    assert.deepEqual(statuses(host, 2), ['failed', 'failed']);
    assert.equal(both.workspace.files.size, 0);
  });

  it('leaves nothing behind that it built, by which the next one would be red', async () => {
    const alone = new Built();
    const host = await alone.run(
      (name, _, built) => ({
        ...firstFails(name),
        ...(name === 'b' && { exitCode: built.includes('a.txt') ? 1 : 0 }),
      }),
      { backlog: named('a', 'b') },
    );
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
    assert.deepEqual([...alone.workspace.files.keys()], ['b.txt']);
  });

  it('leaves nothing in the work itself', async () => {
    const listing = new Built();
    const host = await listing.run(
      (name, place) => {
        if (name === 'b' && place.has('a.txt')) place.set('b.txt', 'b and a');
        return firstFails(name);
      },
      { backlog: named('a', 'b') },
    );
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
    assert.deepEqual([...listing.workspace.files], [['b.txt', 'b']]);
  });

  it('is run again at once where it was doubtful, on nothing of what has gone meanwhile', async () => {
    const taken = new Built();
    const host = await taken.run(
      (name, _, built) => {
        const isDoubtful = name === 'b' && built.includes('a.txt');
        return {
          ...{ durationMs: name === 'b' ? 5_000 : 1_000, exitCode: name === 'a' || isDoubtful ? 1 : 0 },
          ...(isDoubtful && { outputTail: 'Error: listen EADDRINUSE: address already in use :::3000' }),
        };
      },
      { backlog: named('a', 'b') },
    );
    assert.deepEqual(taken.seen, ['a: a', 'b: a b', 'b: b']);
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
  });

  it('is held against no agent whose commands had made what is gone with it', async () => {
    const built = new Built();
    const answers: string[] = [];
    const host = await built.run(
      (name, place) => ({
        ...firstFails(name),
        ...(name === 'b' && { exitCode: place.has('dist/tool') ? 0 : 1 }),
      }),
      {
        backlog: named('a', 'b'),
        agents:
          ({ name, slot }) =>
          async ({ desk, fence, write, handIn }) => {
            await write(`${name}.txt`, name);
            if (name === 'a') return void (await handIn());
            for (const command of ['install', 'install again']) {
              const call = { tool: 'run_command', fingerprint: command };
              await desk.toolBegin(fence, call);
              built.workspace.placeOf(slot).set('dist/tool', 'installed');
              await desk.toolEnd(fence, { ...call, ok: true, durationMs: 1, summary: command });
              const verdict = await handIn();
              answers.push(verdict.kind === 'returned' ? verdict.why : verdict.kind);
            }
          },
      },
    );
    assert.match(answers[0] ?? '', /^The check .* exited with 1[\s\S]*Your copy was made anew, /);
    assert.deepEqual(answers.slice(1), ['passing']);
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
  });

  it('is not waited for by work that has stood on it', async () => {
    const train = new Train((name) => ({
      durationMs: { red: 5_000, slow: 20_000 }[name] ?? 1_000,
      exitCode: name === 'red' ? 1 : 0,
    }));
    const host = await train.run({ backlog: named('red', 'slow', 'c') });
    // The third one does not wait until the check of the second one has ended, which will count for nothing.
    assert.deepEqual(train.seen, ['red: red', 'slow: red slow', 'c: c red slow', 'c: c', 'slow: c slow']);
    assert.equal(host.transcript('feature.passed')[0], '  6000 feature.passed featureId=3 slot=3');
    assert.deepEqual(statuses(host, 3), ['failed', 'passing', 'passing']);
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
      ...{ workspace, backlog: ['a', 'b'].map((name) => ({ name, files: [`${name}/AGENTS.md`] })) },
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
