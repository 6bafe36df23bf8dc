// A client of a large workspace: everything reaches it, and no message is long.
import { strict as assert } from 'node:assert';
import { duplexPair } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { EventFollower } from '../../src/client/eventFollower';
import { eventsSince, readSnapshot, readText, tellEditing } from '../../src/client/readPages';
import type { Event } from '../../src/core/events/event';
import { projectAll } from '../../src/core/events/project';
import { Redactor } from '../../src/core/guardrails/redactor';
import { ok } from '../../src/core/shared/result';
import { handleClient } from '../../src/host/handlers';
import { OutputRings } from '../../src/host/outputRings';
import { createConnection, type HubConnection } from '../../src/hub/connection';
import {
  clientMethods,
  maxFrameBytes,
  protocolVersion,
  toClientNotices,
} from '../../src/protocol/hubMethods';
import { SimulatedHost, specsOf } from '../doubles/simulatedHost';
import { plain } from '../support/history';
import { modelParts } from './modelParts';

/** Together more than one frame takes, each too short to be kept elsewhere. */
const many = Array.from({ length: 20_000 }, (_, k) => ({ name: `F${k}`, description: 'x'.repeat(900) }));

/** What a page may be at most, in bytes: the bound is in characters, and these are of one byte. */
const mostBytes = 1024 * 1024;

describe('a face of a large workspace', function () {
  this.timeout(60_000);
  let host: SimulatedHost;
  let face: HubConnection;
  let longest = 0;
  let told: Event[] = [];
  let seq = 0;
  let tellMore = () => {};
  const editing: (readonly string[])[] = [];

  before(async () => {
    host = await SimulatedHost.open({ backlog: [] });
    const [near, far] = duplexPair();
    const write = far.write.bind(far) as (chunk: string, ...rest: unknown[]) => boolean;
    far.write = ((chunk: string, ...rest: unknown[]) => {
      longest = Math.max(longest, chunk.length);
      return write(chunk, ...rest);
    }) as typeof far.write;
    const server = createConnection(far);
    handleClient(server, {
      engine: host.engine,
      outputs: new OutputRings(new Redactor()),
      loadBacklog: async () => ({ kind: 'none', file: '' }),
      judgeScript: async () => ok({}),
      judgeShell: () => ok({}),
      judgeCopies: async () => ok({}),
      judgeAgents: async () => ok({}),
      ...modelParts(new Redactor()),
      goOn: async () => {},
      setEditing: async (_, paths) => void editing.push(paths),
    });
    server.listen();
    face = createConnection(near);
    const follower = new EventFollower({
      ask: (since, limit) => face.request(clientMethods.events, { since, limit }),
      seq: () => seq,
      take: (events) => {
        told.push(...events);
        seq = events.at(-1)?.seq ?? seq;
        tellMore();
      },
      onFailure: (why) => face.dispose(why),
    });
    face.onNotice(toClientNotices.events, ({ events }) => follower.hear(events));
    face.listen();
    seq = host.engine.log.stored.seq;
    follower.begin();
  });

  after(() => face.dispose());

  /** Resolves when the client has every event that was stored: it is not told all of them, and asks for what is missing. */
  async function caughtUp(): Promise<void> {
    while (seq < host.engine.log.stored.seq) {
      await new Promise<void>((resolve) => {
        tellMore = resolve;
      });
    }
  }

  const hello = () => face.request(clientMethods.hello, { protocol: protocolVersion, face: 'cli' });

  it('hears of a step of many events in short messages, in order', async () => {
    const before = await readSnapshot(face, (await hello()).head);
    await host.engine.loadBacklog(specsOf(many));
    await caughtUp();
    assert.ok(JSON.stringify(host.engine.log.stored.features).length > maxFrameBytes);
    assert.ok(isDeepStrictEqual(plain(projectAll(before, told)), plain(host.engine.log.stored)));
    assert.ok(longest < mostBytes, `${longest} bytes`);
  });

  it('gets a snapshot of one moment in short messages, and what happened since as events', async () => {
    const { head } = await hello();
    await face.request(clientMethods.snapshotPage, {}); // a page that is thrown away with its hello
    const again = await hello();
    assert.deepEqual(again.head, head);
    told = [];
    const first = face.request(clientMethods.snapshotPage, {});
    await host.engine.judgement.retry(1);
    await host.engine.loadBacklog(specsOf(many.slice(1)));
    const rest = await readSnapshot(face, again.head);
    const { parts } = await first;
    const firstOnes = parts.flatMap((part) => (part.kind === 'feature' ? [part.feature] : []));
    const features = { ...Object.fromEntries(firstOnes.map((f) => [f.id, f])), ...rest.features };
    assert.equal(Object.keys(features).length, many.length);
    const { stored } = host.engine.log;
    await caughtUp();
    assert.ok(isDeepStrictEqual(plain(projectAll({ ...rest, features }, told)), plain(stored)));
    assert.equal(stored.features[1], undefined);
    assert.ok(longest < mostBytes, `${longest} bytes`);
  });

  it('gets all events since a number, as many as it likes', async () => {
    const events = await eventsSince(face, 0, 1_000_000);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      Array.from({ length: host.engine.log.stored.seq }, (_, k) => k + 1),
    );
    assert.deepEqual(await eventsSince(face, 5, 2), events.slice(5, 7));
    assert.ok(longest < mostBytes, `${longest} bytes`);
  });

  it('gets a long text in parts', async () => {
    const description = `${'x'.repeat(99_990)} \ud83d end`;
    await host.engine.loadBacklog(specsOf([{ name: 'long', description }]));
    const text = Object.values(host.engine.log.stored.features)[0]?.spec.description;
    assert.ok(typeof text === 'object');
    assert.equal(await readText(face, text), description);
    const part = await face.request(clientMethods.text, { hash: text.hash, offset: 99_991 });
    assert.deepEqual(part, { part: '\ud83d end' });
  });

  it('says which files its user edits, however many', async () => {
    const paths = Array.from({ length: 10_000 }, (_, k) => `src/${'deep/'.repeat(100)}${k}.ts`);
    await Promise.all([tellEditing(face, paths), tellEditing(face, ['a.ts']), tellEditing(face, [])]);
    assert.deepEqual(
      editing.map((list) => list.length),
      [10_000, 1, 0],
    );
    assert.deepEqual(editing[0], paths);
  });
});
