// Features that passed and were edited since: checked as they are, and an agent's only where that fails.
import { strict as assert } from 'node:assert';
import { defaultRunSettings, type RunSettings } from '../../src/core/settings/runSettings';
import { Failure } from '../../src/ports/failure';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { MemoryDisk } from '../doubles/memoryStore';
import { SimulatedHost, type SimulatedHostOptions, specsOf } from '../doubles/simulatedHost';

type Entry = Record<string, unknown> & { readonly name: string };

/** A host whose features have passed, a second each. */
async function passed(backlog: readonly Entry[], options: Partial<SimulatedHostOptions> = {}) {
  const host = await SimulatedHost.open({ backlog, ...options });
  await host.run();
  assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  host.asked.length = 0;
  host.events.length = 0;
  return host;
}

async function runAgain(host: SimulatedHost, settings: Partial<RunSettings> = {}): Promise<void> {
  const base = { ...defaultRunSettings, model: 'offline', verifyCommand: 'check' } as const;
  const started = await host.engine.runs.start({ ...base, ...settings });
  assert.ok(started.ok);
  host.engine.goOn();
  for (let passed = 0; passed < 60_000 && host.engine.snapshot.run?.status !== 'finished'; passed += 100)
    await host.clock.advance(100);
  assert.deepEqual([host.engine.snapshot.run?.status, host.bugs, host.broken], ['finished', [], undefined]);
}

const proofOf = (host: SimulatedHost, id: number) => {
  const state = host.engine.snapshot.features[id]?.state;
  return state?.status === 'passing' && state.evidence.kind === 'check' ? state.evidence.command : undefined;
};
const agentsAsked = (host: SimulatedHost) => host.asked.map(({ feature }) => feature);

