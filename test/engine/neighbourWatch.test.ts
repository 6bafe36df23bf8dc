// Commands that run side by side are looked at, others not; and a check that another's server may have answered is run again.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Seen } from '../../src/core/guardrails/neighbours';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { NeighbourWatch } from '../../src/engine/neighbourWatch';
import type { LocalSockets } from '../../src/ports/localSockets';
import { SimulatedClock, settle } from '../doubles/simulatedClock';
import { SimulatedHost } from '../doubles/simulatedHost';

const nothing: Seen = { servers: [], connections: [], ended: [] };

function socketsSaying(say: (tags: readonly string[]) => Seen) {
  const looks: string[] = [];
  const sockets: LocalSockets = {
    look: async (tags) => {
      looks.push(tags.join(' '));
      return say(tags);
    },
  };
  return { sockets, looks };
}

describe('the watch over neighbours', () => {
  it('looks while two run, at the beginning and end of each and ten times a second', async () => {
    const clock = new SimulatedClock();
    const { sockets, looks } = socketsSaying(() => nothing);
    const watch = new NeighbourWatch(sockets, clock);
    const a = await watch.begin('a', {});
    await clock.advance(1_000);
    assert.deepEqual(looks, [], 'one by itself has no neighbour');
    const b = await watch.begin('b', {});
    assert.deepEqual(looks, ['a b']);
    for (let tenth = 0; tenth < 10; tenth++) await clock.advance(100);
    assert.equal(looks.length, 11);
    assert.equal(await b.judge(), false);
    assert.equal(looks.length, 12);
    b.leave();
    await clock.advance(1_000);
    await settle();
    assert.equal(looks.length, 12);
    assert.equal(await a.judge(), false);
    assert.equal(looks.length, 12);
  });

  it('doubts nothing where the system does not tell', async () => {
    const watch = new NeighbourWatch({ look: async () => undefined }, new SimulatedClock());
    await watch.begin('a', {});
    const b = await watch.begin('b', {});
    assert.equal(await b.judge(), false);
  });
});

describe("a check that another's server may have answered", () => {
  /** a serves at 80 for 5 s; b is done after one, and talks to 80 as long as it runs beside a. */
  async function runBoth(outcomeAlone: number) {
    const { sockets } = socketsSaying((tags) => {
      const [a = '', b = ''] = [...tags].sort();
      return { ...nothing, servers: [{ port: 80, tag: a }], connections: [{ port: 80, tag: b }] };
    });
    let nth = 0;
    const host = await SimulatedHost.open({
      backlog: [{ name: 'a' }, { name: 'b' }],
      sockets,
      settings: { maxAgents: 2, limits: { ...defaultLimits, maxRetries: 0 } },
      agents:
        () =>
        ({ submit }) =>
          submit(),
      check: ({ env }) => {
        if (env?.PARALLEL_AGENTS_FEATURE_NAME === 'a') return { durationMs: 5_000 };
        nth += 1;
        return { durationMs: 1_000, exitCode: nth === 1 ? 0 : outcomeAlone };
      },
    });
    await host.run();
    assert.deepEqual(host.bugs, []);
    return host;
  }

  it('has not passed by that: only what it says by itself counts', async () => {
    const host = await runBoth(1);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['passing', 'failed'],
    );
    const checks = host.events.flatMap((e) =>
      e.type === 'verify.finished' ? [[e.featureId, e.exitCode, e.passed, e.doubt]] : [],
    );
    assert.deepEqual(checks, [
      [2, 0, false, 'neighbour'],
      [1, 0, true, undefined],
      [2, 1, false, undefined],
    ]);
  });

  it('passes at the same attempt where it was its own work', async () => {
    const host = await runBoth(0);
    assert.deepEqual(
      [1, 2].map((id) => host.statusOf(id)),
      ['passing', 'passing'],
    );
    assert.equal(host.transcript('feature.claimed').length, 2);
  });
});
