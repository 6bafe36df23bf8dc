// What passed goes on passing: the checks of endangered features before others' work enters, and all once more at the end.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Hands, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

/** `f has a`: the file in the place must hold the letter; `f`: it must be there. */
const check: SimulatedHostOptions['check'] = ({ command }, workspace, slot) => {
  const [file = '', , letter = ''] = command.split(' ');
  const isGreen = workspace.placeOf(slot).get(file)?.includes(letter) ?? false;
  return { exitCode: isGreen ? 0 : 1, outputTail: isGreen ? 'green' : `${file} lacks ${letter}` };
};

const writing =
  (path: string, ...texts: readonly string[]) =>
  async ({ write, submit, assignment }: Hands) => {
    await write(path, texts[Math.min(assignment.attempt, texts.length) - 1] ?? '');
    await submit();
  };

async function run(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open({ check, ...options });
  await host.run();
  assert.deepEqual(host.bugs, []);
  return host;
}

const noRetries = { limits: { ...defaultLimits, maxRetries: 0 } };
const checked = (host: SimulatedHost) =>
  host.events.flatMap((e) =>
    e.type === 'verify.finished' ? [`${e.featureId}${e.guards ? `>${e.guards}` : ''} ${e.passed}`] : [],
  );
const outcome = (host: SimulatedHost) => host.engine.snapshot.run?.outcome;

