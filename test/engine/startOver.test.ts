// What a check on work that never came leaves in the place: nothing of it reaches the next check, the work or other agents.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits, type RunSettings } from '../../src/core/settings/runSettings';
import type { CommandResult } from '../../src/ports/workers';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const cores = { count: 8, wanted: () => undefined };
const noRetries = { limits: { ...defaultLimits, maxRetries: 0 } };
const named = (...names: string[]) => names.map((name) => ({ name }));
const statuses = (host: SimulatedHost, count: number) =>
  Array.from({ length: count }, (_, k) => host.statusOf(k + 1));
const writesOwn: SimulatedHostOptions['agents'] =
  ({ name }) =>
  async ({ write, submit }) => {
    await write(`${name}.txt`, name);
    await submit();
  };

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
      cores,
      workspace: this.workspace,
      agents: writesOwn,
      settings: noRetries,
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
          durationMs: name === 'b' ? 5_000 : 1_000,
          exitCode: name === 'a' || isDoubtful ? 1 : 0,
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
});

describe('what a check on work that never came does to files', () => {
  type Place = Map<string, string>;
  const firstFails = (name: string) => ({
    durationMs: name === 'a' ? 5_000 : 1_000,
    exitCode: name === 'a' ? 1 : 0,
  });

  /** The first work fails; `spoils` is what the check of the second does while it is on the first. */
  async function spoilt(
    spoils: (place: Place) => void,
    options: Partial<SimulatedHostOptions> & { readonly workspace: MemoryIsolation },
  ) {
    const host = await SimulatedHost.open({
      cores,
      settings: noRetries,
      backlog: named('a', 'b'),
      agents: writesOwn,
      check: ({ env }, files, slot) => {
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
        const place = files.placeOf(slot);
        if (name === 'b' && place.has('a.txt')) spoils(place);
        return firstFails(name);
      },
      ...options,
    });
    await host.start();
    return host;
  }

  const inFiles = ({ files }: MemoryIsolation) => Object.fromEntries([...files].sort());
  const own: SimulatedHostOptions['agents'] =
    ({ name }) =>
    async ({ write, submit }) => {
      await write(`${name}.txt`, name);
      if (name === 'b') for (const file of ['old', 'b2']) await write(`${file}.txt`, 'new');
      await submit();
    };

  const spoils: readonly (readonly [what: string, spoil: (place: Place) => void])[] = [
    ['deletes', (place) => place.delete('b2.txt')],
    ['puts back', (place) => place.set('old.txt', 'old')],
    ['rewrites', (place) => place.set('b.txt', 'b, and a')],
    ['makes', (place) => place.set('report.xml', 'of a and b')],
  ];
  for (const [what, spoil] of spoils)
    it(`is undone where it ${what} one`, async () => {
      const workspace = new MemoryIsolation();
      workspace.put('old.txt', 'old');
      const host = await spoilt(spoil, { workspace, agents: own });
      await host.clock.advance(60_000);
      assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
      assert.deepEqual(inFiles(workspace), { 'b.txt': 'b', 'b2.txt': 'new', 'old.txt': 'new' });
    });

  it('is undone in the work ahead, which is shown to nobody', async () => {
    const workspace = new MemoryIsolation();
    const host = await spoilt((place) => place.set('a.txt', 'formatted'), { workspace });
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host, 2), ['failed', 'passing']);
    assert.deepEqual(host.transcript('feature.returned', 'file.conflicted'), []);
    assert.deepEqual(inFiles(workspace), { 'b.txt': 'b' });
  });

  it('does not come between the work and what the user saves meanwhile', async () => {
    const lines = Array.from({ length: 20 }, (_, k) => `line ${k}`).join('\n');
    const workspace = new MemoryIsolation();
    workspace.put('code', lines);
    const host = await spoilt((place) => place.set('code', lines.replaceAll('line', 'LINE')), {
      workspace,
      agents:
        ({ name }) =>
        async ({ write, read, submit }) => {
          if (name === 'a') await write('a.txt', 'a');
          else await write('code', String(read('code')).replace('line 2', 'mine'));
          await submit();
        },
    });
    await host.clock.advance(3_000);
    workspace.put('code', lines.replace('line 15', 'theirs'));
    await host.clock.advance(60_000);
    assert.deepEqual(host.transcript('feature.returned', 'file.conflicted'), []);
    assert.equal(workspace.files.get('code'), lines.replace('line 15', 'theirs').replace('line 2', 'mine'));
  });

  it('stands in no other agent’s way', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('readme', 'one');
    const host = await spoilt((place) => place.set('readme', 'two'), {
      workspace,
      backlog: [...named('a', 'b'), { name: 'c', files: ['readme'] }],
      agents:
        ({ name }) =>
        async ({ write, submit, wait, desk, fence }) => {
          await write(name === 'c' ? 'readme' : `${name}.txt`, name);
          for (let k = 0; k < 5 && name === 'c'; k++) {
            await wait(2_000);
            desk.renew(fence);
          }
          if (name === 'c') await write('b.txt', 'c as well');
          await submit();
        },
    });
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host, 3), ['failed', 'passing', 'passing']);
    assert.deepEqual(host.transcript('feature.yielded'), []);
  });

  it('loses nothing where a file of the work was the user’s while it waited for its turn', async () => {
    const workspace = new MemoryIsolation({ sharedGlobs: ['list.md'] });
    workspace.put('list.md', 'one\n');
    const host = await SimulatedHost.open({
      cores: { count: 2, wanted: () => undefined },
      workspace,
      settings: { ...noRetries, sharedLocks: ['list.md'] },
      backlog: named('x', 'a', 'b'),
      agents:
        ({ name }) =>
        async ({ write, read, submit, wait }) => {
          await wait({ x: 10, a: 20 }[name] ?? 200);
          await write(`${name}.txt`, name);
          if (name === 'b') await write('list.md', `${read('list.md')}b\n`);
          await submit();
        },
      check: ({ env }) => {
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';
        return { durationMs: { a: 10_000, x: 3_000 }[name] ?? 1_000, exitCode: name === 'a' ? 1 : 0 };
      },
    });
    await host.start();
    await host.clock.advance(2_000);
    await host.engine.humanEditing(['list.md']);
    await host.clock.advance(15_000);
    await host.engine.humanEditing([]);
    await host.clock.advance(60_000);
    assert.deepEqual(statuses(host, 3), ['passing', 'failed', 'passing']);
    assert.deepEqual(inFiles(workspace), { 'b.txt': 'b', 'list.md': 'one\nb\n', 'x.txt': 'x' });
  });
});

