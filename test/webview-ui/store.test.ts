// What the dashboard's page makes of messages: the same snapshot as everyone, whatever comes twice, late or not at all.
import { strict as assert } from 'node:assert';
import type { Event } from '../../src/core/events/event';
import type { Snapshot } from '../../src/core/events/snapshot';
import { snapshotMessages, type ToWebview } from '../../src/protocol/webviewMessages';
import {
  emptyContent,
  mostFeedLines,
  mostOutputCharacters,
  type PageContent,
  take,
} from '../../webview-ui/src/store';
import { plain, specOf } from '../support/history';
import { busyShop, claim, example, finish, loaded, passed, progress, run, wholeRun } from '../vscode/scenes';

const surroundings = { ...emptyContent.surroundings, maxAgents: 2 };

function shown(history: ReturnType<typeof example>, outputs: Record<number, string> = {}): ToWebview[] {
  return snapshotOf(history.snapshot, outputs);
}

function snapshotOf(snapshot: Snapshot, outputs: Record<number, string> = {}): ToWebview[] {
  return [...snapshotMessages(snapshot), { type: 'snapshotEnd', surroundings, outputs }];
}

function received(...messages: readonly ToWebview[]): { content: PageContent; asks: number } {
  let asks = 0;
  const content = messages.reduce((before, message) => {
    const taken = take(before, message);
    if (taken.needsSnapshot) asks++;
    return taken.content;
  }, emptyContent);
  return { content, asks };
}

function events(list: readonly Event[]): ToWebview {
  return { type: 'events', events: list };
}

