// Locks in the real engine: what claims hold, what who waits is told, and what becomes of files that move or go.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lockName } from '../../src/core/locks/lockScope';
import { describePassedOver, waitingForFiles } from '../../src/core/scheduler/waitingForFiles';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { LockGrant } from '../../src/ports/coordinator';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import {
  type Behaviour,
  doASecond,
  type Hands,
  SimulatedHost,
  type SimulatedHostOptions,
  specsOf,
} from '../doubles/simulatedHost';

const noRetries = { limits: { ...defaultLimits, maxRetries: 0 } };

function workspaceOf(files: Readonly<Record<string, string>>): MemoryIsolation {
  const workspace = new MemoryIsolation();
  for (const [path, text] of Object.entries(files)) workspace.put(path, text);
  return workspace;
}

async function runAll(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open(options);
  await host.run();
  assert.deepEqual(host.bugs, []);
  assert.equal(host.broken, undefined);
  return host;
}

/** What each named agent does; the others take a second. */
function doing(behaviours: Readonly<Record<string, Behaviour>>): SimulatedHostOptions['agents'] {
  return ({ name }) => behaviours[name] ?? doASecond;
}

const pathsLocked = (host: SimulatedHost, featureId: number) =>
  host.events.flatMap((e) =>
    e.type === 'lock.granted' && e.featureId === featureId && !lockName(e).startsWith('work/')
      ? [lockName(e)]
      : [],
  );

describe('locks of a claim', () => {
  it('are the files that a glob names when the feature starts', async () => {
    const host = await runAll({
      backlog: [
        { name: 'all', files: ['src/*.ts'] },
        { name: 'one of them', files: ['src/b.ts'] },
        { name: 'another', files: ['src/c.ts'] },
        { name: 'all again', files: ['src/*.ts'], depends_on: ['another'] },
      ],
      workspace: workspaceOf({ 'src/a.ts': '', 'src/b.ts': '' }),
      agents: doing({
        another: async ({ write, wait, submit }) => {
          await write('src/c.ts', 'new');
          await wait(3000);
          await submit();
        },
      }),
    });
    assert.deepEqual(host.transcript('feature.claimed'), [
      '     0 feature.claimed featureId=1 slot=1',
      '     0 feature.claimed featureId=3 slot=2',
      '  1000 feature.claimed featureId=2 slot=1',
      '  3000 feature.claimed featureId=4 slot=1',
    ]);
    assert.deepEqual(pathsLocked(host, 1), ['src/a.ts', 'src/b.ts']);
    assert.deepEqual(pathsLocked(host, 4), ['src/a.ts', 'src/b.ts', 'src/c.ts']);
  });

  it('are a folder where a plain path is one, and the literal prefix of a glob without a match', async () => {
    const host = await runAll({
      backlog: [
        { name: 'a', files: ['src/deep'] },
        { name: 'b', files: ['src/deep/x.ts'] },
        { name: 'c', files: ['docs/*.md'] },
        { name: 'd', files: ['docs/new.md'] },
      ],
      settings: { maxAgents: 4 },
      workspace: workspaceOf({ 'src/deep/x.ts': '' }),
    });
    assert.deepEqual(host.transcript('feature.claimed'), [
      '     0 feature.claimed featureId=1 slot=1',
      '     0 feature.claimed featureId=3 slot=2',
      '  1000 feature.claimed featureId=2 slot=1',
      '  1000 feature.claimed featureId=4 slot=2',
    ]);
  });

  it('do not hold files that are changed in turn', async () => {
    const backlog = ['a', 'b', 'c'].map((name) => ({ name, files: ['CHANGELOG.md', `${name}.ts`] }));
    const host = await runAll({ backlog, workspace: workspaceOf({ 'CHANGELOG.md': '# Log\n' }) });
    assert.equal(host.engine.snapshot.run?.report?.wallMs, 1000);
    assert.deepEqual(pathsLocked(host, 1), ['a.ts']);
  });
});