describe('what is put back in a place that is on work ahead', () => {
  it('is put back to that work, so that no check is run on half of it', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('common', 'one');
    const torn: string[] = [];
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: noRetries,
      backlog: [
        { name: 'g', verify: 'guard common' },
        { name: 'a', verify: 'slow', depends_on: ['g'] },
        { name: 'b', files: ['common'], verify: 'format', depends_on: ['g'] },
      ],
      agents:
        ({ name }) =>
        async ({ write, submit, wait }) => {
          if (name === 'b') await wait(100);
          const files: Readonly<Record<string, string[]>> = { a: ['a1.txt', 'a2.txt'], b: ['common'] };
          for (const file of files[name] ?? ['g.txt']) await write(file, name);
          await submit();
        },
      check: ({ command }, files, slot) => {
        const place = files.placeOf(slot);
        if (command === 'format' && place.has('a1.txt')) place.set('a1.txt', 'formatted');
        const isTorn = place.has('a2.txt') !== place.has('a1.txt');
        if (isTorn) torn.push(command);
        return { durationMs: command === 'slow' ? 5_000 : 1_000, exitCode: isTorn ? 1 : 0 };
      },
    });
    await host.run();
    assert.deepEqual(torn, []);
    assert.deepEqual(statuses(host, 3), Array(3).fill('passing'));
  });

  it('is so after the set-up of the copy as well', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('package.json', '{}');
    workspace.put('package-lock.json', 'lock');
    const settings: Partial<RunSettings> = { ...noRetries, copySetUp: 'set up' };
    const seen: string[] = [];
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings,
      backlog: [{ name: 'a', files: ['package.json', 'package-lock.json'] }, { name: 'b' }],
      agents:
        ({ name }) =>
        async ({ write, submit, wait }) => {
          if (name === 'b') await wait(100);
          for (const file of name === 'a' ? ['package.json', 'package-lock.json'] : ['b.txt'])
            await write(file, 'dep');
          await submit();
        },
      check: ({ command, env }, files, slot) => {
        const place = files.placeOf(slot);
        if (command === 'set up' && slot === 2) place.set('package-lock.json', 'touched');
        if (command === 'set up') return { durationMs: 10 };
        const name = env?.PARALLEL_AGENTS_FEATURE_NAME;
        if (slot > 0) seen.push(`${name}: ${place.get('package.json')} ${place.get('package-lock.json')}`);
        return { durationMs: name === 'a' ? 5_000 : 1_000 };
      },
    });
    await host.run();
    assert.deepEqual(seen, ['a: dep dep', 'b: dep dep']);
    assert.deepEqual(statuses(host, 2), ['passing', 'passing']);
  });
});

