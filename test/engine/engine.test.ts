// The engine by scenarios on a simulated clock: whole runs, with agents that work, fail, collide, die and are stopped.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { leaseMs } from '../../src/core/claims/claim';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { Assignment } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk } from '../doubles/memoryStore';
import { doASecond, SimulatedHost, type SimulatedHostOptions, specsOf } from '../doubles/simulatedHost';

const five = [1, 2, 3, 4, 5].map((n) => ({ name: `Feature ${n}`, priority: n < 4 ? 1 : 2 }));

async function runAll(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const host = await SimulatedHost.open(options);
  await host.run();
  assert.deepEqual(host.bugs, []);
  assert.equal(host.broken, undefined);
  return host;
}

describe('the engine', () => {
  it('refills a free slot at once, lowest number first', async () => {
    const seconds: Record<string, number> = {
      'Feature 1': 1,
      'Feature 2': 2,
      'Feature 3': 3,
      'Feature 4': 1,
      'Feature 5': 1,
    };
    const host = await runAll({
      backlog: five,
      agents:
        ({ name }) =>
        async ({ wait, submit }) => {
          await wait((seconds[name] ?? 0) * 1000);
          await submit();
        },
    });
    assert.deepEqual(host.transcript('feature.claimed', 'feature.passed', 'run.finished'), [
      '     0 feature.claimed featureId=1 slot=1',
      '     0 feature.claimed featureId=2 slot=2',
      '     0 feature.claimed featureId=3 slot=3',
      '  1000 feature.passed featureId=1 slot=1',
      '  1000 feature.claimed featureId=4 slot=1',
      '  2000 feature.passed featureId=2 slot=2',
      '  2000 feature.claimed featureId=5 slot=2',
      '  2000 feature.passed featureId=4 slot=1',
      '  3000 feature.passed featureId=3 slot=3',
      '  3000 feature.passed featureId=5 slot=2',
      '  3000 run.finished',
    ]);
  });

  for (const [count, agents, durations] of [
    [5, 3, 2],
    [15, 3, 5],
    [30, 3, 10],
    [5, 1, 5],
    [5, 5, 1],
  ] as const) {
    it(`builds ${count} equal features with ${agents} agents in ${durations} durations`, async () => {
      const backlog = Array.from({ length: count }, (_, k) => ({ name: `F${k}` }));
      const host = await runAll({ backlog, settings: { maxAgents: agents } });
      assert.equal(host.engine.snapshot.run?.report?.wallMs, durations * 1000);
      assert.equal(host.engine.snapshot.run?.outcome, 'complete');
      assert.equal(host.engine.snapshot.run?.report?.oneAgentMs, count * 1000);
    });
  }

  it('starts a dependent on the event that frees it, and never before', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b', depends_on: ['a'] }, { name: 'c', depends_on: ['b'] }],
    });
    assert.deepEqual(
      host.asked.map(({ feature, atMs }) => [feature, atMs - (host.asked[0]?.atMs ?? 0)]),
      [
        ['a', 0],
        ['b', 1000],
        ['c', 2000],
      ],
    );
  });

  it('retries a failed check with the reason, then fails and skips what depends on it', async () => {
    const told: (string | undefined)[] = [];
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b', depends_on: ['a'] }, { name: 'c' }],
      agents: (assignment) => async (hands) => {
        if (assignment.name === 'a') told.push(assignment.lastFailure);
        await doASecond(hands);
      },
      check: ({ env }) =>
        env?.PARALLEL_AGENTS_FEATURE_NAME === 'a' ? { exitCode: 7, outputTail: 'not yet' } : {},
    });
    assert.equal(told.length, 4);
    assert.match(told[3] ?? '', /exited with 7\.\nnot yet/);
    assert.deepEqual(
      [1, 2, 3].map((id) => host.statusOf(id)),
      ['failed', 'skipped', 'passing'],
    );
    assert.equal(host.engine.snapshot.run?.outcome, 'incomplete');
    await host.engine.judgement.retry(1);
    await host.clock.advance(0);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['pending', 'waiting'],
    );
  });

  it('tells agents long texts in whole, and holds no more than their ends', async () => {
    const long = (word: string) => `${word} first\n${`${word}\n`.repeat(9_000)}${word} last`;
    const [description, verify, output] = [long('build'), `true # ${long('check')}`, long('output')];
    const assignments: Assignment[] = [];
    const backlog = [{ name: 'a', description, verify }];
    const host = await runAll({
      backlog,
      agents: (assignment) => async (hands) => {
        assignments.push(assignment);
        assert.equal((await hands.desk.commands.begin(hands.fence, verify)).ok, true);
        await doASecond(hands);
      },
      check: ({ command }) => {
        assert.equal(command, verify);
        return { exitCode: assignments.length < 2 ? 1 : 0, outputTail: output };
      },
    });
    const [first, second] = assignments;
    assert.deepEqual([first?.description, first?.verifyCommand], [description, verify]);
    assert.ok(second?.lastFailure?.includes(output.slice(-4000)), second?.lastFailure);
    assert.equal(host.statusOf(1), 'passing');
    for (const told of [host.engine.snapshot, ...host.events]) {
      assert.ok(JSON.stringify(told).length < 10_000, JSON.stringify(told).slice(0, 200));
    }
    const passed = host.events.find((e) => e.type === 'feature.passed' && e.evidence.kind === 'check');
    assert.ok(passed?.type === 'feature.passed' && passed.evidence.kind === 'check');
    assert.equal(await host.engine.log.text(passed.evidence.outputTail), output);
    assert.deepEqual(await host.engine.loadBacklog(specsOf(backlog)), {
      added: 0,
      edited: 0,
      removed: 0,
      deferred: 0,
      keyed: [],
    });
    const other = [{ name: 'a', description: `${description.slice(0, -1)}T`, verify }];
    assert.deepEqual(await host.engine.loadBacklog(specsOf(other)), {
      added: 0,
      edited: 1,
      removed: 0,
      deferred: 0,
      keyed: [],
    });
  });

  it('never calls a feature passing without a check: it asks the user, who may say yes', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b', depends_on: ['a'] }],
      settings: { verifyCommand: undefined },
    });
    assert.equal(host.statusOf(1), 'claimed');
    assert.match(
      JSON.stringify(host.engine.snapshot.features[1]?.state),
      /diff 1 shows it; confirm 1, or reject 1/,
    );
    assert.equal(host.statusOf(2), 'waiting');
    assert.equal((await host.engine.judgement.confirm(1)).ok, true);
    await host.clock.advance(0);
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(host.statusOf(2), 'pending');
  });

  it('brings nothing into the workspace that the user rejects', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('old.txt', 'old');
    const host = await runAll({
      backlog: [{ name: 'a' }],
      workspace,
      settings: { verifyCommand: undefined },
      agents:
        () =>
        async ({ write, submit }) => {
          await write('old.txt', 'new');
          await write('made.txt', 'made');
          await submit();
        },
    });
    assert.deepEqual([...workspace.files], [['old.txt', 'old']]);
    assert.deepEqual(await host.engine.judgement.reject(1), { ok: true, value: {} });
    assert.deepEqual([...workspace.files], [['old.txt', 'old']]);
    assert.equal(host.statusOf(1), 'failed');
    assert.equal((await host.engine.judgement.confirm(1)).ok, false);
  });

  it('tells of work that waits for an approval and is on record no more, lets no yes take it for done, and has it rejected', async () => {
    const [disk, workspace] = [new MemoryDisk(), new MemoryIsolation()];
    const asked = { backlog: [{ name: 'a' }], settings: { verifyCommand: undefined }, disk, workspace };
    await runAll(asked);
    disk.publications = new Map();
    workspace.leftBegun = async () => Array.from({ length: 22 }, (_, k) => `src/${k}.ts`);
    const host = await SimulatedHost.open(asked);
    const told = (await host.engine.log.events(0, 1000)).flatMap((e) =>
      e.type === 'error.occurred' ? [{ where: e.where, message: e.message, featureId: e.featureId }] : [],
    );
    assert.equal(told.length, 2);
    assert.deepEqual(told[0], {
      where: 'Records',
      featureId: 1,
      message:
        'Feature 1 waits for an approval to work of which the record is gone. Reject it, and have it built again.',
    });
    assert.match(String(told[1]?.message), /the record of it is gone; .*: src\/0\.ts, .* and 2 more\.$/);
    for (const answer of [await host.engine.judgement.confirm(1), host.engine.judgement.kept(1)])
      assert.match(answer.ok ? '' : answer.error.message, /the record is gone\. Reject it/);
    assert.equal(host.statusOf(1), 'claimed');
    assert.equal((await host.engine.judgement.reject(1)).ok, true);
    assert.equal((await host.engine.judgement.retry(1)).ok, true);
  });

  it('tells of a publication that had begun also where the host before died at that word, and then no more', async () => {
    const [disk, workspace] = [new MemoryDisk(), new MemoryIsolation()];
    let begun: readonly string[] = ['src/a.ts'];
    workspace.leftBegun = async () => begun;
    workspace.forgetBegun = async () => {
      begun = [];
    };
    const open = () => SimulatedHost.open({ backlog: [], disk, workspace });
    disk.refusal = new Failure('io', 'the machine stopped');
    await assert.rejects(open(), /the machine stopped/);
    await open();
    const host = await open();
    const told = (await host.engine.log.events(0, 1000)).filter((e) => e.type === 'error.occurred');
    assert.equal(told.length, 1);
    assert.match(JSON.stringify(told), /the record of it is gone; .*: src\/a\.ts\./);
  });

  it('passes over a feature whose declared file is busy, and never lets two hold one', async () => {
    const host = await runAll({
      backlog: [
        { name: 'a', files: ['src/app.ts'] },
        { name: 'b', files: ['./src/../src/App.ts'] },
        { name: 'c' },
      ],
      settings: { maxAgents: 2 },
    });
    assert.deepEqual(host.transcript('feature.claimed'), [
      '     0 feature.claimed featureId=1 slot=1',
      '     0 feature.claimed featureId=3 slot=2',
      '  1000 feature.claimed featureId=2 slot=1',
    ]);
  });

  it('makes an agent wait its turn for an undeclared file, and shows it the file as it is then', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('shared.txt', '0');
    const seen: string[] = [];
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      workspace,
      agents:
        () =>
        async ({ desk, fence, read, write, wait, submit }) => {
          await desk.files.lockFile(fence, 'shared.txt');
          const text = read('shared.txt') ?? '';
          seen.push(text);
          await wait(1000);
          await write('shared.txt', `${text}+`);
          await submit();
        },
    });
    assert.deepEqual(seen, ['0', '0+', '0++']);
    assert.equal(workspace.files.get('shared.txt'), '0+++');
    assert.equal(host.engine.snapshot.run?.report?.waitingMs.lock, 3000);
  });

  it('yields instead of closing a circle, its work given up, and holds that file next time', async () => {
    const workspace = new MemoryIsolation();
    const order: Record<string, readonly string[]> = { a: ['x', 'y'], b: ['y', 'x'] };
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b' }],
      workspace,
      agents:
        ({ name }) =>
        async ({ write, wait, submit }) => {
          for (const path of order[name] ?? []) {
            const done = await write(path, name);
            if (!done.ok) return;
            await wait(1000);
          }
          await submit();
        },
    });
    assert.deepEqual(host.transcript('feature.yielded'), [
      '  1000 feature.yielded featureId=2 slot=2 path=x cause=lock',
    ]);
    assert.deepEqual(host.engine.snapshot.features[2]?.learnedFiles, ['x']);
    assert.equal(host.engine.snapshot.features[2]?.failures, 0);
    assert.deepEqual(
      [...workspace.files],
      [
        ['x', 'b'],
        ['y', 'b'],
      ],
    );
  });

  it('leaves no trace of a failed attempt', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('kept.txt', 'before');
    const host = await runAll({
      backlog: [{ name: 'a' }],
      workspace,
      settings: { limits: { ...defaultLimits, maxRetries: 0 } },
      agents:
        () =>
        async ({ write, submit }) => {
          await write('kept.txt', 'one');
          await write('kept.txt', 'two');
          await write('made.txt', 'made');
          await submit();
        },
      check: () => ({ exitCode: 1 }),
    });
    assert.equal(host.statusOf(1), 'failed');
    assert.deepEqual([...workspace.files], [['kept.txt', 'before']]);
    assert.deepEqual(host.engine.snapshot.locks, { holds: [], waits: [], human: [] });
  });

  it('checks one feature on a copy without what the other has half done', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('shared.txt', 'whole');
    const checked: string[] = [];
    const host = await runAll({
      backlog: [{ name: 'breaker' }, { name: 'other' }],
      workspace,
      agents:
        ({ name }) =>
        async ({ write, wait, submit }) => {
          if (name === 'breaker') {
            await write('shared.txt', 'broken');
            await wait(5000);
            await write('shared.txt', 'whole again');
          } else {
            await wait(2000);
          }
          await submit();
        },
      check: ({ env }, isolation, slot) => {
        const text = isolation.placeOf(slot).get('shared.txt');
        checked.push(`${env?.PARALLEL_AGENTS_FEATURE_NAME}: ${text}`);
        return { exitCode: text === 'broken' ? 1 : 0 };
      },
    });
    assert.deepEqual(checked, ['other: whole', 'breaker: whole again']);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('refuses a write on what the file no longer is', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('f', 'one');
    const codes: string[] = [];
    await runAll({
      backlog: [{ name: 'a' }],
      workspace,
      agents:
        () =>
        async ({ desk, fence, write, submit }) => {
          await desk.files.lockFile(fence, 'f');
          const base = { path: 'f', baseHash: '0'.repeat(64), content: 'agent' };
          const refused = await desk.files.writeFile(fence, base);
          codes.push(refused.ok ? 'written' : refused.error.code);
          codes.push((await write('f', 'after reading again')).ok ? 'written' : 'refused');
          await submit();
        },
    });
    assert.deepEqual(codes, ['changedOnDisk', 'written']);
    assert.equal(workspace.files.get('f'), 'after reading again');
  });

  it('hands a feature back when its agent dies, and fails it when agents die of it again and again', async () => {
    const host = await runAll({
      backlog: [{ name: 'a' }, { name: 'b' }],
      agents:
        ({ name }) =>
        async (hands) => {
          if (name === 'b') return doASecond(hands);
          await hands.write('half', 'done');
          hands.die();
        },
    });
    assert.equal(host.transcript('feature.yielded').length, defaultLimits.maxLosses - 1);
    assert.match(JSON.stringify(host.engine.snapshot.features[1]?.state), /lost again and again/);
    assert.equal(host.statusOf(2), 'passing');
    assert.equal(host.workspace.files.has('half'), false);
  });

  it('takes an agent that gives no sign of life for lost, and hears nothing more from it', async () => {
    const late: unknown[] = [];
    let first = true;
    const host = await runAll({
      backlog: [{ name: 'a' }],
      agents: () => async (hands) => {
        if (!first) return doASecond(hands);
        first = false;
        await hands.wait(leaseMs + 1);
        await hands.write('late', 'late').catch((error: unknown) => late.push(error));
      },
    });
    assert.equal(late.length, 1);
    assert.equal(host.workspace.files.has('late'), false);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('names the limit an attempt ran into', async () => {
    const limits = {
      ...defaultLimits,
      maxRetries: 0,
      attemptMs: { ...defaultLimits.attemptMs, other: 30_000 },
    };
    const host = await runAll({
      backlog: [{ name: 'a' }],
      settings: { limits },
      agents:
        () =>
        async ({ wait, desk, fence }) => {
          for (;;) {
            await wait(10_000);
            desk.renew(fence);
          }
        },
    });
    assert.match(JSON.stringify(host.engine.snapshot.features[1]?.state), /time limit of 30 s/);
    assert.deepEqual(host.transcript('limit.reached'), [
      ' 30000 limit.reached featureId=1 slot=1 limit=attempt_time',
    ]);
  });

  it('asks an agent over its action limit to wrap up, and lets it finish', async () => {
    const answers: string[] = [];
    const host = await runAll({
      backlog: [{ name: 'a' }],
      settings: { limits: { ...defaultLimits, maxActions: 2 } },
      agents:
        () =>
        async ({ desk, fence, submit }) => {
          for (let k = 0; k < 3; k++)
            answers.push((await desk.toolBegin(fence, { tool: 'read_file', fingerprint: String(k) })).kind);
          await submit();
        },
    });
    assert.deepEqual(answers, ['go', 'go', 'wrapUp']);
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(host.transcript('limit.reached'), [
      '     0 limit.reached featureId=1 slot=1 limit=max_actions',
    ]);
  });

  it('drains when N shrinks, refills when it grows, and claims nothing while paused', async () => {
    const backlog = Array.from({ length: 8 }, (_, k) => ({ name: `F${k}` }));
    const host = await SimulatedHost.open({ backlog });
    await host.start();
    await host.clock.advance(500);
    await host.engine.runs.configure(1);
    await host.clock.advance(1000);
    const live = () =>
      Object.values(host.engine.snapshot.features).filter((f) => f.state.status === 'claimed').length;
    assert.equal(live(), 1);
    await host.engine.runs.pause();
    await host.clock.advance(2000);
    assert.equal(live(), 0);
    await host.engine.runs.configure(2);
    await host.engine.runs.resume();
    await host.clock.advance(0);
    assert.equal(live(), 2);
    await host.clock.advance(10_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.equal(host.asked.length, 8);
  });

  it('stops: attempts ended and given up, features back in the queue, the run closed', async () => {
    const workspace = new MemoryIsolation();
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      workspace,
      agents:
        () =>
        async ({ write, wait, assignment }) => {
          await write(`${assignment.name}.txt`, 'half');
          await wait(60_000);
        },
    });
    await host.start();
    await host.clock.advance(100);
    assert.equal(workspace.placeOf(1).size, 1);
    await host.engine.runs.stop();
    await host.clock.advance(0);
    assert.equal(workspace.files.size, 0);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['pending', 'pending'],
    );
    assert.equal(host.engine.snapshot.run?.outcome, 'stopped');
    assert.deepEqual(
      Object.values(host.engine.snapshot.agents).map((a) => a.end),
      ['stopped', 'stopped'],
    );
  });

  it('slows every agent down together when the provider asks for it', async () => {
    const called: number[] = [];
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      asNamed: true,
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, submit }) => {
          await desk.modelPermit(fence);
          if (name === 'a') desk.modelLimited(fence, { reason: '429', retryAfterMs: 7000 });
          await wait(10);
          await desk.modelPermit(fence);
          called.push(host.clock.now());
          await submit();
        },
    });
    const before = host.clock.now();
    await host.run();
    assert.equal(called.length, 3);
    for (const at of called) assert.ok(at - before >= 7000, `called after ${at - before} ms`);
    assert.equal(host.transcript('throttle.changed').length, 1);
  });

  it('asks ever less often where the service would be asked again at once, and refuses', async () => {
    let asked = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      asNamed: true,
      agents:
        () =>
        async ({ desk, fence, submit }) => {
          for (; asked < 8; asked++) {
            await desk.modelPermit(fence);
            desk.modelLimited(fence, { reason: 'slow', retryAfterMs: 0 });
          }
          await desk.modelPermit(fence);
          await submit();
        },
    });
    await host.start();
    await host.clock.advance(20_000);
    assert.ok(asked <= 6, `asked ${asked} times in 20 s`);
    await host.clock.advance(600_000);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('is put off by an hour at most at a time, tells it once, and loses no attempt for it', async () => {
    let refusals = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      asNamed: true,
      agents:
        () =>
        async ({ desk, fence, wait, submit }) => {
          await desk.modelPermit(fence);
          desk.modelBegun(fence);
          await wait(fence);
          refusals++;
          desk.modelLimited(fence, { reason: 'slow', retryAfterMs: 999_999_999_000 });
          let waits = true;
          const permit = desk.modelPermit(fence).then(() => {
            waits = false;
          });
          for (; waits; await wait(10_000)) desk.renew(fence);
          await permit;
          await submit();
        },
    });
    const before = host.clock.now();
    await host.start();
    await host.clock.advance(3 * 3_600_000);
    assert.equal(refusals, 3);
    const [only, ...more] = host.events.flatMap((e) => (e.type === 'throttle.changed' ? [e.untilAt] : []));
    assert.ok(typeof only === 'number' && only - before <= 3_601_000, String(only));
    assert.deepEqual(more, []);
    assert.deepEqual(
      [1, 2, 3].map((id) => host.statusOf(id)),
      ['passing', 'passing', 'passing'],
    );
    assert.equal(host.transcript('agent.started').length, 3);
  });

  it("leaves a file with the human's unsaved edits to the human", async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'a', files: ['mine.txt'] }, { name: 'b' }] });
    await host.engine.humanEditing(['mine.txt']);
    await host.start();
    await host.clock.advance(5000);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['pending', 'passing'],
    );
    await host.engine.humanEditing([]);
    await host.clock.advance(1000);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('takes what a command changed for the attempt, and holds back what another agent holds until that is settled', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('mine', '1');
    workspace.put('theirs', '1');
    let outcome: unknown;
    const submitted: string[] = [];
    const ended: string[] = [];
    await runAll({
      backlog: [{ name: 'a' }, { name: 'b', files: ['theirs'] }],
      workspace,
      agents:
        ({ name, slot }) =>
        async ({ desk, fence, wait, submit }) => {
          if (name === 'a') {
            await desk.commands.begin(fence, 'check');
            const copy = workspace.placeOf(slot);
            copy.set('mine', '2');
            copy.set('theirs', '2');
            outcome = await desk.commands.end(fence, { durationMs: 1, printed: '' });
            assert.equal(copy.get('theirs'), '2');
          } else await wait(1000);
          submitted.push(name);
          await submit();
          ended.push(name);
        },
    });
    assert.deepEqual(outcome, {
      kept: ['mine'],
      dropped: [],
      contested: [{ path: 'theirs', why: 'theirs is held by agent 2 for feature 2, "b", for 0 s now.' }],
      output: '',
    });
    assert.deepEqual(
      [submitted, ended],
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
    );
    assert.deepEqual(Object.fromEntries(workspace.files), { mine: '2', theirs: '2', 'work/2.txt': '2' });
  });

  it('loads a backlog twice without adding anything twice, and applies an edit of a claimed feature after its attempt', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'a' }] });
    const [spec] = specsOf([{ name: 'a' }]);
    assert.ok(spec);
    assert.deepEqual(await host.engine.loadBacklog([spec]), {
      added: 0,
      edited: 0,
      removed: 0,
      deferred: 0,
      keyed: [],
    });
    await host.start();
    await host.engine.loadBacklog([{ ...spec, description: 'new words' }]);
    assert.equal(host.engine.snapshot.features[1]?.spec.description, '');
    await host.clock.advance(2000);
    assert.equal(host.engine.snapshot.features[1]?.spec.description, 'new words');
    assert.equal(host.statusOf(1), 'passing');
  });

  for (const [what, ms] of [
    ['an hour back', -3_600_000],
    ['a day forward', 86_400_000],
  ] as const) {
    it(`loses no lease and no time when the clock is set ${what} in mid-run`, async () => {
      const host = await SimulatedHost.open({ backlog: five, settings: { maxAgents: 2 } });
      await host.start();
      await host.clock.advance(500);
      host.clock.setWall(ms);
      for (let s = 0; s < 10; s++) await host.clock.advance(1000);
      const { run, experience } = host.engine.snapshot;
      assert.equal(run?.outcome, 'complete');
      assert.deepEqual([run?.report?.wallMs, run?.report?.oneAgentMs], [3000, 5000]);
      assert.equal(host.events.filter((e) => e.type === 'feature.yielded').length, 0);
      assert.deepEqual(experience[0]?.models[0]?.totalMs, 5000);
      // When it happened is shown by the clock that people have.
      assert.equal(host.events.at(-1)?.at, host.events[0] && host.events[0].at + ms + 3000);
    });
  }

  it('tells others how long a file has been held, whatever was done to the clock', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a', files: ['f'] }, { name: 'b' }],
      agents:
        ({ name }) =>
        async ({ desk, fence, wait, submit }) => {
          await wait(name === 'a' ? 9000 : 7000);
          if (name === 'b') {
            const busy = await desk.files.lockFile(fence, 'f', false);
            assert.match(busy.ok ? '' : busy.error.message, /for 7 s now/);
          }
          await submit();
        },
    });
    await host.start();
    host.clock.setWall(-3_600_000);
    await host.clock.advance(10_000);
    assert.deepEqual(host.bugs, []);
  });

  it('recovers: ends what was left, gives up what was half done, and goes on with the open run', async () => {
    const workspace = new MemoryIsolation();
    workspace.put('f', 'before');
    const disk = new MemoryDisk();
    const backlog = [{ name: 'a' }, { name: 'b' }];
    const first = await SimulatedHost.open({
      backlog,
      workspace,
      disk,
      agents:
        () =>
        async ({ write, wait, assignment }) => {
          await write(assignment.name === 'a' ? 'f' : 'g', 'half done');
          await wait(60_000);
        },
    });
    await first.start();
    await first.clock.advance(100);
    assert.equal(workspace.placeOf(1).get('f'), 'half done');
    // The first host is simply never heard of again; the second opens what it stored.
    const second = await SimulatedHost.open({ backlog, workspace, disk });
    assert.deepEqual([...workspace.files], [['f', 'before']]);
    assert.deepEqual(second.endedProcesses, ['test-1', 'test-2']);
    const told = (await second.engine.log.events(0, 1000)).find((e) => e.type === 'recovery.done');
    assert.deepEqual(told && { ...told, seq: 0, at: 0, elapsedMs: 0 }, {
      seq: 0,
      at: 0,
      elapsedMs: 0,
      type: 'recovery.done',
      endedProcesses: 2,
      publishedFeatures: [],
      releasedFeatures: [1, 2],
      cutBytes: 0,
    });
    second.engine.goOn();
    await second.clock.advance(2000);
    assert.equal(second.engine.snapshot.run?.outcome, 'complete');
    assert.equal(second.engine.snapshot.run?.id, 1);
    assert.equal(second.engine.snapshot.features[1]?.losses, 0);
  });

  it('takes over records made elsewhere: ends no process by its number there, and ends the run that was open', async () => {
    const disk = new MemoryDisk();
    const backlog = [{ name: 'a' }, { name: 'b', depends_on: ['a'] }];
    const there = await SimulatedHost.open({
      backlog,
      disk,
      agents:
        ({ name }) =>
        async ({ wait, submit }) => {
          if (name === 'b') await wait(60_000);
          return submit();
        },
    });
    await there.start();
    await there.clock.advance(5_000);
    assert.deepEqual(statusesIn(there), ['passing', 'claimed']);
    const here = await SimulatedHost.open({ backlog, disk, loaded: { madeElsewhere: true } });
    assert.deepEqual(here.endedPids, [undefined]);
    assert.deepEqual(statusesIn(here), ['passing', 'pending']);
    const { run } = here.engine.snapshot;
    assert.deepEqual([run?.id, run?.status, run?.outcome], [1, 'finished', 'stopped']);
    here.engine.goOn();
    await here.clock.advance(5_000);
    assert.deepEqual(statusesIn(here), ['passing', 'pending']);
    await here.run();
    assert.equal(here.engine.snapshot.run?.id, 2);
    assert.deepEqual(statusesIn(here), ['passing', 'passing']);
  });
});

function statusesIn({ engine }: SimulatedHost): readonly string[] {
  return Object.values(engine.snapshot.features).map(({ state }) => state.status);
}
