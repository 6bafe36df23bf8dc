// The user installs packages while agents work: a check that was red without them is run on them, and costs no attempt.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Hands, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const noRetries = { maxAgents: 1, limits: { ...defaultLimits, maxRetries: 0 } };
const wanted = 'node_modules/wanted/index.js';

/** Green where the package is in the place; takes a second. */
const needsWanted: NonNullable<SimulatedHostOptions['check']> = (_, workspace, slot) => ({
  exitCode: workspace.placeOf(slot).has(wanted) ? 0 : 1,
  durationMs: 1_000,
});

describe('packages that the user installs meanwhile', () => {
  async function run(
    workspace: MemoryIsolation,
    work: (hands: Hands) => Promise<unknown>,
    check = needsWanted,
    clock = new SimulatedClock(),
  ) {
    const agents = () => work;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }],
      workspace,
      agents,
      check,
      clock,
      settings: noRetries,
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    const ends = host.events.flatMap((e) =>
      e.type === 'verify.finished' ? [`${e.passed} ${e.doubt ?? ''}`.trim()] : [],
    );
    return { host, ends };
  }

  it('are brought over before the check is run again', async () => {
    const workspace = new MemoryIsolation();
    const { host, ends } = await run(workspace, async ({ submit }) => {
      workspace.put(wanted, 'installed');
      await submit();
    });
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(ends, ['false packages', 'true']);
    assert.deepEqual(host.transcript('feature.retried', 'feature.yielded'), []);
  });

  it('are waited for as long as they are being installed', async () => {
    const workspace = new MemoryIsolation();
    let files = 0;
    const clock = new SimulatedClock();
    const install = () => {
      files += 1;
      workspace.put(files === 9 ? wanted : `node_modules/p${files}/index.js`, 'x');
      if (files < 9) clock.after(900, install);
    };
    const work = async ({ submit }: Hands) => {
      install();
      await submit();
    };
    const { host, ends } = await run(workspace, work, needsWanted, clock);
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(ends.at(-1), 'true');
    assert.deepEqual(host.transcript('feature.retried', 'feature.yielded'), []);
  });

  it('leave a check red that is so with them as well, which says what came', async () => {
    const workspace = new MemoryIsolation();
    const { host, ends } = await run(workspace, async ({ submit }) => {
      workspace.put('node_modules/other/index.js', 'installed');
      await submit();
    });
    assert.equal(host.statusOf(1), 'failed');
    assert.deepEqual(ends, ['false packages', 'false']);
  });

  it('end the attempt at no cost where its agent has installed others, and the next has both', async () => {
    const workspace = new MemoryIsolation();
    let attempts = 0;
    const { host } = await run(workspace, async ({ submit, assignment }) => {
      attempts += 1;
      if (attempts === 1) workspace.placeOf(assignment.slot).set('node_modules/own/index.js', 'x');
      workspace.put(wanted, 'installed');
      await submit();
    });
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(attempts, 2);
    assert.deepEqual(host.transcript('feature.retried'), []);
    const [yielded] = host.events.filter((e) => e.type === 'feature.yielded');
    assert.match(JSON.stringify(yielded), /"packages".*node_modules\/wanted.*would not fit/);
  });

  it('that never come to rest end it so, too, and fail the feature in the end', async () => {
    const workspace = new MemoryIsolation();
    let files = 0;
    const red = () => {
      files += 1;
      workspace.put(`node_modules/p${files}/index.js`, 'x');
      return { exitCode: 1, durationMs: 1_000 };
    };
    const { host, ends } = await run(workspace, ({ submit }) => submit(), red);
    assert.equal(host.statusOf(1), 'failed');
    assert.deepEqual(new Set(ends), new Set(['false packages']));
    assert.equal(host.transcript('feature.yielded').length, defaultLimits.maxLosses - 1);
    assert.match(JSON.stringify(host.engine.snapshot.features[1]), /user's packages changed again and again/);
  });
});
