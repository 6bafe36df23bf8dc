// From handing in to the workspace: what is checked is what is published, whatever others and the user do meanwhile.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { excerptOf } from '../../src/core/shared/longText';
import { hashOf, MemoryIsolation } from '../doubles/memoryIsolation';
import {
  type Behaviour,
  type Hands,
  SimulatedHost,
  type SimulatedHostOptions,
} from '../doubles/simulatedHost';

async function runAll(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open(options);
  await host.run();
  assert.deepEqual(host.bugs, []);
  return host;
}

function workspaceOf(files: Readonly<Record<string, string>>): MemoryIsolation {
  const workspace = new MemoryIsolation();
  for (const [path, text] of Object.entries(files)) workspace.put(path, text);
  return workspace;
}

/** Writes one file and hands in. */
const writes =
  (path: string, text: string): Behaviour =>
  async ({ write, submit }) => {
    await write(path, text);
    await submit();
  };

const doing =
  (behaviours: Readonly<Record<string, Behaviour>>): SimulatedHostOptions['agents'] =>
  ({ name }) =>
    behaviours[name] ?? writes(`${name}.txt`, name);

const nameIn = (env: Readonly<Record<string, string>> | undefined) => env?.PARALLEL_AGENTS_FEATURE_NAME ?? '';

const checksOf = (host: SimulatedHost, featureId: number) =>
  host.events.filter((e) => e.type === 'verify.started' && e.featureId === featureId).length;

