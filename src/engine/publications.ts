// What attempts have proved on its way into the workspace: kept, put in place as a whole, and completed after a crash.
import { type Attempt, attemptOf, type FileEvent, type NewEvent } from '../core/events/event';
import type { CheckProof } from '../core/features/feature';
import type { Fence } from '../core/shared/ids';
import { ok, type Result } from '../core/shared/result';
import type { Isolation, StagedFile } from '../ports/isolation';
import { SerialQueue } from '../ports/serialQueue';
import type { PublicationChange, PublicationRecord } from '../ports/store';
import type { EventLog } from './eventLog';

export class Publications {
  /** Whatever must find the workspace as it leaves it passes through here, one after the other. */
  readonly gate = new SerialQueue();
  readonly #records = new Map<Fence, PublicationRecord>();
  /** What this host last put in place, by path, and the count from then on: all else that changes there is somebody else's. */
  readonly #placed = new Map<string, { readonly hash: string | null; readonly count: number }>();
  #count = 0;
  /** Wakes those who wait for what is being put in place. */
  readonly #waiting = new Set<() => void>();
  /** By fence, what the count was when work was kept for the user's approval. */
  readonly #keptAt = new Map<Fence, number>();

  constructor(
    private readonly log: EventLog,
    private readonly isolation: Isolation,
    stored: readonly PublicationRecord[],
  ) {
    for (const record of stored) this.#records.set(record.fence, record);
  }

  get records(): readonly PublicationRecord[] {
    return [...this.#records.values()];
  }

  /** How many have come into the workspace since this host began. */
  get count(): number {
    return this.#count;
  }

  /** Are files on their way into the workspace, so that it may have only some of them? */
  get isPutting(): boolean {
    return this.records.some(({ stage }) => stage === 'publishing');
  }

  /** Settles once nothing is on its way into the workspace, or when `signal` fires. */
  async rested(signal: AbortSignal): Promise<void> {
    while (this.isPutting && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
  }

  /** Has it been put in place since there were so many publications? */
  hasPlaced(path: string, count: number): boolean {
    return (this.#placed.get(path)?.count ?? 0) > count;
  }

  of(fence: Fence): PublicationRecord | undefined {
    return this.#records.get(fence);
  }

  /** Was it a publication of ours that made the workspace's file what it is? */
  isOurs(path: string, hash: string | null): boolean {
    return this.#placed.get(path)?.hash === hash;
  }

  /** Has no other work come into the workspace since this was kept for the user's approval? */
  isCurrent(fence: Fence): boolean {
    return this.#keptAt.get(fence) === this.#count;
  }

  /** Hashes of all content that may still be published. */
  neededContent(): ReadonlySet<string> {
    const hashes = this.records.flatMap(({ files }) => files.flatMap((f) => [f.before.hash, f.after.hash]));
    return new Set(hashes.filter((hash) => hash !== null));
  }

  /**
   * Puts staged files into the workspace, all or none; refused where one is no longer what the work began with. To be
   * called within the gate, and again when it rejects. From here on the work has passed: where the host dies before the
   * verdict is stored, the next one completes both.
   */
  async publish(
    { fence, featureId }: Pick<Attempt, 'fence' | 'featureId'>,
    files: readonly StagedFile[],
    evidence: CheckProof | undefined,
  ): Promise<Result<object>> {
    if (files.length === 0) return ok({});
    const record: PublicationRecord = {
      fence,
      featureId,
      files,
      stage: 'publishing',
      ...(evidence && { evidence }),
    };
    if (this.#records.get(fence)?.stage !== 'publishing') await this.log.append([], [this.#put(record)]);
    const done = await this.isolation.publish(files);
    if (done.ok) {
      this.#count += 1;
      for (const { path, after } of files) this.#placed.set(path, { hash: after.hash, count: this.#count });
    } else
      await this.log.append(
        [],
        [this.#waits(record) ? this.#put({ ...record, stage: 'staged' }) : this.#drop(fence)],
      );
    return done;
  }

  /** Stores the end of an attempt together with its work, which from then on waits for the user's approval. */
  keep(
    { fence, featureId }: Attempt,
    files: readonly StagedFile[],
    evidence: CheckProof | undefined,
    newEvents: readonly NewEvent[],
  ): Promise<void> {
    const record = { fence, featureId, files, stage: 'staged', ...(evidence && { evidence }) } as const;
    this.#keptAt.set(fence, this.#count);
    return this.log.append(newEvents, [this.#put(record)]);
  }

  /** Stores the end of an attempt; its work is in the workspace, or given up. */
  close(fence: Fence, newEvents: readonly NewEvent[]): Promise<void> {
    return this.log.append(newEvents, this.#records.has(fence) ? [this.#drop(fence)] : []);
  }

  /** Is it the user's approval that brings the work in? */
  #waits({ fence, featureId }: PublicationRecord): boolean {
    const state = this.log.head.features[featureId]?.state;
    return state?.status === 'claimed' && state.phase === 'unconfirmed' && state.claim.fence === fence;
  }

  #put(publication: PublicationRecord): PublicationChange {
    this.#records.set(publication.fence, publication);
    this.#wake();
    return { kind: 'put', publication };
  }

  #wake(): void {
    if (this.isPutting) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #drop(fence: Fence): PublicationChange {
    this.#records.delete(fence);
    this.#wake();
    return { kind: 'drop', fence };
  }
}

/** What tells everyone that files have come into the workspace. */
export function publishedEvents(attempt: Attempt, files: readonly StagedFile[]): readonly FileEvent[] {
  return files.map(({ path, before, after }) => ({
    type: 'file.published',
    path,
    before: before.hash,
    after: after.hash,
    ...attemptOf(attempt),
  }));
}