describe('a feature that was edited after it passed', () => {
  it('passes by the new check alone, without an agent, where that holds', async () => {
    const host = await passed([{ name: 'a', verify: 'old' }, { name: 'b' }]);
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'new' }, { name: 'b' }]));
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['pending', 'passing'],
    );
    await runAgain(host);
    assert.deepEqual([proofOf(host, 1), agentsAsked(host)], ['new', []]);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.deepEqual(
      host
        .transcript('feature.claimed', 'verify.started', 'feature.passed', 'agent.started')
        .map((l) => l.slice(7)),
      [
        'feature.claimed featureId=1 slot=1',
        'verify.started featureId=1 slot=1',
        'feature.passed featureId=1 slot=1',
        'verify.started featureId=2 slot=0', // the run's end looks at all that passes
      ],
    );
  });

  it('is built again where the new check fails, by an agent that is told so, and nothing is counted', async () => {
    const told: (string | undefined)[] = [];
    const host = await passed([{ name: 'a', verify: 'old' }], {
      agents:
        (assignment) =>
        async ({ write, submit }) => {
          told.push(assignment.lastFailure);
          await write('a.txt', String(told.length));
          await submit();
        },
      check: ({ command }, workspace, slot) =>
        command === 'new' && workspace.placeOf(slot).get('a.txt') !== '2'
          ? { exitCode: 3, outputTail: 'one factor' }
          : {},
    });
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'new' }]));
    await runAgain(host);
    assert.deepEqual(told, [undefined, 'The check `new` exited with 3.\none factor']);
    assert.equal(proofOf(host, 1), 'new');
    assert.deepEqual(
      host.transcript('feature.yielded', 'feature.retried', 'feature.failed').map((l) => l.slice(7)),
      ['feature.yielded featureId=1 slot=1 cause=unproved'],
    );
  });

  it('is checked again when only its text was edited', async () => {
    const host = await passed([{ name: 'a', verify: 'same' }]);
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'same', description: 'more' }]));
    assert.equal(host.statusOf(1), 'pending');
    await runAgain(host);
    assert.deepEqual([host.transcript('verify.started').length, agentsAsked(host)], [1, []]);
    assert.equal(host.statusOf(1), 'passing');
  });

  it('stays as it is when its order, files or needs were edited', async () => {
    const host = await passed([{ name: 'a' }, { name: 'b' }]);
    const other = {
      name: 'a',
      priority: 1,
      files: ['x.txt'],
      depends_on: ['b'],
      category: 'ui',
      model: 'opus',
    };
    await host.engine.loadBacklog(specsOf([other, { name: 'b' }]));
    await runAgain(host);
    assert.deepEqual([host.transcript('feature.claimed'), host.statusOf(1)], [[], 'passing']);
  });

  it('keeps from beginning what depends on it and has not begun, until it passes again', async () => {
    const host = await passed([{ name: 'a', verify: 'old' }]);
    await host.engine.loadBacklog(
      specsOf([
        { name: 'a', verify: 'new' },
        { name: 'b', depends_on: ['a'] },
      ]),
    );
    await runAgain(host);
    assert.deepEqual(
      host.transcript('feature.held', 'feature.claimed', 'feature.passed').map((l) => l.slice(7)),
      [
        'feature.held featureId=2',
        'feature.claimed featureId=1 slot=1',
        'feature.passed featureId=1 slot=1',
        'feature.claimed featureId=2 slot=1',
        'feature.passed featureId=2 slot=1',
      ],
    );
  });

  it('needs the yes of the user again where there is no check at all', async () => {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      settings: { verifyCommand: undefined },
    });
    await host.run();
    assert.ok((await host.engine.judgement.confirm(1)).ok);
    await host.engine.loadBacklog(specsOf([{ name: 'a', description: 'more' }]));
    assert.equal(host.statusOf(1), 'pending');
    await runAgain(host, { verifyCommand: undefined });
    assert.equal(host.engine.snapshot.features[1]?.state.status, 'claimed');
    assert.deepEqual(agentsAsked(host), ['a', 'a']);
  });

  it('teaches nothing about how long features take', async () => {
    const host = await passed([{ name: 'a', verify: 'old' }]);
    const before = host.engine.snapshot.experience;
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'new' }]));
    await runAgain(host);
    assert.deepEqual(host.engine.snapshot.experience, before);
    assert.equal(host.statusOf(1), 'passing');
  });

  for (const end of ['the user stops the run', 'its host is closed', 'its host dies'] as const)
    it(`is checked first all the same after ${end} during its check`, async () => {
      const disk = new MemoryDisk();
      const slow = {
        disk,
        check: ({ command }: { command: string }) => (command === 'new' ? { durationMs: 9_000 } : {}),
      };
      let host = await passed([{ name: 'a', verify: 'old' }], slow);
      const backlog = [{ name: 'a', verify: 'new' }];
      await host.engine.loadBacklog(specsOf(backlog));
      await host.start();
      await host.clock.advance(1_000);
      const state = host.engine.snapshot.features[1]?.state;
      assert.equal(state?.status === 'claimed' && state.phase, 'verifying');
      if (end === 'the user stops the run') {
        await host.engine.runs.stop();
        await host.clock.advance(100);
        await runAgain(host);
      } else {
        if (end === 'its host is closed')
          await Promise.all([host.engine.close(), host.clock.advance(10_000)]);
        host = await SimulatedHost.open({ backlog, ...slow });
        host.engine.goOn();
        for (let passed = 0; passed < 60_000 && host.statusOf(1) !== 'passing'; passed += 100)
          await host.clock.advance(100);
      }
      assert.deepEqual([proofOf(host, 1), agentsAsked(host)], ['new', []]);
    });

  it('is checked once its trouble is over, and shows nothing of a trouble of agents to be over', async () => {
    const workspace = new MemoryIsolation();
    const host = await passed([{ name: 'a', verify: 'old' }], { workspace });
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'new' }]));
    let tries = 0;
    workspace.beforePrepare = () => {
      if (++tries < 3) throw new Failure('diskFull', 'No space.');
    };
    await runAgain(host);
    assert.deepEqual([tries, proofOf(host, 1), agentsAsked(host)], [3, 'new', []]);
    const { failures, losses } = host.engine.snapshot.features[1] ?? {};
    assert.deepEqual([failures, losses], [0, 0]);
    assert.deepEqual(host.transcript('breaker.opened').length, 1);
    assert.deepEqual(host.transcript('breaker.closed'), []);
  });
});

describe("another check of the workspace's", () => {
  const backlog = [{ name: 'a' }, { name: 'own', verify: 'own' }, { name: 'c' }];

  it('is run on what passed by the one before, and on nothing else', async () => {
    const host = await passed(backlog);
    await runAgain(host, { verifyCommand: 'stricter' });
    assert.deepEqual(
      [1, 2, 3].map((id) => proofOf(host, id)),
      ['stricter', 'own', 'stricter'],
    );
    assert.deepEqual(
      host.transcript('feature.regressed').map((l) => l.slice(7)),
      ['feature.regressed featureId=1', 'feature.regressed featureId=3'],
    );
    assert.deepEqual(agentsAsked(host), []);
  });

  it('is run on the features that the run is about', async () => {
    const host = await passed(backlog);
    await runAgain(host, { verifyCommand: 'stricter', only: [3] });
    assert.deepEqual(
      [1, 2, 3].map((id) => proofOf(host, id)),
      ['check', 'own', 'stricter'],
    );
  });

  it('however long it is, is known for the same at the next run', async () => {
    const long = `${'true && '.repeat(900)}true`;
    const host = await passed(backlog, { settings: { verifyCommand: long } });
    await runAgain(host, { verifyCommand: long });
    assert.deepEqual(host.transcript('feature.regressed', 'feature.claimed'), []);
    await runAgain(host, { verifyCommand: `${long} ` });
    assert.deepEqual(host.transcript('feature.regressed').length, 2);
  });

  it('does not undo what passed when there is none any more', async () => {
    const host = await passed(backlog);
    await runAgain(host, { verifyCommand: undefined });
    assert.deepEqual(host.transcript('feature.regressed', 'feature.claimed'), []);
  });
});

