// A client that follows its host: whatever is left out on the way, each event is taken once and in order.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { EventFollower } from '../../src/client/eventFollower';
import type { Event } from '../../src/core/events/event';
import { Failure } from '../../src/ports/failure';

const eventOf = (seq: number): Event => ({
  type: 'error.occurred',
  where: 'Test',
  message: `${seq}`,
  seq,
  at: seq,
});

describe('the event follower', () => {
  it('takes each event once and in order, however many batches are left out', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 150 }), told: fc.boolean() }), {
          maxLength: 20,
        }),
        fc.nat(50),
        async (batches, start) => {
          const stored = Array.from({ length: start }, (_, k) => eventOf(k + 1));
          const taken: number[] = [];
          let seq = start;
          const follower = new EventFollower({
            ask: async (since, limit) => stored.slice(since, since + limit),
            seq: () => seq,
            take(events) {
              taken.push(...events.map((event) => event.seq));
              seq = events.at(-1)?.seq ?? seq;
            },
            onFailure: (why) => assert.fail(why),
          });
          // The last is told, as a host does once the client has read.
          for (const [at, { size, told }] of [...batches, { size: 1, told: true }].entries()) {
            const events = Array.from({ length: size }, (_, k) => eventOf(stored.length + 1 + k));
            stored.push(...events);
            if (told) follower.hear(events);
            if (at === 2) follower.begin();
            if (at % 3 === 0) await new Promise(setImmediate);
          }
          if (batches.length < 2) follower.begin();
          while (taken.length < stored.length - start) await new Promise(setImmediate);
          assert.deepEqual(
            taken,
            stored.slice(start).map((event) => event.seq),
          );
        },
      ),
      { numRuns: 100 },
    ));

  const failures: [what: string, ask: () => Promise<readonly Event[]>, message: RegExp][] = [
    ['a host that has not what it told of', async () => [], /no event 1/],
    [
      'a host that cannot answer',
      async () => {
        throw new Failure('io', 'the disk is gone');
      },
      /the disk is gone/,
    ],
  ];
  for (const [what, ask, message] of failures)
    it(`says so of ${what}`, async () => {
      const why = await new Promise<Failure>((resolve) => {
        const follower = new EventFollower({
          ask,
          seq: () => 0,
          take: () => assert.fail(),
          onFailure: resolve,
        });
        follower.begin();
        follower.hear([eventOf(5)]);
      });
      assert.match(why.message, message);
    });
});