describe('work that breaks what passed', () => {
  const greeting = { name: 'Greeting', files: ['f'], verify: 'f has a' };
  const rename = { name: 'Rename', depends_on: ['Greeting'], verify: 'f has b' };
  const breaking: SimulatedHostOptions = {
    backlog: [greeting, rename],
    agents: ({ name }) => writing('f', name === 'Greeting' ? 'a' : 'b'),
  };

  it('fails with the check that it broke, and never enters the workspace', async () => {
    const host = await run({ ...breaking, settings: noRetries });
    const state = host.engine.snapshot.features[2]?.state;
    assert.match(
      state?.status === 'failed' ? String(state.reason) : '',
      /^It breaks feature 1, "Greeting", which had passed\. The check `f has a` exited with 1\.\nf lacks a$/,
    );
    assert.deepEqual(
      [host.workspace.files.get('f'), host.statusOf(1), outcome(host)],
      ['a', 'passing', 'incomplete'],
    );
    assert.deepEqual(checked(host), ['1 true', '2 true', '2>1 false', '2>1 true', '1>1 true']);
  });

  it('passes once its agent has both', async () => {
    const host = await run({
      ...breaking,
      agents: ({ name }) => (name === 'Greeting' ? writing('f', 'a') : writing('f', 'b', 'ab')),
    });
    assert.deepEqual([host.workspace.files.get('f'), outcome(host)], ['ab', 'complete']);
  });

  it('is seen by what it changed and by what it declares', async () => {
    for (const [path, files] of [
      ['f', []],
      ['src/f', ['src/']],
      ['src/f', ['**/f']],
    ] as const) {
      const host = await run({
        backlog: [
          { name: 'first', verify: `${path} has a`, files },
          { name: 'second', depends_on: ['first'], verify: `${path} has b` },
        ],
        settings: noRetries,
        agents: ({ name }) => writing(path, name === 'second' ? 'b' : 'a'),
      });
      assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['passing', 'failed'], path);
    }
  });

  it('is seen in what builds on a feature whose file it changes', async () => {
    const host = await run({
      backlog: [
        { name: 'base', verify: 'f' },
        { name: 'top', depends_on: ['base'], verify: 'g' },
        { name: 'last', depends_on: ['top'], verify: 'f has b' },
      ],
      settings: noRetries,
      agents: ({ name }) =>
        name === 'last'
          ? async ({ write, submit }) => {
              await write('f', 'b');
              await submit();
            }
          : writing(name === 'base' ? 'f' : 'g', 'a'),
    });
    assert.deepEqual(checked(host).slice(2), ['3 true', '3>1 true', '3>2 true']);
  });

  it('is looked for again, where something came in while it was, only in what that may break', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const host = await run({
      workspace,
      backlog: [
        { name: 'one', files: ['f'], verify: 'f has a' },
        { name: 'two', files: ['f', 'g'], depends_on: ['one'], verify: 'f has b' },
        { name: 'three', files: ['f'], depends_on: ['two'], verify: 'f has c' },
      ],
      agents: ({ name }) => writing('f', { one: 'a', two: 'ab' }[name] ?? 'abc'),
      check: (command, ...rest) => {
        // The user saves a file while the check of the third runs for the first time.
        if (command.command === 'f has c' && saves++ === 0) workspace.put('g', 'saved');
        return check(command, ...rest);
      },
    });
    assert.deepEqual(checked(host).slice(3), [
      '3 true',
      '3>1 true',
      '3>2 true',
      '3 true',
      '3>2 true',
      '1>1 true', // at the run's end, on what came of it all
    ]);
    assert.equal(outcome(host), 'complete');
  });

  it('is looked for again in all of it, where the check has changed the work itself', async () => {
    let runs = 0;
    const host = await run({
      backlog: [
        { name: 'one', files: ['f'], verify: 'f has a' },
        { name: 'two', files: ['f'], depends_on: ['one'], verify: 'f has b' },
      ],
      agents: ({ name }) => writing('f', name === 'one' ? 'a' : 'ab'),
      check: (command, workspace, slot) => {
        if (command.command === 'f has b' && runs++ === 0) workspace.placeOf(slot).set('f', 'ab!');
        return check(command, workspace, slot);
      },
    });
    assert.deepEqual(checked(host).slice(1, 5), ['2 true', '2>1 true', '2 true', '2>1 true']);
    assert.equal(host.workspace.files.get('f'), 'ab!');
  });

  it('is no concern of features whose files it leaves alone', async () => {
    const host = await run({
      backlog: [
        { name: 'one', verify: 'f has a' },
        { name: 'two', depends_on: ['one'], verify: 'g has b' },
      ],
      agents: ({ name }) => (name === 'one' ? writing('f', 'a') : writing('g', 'b')),
    });
    assert.deepEqual(checked(host).slice(0, 2), ['1 true', '2 true']);
    assert.equal(outcome(host), 'complete');
  });

  it('is not what was broken before: that is reopened, and held against nobody', async () => {
    const workspace = new MemoryIsolation();
    const host = await run({
      ...breaking,
      workspace,
      settings: noRetries,
      agents:
        ({ name }) =>
        async (hands) => {
          if (name === 'Rename' && hands.assignment.attempt === 1) workspace.put('f', 'by hand, b'); // lacks nothing but a
          await writing('f', name === 'Greeting' ? 'a' : 'b')(hands);
        },
      check: (command, at, slot) =>
        command.command === 'f has a' ? { exitCode: at.placeOf(slot).get('f') === 'a' ? 0 : 1 } : {},
    });
    const reopened = host.events.flatMap((e) =>
      e.type === 'feature.regressed' ? [[e.featureId, e.by]] : [],
    );
    assert.deepEqual(reopened[0], [1, 'check']);
    assert.equal(host.events.filter((e) => e.type === 'feature.passed' && e.featureId === 2).length, 1);
  });
});