describe('an edit of a feature that has failed', () => {
  it('gives it to an agent again, with nothing counted, and frees what it kept from beginning', async () => {
    const host = await SimulatedHost.open({
      backlog: [
        { name: 'a', verify: 'wrong' },
        { name: 'b', depends_on: ['a'] },
      ],
      check: ({ command }) => (command === 'wrong' ? { exitCode: 1 } : {}),
    });
    await host.run();
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['failed', 'skipped'],
    );
    host.asked.length = 0;
    await host.engine.loadBacklog(
      specsOf([
        { name: 'a', verify: 'right' },
        { name: 'b', depends_on: ['a'] },
      ]),
    );
    await runAgain(host);
    assert.deepEqual(agentsAsked(host), ['a', 'b']);
    assert.deepEqual([proofOf(host, 1), host.engine.snapshot.run?.outcome], ['right', 'complete']);
  });
});

describe('an edit of a feature that an agent is at work on', () => {
  /** A second's work on a, during which the backlog becomes `later`; its checks end as `ends` say. */
  async function editedAtWork(later: readonly Entry[], check: SimulatedHostOptions['check']) {
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a', verify: 'old' }, { name: 'z' }],
      ...(check && { check }),
    });
    await host.start();
    await host.clock.advance(500);
    await host.engine.loadBacklog(specsOf(later));
    assert.equal(host.engine.snapshot.features[1]?.spec.verify, 'old');
    for (let passed = 0; passed < 60_000 && host.engine.snapshot.run?.status !== 'finished'; passed += 100)
      await host.clock.advance(100);
    return host;
  }

  it('applies when its attempt passes: the run does not end before the new check has been run', async () => {
    const host = await editedAtWork([{ name: 'a', verify: 'new' }, { name: 'z' }], () => ({}));
    assert.deepEqual(
      host
        .transcript('feature.passed', 'feature.edited', 'run.finished')
        .filter((l) => !l.includes('featureId=2'))
        .map((l) => l.slice(7)),
      [
        'feature.passed featureId=1 slot=1',
        'feature.edited featureId=1',
        'feature.passed featureId=1 slot=1',
        'run.finished',
      ],
    );
    assert.deepEqual([proofOf(host, 1), host.engine.snapshot.run?.outcome], ['new', 'complete']);
    assert.deepEqual(agentsAsked(host).sort(), ['a', 'z']);
  });

  it('applies when its attempt fails: the next one knows it', async () => {
    const commands: string[] = [];
    const host = await editedAtWork([{ name: 'a', verify: 'new' }, { name: 'z' }], ({ command }) => {
      if (command !== 'check') commands.push(command);
      return command === 'old' ? { exitCode: 1 } : {};
    });
    assert.deepEqual(commands, ['old', 'new']);
    assert.equal(proofOf(host, 1), 'new');
  });

  for (const [how, exitCode] of [
    ['passes', 0],
    ['fails', 1],
  ] as const)
    it(`takes it out of the backlog when its attempt ${how}, and it is not begun again`, async () => {
      const host = await editedAtWork([{ name: 'z' }], ({ command }) =>
        command === 'old' ? { exitCode } : {},
      );
      assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['none', 'passing']);
      assert.equal(agentsAsked(host).filter((name) => name === 'a').length, 1);
    });

  it('counts for nothing when it is taken back before the attempt ends', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'a', verify: 'old' }] });
    await host.start();
    await host.clock.advance(500);
    for (const verify of ['new', 'newer', 'old'])
      await host.engine.loadBacklog(specsOf([{ name: 'a', verify }]));
    await host.clock.advance(5_000);
    assert.deepEqual([host.transcript('feature.edited'), proofOf(host, 1)], [[], 'old']);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
  });

  it('waits for the word of the user where that is being waited for', async () => {
    const settings = { verifyCommand: undefined };
    const host = await SimulatedHost.open({ backlog: [{ name: 'a' }], settings });
    await host.run();
    await host.engine.loadBacklog(specsOf([{ name: 'a', verify: 'new' }]));
    assert.equal(host.statusOf(1), 'claimed');
    assert.ok((await host.engine.judgement.confirm(1)).ok);
    await host.clock.advance(0);
    assert.equal(host.statusOf(1), 'pending');
    await runAgain(host, settings);
    assert.deepEqual([proofOf(host, 1), agentsAsked(host)], ['new', ['a']]);
  });
});