describe('the time that a copy made anew takes', () => {
  it('is no time of the attempt, is told on its card, and keeps nobody from being checked', async () => {
    const clock = new SimulatedClock();
    const workspace = new MemoryIsolation();
    const prepared = new Map<number, number>();
    workspace.beforePrepare = async (slot) => {
      const times = (prepared.get(slot) ?? 0) + 1;
      prepared.set(slot, times);
      if (times > 1) await new Promise<void>((resolve) => void clock.after(30_000, resolve));
    };
    const limits = { ...defaultLimits, maxRetries: 0, maxSessionMs: 20_000 };
    const host = await SimulatedHost.open({
      cores,
      workspace,
      clock,
      settings: { limits },
      backlog: named('a', 'b', 'c'),
      agents:
        ({ name }) =>
        async ({ write, submit, wait }) => {
          await wait({ b: 10, c: 5_500 }[name] ?? 0);
          await write(`${name}.txt`, name);
          await submit();
        },
      check: ({ env }) => {
        const isFirst = env?.PARALLEL_AGENTS_FEATURE_NAME === 'a';
        return { durationMs: isFirst ? 5_000 : 1_000, exitCode: isFirst ? 1 : 0 };
      },
    });
    await host.start();
    for (let k = 0; k < 60; k++) await host.clock.advance(1_000);
    assert.deepEqual(statuses(host, 3), ['failed', 'passing', 'passing']);
    const steps = host.events.flatMap((e) =>
      e.type === 'agent.progress' ? [`${e.featureId} ${e.step}`] : [],
    );
    const told = '2 making its copy anew, without the work of others that has not come';
    assert.ok(steps.includes(told), steps.join('\n'));
    const ofThird = host.events.find((e) => e.type === 'verify.started' && e.featureId === 3);
    assert.equal(ofThird?.elapsedMs, 5_500);
  });
});

describe('an attempt that is over', () => {
  it('does nothing more in its slot, which is another’s by then', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const places: string[] = [];
    const host = await SimulatedHost.open({
      cores,
      workspace,
      settings: { ...noRetries, maxAgents: 2 },
      backlog: [{ name: 'a', files: ['AGENTS.md'] }, { name: 'b' }],
      agents:
        ({ name, slot }) =>
        async ({ write, submit, wait, desk, fence, die }) => {
          const works = async (times: number) => {
            for (let k = 0; k < times; k++) {
              await wait(5_000);
              desk.renew(fence);
            }
          };
          await write(name === 'a' ? 'AGENTS.md' : 'b.txt', name);
          if (name === 'a') return void (await submit());
          if (fence === 2) {
            // Green, and at the gate, which the first one has for its last rounds: its agent is killed there.
            await works(19);
            const handedIn = submit();
            await wait(3_000);
            die();
            return void (await handedIn);
          }
          await write('b-more.txt', name);
          await works(30);
          places.push([...workspace.placeOf(slot).keys()].filter((path) => path.startsWith('b')).join(' '));
          await submit();
        },
      check: ({ env }) => {
        if (env?.PARALLEL_AGENTS_FEATURE_NAME !== 'a') return { durationMs: 1_000 };
        if (saves < 2) workspace.put('config', String(++saves));
        return { durationMs: saves < 2 ? 30_000 : 60_000 };
      },
    });
    await host.run();
    assert.deepEqual(places, ['b.txt b-more.txt']);
    assert.ok(workspace.files.has('b-more.txt'));
  });
});
