// Histories of a workspace for tests: commits as an engine makes them, with the state that each leads to.
import { createHash } from 'node:crypto';
import type { Attempt, Event, NewEvent } from '../../src/core/events/event';
import { mapTexts } from '../../src/core/events/longTexts';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import type { FeatureSpec } from '../../src/core/features/feature';
import { lockedBy } from '../../src/core/locks/lockTable';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import type { Fence } from '../../src/core/shared/ids';
import { type LongText, shorten } from '../../src/core/shared/longText';
import type { Commit, PublicationChange, PublicationRecord } from '../../src/ports/store';

/** Of what a check printed: so long that it is kept beside the event. */
export const longReason = `1 test fails\n${'not ok 1 - half \ud83d pair\n'.repeat(200)}`;

/** What a store gives back of a history: the snapshot and the publications, as plain data. */
export interface State {
  readonly snapshot: Snapshot;
  readonly publications: readonly PublicationRecord[];
}

/** Numbers and dates events, and remembers every commit and state. */
export class History {
  readonly commits: Commit[] = [];
  /** `states[n]` is what holds after the first n commits. */
  readonly states: State[] = [{ snapshot: emptySnapshot, publications: [] }];
  private publications: ReadonlyMap<Fence, PublicationRecord> = new Map();

  private waitedMs = 0;

  /** @param startAt milliseconds since 1970; each commit is one second later than the one before */
  constructor(private readonly startAt = Date.UTC(2026, 10, 21)) {}

  get snapshot(): Snapshot {
    return this.now.snapshot;
  }

  get now(): State {
    return this.states.at(-1) as State;
  }

  get events(): readonly Event[] {
    return this.commits.flatMap((commit) => commit.events);
  }

  /** Lets time pass before the next commit. */
  wait(seconds: number): void {
    this.waitedMs += seconds * 1000;
  }

  /** The same history, told up to its nth commit. */
  first(n: number): History {
    const history = new History(this.startAt);
    for (const { events, publications, texts } of this.commits.slice(0, n))
      history.record(events, publications, texts);
    return history;
  }

  /** Adds one commit and answers it. Throws when an event does not fit the state. */
  record(
    newEvents: readonly NewEvent[],
    publications: readonly PublicationChange[] = [],
    kept: Commit['texts'] = new Map(),
  ): Commit {
    const before = this.snapshot;
    const elapsedMs = this.commits.length * 1000 + this.waitedMs;
    const when = { at: this.startAt + elapsedMs, elapsedMs };
    const texts = new Map(kept);
    const short = (text: LongText) =>
      shorten(text, (whole) => {
        texts.set(nameOf(whole), whole);
        return nameOf(whole);
      });
    const events = newEvents.map(
      (newEvent, k): Event => ({ ...mapTexts(newEvent, short), seq: before.seq + 1 + k, ...when }),
    );
    const after = projectAll(before, events);
    const commit = { before, after, events, publications, ...(texts.size > 0 && { texts }) };
    this.publications = publicationsAfter(this.publications, publications);
    this.commits.push(commit);
    this.states.push(plain({ snapshot: after, publications: inOrder(this.publications) }));
    return commit;
  }
}

