// The user's set-up command beside the agents: in whose time it runs, and what comes of one that fails.
import { strict as assert } from 'node:assert';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { excerptOf } from '../../src/core/shared/longText';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Behaviour, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const install = 'npm ci';
const backlog = [
  { name: 'a', verify: 'check' },
  { name: 'b', verify: 'check' },
];

/** @param installs what comes of the set-up command each time; the agents hand in at once */
async function open(installs: () => object, more: Partial<SimulatedHostOptions> = {}) {
  const ran: string[] = [];
  const host = await SimulatedHost.open({
    backlog,
    agents:
      () =>
      ({ submit }) =>
        submit(),
    check: ({ command, cwd }) => {
      ran.push(`${command} in ${cwd}`);
      return command === install ? installs() : {};
    },
    ...more,
    settings: {
      maxAgents: 1,
      copySetUp: install,
      limits: { ...defaultLimits, maxRetries: 0 },
      ...more.settings,
    },
  });
  await host.start();
  return { host, ran };
}

const failures = (host: SimulatedHost) =>
  Object.values(host.engine.snapshot.features).map((one) => one.failures + (one.losses ?? 0));

describe('the set-up command', () => {
  it('is run in a copy that was made anew, before anything else there', async () => {
    const { host, ran } = await open(() => ({ durationMs: 30_000 }));
    await host.clock.advance(20_000);
    assert.equal(host.engine.snapshot.agents[1]?.step, `setting up the copy: ${install}`);
    await host.clock.advance(300_000);
    assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['passing', 'passing']);
    assert.deepEqual(ran.slice(0, 2), ['npm ci in /copies/1', 'check in /copies/1']);
  });

  it('is run once at a time in a place where checks run side by side', async () => {
    let [running, most] = [0, 0];
    const clock = new SimulatedClock();
    const { host } = await open(
      () => {
        most = Math.max(most, ++running);
        clock.after(5_000, () => running--);
        return { durationMs: 5_000 };
      },
      {
        clock,
        backlog: ['a', 'b', 'c'].map((name) => ({ name, verify: `check ${name}` })),
        agents:
          ({ name }) =>
          async ({ write, submit }) => {
            await write(name, name);
            await submit();
          },
      },
    );
    await host.clock.advance(300_000);
    assert.equal(host.engine.snapshot.run?.outcome, 'complete');
    assert.equal(most, 1);
  });

  it('counts against no attempt’s time', async () => {
    const limits = { ...defaultLimits, maxSessionMs: 20_000 };
    const { host } = await open(() => ({ durationMs: 50_000 }), { settings: { limits } });
    await host.clock.advance(600_000);
    assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['passing', 'passing']);
    assert.deepEqual(host.transcript('limit.reached'), []);
  });

  it('holds the run up where it fails in a copy of the workspace as it is, and no feature is failed by it', async () => {
    let isBroken = true;
    const { host } = await open(() =>
      isBroken ? { exitCode: 1, outputTail: 'no such package' } : { exitCode: 0 },
    );
    await host.clock.advance(30_000);
    assert.deepEqual([host.statusOf(1), host.statusOf(2), failures(host)], ['pending', 'pending', [0, 0]]);
    const { breaker } = host.engine.snapshot;
    assert.equal(breaker?.cause, 'copies');
    assert.match(breaker?.message ?? '', /set-up of the copy, `npm ci`, exited with 1/);
    isBroken = false;
    await host.clock.advance(3_600_000);
    assert.deepEqual([host.statusOf(1), host.statusOf(2), failures(host)], ['passing', 'passing', [0, 0]]);
  });

  const changesLock: Behaviour = async ({ desk, fence, submit }) => {
    await desk.files.writeFile(fence, { path: 'package-lock.json', baseHash: null, content: 'mine' });
    await submit();
  };

  it('fails the work whose lockfile it cannot go by', async () => {
    let times = 0;
    const { host } = await open(() => ({ exitCode: ++times === 1 ? 0 : 1, outputTail: 'integrity' }), {
      backlog: [{ name: 'a', verify: 'check' }],
      agents: () => changesLock,
    });
    await host.clock.advance(60_000);
    assert.equal(host.statusOf(1), 'failed');
    const reason = host.events.flatMap((e) => (e.type === 'feature.failed' ? [excerptOf(e.reason)] : []));
    assert.match(reason[0] ?? '', /set-up of the copy, `npm ci`, exited with 1\.\nintegrity/);
  });

  it('may not change the project: what it changes there is put back', async () => {
    const { host } = await open(() => ({}), {
      check: ({ command }, workspace, slot) => {
        if (command === install) workspace.placeOf(slot).set('README.md', 'by the set-up');
        return {};
      },
    });
    await host.clock.advance(300_000);
    assert.deepEqual([host.statusOf(1), host.statusOf(2)], ['passing', 'passing']);
    assert.equal(host.workspace.files.get('README.md'), undefined);
  });
});