describe('the checks of what passed', () => {
  it('are not run on work whose place has not yet what has passed since', async () => {
    const host = await run({
      backlog: [
        { name: 'slow', files: ['f'], verify: 'f has a' },
        { name: 'quick', verify: 'g has b f' },
      ],
      settings: noRetries,
      agents: ({ name }) => writing(...((name === 'slow' ? ['f', 'a'] : ['g', 'b']) as [string, string])),
      check: (command, workspace, slot) => {
        const durationMs = command.command === 'f has a' ? 100_000 : 10; // nobody waits so long for it
        return { ...check(command, workspace, slot), durationMs };
      },
    });
    assert.equal(outcome(host), 'complete');
    assert.deepEqual(
      checked(host).filter((line) => line.startsWith('1')),
      ['1 true', '1 true', '1>2 true'],
    );
  });

  /** Four that pass by checks of which none finds what another makes, as with one folder of builds for all. */
  const sharing: SimulatedHostOptions = {
    backlog: [
      { name: 'a', files: ['f'], verify: 'f has a' },
      { name: 'b', files: ['f'], depends_on: ['a'], verify: 'f has b' },
      { name: 'c', files: ['f'], depends_on: ['b'], verify: 'f has c' },
    ],
    settings: noRetries,
    agents: ({ name }) => writing('f', { a: 'a', b: 'ab' }[name] ?? 'abc'),
  };

  /** Red while another runs in the same place. */
  const alone = () => {
    const running = new Map<number, number>();
    return (clock: SimulatedClock): SimulatedHostOptions['check'] =>
      (command, workspace, slot) => {
        const beside = running.get(slot) ?? 0;
        running.set(slot, beside + 1);
        clock.after(1_000, () => running.set(slot, (running.get(slot) ?? 1) - 1));
        return beside > 0
          ? { exitCode: 1, outputTail: 'no dist', durationMs: 1_000 }
          : { ...check(command, workspace, slot), durationMs: 1_000 };
      };
  };

  it('count where they run by themselves, if they are red beside each other', async () => {
    const clock = new SimulatedClock();
    const host = await run({ ...sharing, clock, check: alone()(clock) });
    assert.equal(outcome(host), 'complete');
    assert.deepEqual(
      checked(host).filter((line) => line.startsWith('3>')),
      ['3>1 true', '3>2 false', '3>2 true'],
    );
  });

  it('count so at the end of a run, too', async () => {
    const clock = new SimulatedClock();
    const backlog = ['a', 'b', 'c'].map((letter) => ({ name: letter, verify: `${letter} has ${letter}` }));
    const agents: SimulatedHostOptions['agents'] = ({ name }) => writing(name, name);
    const host = await run({ backlog, agents, settings: noRetries, clock, check: alone()(clock) });
    assert.equal(outcome(host), 'complete');
    assert.deepEqual(host.transcript('feature.regressed'), []);
  });
});

