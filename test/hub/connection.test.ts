// Two ends that talk, and one end beside a stranger: what crosses, what is refused, and what ends a connection.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { refuse } from '../../src/core/shared/result';
import { type ConnectionOptions, createConnection, type HubConnection } from '../../src/hub/connection';
import { createFrameDecoder, encodeFrame } from '../../src/hub/frames';
import type { Assignment } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { maxFrameBytes } from '../../src/protocol/hubMethods';
import { workerMethods } from '../../src/protocol/workerMethods';
import { channels, type TwoEnds } from './twoEnds';

const echo = {
  name: 'test.echo',
  params: z.object({ text: z.string() }).strict(),
  result: z.object({ text: z.string() }),
};
const log = { name: 'test.log', params: z.object({ text: z.string() }) };
const tell = { name: 'test.tell', params: z.object({ nth: z.number() }).strict() };

for (const [channel, open] of channels) {
  describe(`a connection ${channel}`, () => {
    let ends: TwoEnds;
    let asker: HubConnection;
    let answerer: HubConnection;
    let rejections: string[];
    let bugs: string[];

    beforeEach(async () => {
      ends = await open();
      rejections = [];
      bugs = [];
      asker = createConnection(ends.near, { onDenied: (rejection) => rejections.push(`asker ${rejection}`) });
      answerer = createConnection(ends.far, {
        onDenied: (rejection) => rejections.push(rejection),
        onBug: (error, where) => bugs.push(`${where}: ${error}`),
      });
    });
    afterEach(async () => {
      asker.dispose();
      answerer.dispose();
      await ends.close();
    });

    function listen(): void {
      answerer.listen();
      asker.listen();
    }

    it('carries a request and its answer, both ways', async () => {
      answerer.handle(echo, ({ text }) => ({ text: `far ${text}` }));
      asker.handle(echo, ({ text }) => ({ text: `near ${text}` }));
      listen();
      assert.deepEqual(await asker.request(echo, { text: 'a' }), { text: 'far a' });
      assert.deepEqual(await answerer.request(echo, { text: 'b' }), { text: 'near b' });
    });

    it('answers many requests in whatever order they are done', async () => {
      const waiting: (() => void)[] = [];
      answerer.handle(echo, async (params) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 100) for (const go of waiting.reverse()) go();
        });
        return params;
      });
      listen();
      const texts = Array.from({ length: 100 }, (_, nth) => ({ text: `${nth}` }));
      assert.deepEqual(await Promise.all(texts.map((params) => asker.request(echo, params))), texts);
    });

    it('keeps the order of notices and requests', async () => {
      const heard: number[] = [];
      answerer.onNotice(tell, ({ nth }) => heard.push(nth));
      answerer.handle(echo, (params) => {
        heard.push(-1);
        return params;
      });
      listen();
      for (let nth = 0; nth < 50; nth++) asker.notify(tell, { nth });
      const asked = asker.request(echo, { text: '' });
      asker.notify(tell, { nth: 50 });
      await asked;
      await asker.request(echo, { text: '' });
      assert.deepEqual(heard, [...Array.from({ length: 50 }, (_, nth) => nth), -1, 50, -1]);
    });

    it('carries a frame of nearly the greatest length, and fails alone one beyond it', async () => {
      answerer.handle(echo, ({ text }) => ({ text: text === 'long' ? 'x'.repeat(maxFrameBytes) : text }));
      listen();
      const text = 'x'.repeat(maxFrameBytes - 200);
      assert.equal((await asker.request(echo, { text })).text.length, text.length);
      await assert.rejects(asker.request(echo, { text: 'x'.repeat(maxFrameBytes) }), isFailure('tooLong'));
      await assert.rejects(asker.request(echo, { text: 'long' }), isFailure('tooLong'));
      assert.deepEqual(await asker.request(echo, { text: 'still here' }), { text: 'still here' });
    });

    it('ends in words at both ends when a notice is too long, for the other would go on without it', async () => {
      answerer.handle(echo, () => new Promise(() => {}));
      listen();
      const waits = asker.request(echo, { text: 'asked before' });
      answerer.notify(log, { text: 'x'.repeat(maxFrameBytes) });
      await assert.rejects(
        waits,
        /for a notice could not be sent: A message of \d+ bytes is longer than the hub's/,
      );
      for (const end of [asker, answerer]) {
        const why = await end.closed;
        assert.ok(Failure.is(why, 'closed') && /could not be sent/.test(why.message), why.message);
      }
    });

    it('carries a refusal as a value', async () => {
      answerer.handle(workerMethods.lockFile, () => refuse('locked', 'agent-2 holds it'));
      listen();
      const answer = await asker.request(workerMethods.lockFile, { path: 'a.ts' });
      assert.deepEqual(answer, { ok: false, error: { code: 'locked', message: 'agent-2 holds it' } });
    });

    it('carries a failure whole', async () => {
      answerer.handle(echo, () => {
        throw new Failure('rateLimited', 'wait a little', { retryAfterMs: 1500, cause: 'kept here' });
      });
      listen();
      await assert.rejects(asker.request(echo, { text: '' }), (error) => {
        assert.ok(Failure.is(error, 'rateLimited'));
        assert.deepEqual(
          [error.message, error.retryAfterMs, error.cause],
          ['wait a little', 1500, undefined],
        );
        return true;
      });
      assert.deepEqual(bugs, []);
    });

    it('tells a bug to the log, and to the other end only that there was one', async () => {
      answerer.handle(echo, () => {
        throw new TypeError('secret is undefined');
      });
      listen();
      await assert.rejects(asker.request(echo, { text: '' }), (error) => {
        return Failure.is(error, 'badResponse') && !error.message.includes('secret');
      });
      assert.deepEqual(bugs, ['test.echo: TypeError: secret is undefined']);
    });

    it('refuses params that the method does not take, and goes on', async () => {
      let called = 0;
      answerer.handle(echo, (params) => {
        called += 1;
        return params;
      });
      listen();
      const loose = { ...echo, params: z.looseObject({}) };
      for (const params of ['{"text":7}', '{}', '{"text":"a","more":1}', '{"text":"a","__proto__":{}}']) {
        await assert.rejects(asker.request(loose, JSON.parse(params)), isFailure('refused'));
      }
      await asker.request(loose, { text: 'a' });
      assert.deepEqual(rejections, Array(4).fill('invalidParams'));
      assert.equal(called, 1);
    });

    it('refuses a method nobody handles', async () => {
      listen();
      await assert.rejects(asker.request(echo, { text: '' }), isFailure('refused'));
      assert.deepEqual(rejections, ['unknownMethod']);
    });

    it('does not hand on an answer that is not as promised', async () => {
      answerer.handle({ ...echo, result: z.object({}) }, () => ({}));
      listen();
      await assert.rejects(asker.request(echo, { text: '' }), isFailure('badResponse'));
    });

    it('drops and counts notices that are unknown or not as declared', async () => {
      const heard: number[] = [];
      answerer.handle(echo, (params) => params);
      answerer.onNotice(tell, ({ nth }) => heard.push(nth));
      listen();
      asker.notify({ name: 'test.none', params: z.object({}) }, {});
      asker.notify({ name: '$/cancelRequest', params: z.object({}) }, {});
      asker.notify({ name: tell.name, params: z.object({ nth: z.string() }) }, { nth: 'one' });
      asker.notify(tell, { nth: 1 });
      await asker.request(echo, { text: '' });
      assert.deepEqual(heard, [1]);
      assert.deepEqual(rejections, ['unknownMethod', 'unknownMethod', 'invalidParams']);
    });

    it('outlives a notice handler that throws', async () => {
      answerer.handle(echo, (params) => params);
      answerer.onNotice(tell, () => {
        throw new Error('oh');
      });
      listen();
      asker.notify(tell, { nth: 1 });
      await asker.request(echo, { text: '' });
      assert.deepEqual(bugs, ['test.tell: Error: oh']);
    });

    it('fails what is being asked when the other end goes, and everything afterwards', async () => {
      let began = (): void => {};
      const asked = new Promise<void>((resolve) => {
        began = resolve;
      });
      answerer.handle(echo, () => {
        began();
        return new Promise(() => {});
      });
      listen();
      const open = asker.request(echo, { text: '' });
      await asked;
      answerer.dispose();
      await assert.rejects(open, isFailure('closed'));
      assert.ok(Failure.is(await asker.closed, 'closed'));
      await assert.rejects(asker.request(echo, { text: '' }), isFailure('closed'));
      asker.notify(tell, { nth: 1 });
      asker.dispose();
      asker.dispose();
    });

    it('lets its last words arrive', async () => {
      const heard: number[] = [];
      asker.onNotice(tell, ({ nth }) => heard.push(nth));
      listen();
      for (let nth = 0; nth < 200; nth++) answerer.notify(tell, { nth });
      answerer.dispose();
      await asker.closed;
      assert.equal(heard.length, 200);
    });

    it('lets its last words arrive although the other end has more to say', async () => {
      let heard = 0;
      const text = 'x'.repeat(100_000);
      asker.onNotice(log, () => {
        heard += 1;
        asker.notify(log, { text });
      });
      listen();
      for (let nth = 0; nth < 50; nth++) answerer.notify(log, { text });
      answerer.dispose();
      await asker.closed;
      assert.equal(heard, 50);
    });

    it('gives its own reason to those who wait when it is disposed', async () => {
      answerer.handle(echo, () => new Promise(() => {}));
      listen();
      const open = asker.request(echo, { text: '' });
      asker.dispose(new Failure('aborted', 'enough'));
      await assert.rejects(open, isFailure('aborted'));
      assert.ok(Failure.is(await asker.closed, 'aborted'));
    });

    it('carries what the ports promise as the protocol declares it', async () => {
      const assignment: Assignment = {
        slot: 1,
        featureId: 2,
        attempt: 3,
        fence: 4,
        name: 'a',
        description: 'b',
        category: 'c',
        experts: { roles: [], checklists: [] },
        declaredFiles: ['a.ts'],
        allowedCommands: [],
        secretFiles: [],
        model: 'offline',
        limits: defaultLimits,
        copyDir: '/copy',
        reattachGraceMs: 5,
        tag: 'd',
        offline: { ok: true, turns: [{ say: 'e' }] },
      };
      answerer.handle(workerMethods.hello, () => assignment);
      listen();
      assert.deepEqual(await asker.request(workerMethods.hello, { protocol: 1, pid: 7 }), assignment);
    });
  });

  describe(`a stranger ${channel}`, () => {
    let ends: TwoEnds;
    beforeEach(async () => {
      ends = await open();
    });
    afterEach(() => ends.close());

    /** A connection at one end, raw bytes at the other. */
    function meet(options: ConnectionOptions = {}): {
      stranger: Duplex;
      ours: HubConnection;
      rejections: string[];
    } {
      const rejections: string[] = [];
      const ours = createConnection(ends.far, {
        ...options,
        onDenied: (rejection) => rejections.push(rejection),
      });
      ours.handle(echo, (params) => params);
      ours.listen();
      return { stranger: ends.near, ours, rejections };
    }

    it('that sends garbage is cut', async () => {
      const { stranger, ours, rejections } = meet();
      stranger.write('GET / HTTP/1.1\r\n\r\n');
      assert.ok(Failure.is(await ours.closed, 'closed'));
      assert.deepEqual(rejections, ['badFrame']);
      if (!stranger.destroyed) await once(stranger, 'close');
    });

    it('that announces too long a frame is cut before it sends it', async () => {
      const { stranger, ours, rejections } = meet();
      stranger.write(`Content-Length: ${maxFrameBytes + 1}\r\n\r\n`);
      await ours.closed;
      assert.deepEqual(rejections, ['oversizedFrame']);
    });

    it('gets its good messages answered before the bad one ends it', async () => {
      const { stranger, ours, rejections } = meet();
      let seen = 0;
      ours.onNotice(tell, () => {
        seen += 1;
      });
      const good = encodeFrame({ jsonrpc: '2.0', method: tell.name, params: { nth: 1 } });
      stranger.write(`${good}${good}nonsense`);
      await ours.closed;
      assert.deepEqual([seen, rejections], [2, ['badFrame']]);
    });

    it('is served although its frames come in two halves', async () => {
      const { stranger } = meet();
      const frame = Buffer.from(
        encodeFrame({ jsonrpc: '2.0', id: 'x', method: echo.name, params: { text: 'ü' } }),
      );
      stranger.write(frame.subarray(0, frame.length - 4));
      stranger.write(frame.subarray(frame.length - 4));
      const [answer] = await once(stranger, 'data');
      assert.deepEqual(
        [...createFrameDecoder().push(answer)],
        [{ jsonrpc: '2.0', id: 'x', result: { text: 'ü' } }],
      );
    });

    it('that goes in the middle of a frame harms nobody', async () => {
      const { stranger, ours, rejections } = meet();
      stranger.end('Content-Length: 100\r\n\r\n{"json');
      await ours.closed;
      assert.deepEqual(rejections, []);
    });

    it('that sends answers to nothing, and answers twice, harms nobody', async () => {
      const { stranger, ours } = meet();
      const asked = ours.request(echo, { text: 'a' });
      const [bytes] = await once(stranger, 'data');
      assert.equal([...createFrameDecoder().push(bytes)].length, 1);
      for (const id of [7, 0, 0]) stranger.write(encodeFrame({ jsonrpc: '2.0', id, result: { text: 'b' } }));
      assert.deepEqual(await asked, { text: 'b' });
      const again = ours.request(echo, { text: 'c' });
      stranger.write(encodeFrame({ jsonrpc: '2.0', id: 1, result: { text: 'd' } }));
      assert.deepEqual(await again, { text: 'd' });
    });

    it('that does not read is cut when too much waits for it', async () => {
      const { ours, rejections } = meet({ maxQueuedBytes: 4 * 1024 * 1024 });
      let sent = 0;
      const text = 'x'.repeat(100_000);
      let closed = false;
      void ours.closed.then(() => {
        closed = true;
      });
      while (!closed && sent < 1_000) {
        ours.notify(log, { text });
        sent += 1;
        await new Promise(setImmediate);
      }
      assert.deepEqual(rejections, ['notReading']);
      assert.ok(sent > 40 && sent < 100, `cut after ${sent} notices of 100 kB`);
    });

    it('that does not read is offered little, is not cut for it, and is told when it reads', async () => {
      const { stranger, ours, rejections } = meet({ maxQueuedBytes: 4 * 1024 * 1024 });
      const text = 'x'.repeat(100_000);
      let sent = 0;
      for (let round = 0; round < 200; round++) {
        if (ours.offer(log, { text }, 300_000)) sent += 1;
        await new Promise(setImmediate);
      }
      // A socket takes some hundred kB before it lets anything wait.
      assert.ok(sent >= 3 && sent < 20, `${sent} notices of 100 kB`);
      assert.deepEqual(rejections, []);
      const taken = ours.taken();
      stranger.resume();
      await taken;
      assert.equal(ours.offer(log, { text }, 0), true);
      ours.dispose();
      await ours.taken();
    });

    it('that asks without end and waits for no answer is cut', async () => {
      const rejections: string[] = [];
      const ours = createConnection(ends.far, { onDenied: (rejection) => rejections.push(rejection) });
      ours.handle(echo, () => new Promise(() => {}));
      ours.listen();
      for (let id = 0; id < 1_001; id++) {
        ends.near.write(encodeFrame({ jsonrpc: '2.0', id, method: echo.name, params: { text: '' } }));
      }
      await ours.closed;
      assert.deepEqual(rejections, ['tooManyRequests']);
    });
  });
}

describe('a flood of notices', () => {
  it('waits at the sender while they are worked off one by one', async () => {
    const [, open] = channels[1] ?? assert.fail();
    const ends = await open();
    const ours = createConnection(ends.far);
    let heard = 0;
    const all = new Promise<void>((resolve) => {
      ours.onNotice(tell, () => {
        heard += 1;
        if (heard === 20_000) resolve();
      });
    });
    ours.listen();
    const frame = encodeFrame({ jsonrpc: '2.0', method: tell.name, params: { nth: 1 } });
    ends.near.write(frame.repeat(20_000));
    await once(ends.near, 'drain').catch(() => {});
    await all;
    assert.equal(heard, 20_000);
    ours.dispose();
    await ends.close();
  });
});

function isFailure(reason: Failure['reason']): (error: unknown) => boolean {
  return (error) => {
    assert.ok(Failure.is(error), `${error}`);
    assert.equal(error.reason, reason, error.message);
    return true;
  };
}