describe('the page’s store', () => {
  it('follows events to the very snapshot that the extension has', () => {
    const history = busyShop();
    const start = example();
    const first = { ...start.snapshot, seq: 0, features: {}, lastFeatureId: 0 };
    const { content, asks } = received(...snapshotOf(first), events(history.events));
    assert.deepEqual(plain(content.snapshot), plain(history.snapshot));
    assert.equal(asks, 0);
  });

  it('shows a long backlog when its last page has come, and no page is long', () => {
    const specs = Array.from({ length: 3_000 }, (_, k) =>
      specOf(`Feature ${k}`, { description: 'what to build '.repeat(60) }),
    );
    const { snapshot } = loaded(...specs);
    const messages = snapshotOf(snapshot);
    assert.ok(messages.length > 5);
    for (const message of messages) assert.ok(JSON.stringify(message).length < 2 ** 20, message.type);
    const before = received(...messages.slice(0, -1)).content;
    assert.deepEqual([before.isLoaded, before.snapshot.seq], [false, 0]);
    assert.deepEqual(plain(received(...messages).content.snapshot), plain(snapshot));
  });

  it('forgets the pages of a snapshot when another begins', () => {
    const broken = snapshotOf(busyShop().snapshot).slice(0, 2);
    const { content } = received(...broken, ...shown(example()));
    assert.deepEqual(plain(content.snapshot), plain(example().snapshot));
  });

  it('asks for a snapshot on a gap, and changes nothing', () => {
    const history = example();
    const loaded = received(...shown(history)).content;
    run(history);
    const later = progressed(history);
    const { content, needsSnapshot } = take(loaded, events(later.slice(1)));
    assert.equal(needsSnapshot, true);
    assert.equal(content, loaded);
  });

  it('asks for nothing before it has been shown anything', () => {
    assert.equal(take(emptyContent, events(busyShop().events.slice(3))).needsSnapshot, false);
  });

  it('counts no event twice', () => {
    const history = busyShop();
    const once = received(...shown(history), events(history.events));
    const twice = received(...shown(history), events(history.events), events(history.events.slice(-5)));
    assert.deepEqual(twice, once);
    assert.deepEqual(plain(twice.content.snapshot), plain(history.snapshot));
  });

  it('tells what happened before it was shown, in order', () => {
    const history = busyShop();
    const { content } = received(...shown(history), events(history.events.slice(-4)), events(history.events));
    const order = content.feed.map(({ seq }) => seq);
    assert.ok(order.length > 5);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it('says which features wait for files that someone has, as long as they do', () => {
    const history = loaded(...['a', 'b'].map((name) => specOf(name, { files: ['src/app.ts'] })));
    run(history);
    const told = [received(...shown(history)).content];
    const attempt = claim(history, 2, 1);
    const tell = () => told.push(take(told.at(-1) ?? emptyContent, events(history.events)).content);
    tell();
    progress(history, attempt, 'thinking');
    tell();
    finish(history, attempt, passed(1));
    tell();
    const why = 'waits for src/app.ts, held by agent 2 (feature 1)';
    assert.deepEqual(
      told.map(({ fileWaits }) => [...fileWaits]),
      [[], [[2, why]], [[2, why]], []],
    );
    assert.equal(told[1]?.fileWaits, told[2]?.fileWaits);
  });

  it('follows a run’s attempts, also those told before and after its snapshot, and leaves out earlier runs', () => {
    const history = wholeRun();
    const { content } = received(
      ...shown(history),
      events(history.events),
      events(history.events.slice(-20)),
    );
    assert.deepEqual([content.timeline.attempts.size, content.timeline.waits.size], [9, 1]);
    run(history);
    history.record([{ type: 'feature.retried', by: 'user', featureId: 6 }]);
    claim(history, 1, 6);
    const later = take(content, events(history.events)).content;
    assert.deepEqual(
      [...later.timeline.attempts.values()].map(({ featureId }) => featureId),
      [6],
    );
  });

  it('keeps the last lines of a long feed', () => {
    const history = example();
    run(history);
    for (let n = 0; n < mostFeedLines; n++) {
      history.record([
        { type: 'run.paused', runId: 1, stopping: false },
        { type: 'run.resumed', runId: 1 },
      ]);
    }
    const { content } = received(...shown(history), events(history.events));
    assert.equal(content.feed.length, mostFeedLines);
    assert.equal(content.feed.at(-1)?.seq, history.snapshot.seq);
  });

  it('starts the feed anew when another workspace is shown', () => {
    const history = busyShop();
    const { content } = received(...shown(history), events(history.events), ...shown(example()));
    assert.deepEqual(content.feed, []);
  });

  describe('keeps of an agent’s output', () => {
    const begin = () => {
      const history = example();
      run(history);
      claim(history, 1, 1);
      return shown(history, { 1: 'so far\n' });
    };
    const says = (fence: number, text: string): ToWebview => ({ type: 'output', slot: 1, fence, text });
    const cases: { name: string; said: readonly ToWebview[]; text: string }[] = [
      { name: 'what follows what it was shown with', said: [says(1, 'more\n')], text: 'so far\nmore\n' },
      {
        name: 'nothing of the attempt before, when the next one speaks',
        said: [says(2, 'new')],
        text: 'new',
      },
      { name: 'nothing that comes late', said: [says(2, 'new'), says(1, 'old')], text: 'new' },
    ];
    for (const { name, said, text } of cases) {
      it(name, () => assert.equal(received(...begin(), ...said).content.outputs[1]?.text, text));
    }

    it('the end, from a whole line on', () => {
      const line = `${'x'.repeat(99)}\n`;
      const text = received(...begin(), says(1, line.repeat(1000))).content.outputs[1]?.text ?? '';
      assert.ok(text.length <= mostOutputCharacters && text.length > mostOutputCharacters - 200);
      assert.ok(text.startsWith('xxx'));
      assert.equal(text.length % 100, 0);
    });
  });
});

function progressed(history: ReturnType<typeof example>): readonly Event[] {
  const before = history.snapshot.seq;
  const attempt = claim(history, 1, 1);
  progress(history, attempt, 'thinking');
  return history.events.filter(({ seq }) => seq > before);
}