describe('the check of what is handed in', () => {
  it('is made again when other work was published while it ran', async () => {
    const seen: string[] = [];
    const host = await runAll({
      backlog: [{ name: 'slow' }, { name: 'quick' }],
      agents: doing({}),
      check: ({ env }, workspace, slot) => {
        seen.push(`${nameIn(env)}: ${[...workspace.placeOf(slot).keys()].sort().join(' ')}`);
        return { durationMs: nameIn(env) === 'slow' ? 100_000 : 1_000 }; // nobody waits so long for it
      },
    });
    assert.deepEqual(seen, [
      'slow: slow.txt',
      'quick: quick.txt slow.txt',
      'quick: quick.txt',
      'slow: quick.txt slow.txt',
    ]);
    assert.deepEqual(Object.keys(Object.fromEntries(host.workspace.files)).sort(), ['quick.txt', 'slow.txt']);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('passes no two changes that are green alone and red together', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b' }],
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
      agents: doing({}),
      check: (_, workspace, slot) => {
        const place = workspace.placeOf(slot);
        return { durationMs: 1_000, exitCode: place.has('a.txt') && place.has('b.txt') ? 1 : 0 };
      },
    });
    assert.deepEqual([1, 2].map((id) => host.statusOf(id)).sort(), ['failed', 'passing']);
    assert.equal(host.workspace.files.size, 1);
  });

  it('has the others wait when it was overtaken twice, so that all come to their end', async () => {
    const backlog = [{ name: 'slow' }, ...Array.from({ length: 80 }, (_, n) => ({ name: `q${n}` }))];
    const host = await runAll({
      backlog,
      agents: doing({}),
      check: ({ env }) => ({ durationMs: nameIn(env) === 'slow' ? 200_000 : 10_000 }),
    });
    assert.equal(checksOf(host, 1), 3);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    const third = host.events.filter((e) => e.type === 'verify.started' && e.featureId === 1)[2]?.seq ?? 0;
    const passed = host.events.find((e) => e.type === 'feature.passed' && e.featureId === 1)?.seq ?? 0;
    const between = host.events.filter((e) => e.type === 'file.published' && third < e.seq && e.seq < passed);
    assert.deepEqual(new Set(between.map((e) => 'featureId' in e && e.featureId)), new Set([1]));
  });

  it('counts what the user saves while it runs: merged, told, and checked again', async () => {
    const workspace = workspaceOf({ f: '1\n2\n3\n4\n5\n' });
    let checks = 0;
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a', files: ['f'] }],
      agents: doing({ a: writes('f', 'one\n2\n3\n4\n5\n') }),
      check: (_, { placeOf }, slot) => {
        checks += 1;
        if (checks === 1) workspace.put('f', '1\n2\n3\n4\nfive\n');
        else assert.equal(placeOf.call(workspace, slot).get('f'), 'one\n2\n3\n4\nfive\n');
        return {};
      },
    });
    assert.equal(checks, 2);
    assert.equal(workspace.files.get('f'), 'one\n2\n3\n4\nfive\n');
    assert.deepEqual(host.transcript('lock.conflicted'), [
      '     0 lock.conflicted featureId=1 slot=1 path=f',
    ]);
  });

  it('keeps what the user saved over the same lines, and gives the work back to its agent with both texts', async () => {
    const workspace = workspaceOf({ f: 'old\n' });
    const heard: unknown[] = [];
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a', files: ['f'] }],
      agents: doing({
        a: async ({ desk, fence, write, read, submit }: Hands) => {
          await write('f', 'agent\n');
          workspace.put('f', 'user\n');
          heard.push(await submit());
          assert.equal(read('f'), 'user\n');
          await desk.files.writeFile(fence, {
            path: 'f',
            baseHash: hashOf('user\n'),
            content: 'user\nagent\n',
          });
          heard.push(await submit());
        },
      }),
    });
    assert.deepEqual(heard, [
      {
        kind: 'returned',
        why:
          'The user changed f at the same place as you. Your copy has theirs now. Look at it, and make your change again ' +
          'so that it fits.\nWhat you had made of it:\nagent\n',
      },
      { kind: 'passing' },
    ]);
    assert.equal(workspace.files.get('f'), 'user\nagent\n');
    assert.deepEqual(host.engine.snapshot.features[1]?.failures, 0);
    assert.equal(host.transcript('file.conflicted', 'feature.returned').length, 2);
  });

  /** @param attempts in which the user changes the same line as the agent, who gives up at that */
  async function givenUp(attempts: number) {
    const workspace = workspaceOf({ f: 'old\n' });
    let made = 0;
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a', files: ['f'] }],
      agents: doing({
        a: async ({ desk, fence, write, submit }) => {
          made += 1;
          await write('f', `agent ${made}\n`);
          if (made <= attempts) workspace.put('f', `user ${made}\n`);
          if ((await submit()).kind === 'returned') await desk.giveUp(fence, 'I cannot.');
        },
      }),
    });
    return { host, made, text: workspace.files.get('f') };
  }

  it('costs no attempt where the agent cannot fit its work to what came in', async () => {
    const { host, text } = await givenUp(1);
    assert.deepEqual(host.transcript('feature.yielded'), [
      '     0 feature.yielded featureId=1 slot=1 cause=overlap',
    ]);
    assert.deepEqual([host.statusOf(1), text], ['passing', 'agent 2\n']);
  });

  it('fails a feature whose work is handed back for what came in again and again', async () => {
    const { host, made, text } = await givenUp(Number.POSITIVE_INFINITY);
    assert.equal(made, defaultLimits.maxLosses);
    assert.match(
      JSON.stringify(host.engine.snapshot.features[1]?.state),
      /handed .* back again and again\. .*I cannot/,
    );
    assert.deepEqual([host.statusOf(1), text], ['failed', `user ${made}\n`]);
  });

  const writesOfChecks: readonly [fact: string, file: string, published: string, checks: number][] = [
    ['publishes nothing that only the check made', 'coverage.txt', 'a', 1],
    ['is made again on what it made of the work itself', 'a.txt', 'by the check', 2],
  ];
  for (const [fact, file, published, checks] of writesOfChecks) {
    it(fact, async () => {
      const host = await runAll({
        backlog: [{ name: 'a' }],
        agents: doing({}),
        check: (_, workspace, slot) => {
          workspace.placeOf(slot).set(file, 'by the check');
          return {};
        },
      });
      assert.deepEqual([...host.workspace.files], [['a.txt', published]]);
      assert.equal(checksOf(host, 1), checks);
    });
  }

  it('is not held up for ever by a file that never rests', async () => {
    const workspace = new MemoryIsolation();
    let lines = 0;
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a' }],
      agents: doing({}),
      check: () => {
        workspace.put('server.log', String(++lines));
        return {};
      },
    });
    assert.deepEqual([lines, host.statusOf(1)], [4, 'passing']);
    assert.equal(checksOf(host, 1), 4); // the last one at the run's end, for the file is another by then
  });

  it('is not complete on what the user saved last of all, however often they had saved it before', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const host = await runAll({
      workspace,
      backlog: [{ name: 'a' }],
      agents: doing({}),
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
      check: (_, files, slot) => {
        const isRed = files.placeOf(slot).get('config') === 'bad';
        if (saves < 3) workspace.put('config', ++saves === 3 ? 'bad' : `fine ${saves}`);
        return { exitCode: isRed ? 1 : 0 };
      },
    });
    assert.equal(host.engine.snapshot.run?.outcome, 'incomplete');
  });

  it('fails with words where its check changes the work each time', async () => {
    let runs = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      agents: doing({}),
      check: (_, workspace, slot) => {
        workspace.placeOf(slot).set('a.txt', `run ${++runs}`);
        return {};
      },
    });
    await host.start();
    await host.clock.advance(0);
    const { lastFailure } = host.engine.snapshot.features[1] ?? assert.fail();
    assert.match(
      excerptOf(lastFailure ?? ''),
      /^The check itself changed files of the work \("a\.txt"\) during each of 6 checks/,
    );
    assert.equal(host.workspace.files.has('a.txt'), false);
  });

  it('fails with words where the workspace never comes to rest', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const host = await SimulatedHost.open({
      workspace,
      backlog: [{ name: 'a' }],
      agents: doing({}),
      check: () => {
        workspace.put(`notes${++saves}.txt`, 'new');
        return {};
      },
    });
    await host.start();
    await host.clock.advance(0);
    const { lastFailure } = host.engine.snapshot.features[1] ?? assert.fail();
    assert.match(excerptOf(lastFailure ?? ''), /^The workspace changed during each of 6 checks/);
    assert.equal(workspace.files.has('a.txt'), false);
  });
});

