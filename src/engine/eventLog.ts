// The one way by which the workspace's state changes: events are numbered, applied, stored, and then told to everyone.
import type { Event, NewEvent } from '../core/events/event';
import { mapTexts } from '../core/events/longTexts';
import { projectAll } from '../core/events/project';
import type { Snapshot } from '../core/events/snapshot';
import type { FeatureSpec } from '../core/features/feature';
import { mapSpec } from '../core/features/featureTexts';
import type { Redactor } from '../core/guardrails/redactor';
import type { RunSettings } from '../core/settings/runSettings';
import { type KeptText, type LongText, shorten } from '../core/shared/longText';
import type { Moment } from '../core/shared/moment';
import { Failure } from '../ports/failure';
import type { PublicationChange, Store } from '../ports/store';
import type { Clock } from '../ports/system';

/**
 * Decisions are made on `head`, which moves at once; the outside hears of a step only when it is on disk. When the store
 * refuses a step the log is broken for good: `onBroken` is called once, every append rejects, and whoever owns the log
 * opens a new one from what the disk holds.
 */
export class EventLog {
  #head: Snapshot;
  #stored: Snapshot;
  #broken: unknown;
  /** What `clock.monotonic` showed when the workspace's elapsed time was 0, had there been but one host. */
  readonly #zeroMs: number;
  readonly #listeners = new Set<(events: readonly Event[], after: Snapshot) => void>();

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    head: Snapshot,
    private readonly onBroken: (cause: unknown) => void,
    /** Goes over everything before it is kept: there is no other way to the disk. */
    readonly redactor: Redactor,
  ) {
    this.#head = head;
    this.#stored = head;
    this.#zeroMs = clock.monotonic() - head.elapsedMs;
  }

  /** As the next event will have it. */
  now(): Required<Moment> {
    return { at: this.clock.now(), elapsedMs: Math.round(this.clock.monotonic() - this.#zeroMs) };
  }

  /** The state with every event appended so far, stored or about to be. */
  get head(): Snapshot {
    return this.#head;
  }

  /** The state as far as it is on disk: what the outside may see. */
  get stored(): Snapshot {
    return this.#stored;
  }

  /** Of the run; throws `closed` where there is none. */
  get settings(): RunSettings {
    const { run } = this.#head;
    if (!run) throw new Failure('closed', 'There is no run.');
    return run.settings;
  }

  /** Resolves once the step is on disk and told. Throws at once when an event does not fit the state: a bug. */
  append(newEvents: readonly NewEvent[], publications: readonly PublicationChange[] = []): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const before = this.#head;
    const now = this.now();
    const texts = new Map<string, string>();
    const keep = (text: string) => {
      const name = this.store.textName(text);
      texts.set(name, text);
      return name;
    };
    const short = (text: LongText) => shorten(text, keep);
    const events = newEvents.map(
      (newEvent, k): Event => ({
        ...mapTexts(this.redactor.data(newEvent), short),
        seq: before.seq + 1 + k,
        ...now,
      }),
    );
    const after = projectAll(before, events);
    this.#head = after;
    return this.store.commit({ before, after, events, publications, ...(texts.size > 0 && { texts }) }).then(
      () => {
        this.#stored = after;
        for (const listener of this.#listeners) listener(events, after);
      },
      (cause: unknown) => {
        if (this.#broken === undefined) {
          this.#broken = cause ?? new Failure('io', 'The database refused a step.');
          this.onBroken(this.#broken);
        }
        throw cause;
      },
    );
  }

  /** A backlog's entry as it would be on record: with long texts by name. */
  asStored(spec: FeatureSpec): FeatureSpec {
    return mapSpec(spec, this.short);
  }

  /** A text as it would be on record. */
  readonly short = (text: LongText): LongText => shorten(text, (whole) => this.store.textName(whole));

  /** All of a text that an event or a feature names. */
  async text(text: string | Pick<KeptText, 'hash'>): Promise<string> {
    return typeof text === 'string' ? text : this.store.text(text.hash);
  }

  /** Tells every stored step, in order; the answer stops it. */
  onStored(listener: (events: readonly Event[], after: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stored events after `since`, oldest first. */
  events(since: number, limit: number): Promise<readonly Event[]> {
    return this.store.events(since, limit);
  }
}