describe('resources', () => {
  const backlog = [
    { name: 'a', resources: ['port 3000'], files: ['a.ts'] },
    { name: 'b', resources: ['Port  3000', 'dev database'] },
    { name: 'c', resources: ['dev database'] },
    { name: 'd', files: ['port 3000'] },
  ];

  it('are held with the claim, all or none, and free with the end of the attempt', async () => {
    const host = await runAll({ backlog, settings: { maxAgents: 4 } });
    assert.deepEqual(host.transcript('feature.claimed'), [
      '     0 feature.claimed featureId=2 slot=1',
      '     0 feature.claimed featureId=4 slot=2',
      '  1000 feature.claimed featureId=1 slot=1',
      '  1000 feature.claimed featureId=3 slot=3',
    ]);
    assert.deepEqual(pathsLocked(host, 1), ['a.ts', '"port 3000"']);
    assert.deepEqual(pathsLocked(host, 2), ['"Port 3000"', '"dev database"']);
    assert.deepEqual(host.engine.snapshot.locks.holds, []);
    const released = host.events.flatMap((e) =>
      e.type === 'lock.released' && !lockName(e).startsWith('work/') ? [lockName(e)] : [],
    );
    assert.deepEqual(released.sort(), [
      '"Port 3000"',
      '"dev database"',
      '"dev database"',
      '"port 3000"',
      'a.ts',
      'port 3000',
    ]);
  });

  it('are no files: an agent claims and gives back one of the same name', async () => {
    const answers: string[] = [];
    await runAll({
      backlog: [{ name: 'a', resources: ['f'] }, { name: 'b' }],
      agents: doing({
        a: async ({ wait, submit, desk, fence }) => {
          answers.push(JSON.stringify(await desk.files.releaseFile(fence, 'f')));
          await wait(5000);
          await submit();
        },
        b: async ({ wait, write, submit }) => {
          await wait(1000);
          answers.push(String((await write('f', 'b')).ok));
          await submit();
        },
      }),
    });
    assert.match(answers[0] ?? '', /You do not hold f/);
    assert.equal(answers[1], 'true');
  });

  it('that are taken out of the backlog hold nobody up any more', async () => {
    const host = await SimulatedHost.open({
      backlog: [
        { name: 'a', resources: ['port'] },
        { name: 'b', resources: ['port'] },
      ],
      agents: doing({
        a: async ({ wait, submit }) => {
          await wait(9000);
          await submit();
        },
      }),
    });
    await host.start();
    await host.clock.advance(1000);
    const waiting = waitingForFiles(host.engine.snapshot).get(2);
    assert.equal(waiting && describePassedOver(waiting), 'waits for "port", held by agent 1 (feature 1)');
    await host.engine.loadBacklog(specsOf([{ name: 'a', resources: ['port'] }, { name: 'b' }]));
    await host.clock.advance(1000);
    assert.deepEqual(host.transcript('feature.claimed'), [
      '     0 feature.claimed featureId=1 slot=1',
      '  1000 feature.claimed featureId=2 slot=2',
    ]);
    await host.clock.advance(9000);
    assert.deepEqual(host.bugs, []);
  });
});

describe('waiting for a file', () => {
  /** `a` takes `f` at once and works 5 s; `b` comes after 2 s and does what the test says. */
  async function meeting(b: (hands: Hands) => Promise<unknown>): Promise<SimulatedHost> {
    return runAll({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents: doing({
        a: async ({ write, wait, submit }) => {
          await write('f', 'a');
          await wait(5000);
          await submit();
        },
        b: async (hands) => {
          await hands.wait(2000);
          await b(hands);
          await hands.submit();
        },
      }),
    });
  }

  it('is measured, by feature and file, and told to who waited', async () => {
    let grant: LockGrant | undefined;
    const host = await meeting(async ({ desk, fence }) => {
      const locked = await desk.files.lockFile(fence, './F');
      if (locked.ok) grant = locked.value;
    });
    assert.deepEqual(grant, {
      path: 'F',
      fresh: true,
      waitedMs: 3000,
      waitedFor: 'F is held by agent 1 for feature 1, "a" (with f), for 2 s now.',
    });
    const [waited] = host.events.flatMap((e) => (e.type === 'lock.granted' && e.featureId === 2 ? [e] : []));
    assert.equal(waited?.waitedMs, 3000);
  });

  it('can be declined: then who has it, since when, for what, and what else to do', async () => {
    let answer: unknown;
    const host = await meeting(async ({ desk, fence }) => {
      answer = await desk.files.lockFile(fence, 'f', false);
    });
    assert.deepEqual(answer, {
      ok: false,
      error: {
        code: 'locked',
        message:
          'f is held by agent 1 for feature 1, "a", for 2 s now. Do what does not need it first and ask for it again ' +
          'later, or leave it out if your feature can do without. Asked for without "wait": false, it is yours as soon ' +
          'as it is free.',
      },
    });
    assert.equal(host.transcript('lock.waiting').length, 0);
  });

  it('names the user who is editing it', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'b' }],
      agents: doing({
        b: async ({ desk, fence, submit }) => {
          const answer = await desk.files.lockFile(fence, 'mine', false);
          assert.match(answer.ok ? '' : answer.error.message, /^mine is being edited by the user\./);
          await submit();
        },
      }),
    });
    await host.engine.humanEditing(['mine']);
    await host.run();
    assert.deepEqual([host.bugs, host.statusOf(1)], [[], 'passing']);
  });

  it('is one wait however often it is asked for', async () => {
    const host = await meeting(async ({ desk, fence }) => {
      const answers = await Promise.all(['f', 'f', './f'].map((path) => desk.files.lockFile(fence, path)));
      assert.deepEqual(
        answers.map((answer) => answer.ok && answer.value.waitedMs),
        [3000, 3000, 3000],
      );
    });
    assert.equal(host.transcript('lock.waiting').length, 1);
    assert.equal(pathsLocked(host, 2).length, 1);
  });
});

