// Events on disk beside the database: what is read of pages that are whole, lost, damaged or of another future.
import { strict as assert } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { EventArchive } from '../../../src/adapters/store/eventArchive';
import type { Event } from '../../../src/core/events/event';
import { SimulatedDisk } from './simulatedDisk';

const event = (seq: number, reason = ''): Event => ({
  type: 'throttle.changed',
  untilAt: null,
  reason,
  seq,
  at: seq,
});
const pageOf = (first: number, last: number, reason?: string) => ({
  first,
  last,
  bodies: Array.from({ length: last - first + 1 }, (_, k) => JSON.stringify(event(first + k, reason))),
});
const numbersOf = (events: readonly Event[]) => events.map(({ seq }) => seq);
const path = (first: number) => `/house/history/${String(first).padStart(12, '0')}.jsonl.gz`;

describe('EventArchive', () => {
  let disk: SimulatedDisk;
  let archive: EventArchive;

  beforeEach(async () => {
    disk = new SimulatedDisk();
    archive = new EventArchive(disk.operations, '/house');
    for (const page of [pageOf(1, 4), pageOf(5, 5), pageOf(6, 9)]) await archive.put(page);
  });

  const cases: [since: number, end: number, limit: number, found: number[]][] = [
    [0, 10, 100, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [0, 10, 2, [1, 2]],
    [3, 10, 3, [4, 5, 6]],
    [4, 10, 1, [5]],
    [7, 10, 100, [8, 9]],
    [2, 6, 100, [3, 4, 5]],
    [9, 10, 100, []],
  ];
  for (const [since, end, limit, found] of cases) {
    it(`has ${found.length} events above ${since} and below ${end}, when at most ${limit} are wanted`, async () => {
      assert.deepEqual(numbersOf(await archive.read(since, end, limit)), found);
    });
  }

  it('tells texts as they were, also those that are no good Unicode', async () => {
    await archive.put(pageOf(10, 10, 'half \ud83d pair\n\0'));
    assert.deepEqual(await archive.read(9, 11, 5), [event(10, 'half \ud83d pair\n\0')]);
  });

  it('leaves out what is gone or damaged, and no more', async () => {
    const files = disk.files;
    const whole = files[path(6)] ?? assert.fail();
    const damages: Record<string, Uint8Array> = {
      'cut short': whole.subarray(0, whole.length - 3),
      changed: whole.map((byte, at) => (at === whole.length >> 1 ? byte ^ 1 : byte)),
      empty: new Uint8Array(),
    };
    for (const [damage, content] of Object.entries(damages)) {
      const damaged = new SimulatedDisk({ ...files, [path(6)]: content });
      await damaged.operations.remove(path(5));
      const left = new EventArchive(damaged.operations, '/house');
      assert.deepEqual(numbersOf(await left.read(0, 10, 100)), [1, 2, 3, 4], damage);
    }
  });

  it('leaves out what somebody else packed as well as we do, and no page that unpacks without end', async () => {
    const [whole] = pageOf(9, 9).bodies;
    const lines = [
      'null',
      '[]',
      '{',
      '7',
      '{"__proto__":{}}',
      '['.repeat(2_000_000),
      '{"seq":7,"at":1,"type":"made.up"}',
    ];
    const strange = { '7': [...lines, JSON.stringify({ ...event(8), reason: 5 }), whole], '9': [whole] };
    for (const [seq, bodies] of Object.entries(strange)) {
      const content = gzipSync(bodies.join('\n'));
      const left = new SimulatedDisk({ ...disk.files, [path(Number(seq))]: content });
      await left.operations.remove(path(6));
      const found = await new EventArchive(left.operations, '/house').read(5, 10, 100);
      assert.deepEqual(numbersOf(found), [9], seq);
    }
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${whole}\n`), Buffer.alloc(80 * 2 ** 20)]));
    const left = new SimulatedDisk({ ...disk.files, [path(6)]: bomb });
    assert.deepEqual(numbersOf(await new EventArchive(left.operations, '/house').read(4, 10, 100)), [5]);
  });

  it('replaces pages of another future, that an older database put back knows nothing of', async () => {
    await archive.put(pageOf(5, 7, 'anew'));
    const found = await archive.read(4, 8, 100);
    assert.deepEqual(
      found,
      [5, 6, 7].map((seq) => event(seq, 'anew')),
    );
    await archive.put(pageOf(8, 8, 'anew'));
    assert.deepEqual(numbersOf(await archive.read(0, 9, 100)), [1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
