// Brings the features in line with the backlog, a part at a time, so that a long one holds up nobody else.
import type { Event } from '../core/events/event';
import type { FeatureSpec } from '../core/features/feature';
import type { FeatureChange } from '../core/features/featureChange';
import { reconcile } from '../core/features/reconcile';
import { needsFirst } from '../core/graph/backlogGraph';
import type { FeatureId } from '../core/shared/ids';
import type { EventLog } from './eventLog';

/** Stored together; that takes some 50 ms, in which nothing else is done. */
const mostAtOnce = 1_000;

export interface LoaderParts {
  readonly log: EventLog;
  /** Has nothing decided while `work` goes on: what is on record then is not yet what the user wants. */
  readonly undecided: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onError: (error: unknown) => void;
}

export interface LoadCounts {
  readonly added: number;
  readonly edited: number;
  readonly removed: number;
  /** Changed in the backlog, and at work: they are edited or removed when their attempts end. */
  readonly deferred: number;
}

export class BacklogLoader {
  /** The backlog as last read, for the features whose change had to wait for an attempt's end. */
  #deferred: { readonly specs: readonly FeatureSpec[]; readonly ids: readonly FeatureId[] } | undefined;
  /** Ends with the last load that was asked for; never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: LoaderParts) {}

  /** One after the other: each compares with what the one before has left. */
  load(backlog: readonly FeatureSpec[]): Promise<LoadCounts> {
    const loaded = this.#last.then(() => this.parts.undecided(() => this.#load(backlog)));
    this.#last = loaded.catch(() => undefined);
    return loaded;
  }

  /** Is an attempt over whose feature the user has changed meanwhile? The change is about to be loaded then. */
  get isBehind(): boolean {
    const { features } = this.parts.log.head;
    return this.#deferred?.ids.some((id) => features[id]?.state.status !== 'claimed') ?? false;
  }

  /** Loads again what a feature's attempt kept from being loaded. */
  afterStep(events: readonly Event[]): void {
    const specs = this.#deferred?.specs;
    const isReleased = events.some(
      (e) => e.type === 'agent.ended' || e.type === 'feature.passed' || e.type === 'feature.failed',
    );
    if (specs && isReleased) this.load(specs).catch(this.parts.onError);
  }

  async #load(backlog: readonly FeatureSpec[]): Promise<LoadCounts> {
    const { log } = this.parts;
    // A name with a key in it is on record without; it must not be taken for another each time.
    const specs = log.redactor.data(backlog);
    const { features, lastFeatureId } = log.head;
    const { changes, deferred } = reconcile(features, lastFeatureId, specs, (spec) => log.asStored(spec));
    this.#deferred = deferred.length > 0 ? { specs, ids: deferred } : undefined;
    for (const part of partsOf(changes)) await log.append(part);
    const count = (type: string) => changes.filter((c) => c.type === type).length;
    return {
      added: count('feature.added'),
      edited: count('feature.edited'),
      removed: count('feature.removed'),
      deferred: deferred.length,
    };
  }
}

/** In parts of which any number may be on record when a host is lost: none is there without what it needs. */
function* partsOf(changes: readonly FeatureChange[]): Generator<readonly FeatureChange[]> {
  const inOrder = changes.length > mostAtOnce ? addedFirst(changes) : changes;
  for (let at = 0; at < inOrder.length; at += mostAtOnce) yield inOrder.slice(at, at + mostAtOnce);
}

function addedFirst(changes: readonly FeatureChange[]): readonly FeatureChange[] {
  const added = changes.flatMap((change) => (change.type === 'feature.added' ? [change] : []));
  const order = needsFirst(added.map(({ spec }) => spec));
  const inOrder = order.flatMap((at) => added[at] ?? []);
  return [...inOrder, ...changes.filter((change) => change.type !== 'feature.added')];
}
