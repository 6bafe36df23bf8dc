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
