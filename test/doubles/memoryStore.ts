// A store that keeps its promises for as long as the process lives, and can be told to fail: for tests of what uses one.
import type { Event } from '../../src/core/events/event';
import { emptySnapshot, type Snapshot } from '../../src/core/events/snapshot';
import type { FeatureId, Fence } from '../../src/core/shared/ids';
import { Failure } from '../../src/ports/failure';
import type { Commit, Loaded, PublicationRecord, Store } from '../../src/ports/store';
import { inOrder, nameOf, plain, publicationsAfter } from '../support/history';

/** What outlives a `MemoryStore`: the rows that the next one opens. */
export class MemoryDisk {
  snapshot: Snapshot = emptySnapshot;
  publications: ReadonlyMap<Fence, PublicationRecord> = new Map();
  readonly events: Event[] = [];
  readonly texts = new Map<string, string>();
  epoch = 0;
  /** Commits that were kept since the beginning. */
  commits = 0;
  /** Set it, and the next commit is refused with it and nothing kept, as by a disk that is full. */
  refusal: Failure | undefined;

  /** Opens a store on what is here. Rejects with `conflict` for an epoch below that of an owner before. */
  async open(epoch = this.epoch): Promise<MemoryStore> {
    if (epoch < this.epoch)
      throw new Failure('conflict', `The store belongs to a later owner (epoch ${this.epoch}).`);
    this.epoch = epoch;
    return new MemoryStore(this);
  }
}

export class MemoryStore implements Store {
  /** Every commit that was kept, oldest first. */
  readonly commits: Commit[] = [];
  private failure: Failure | undefined;
  private isClosed = false;

  constructor(private readonly disk: MemoryDisk) {}

  async load(): Promise<Loaded> {
    this.assertUsable();
    const { snapshot, publications } = this.disk;
    return plain({ snapshot, publications: inOrder(publications), cutBytes: 0 });
  }

  async commit(batch: Commit): Promise<void> {
    this.assertUsable();
    const { disk } = this;
    const { after, events, publications } = batch;
    const refusal = disk.refusal ?? conflictOf(disk, batch);
    disk.refusal = undefined;
    if (refusal) {
      this.failure = refusal;
      throw refusal;
    }
    disk.publications = publicationsAfter(disk.publications, publications);
    disk.events.push(...events);
    for (const [name, text] of batch.texts ?? []) disk.texts.set(name, text);
    if (events.length > 0) disk.snapshot = { ...after, locks: { ...after.locks, human: [] } };
    this.commits.push(batch);
    disk.commits += 1;
  }

  textName(text: string): string {
    return nameOf(text);
  }

  async text(hash: string): Promise<string> {
    this.assertUsable();
    const text = this.disk.texts.get(hash);
    if (text === undefined) throw new Failure('corrupt', `The text ${hash} is gone.`);
    return text;
  }

  async tidy(): Promise<void> {
    this.assertUsable();
    const { snapshot, events, publications } = this.disk;
    if (this.disk.texts.size === 0) return;
    const rows = JSON.stringify([snapshot.features, events, [...publications.values()]]);
    for (const name of this.disk.texts.keys()) if (!rows.includes(name)) this.disk.texts.delete(name);
  }

  async events(since: number, limit: number): Promise<readonly Event[]> {
    this.assertUsable();
    return plain(this.disk.events.filter((event) => event.seq > since).slice(0, limit));
  }

  async confirm(): Promise<void> {
    this.assertUsable();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private assertUsable(): void {
    if (this.isClosed) throw new Failure('closed', 'The store has been closed.');
    if (this.failure) throw this.failure;
  }
}

/** Why the stored rows are not what `before` says, if they are not; looked at only where the events touch them. */
function conflictOf(disk: MemoryDisk, { before, events, publications }: Commit): Failure | undefined {
  const conflict = (what: string) =>
    new Failure('conflict', `The stored rows are not what they were taken for: ${what}.`);
  if (events.length > 0 && before.seq !== disk.snapshot.seq) return conflict(`seq is ${disk.snapshot.seq}`);
  for (const event of events) {
    if (!event.type.startsWith('feature.') || !('featureId' in event) || event.featureId === undefined)
      continue;
    if (holdOn(before, event.featureId) !== holdOn(disk.snapshot, event.featureId))
      return conflict(`feature ${event.featureId}`);
  }
  const stored = new Set(disk.publications.keys());
  for (const change of publications) {
    if (change.kind === 'put') stored.add(change.publication.fence);
    else if (!stored.delete(change.fence)) return conflict(`no publication under fence ${change.fence}`);
  }
  return undefined;
}

/** Status, phase and fence as one text; undefined for a feature that is not there. */
function holdOn(snapshot: Snapshot, id: FeatureId): string | undefined {
  const state = snapshot.features[id]?.state;
  return state && (state.status === 'claimed' ? `claimed ${state.phase} ${state.claim.fence}` : state.status);
}
