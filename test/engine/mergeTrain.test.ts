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
    assert.deepEqual(train.seen, ['a: a', 'b: a b', 'c: a b c', 'b: b', 'c: b c']);
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
