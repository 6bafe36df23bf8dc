// The memory store keeps the promises of the real one, and fails when it is told to.
import { strict as assert } from 'node:assert';
import { Failure } from '../../src/ports/failure';
import { rejects, storeConformance } from '../ports/storeConformance';
import { storyOfARun } from '../support/history';
import { MemoryDisk } from './memoryStore';

storeConformance('MemoryStore', async () => {
  const disk = new MemoryDisk();
  return { open: (epoch) => disk.open(epoch), dispose: async () => undefined };
});

describe('MemoryStore', () => {
  it('fails the next commit as told, and for good until it is opened anew', async () => {
    const disk = new MemoryDisk();
    const store = await disk.open(1);
    const [first] = storyOfARun().commits;
    assert.ok(first);
    disk.refusal = new Failure('diskFull', 'The disk is full.');
    await rejects(store.commit(first), 'diskFull');
    await rejects(store.commit(first), 'diskFull');
    const next = await disk.open();
    await next.commit(first);
    assert.deepEqual(next.commits, [first]);
  });
});