describe('work that waits for the user’s approval', () => {
  const backlog = [{ name: 'a', files: ['AGENTS.md'] }, { name: 'b' }];
  const guide = (text: string) => doing({ a: writes('AGENTS.md', text) });

  it('enters the workspace with the yes, and not before', async () => {
    const host = await runAll({ backlog, agents: guide('kind') });
    assert.deepEqual([...host.workspace.files.keys()], ['b.txt']);
    assert.deepEqual(await host.engine.judgement.confirm(1), { ok: true, value: {} });
    assert.equal(host.workspace.files.get('AGENTS.md'), 'kind');
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(host.transcript('file.published').length, 2);
  });

  it('is laid on the workspace as it is by then, and checked again', async () => {
    const workspace = workspaceOf({ 'AGENTS.md': '1\n2\n3\n' });
    const checked: string[] = [];
    const host = await runAll({
      workspace,
      backlog,
      agents: guide('one\n2\n3\n'),
      check: (_, { placeOf }, slot) => {
        checked.push(`${slot}: ${placeOf.call(workspace, slot).get('AGENTS.md')?.trim().split('\n')}`);
        return {};
      },
    });
    workspace.put('AGENTS.md', '1\n2\nthree\n');
    assert.deepEqual(await host.engine.judgement.confirm(1), { ok: true, value: {} });
    assert.equal(workspace.files.get('AGENTS.md'), 'one\n2\nthree\n');
    assert.equal(checked.at(-1), '0: one,2,three');
  });

  it('stays waiting where it would break what has passed since', async () => {
    const workspace = workspaceOf({ 'AGENTS.md': 'old\n' });
    const host = await runAll({
      workspace,
      backlog: [
        { name: 'a', files: ['AGENTS.md'] },
        { name: 'b', verify: 'grep old AGENTS.md' },
      ],
      agents: guide('new\n'),
      settings: { verifyCommand: 'all' },
      check: ({ command }, { placeOf }, slot) => {
        const isOld = placeOf.call(workspace, slot).get('AGENTS.md') === 'old\n';
        return { exitCode: command === 'all' || isOld ? 0 : 1, outputTail: 'no match' };
      },
    });
    assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['claimed', 'passing']);
    const broken = await host.engine.judgement.confirm(1);
    assert.match(
      broken.ok ? '' : broken.error.message,
      /has come into the workspace since: It breaks feature 2, "b", which had passed\..*no match/s,
    );
    assert.deepEqual([host.statusOf(1), workspace.files.get('AGENTS.md')], ['claimed', 'old\n']);
  });

  it('stays waiting where the check fails by then, or the same lines were changed', async () => {
    const workspace = workspaceOf({ 'AGENTS.md': 'old\n' });
    let exitCode = 0;
    const host = await runAll({
      workspace,
      backlog,
      agents: guide('new\n'),
      check: () => ({ exitCode, outputTail: 'red' }),
    });
    exitCode = 1;
    const red = await host.engine.judgement.confirm(1);
    assert.match(red.ok ? '' : red.error.message, /has come into the workspace since: .*red/s);
    workspace.put('AGENTS.md', 'user\n');
    const overlap = await host.engine.judgement.confirm(1);
    assert.match(overlap.ok ? '' : overlap.error.message, /the same lines of AGENTS\.md were changed/);
    assert.equal(host.statusOf(1), 'claimed');
    assert.equal(workspace.files.get('AGENTS.md'), 'user\n');
    await host.engine.judgement.reject(1);
    assert.equal(host.statusOf(1), 'failed');
  });
});
