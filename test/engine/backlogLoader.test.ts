// A long backlog on its way into the records: in parts, whole before anything is decided, and one load after another.
import { strict as assert } from 'node:assert';
import type { Event } from '../../src/core/events/event';
import { indexByName } from '../../src/core/graph/readiness';
import { SimulatedHost, specsOf } from '../doubles/simulatedHost';

/** Each needs the one after it, so that in the file's order nothing stands behind what it needs. */
const many = Array.from({ length: 3_500 }, (_, k) => ({
  name: `F${k}`,
  ...(k + 1 < 3_500 && { depends_on: [`F${k + 1}`] }),
}));

describe('a long backlog', () => {
  it('is stored in parts, none of which holds a feature without what it needs', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'first' }] });
    const parts: (readonly Event[])[] = [];
    const stop = host.engine.log.onStored((events, { features }) => {
      if (events[0]?.type !== 'feature.added') return;
      parts.push(events);
      const known = indexByName(features);
      for (const { spec } of Object.values(features))
        assert.ok(
          spec.dependsOn.every((name) => known.has(name)),
          spec.name,
        );
    });
    await host.engine.loadBacklog(specsOf([{ name: 'first' }, ...many]));
    stop();
    assert.deepEqual(
      parts.map((part) => part.length),
      [1_000, 1_000, 1_000, 500],
    );
    const ids = indexByName(host.engine.snapshot.features);
    assert.deepEqual([ids.get('F0')?.id, ids.get('F3499')?.id], [2, 3_501]); // by the file's order
    await host.engine.close();
  });

  it('has nothing decided before all of it is there', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'first' }] });
    await host.start();
    const types: string[] = [];
    host.engine.log.onStored((events) => types.push(...events.map(({ type }) => type)));
    await host.engine.loadBacklog(specsOf([{ name: 'first' }, ...many]));
    await host.clock.advance(0);
    const lastAdded = types.lastIndexOf('feature.added');
    assert.ok(lastAdded >= 0);
    assert.deepEqual(
      types.slice(0, lastAdded).filter((type) => type === 'feature.held' || type === 'feature.claimed'),
      [],
    );
    assert.ok(types.includes('feature.held'));
    await host.engine.close();
  });

  it('leaves others their turns while it is compared, and while the first decision is made ready', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'first' }] });
    const turns = { loaded: 0, decided: 0 };
    let during: keyof typeof turns = 'loaded';
    let readMs = 0;
    // As on a slow machine: each look at the clock finds it a slice later.
    host.clock.monotonic = () => (readMs += 10);
    host.clock.giveWay = async () => void turns[during]++;
    await host.engine.loadBacklog(specsOf([{ name: 'first' }, ...many]));
    during = 'decided';
    await host.clock.advance(0);
    // Cleaned of keys, named, compared, put in order; looked up, scoped, and ranked: each in steps of its own.
    assert.ok(turns.loaded > 50, `${turns.loaded} while it was loaded`);
    assert.ok(turns.decided > 50, `${turns.decided} before it was decided`);
    await host.engine.close();
  });

  it('is loaded again for an attempt that ended while it was compared', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'first' }] });
    await host.start();
    const edited = specsOf([{ name: 'first', description: 'new words' }, ...many]);
    let readMs = 0;
    host.clock.monotonic = () => (readMs += 10);
    let turns = 0;
    host.clock.giveWay = async () => {
      turns++;
      if (turns === 20) await host.engine.runs.stop(); // keys have been looked for, and it is being compared
    };
    assert.equal((await host.engine.loadBacklog(edited)).deferred, 1);
    await host.clock.advance(0);
    assert.equal(host.engine.snapshot.features[1]?.spec.description, 'new words');
    await host.engine.close();
  });

  it('can be loaded twice at once', async () => {
    const host = await SimulatedHost.open({ backlog: [{ name: 'first' }] });
    const all = specsOf([{ name: 'first' }, ...many]);
    const counts = await Promise.all([host.engine.loadBacklog(all), host.engine.loadBacklog(all)]);
    assert.deepEqual(
      counts.map(({ added }) => added),
      [many.length, 0],
    );
    await host.engine.close();
  });
});
