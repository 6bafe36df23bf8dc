// What a client is told when it reads at once, slowly or not at all, while agents print and things happen without end.
import { strict as assert } from 'node:assert';
import { EventFollower } from '../../src/client/eventFollower';
import type { Event } from '../../src/core/events/event';
import { emptySnapshot } from '../../src/core/events/snapshot';
import { Redactor } from '../../src/core/guardrails/redactor';
import type { EventLog } from '../../src/engine/eventLog';
import { OutputRings } from '../../src/host/outputRings';
import { tellClient } from '../../src/host/tellClient';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import { clientMethods, toClientNotices } from '../../src/protocol/hubMethods';
import { channels, type TwoEnds } from '../hub/twoEnds';

type Listener = Parameters<EventLog['onStored']>[0];

for (const [channel, open] of channels) {
  describe(`a face ${channel}`, () => {
    const opened: TwoEnds[] = [];
    const stops: (() => void)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0)) stop();
      for (const ends of opened.splice(0)) await ends.close();
    });

    /** A host with its events and outputs, and a client that has not begun to read. */
    async function meet(rings = new OutputRings(new Redactor()), stored: Event[] = []) {
      const ends = await open();
      opened.push(ends);
      const listeners = new Set<Listener>();
      const log = {
        onStored(listener: Listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
      const rejections: string[] = [];
      const host = createConnection(ends.near, { onDenied: (rejection) => rejections.push(rejection) });
      const face = createConnection(ends.far);
      host.handle(clientMethods.events, async ({ since, limit }) => stored.slice(since, since + limit));
      host.listen();
      stops.push(
        tellClient(host, log, rings),
        () => host.dispose(),
        () => face.dispose(),
      );
      const happen = (message: string) => {
        const event: Event = {
          type: 'error.occurred',
          where: 'Test',
          message,
          seq: stored.length + 1,
          at: 1,
        };
        stored.push(event);
        for (const listener of listeners) listener([event], emptySnapshot);
      };
      return { rings, stored, host, face, rejections, happen };
    }

    function outputs(face: HubConnection) {
      let shown = '';
      const waiting: [RegExp, () => void][] = [];
      face.onNotice(toClientNotices.output, ({ text }) => {
        shown += text;
        for (const [end, resolve] of waiting) if (end.test(shown)) resolve();
      });
      return {
        shown: () => shown,
        until: (end: RegExp) =>
          new Promise<void>((resolve) => {
            if (end.test(shown)) resolve();
            else waiting.push([end, resolve]);
          }),
      };
    }

    const line = Buffer.from(`${'x'.repeat(64 * 1024)}\n`).toString();
    const print = (rings: OutputRings, slots: number, rounds: number) => {
      for (let round = 0; round < rounds; round++)
        for (let slot = 1; slot <= slots; slot++) rings.add({ slot, fence: slot, text: line });
    };

    it('that reads is shown all of what is printed at a pace to be looked at', async () => {
      const { rings, face } = await meet();
      const seen = outputs(face);
      face.listen();
      for (const text of ['one ', 'two ', 'three']) rings.add({ slot: 1, fence: 1, text });
      await seen.until(/three$/);
      assert.equal(seen.shown(), 'one two three');
    });

    it('that does not read costs nothing, and is shown the end of each agent’s output when it does', async () => {
      const { rings, face, host, rejections } = await meet();
      const seen = outputs(face);
      print(rings, 3, 300); // 60 MB
      for (const slot of [1, 2, 3]) rings.add({ slot, fence: slot, text: `end ${slot}\n` });
      assert.deepEqual(rejections, []);
      face.listen();
      for (const slot of [1, 2, 3]) await seen.until(new RegExp(`xxx\\nend ${slot}\\n`));
      assert.match(seen.shown(), /\n\[… (19|20) MB not shown …\]\n/);
      assert.ok(seen.shown().length < 2e6, `${seen.shown().length} characters were kept for it`);
      await host.taken();
      rings.add({ slot: 1, fence: 1, text: 'live again' });
      await seen.until(/live again$/);
    });

    it('that reads slowly misses no event, and neither holds nor harms one that reads', async () => {
      const rings = new OutputRings(new Redactor());
      const stored: Event[] = [];
      const quick = await meet(rings, stored);
      const slow = await meet(rings, stored);
      const follow = ({ face }: typeof quick) => {
        let seq = 0;
        const reached = new Map<number, () => void>();
        const follower = new EventFollower({
          ask: (since, limit) => face.request(clientMethods.events, { since, limit }),
          seq: () => seq,
          take(events) {
            for (const event of events) {
              assert.equal(event.seq, seq + 1);
              seq = event.seq;
              reached.get(seq)?.();
            }
          },
          onFailure: (why) => assert.fail(why),
        });
        face.onNotice(toClientNotices.events, ({ events }) => follower.hear(events));
        follower.begin();
        return (last: number) =>
          new Promise<void>((resolve) => (seq >= last ? resolve() : reached.set(last, resolve)));
      };
      const [quickAt, slowAt] = [follow(quick), follow(slow)];
      quick.face.listen();
      const most = 600; // 9 MB of events
      for (let round = 0; round < most; round++) {
        const message = `${round} ${'y'.repeat(15_000)}`;
        quick.happen(message);
        stored.pop(); // both tell of the one that both have
        slow.happen(message);
        if (round % 20 === 0) print(rings, 3, 1);
        if (round % 50 === 49) await quickAt(round - 20);
      }
      await quickAt(most);
      slow.face.listen();
      await slowAt(most);
      assert.deepEqual([...quick.rejections, ...slow.rejections], []);
    });
  });
}