describe('the check of another feature that changes files', () => {
  /** What the checks by which the first two passed do to what is in the place; the third's needs all letters. */
  const tidying = (
    does: (files: Map<string, string>) => void,
    more: Partial<SimulatedHostOptions> = {},
  ): SimulatedHostOptions => ({
    backlog: [
      { name: 'one', files: ['f'], verify: 'f has a' },
      { name: 'two', files: ['f', 'g'], depends_on: ['one'], verify: 'f has b' },
      { name: 'three', files: ['f', 'g'], depends_on: ['two'], verify: 'f has c' },
    ],
    settings: noRetries,
    agents: ({ name }) => writing('f', { one: 'a', two: 'ab' }[name] ?? 'abc'),
    check: (command, workspace, slot) => {
      const ended = check(command, workspace, slot);
      const isThirds = workspace.placeOf(slot).get('f')?.includes('c') ?? false;
      if (command.command === 'f has a' && isThirds) does(workspace.placeOf(slot));
      return ended ?? {};
    },
    ...more,
  });

  const doing: Record<string, (files: Map<string, string>) => void> = {
    'changes the work': (files) => files.set('f', 'abc, tidied'),
    'takes the work away': (files) => files.delete('f'),
    'makes files beside it': (files) => files.set('report.txt', 'r'),
  };
  for (const [name, does] of Object.entries(doing))
    it(`and ${name}: what enters the workspace is what the work's own check proved`, async () => {
      const host = await run(tidying(does));
      assert.deepEqual([...host.workspace.files], [['f', 'abc']]);
      assert.equal(outcome(host), 'complete');
      assert.equal(checked(host).filter((line) => line === '3 true').length, 1, 'nothing was new to it');
    });

  it('has those run by themselves that ran beside it, for what they found may come of that', async () => {
    const host = await run(tidying((files) => files.delete('f')));
    assert.deepEqual(checked(host).slice(3, 8), ['3 true', '3>1 true', '3>2 false', '3>1 true', '3>2 true']);
  });

  it('holds nothing against the work that was red only while another had changed it', async () => {
    let asked = 0;
    const clock = new SimulatedClock();
    const host = await run(
      tidying(() => {}, {
        clock,
        check: (command, workspace, slot) => {
          const files = workspace.placeOf(slot);
          const isThirds = files.get('f')?.includes('c') ?? false;
          // The first changes the work for a while, and puts it back once the second has been looked at.
          if (command.command === 'f has a' && isThirds && asked++ === 0) {
            files.set('f', 'a');
            clock.after(1_000, () => files.set('f', 'abc'));
            return { durationMs: 2_000 };
          }
          return check(command, workspace, slot) ?? {};
        },
      }),
    );
    assert.deepEqual(checked(host).slice(3, 7), ['3 true', '3>2 false', '3>1 true', '3>2 true']);
    assert.equal(outcome(host), 'complete');
  });

  it('is not run again, and no other, for a file beside the work', async () => {
    const host = await run(tidying((files) => files.set('report.txt', 'r')));
    assert.deepEqual(checked(host).slice(3, 6), ['3 true', '3>1 true', '3>2 true']);
    assert.deepEqual(checked(host).slice(6), []);
  });

  it('changes nothing of what has come in since it began', async () => {
    const shared = { name: 'three', files: ['f', 'CHANGELOG.md'], depends_on: ['two'], verify: 'f has c' };
    const workspace = new MemoryIsolation();
    workspace.put('CHANGELOG.md', 'old\n');
    let began = 0;
    const options = tidying(
      (files) => {
        if (began++ > 0) return;
        files.set('f', 'abc, tidied');
        files.set('CHANGELOG.md', 'old\nthree\ntidied\n');
        workspace.put('CHANGELOG.md', 'by hand\nold\n');
        void workspace.bringUpToDate(1, ['CHANGELOG.md']);
      },
      {
        workspace,
        agents:
          ({ name }) =>
          async (hands) => {
            if (name === 'three') await hands.write('CHANGELOG.md', 'old\nthree\n');
            await writing('f', { one: 'a', two: 'ab' }[name] ?? 'abc')(hands);
          },
      },
    );
    const backlog = [...options.backlog.slice(0, 2), shared];
    const host = await run({ ...options, backlog });
    assert.equal(host.workspace.files.get('CHANGELOG.md'), 'by hand\nold\nthree\n');
    assert.equal(host.workspace.files.get('f'), 'abc');
    assert.equal(checked(host).filter((line) => line === '3 true').length, 2, 'its own check has seen it');
  });

  it('changes nothing of what enters with an approval', async () => {
    const host = await run(
      tidying((files) => files.set('f', 'abc, tidied'), {
        backlog: [
          { name: 'one', files: ['f'], verify: 'f has a' },
          { name: 'asked', depends_on: ['one'] },
          { name: 'later', depends_on: ['one'], verify: 'g has b' },
        ],
        settings: { ...noRetries, verifyCommand: undefined },
        agents:
          ({ name }) =>
          async (hands) => {
            if (name === 'later') await hands.wait(5_000); // so that what waits for an approval is laid anew
            await writing(name === 'later' ? 'g' : 'f', { one: 'a', later: 'b' }[name] ?? 'abc')(hands);
          },
      }),
    );
    assert.deepEqual([host.statusOf(2), host.statusOf(3)], ['claimed', 'passing']);
    assert.ok((await host.engine.judgement.confirm(2)).ok);
    assert.deepEqual([host.statusOf(2), host.workspace.files.get('f')], ['passing', 'abc']);
    assert.deepEqual(checked(host).slice(-2).sort(), ['2>1 true', '2>3 true']);
  });
});

