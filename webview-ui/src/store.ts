// What the page knows: the snapshot, brought from event to event by the one reducer, with live output and the feed.
import { describe, describeEnd } from '../../src/core/events/describe';
import type { Event } from '../../src/core/events/event';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import { assemble, type SnapshotHead, type SnapshotPart } from '../../src/core/events/snapshotParts';
import { describePassedOver, waitingForFiles } from '../../src/core/scheduler/waitingForFiles';
import type { FeatureId, Slot } from '../../src/core/shared/ids';
import type { Surroundings, ToWebview } from '../../src/protocol/webviewMessages';
import { followTimeline, type Timeline, timelineOf } from './timeline';

export interface PageContent {
  /** A first snapshot has come. */
  readonly isLoaded: boolean;
  readonly snapshot: Snapshot;
  readonly surroundings: Surroundings;
  readonly outputs: Readonly<Record<Slot, Output>>;
  /** Oldest first. */
  readonly feed: readonly FeedLine[];
  /** What each ready feature waits for whose files someone has, in words. */
  readonly fileWaits: ReadonlyMap<FeatureId, string>;
  /** Of the present or last run, as far as its events were told. */
  readonly timeline: Timeline;
  /** A snapshot of which not all pages have come. */
  readonly arriving?: { readonly head: SnapshotHead; readonly pages: readonly (readonly SnapshotPart[])[] };
}

/** The end of what the agent in a slot has said. */
export interface Output {
  readonly fence: number;
  readonly text: string;
}

export interface FeedLine {
  readonly seq: number;
  readonly at: number;
  readonly text: string;
}

export const emptyContent: PageContent = {
  isLoaded: false,
  snapshot: emptySnapshot,
  surroundings: { trusted: true, backlog: 'none', maxAgents: 3, agentLimit: 5, modelNote: '' },
  outputs: {},
  feed: [],
  fileWaits: new Map(),
  timeline: timelineOf(null),
};

export const mostFeedLines = 200;
export const mostOutputCharacters = 20_000;

export interface Taken {
  readonly content: PageContent;
  /** An event is missing: only a whole snapshot helps. */
  readonly needsSnapshot: boolean;
}

/** The content after `message`. */
export function take(content: PageContent, message: ToWebview): Taken {
  switch (message.type) {
    case 'snapshot':
      return taken({ ...content, arriving: { head: message.head, pages: [] } });
    case 'snapshotPage': {
      const { arriving } = content;
      if (!arriving) return taken(content);
      return taken({ ...content, arriving: { ...arriving, pages: [...arriving.pages, message.parts] } });
    }
    case 'snapshotEnd': {
      const { arriving } = content;
      if (!arriving) return taken(content);
      const { surroundings } = message;
      const snapshot = assemble(arriving.head, arriving.pages.flat());
      const outputs: Record<Slot, Output> = {};
      for (const agent of Object.values(snapshot.agents)) {
        outputs[agent.slot] = { fence: agent.fence, text: tail(message.outputs[agent.slot] ?? '') };
      }
      const isOlder = snapshot.seq < content.snapshot.seq; // another folder, or a database that was set aside
      return taken({
        isLoaded: true,
        snapshot,
        surroundings,
        outputs,
        feed: isOlder ? [] : content.feed,
        fileWaits: fileWaitsOf(snapshot),
        timeline: timelineOf(snapshot.run, isOlder ? undefined : content.timeline),
      });
    }
    case 'surroundings':
      return taken({ ...content, surroundings: message.surroundings });
    case 'output': {
      const { slot, fence, text } = message;
      const before = content.outputs[slot];
      if (before && fence < before.fence) return taken(content);
      const old = before?.fence === fence ? before.text : '';
      return taken({
        ...content,
        outputs: { ...content.outputs, [slot]: { fence, text: tail(old + text) } },
      });
    }
    case 'events':
      return takeEvents(content, message.events);
    default:
      return message satisfies never;
  }
}

function takeEvents(content: PageContent, events: readonly Event[]): Taken {
  const before = content.snapshot;
  const fresh = events.filter(({ seq }) => seq > before.seq);
  if (fresh.some(({ seq }, at) => seq !== before.seq + 1 + at))
    return { content, needsSnapshot: content.isLoaded };
  const lines: FeedLine[] = [];
  const tell = (event: Event, after: Snapshot) => {
    const { seq, at } = event;
    const text = describe(event, after);
    if (text !== undefined) lines.push({ seq, at, text });
    if (event.type === 'run.finished')
      for (const end of describeEnd(after)) lines.push({ seq, at, text: end });
  };
  // What the snapshot holds already is only told.
  for (const event of events) if (event.seq <= before.seq) tell(event, before);
  const snapshot = projectAll(before, fresh, tell);
  const told = new Set(content.feed.map(({ seq }) => seq));
  const added = lines.filter(({ seq }) => !told.has(seq));
  const feed = [...content.feed, ...added].sort((a, b) => a.seq - b.seq).slice(-mostFeedLines);
  const since = snapshot.run?.startedSeq ?? 0;
  const ofRun = events.filter(({ seq }) => seq >= since);
  const timeline = followTimeline(timelineOf(snapshot.run, content.timeline), ofRun);
  const isSame = snapshot.features === content.snapshot.features && snapshot.locks === content.snapshot.locks;
  const fileWaits = isSame ? content.fileWaits : fileWaitsOf(snapshot);
  return taken({ ...content, snapshot, feed, fileWaits, timeline });
}

function fileWaitsOf(snapshot: Snapshot): PageContent['fileWaits'] {
  return new Map([...waitingForFiles(snapshot)].map(([id, passed]) => [id, describePassedOver(passed)]));
}

function taken(content: PageContent): Taken {
  return { content, needsSnapshot: false };
}

/** Cut at a line where there is one, so that no half line stands at the top. */
function tail(text: string): string {
  if (text.length <= mostOutputCharacters) return text;
  const cut = text.slice(-mostOutputCharacters);
  const line = cut.indexOf('\n');
  return line >= 0 ? cut.slice(line + 1) : cut;
}