/** Two features, one after the other; the second attempt at the first works; every table is used, some emptied again. */
export function storyOfARun(reason = '1 test fails'): History {
  const history = new History();
  const record: History['record'] = (newEvents, publications) => history.record(newEvents, publications);
  const process = { pid: 4242, started: '1763683200.12' };
  const usage = { inputTokens: 1200, outputTokens: 340, cacheReadTokens: 5000, cacheWriteTokens: 0 };
  const one: Attempt = { slot: 1, featureId: 1, attempt: 1, fence: 1 };
  const again: Attempt = { slot: 1, featureId: 1, attempt: 2, fence: 2 };
  const lock = { type: 'lock.granted', path: 'src/login.ts', kind: 'file', how: 'claim' } as const;

  record([{ type: 'owner.changed', epoch: 1, process, face: 'cli' }]);
  record([
    { type: 'feature.added', featureId: 1, spec: specOf('Log in', { files: ['src/login.ts'] }) },
    { type: 'feature.added', featureId: 2, spec: specOf('Log out', { dependsOn: ['Log in'] }) },
  ]);
  record([{ type: 'feature.held', featureId: 2, missing: [1] }]);
  record([{ type: 'run.started', runId: 1, settings: defaultRunSettings }]);
  record([
    { type: 'feature.claimed', model: 'haiku', ...one },
    { ...lock, ...one },
  ]);
  record([{ type: 'agent.started', process, ...one }]);
  record([{ type: 'model.called', model: 'haiku', usage, costUsd: 0.00034, durationMs: 2100, ...one }]);
  record([{ type: 'lock.granted', path: 'test', kind: 'folder', how: 'request', ...one }]);
  record([{ type: 'file.changed', path: 'src/login.ts', before: 'aa11', after: 'cc33', ...one }]);
  record([], [put(one, 'src/login.ts', { stage: 'staged' })]);
  record([{ type: 'feature.submitted', summary: 'done', ...one }]);
  record([{ type: 'verify.started', command: 'npm test', ...one }]);
  record(
    endOf(history, one, { type: 'feature.retried', by: 'policy', reason, ...one }),
    dropOf(history, one),
  );
  record([
    { type: 'feature.claimed', model: 'sonnet', ...again },
    { ...lock, ...again },
  ]);
  record([{ type: 'feature.submitted', summary: 'done', ...again }]);
  const evidence = {
    kind: 'check',
    command: 'npm test',
    exitCode: 0,
    outputTail: 'ok',
    durationMs: 900,
  } as const;
  record([], [put(again, 'src/login.ts', { evidence })]);
  record(endOf(history, again, { type: 'feature.passed', evidence, ...again }), [
    put(again, 'src/login.ts', { stage: 'published', evidence }),
  ]);
  record([{ type: 'feature.freed', featureId: 2 }]);
  record([{ type: 'throttle.changed', untilAt: Date.UTC(2026, 10, 22), reason: '429' }]);
  record([{ type: 'breaker.opened', cause: 'disk', message: 'Full.', mend: 'Free some.', probeAt: 9 }]);
  record([{ type: 'run.paused', runId: 1, stopping: false }]);
  return history;
}

/** How an attempt ends: its feature moves on, its locks go, its process is gone. */
export function endOf(history: History, attempt: Attempt, end: NewEvent): NewEvent[] {
  const held = lockedBy(history.snapshot.locks, attempt.fence);
  return [
    end,
    ...held.map((locked) => ({ type: 'lock.released', ...locked, ...attempt }) as const),
    { type: 'agent.ended', cause: 'done', note: 'ended', ...attempt },
  ];
}

/** Nothing where the attempt has no publication. */
export function dropOf(history: History, { fence }: Pick<Attempt, 'fence'>): PublicationChange[] {
  return history.now.publications.some((one) => one.fence === fence) ? [{ kind: 'drop', fence }] : [];
}

/** A publication of one changed file. */
export function put(
  { fence, featureId }: Attempt,
  path: string,
  rest: Partial<PublicationRecord> = {},
): PublicationChange {
  const state = (hash: string) => ({ hash, mode: 0o644 });
  const files = [{ path, before: state('aa11'), after: state('cc33') }];
  return { kind: 'put', publication: { fence, featureId, files, stage: 'publishing', ...rest } };
}

export function specOf(name: string, rest: Partial<FeatureSpec> = {}): FeatureSpec {
  return { name, category: 'default', priority: 3, description: '', dependsOn: [], files: [], ...rest };
}

/** As the stores name long texts: the hash of the text as JSON. */
export function nameOf(text: string): string {
  return createHash('sha256').update(JSON.stringify(text)).digest('hex');
}

/** As it is after a way over the wire or the disk: fields that are undefined are not there. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** As a store gives them back: by fence. */
export function inOrder(publications: ReadonlyMap<Fence, PublicationRecord>): PublicationRecord[] {
  return [...publications.values()].toSorted((a, b) => a.fence - b.fence);
}

/** Publications after some changes. */
export function publicationsAfter(
  publications: ReadonlyMap<Fence, PublicationRecord>,
  changes: readonly PublicationChange[],
): ReadonlyMap<Fence, PublicationRecord> {
  const next = new Map(publications);
  for (const change of changes) {
    if (change.kind === 'put') next.set(change.publication.fence, change.publication);
    else next.delete(change.fence);
  }
  return next;
}