describe('the end of a run', () => {
  /** The check of the first is about a file that nothing says it has to do with. */
  const hidden = (second: readonly string[]): SimulatedHostOptions => ({
    backlog: [
      { name: 'one', verify: 'hidden' },
      { name: 'two', depends_on: ['one'], verify: 'g has b' },
    ],
    agents: ({ name }) => (name === 'one' ? writing('f', ...second) : writing('g', 'b')),
    check: (command, workspace, slot) => {
      if (command.command !== 'hidden') return check(command, workspace, slot) ?? {};
      const place = workspace.placeOf(slot);
      return { exitCode: place.get('g')?.includes('b') && place.get('f') !== 'mended' ? 1 : 0 };
    },
  });

  it('reopens what passes no more, and agents get to mend it', async () => {
    const host = await run(hidden(['a', 'mended']));
    const reasons = host.events.flatMap((e) =>
      e.type === 'feature.regressed' && 'reason' in e ? [e.reason] : [],
    );
    assert.equal(reasons.length, 1);
    assert.match(
      String(reasons[0]),
      /^It passes no more on what the workspace is now\. The check `hidden` exited with 1\./,
    );
    assert.deepEqual([outcome(host), host.workspace.files.get('f')], ['complete', 'mended']);
  });

  it('is not complete with a check that is red, however often work was done for it', async () => {
    const host = await run(hidden(['a', 'b', 'c', 'd']));
    assert.equal(outcome(host), 'incomplete');
    assert.notEqual(host.statusOf(1), 'passing');
    assert.equal(host.engine.snapshot.run?.report?.passing, 1);
  });

  it('runs no check again that has just been green on all there is', async () => {
    const host = await run({ backlog: ['a', 'b', 'c'].map((name) => ({ name })), check: () => ({}) });
    assert.equal(outcome(host), 'complete');
    assert.deepEqual(
      host.events.filter((e) => e.type === 'verify.finished' && e.slot === 0),
      [],
    );
  });

  it('looks again at what was green before a save that came after the last publication', async () => {
    const workspace = new MemoryIsolation();
    const host = await run({
      workspace,
      settings: noRetries,
      backlog: [
        { name: 'one', verify: 'f has a' },
        { name: 'two', verify: 'h has c' },
      ],
      agents: ({ name }) => {
        if (name === 'one') return writing('f', 'a');
        return async (hands) => {
          await hands.wait(10_000);
          workspace.put('f', 'spoilt');
          await writing('h', 'b')(hands);
        };
      },
    });
    assert.deepEqual(checked(host), ['1 true', '2 false', '1>1 false', '1 true']);
    assert.equal(host.events.filter((e) => e.type === 'feature.regressed').length, 1);
  });

  it('comes at once when the user stops it during its last checks', async () => {
    const host = await SimulatedHost.open({
      backlog: [
        { name: 'one', verify: 'f' },
        { name: 'two', depends_on: ['one'], verify: 'g' },
      ],
      agents: ({ name }) => writing(name === 'one' ? 'f' : 'g', 'a'),
      check: (_, __, slot) => ({ durationMs: slot === 0 ? 600_000 : 1 }),
    });
    await host.start();
    await host.clock.advance(1_000);
    assert.equal(host.engine.snapshot.run?.status, 'running');
    assert.equal(host.transcript('verify.started').at(-1)?.includes('slot=0'), true);
    await host.engine.runs.stop();
    await host.clock.advance(1_000);
    assert.deepEqual([outcome(host), host.statusOf(1), host.bugs], ['stopped', 'passing', []]);
  });

  it('waits for a feature that comes during its last checks', async () => {
    const host = await SimulatedHost.open({
      backlog: [
        { name: 'one', verify: 'f' },
        { name: 'two', depends_on: ['one'], verify: 'g' },
      ],
      agents: ({ name }) => writing(name === 'one' ? 'f' : 'g', 'a'),
      check: (_, __, slot) => ({ durationMs: slot === 0 ? 60_000 : 1 }),
    });
    await host.start();
    await host.clock.advance(1_000);
    await host.engine.loadBacklog([
      ...specs(host),
      { ...specs(host)[0], name: 'three', dependsOn: [] } as never,
    ]);
    for (let s = 0; s < 300; s++) await host.clock.advance(1_000);
    assert.deepEqual([outcome(host), host.statusOf(3)], ['complete', 'passing']);
  });
});

const specs = (host: SimulatedHost) => Object.values(host.engine.snapshot.features).map(({ spec }) => spec);
