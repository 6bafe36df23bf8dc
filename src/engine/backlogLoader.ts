// Brings the features in line with the backlog, a part at a time, so that a long one holds up nobody else.
import type { Event } from '../core/events/event';
import type { FeatureSpec } from '../core/features/feature';
import type { FeatureChange } from '../core/features/featureChange';
import { reconcile } from '../core/features/reconcile';
import { needsFirst } from '../core/graph/backlogGraph';
import type { FeatureId } from '../core/shared/ids';
import { eachInSteps, type Steps } from '../core/shared/steps';
import { SerialQueue } from '../ports/serialQueue';
import type { Clock } from '../ports/system';
import type { EventLog } from './eventLog';
import { inTurns } from './inTurns';

/** Stored together; that takes some 50 ms, in which nothing else is done. */
const mostAtOnce = 1_000;

export interface LoaderParts {
  readonly log: EventLog;
  readonly clock: Clock;
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
  /** Names of those with a key in a text, which is on record without. */
  readonly keyed: readonly string[];
}

export class BacklogLoader {
  /** The backlog as last read, for the features whose change had to wait for an attempt's end. */
  #deferred: { readonly specs: readonly FeatureSpec[]; readonly ids: readonly FeatureId[] } | undefined;
  readonly #loads = new SerialQueue();

  constructor(private readonly parts: LoaderParts) {}

  /** One after the other: each compares with what the one before has left. */
  load(backlog: readonly FeatureSpec[]): Promise<LoadCounts> {
    return this.#loads.run(() => this.parts.undecided(() => this.#load(backlog)));
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
    const { log, clock } = this.parts;
    // A name with a key in it is on record without; it must not be taken for another each time.
    const specs: FeatureSpec[] = [];
    const keyed: string[] = [];
    const clean = eachInSteps(backlog, (spec) => {
      const without = log.redactor.data(spec);
      specs.push(without);
      if (without !== spec) keyed.push(without.name);
    });
    await inTurns(clean, clock);
    const { features, lastFeatureId } = log.head;
    const comparing = reconcile(features, lastFeatureId, specs, (spec) => log.asStored(spec));
    const { changes, deferred } = await inTurns(comparing, clock);
    this.#deferred = deferred.length > 0 ? { specs, ids: deferred } : undefined;
    // An attempt that ended while it was compared was told to nobody who knew.
    if (this.isBehind) this.load(specs).catch(this.parts.onError);
    for (const part of await inTurns(partsOf(changes), clock)) await log.append(part);
    const count = (type: string) => changes.filter((c) => c.type === type).length;
    return {
      added: count('feature.added'),
      edited: count('feature.edited'),
      removed: count('feature.removed'),
      deferred: deferred.length,
      keyed,
    };
  }
}

/** In parts of which any number may be on record when a host is lost: none is there without what it needs. */
function* partsOf(changes: readonly FeatureChange[]): Steps<readonly (readonly FeatureChange[])[]> {
  const inOrder = changes.length > mostAtOnce ? yield* addedFirst(changes) : changes;
  const parts: (readonly FeatureChange[])[] = [];
  for (let at = 0; at < inOrder.length; at += mostAtOnce) parts.push(inOrder.slice(at, at + mostAtOnce));
  return parts;
}

function* addedFirst(changes: readonly FeatureChange[]): Steps<readonly FeatureChange[]> {
  const added = changes.flatMap((change) => (change.type === 'feature.added' ? [change] : []));
  const order = yield* needsFirst(added.map(({ spec }) => spec));
  const inOrder = order.flatMap((at) => added[at] ?? []);
  return [...inOrder, ...changes.filter((change) => change.type !== 'feature.added')];
}