describe('an attempt that ends while its changes are looked at', () => {
  it('is granted none of their files any more, which nobody would release', async () => {
    const workspace = new MemoryIsolation();
    const host = await SimulatedHost.open({
      workspace,
      backlog: [{ name: 'a' }],
      agents: doing({
        a: async ({ handIn, assignment }) => {
          workspace.placeOf(assignment.slot).set('by a command', 'x');
          const look = workspace.changes.bind(workspace);
          workspace.changes = async (slot) => {
            const found = await look(slot);
            workspace.changes = look;
            await host.engine.runs.stop();
            return found;
          };
          await handIn().catch(() => undefined);
        },
      }),
    });
    await host.start();
    await host.clock.advance(1000);
    assert.deepEqual([host.statusOf(1), host.bugs], ['pending', []]);
    assert.deepEqual(host.engine.snapshot.locks.holds, []);
    assert.deepEqual(host.transcript('lock.granted'), []);
  });
});

describe('a file whose name differs from another’s by case', () => {
  it('is held with it, and is as it is now in the copy of whoever asks for it by its own name', async () => {
    const found: unknown[] = [];
    await runAll({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents: doing({
        a: async ({ desk, fence, write, wait, submit }) => {
          await desk.files.lockFile(fence, 'f');
          await write('f', 'one');
          await write('F', 'other');
          await wait(2000);
          await submit();
        },
        b: async ({ desk, fence, read, write, wait, submit }) => {
          await wait(1000);
          const asked = await desk.files.lockFile(fence, 'f');
          const again = await desk.files.lockFile(fence, 'F');
          found.push(asked.ok && asked.value.fresh, again.ok && again.value.fresh, read('f'), read('F'));
          await write('F', null);
          await submit();
          found.push(read('F'));
        },
      }),
    });
    assert.deepEqual(found, [true, false, 'one', 'other', undefined]);
  });
});

describe('giving a lock back', () => {
  it('goes by the file, not by how its name is written, and never for what was changed', async () => {
    const answers: unknown[] = [];
    await runAll({
      backlog: [{ name: 'a', files: ['src/'] }],
      agents: doing({
        a: async ({ desk, fence, write, submit }) => {
          const release = async (path: string) => {
            const answer = await desk.files.releaseFile(fence, path);
            answers.push(answer.ok ? answer.value : answer.error.code);
          };
          await desk.files.lockFile(fence, 'Readme.md');
          await release('readme.MD');
          await release('readme.md');
          await write('src/x.ts', 'x');
          await release('SRC');
          await desk.files.lockFile(fence, 'lib.ts');
          await write('lib.ts', 'x');
          await release('LIB.ts');
          await submit();
        },
      }),
    });
    assert.deepEqual(answers, ['Released readme.MD', 'notOwner', 'locked', 'locked']);
  });
});

describe('moving and deleting', () => {
  const files = { 'a.ts': 'a', 'keep.ts': 'k' };
  const moving: Behaviour = async ({ desk, fence, read, write, submit }) => {
    const moved = await desk.files.moveFile(fence, { from: 'a.ts', to: 'src/b.ts', baseHash: hashOf('a') });
    assert.ok(moved.ok);
    assert.deepEqual([read('a.ts'), read('src/b.ts')], [undefined, 'a']);
    await write('keep.ts', null);
    await submit();
  };

  it('belong once the feature passes', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }],
      workspace: workspaceOf(files),
      agents: () => moving,
    });
    assert.deepEqual([...host.workspace.files], [['src/b.ts', 'a']]);
    assert.deepEqual(pathsLocked(host, 1), ['a.ts', 'src/b.ts', 'keep.ts']);
  });

  it('are nothing under either name when it fails', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }],
      workspace: workspaceOf(files),
      agents: () => moving,
      settings: noRetries,
      check: () => ({ exitCode: 1 }),
    });
    assert.deepEqual(Object.fromEntries(host.workspace.files), files);
  });

  it('change nothing when the new name is taken, or the file is another than was read', async () => {
    const codes: string[] = [];
    const host = await runAll({
      backlog: [{ name: 'a' }],
      workspace: workspaceOf(files),
      agents: doing({
        a: async ({ desk, fence, submit }) => {
          for (const [to, base] of [
            ['keep.ts', 'a'],
            ['new.ts', 'old'],
          ] as const) {
            const answer = await desk.files.moveFile(fence, { from: 'a.ts', to, baseHash: hashOf(base) });
            codes.push(answer.ok ? 'moved' : answer.error.code);
          }
          await submit();
        },
      }),
    });
    assert.deepEqual(codes, ['changedOnDisk', 'changedOnDisk']);
    assert.deepEqual(Object.fromEntries(host.workspace.files), { ...files, 'work/1.txt': '1' });
  });
});
