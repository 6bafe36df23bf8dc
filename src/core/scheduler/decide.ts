// The scheduler's whole judgement: from the facts as they stand to what is to be done now.

import type { Attempt, RunOutcome } from '../events/event';
import { liveAttempts, type Run, type Snapshot } from '../events/snapshot';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import { indexByName, readinessOf } from '../graph/readiness';
import { isDue, nextProbeAt } from '../guardrails/breaker';
import { restMs } from '../guardrails/failurePolicy';
import type { EpochMs, FeatureId, Slot } from '../shared/ids';
import { outlookFrom } from './outlook';
import { type Choice, type PassedOver, selectBatch } from './selectBatch';

/** What the engine is to carry out, in this order. */
export type Decision =
  | { readonly kind: 'change'; readonly change: FeatureChange }
  | { readonly kind: 'claim'; readonly choice: Choice }
  | { readonly kind: 'finishRun'; readonly outcome: RunOutcome };

export interface Judgement {
  readonly decisions: readonly Decision[];
  /** Ready features that wait for files, for the views. */
  readonly passedOver: readonly PassedOver[];
  /** When to ask again, though nothing may have happened: a rest is over then, or a probe due. */
  readonly wakeAt?: EpochMs;
}

/**
 * Pure: the same facts give the same judgement. Changes of readiness come first and alone, so that claims are always
 * judged on settled facts: carry out the decisions, then ask again, until there are none.
 */
export function decide(snapshot: Snapshot, now: EpochMs): Judgement {
  const features = Object.values(snapshot.features);
  const changes = settleReadiness(features, indexByName(snapshot.features));
  if (changes.length > 0)
    return { decisions: changes.map((change) => ({ kind: 'change', change })), passedOver: [] };

  const { run } = snapshot;
  if (!run || run.status === 'finished') return { decisions: [], passedOver: [] };
  const live = liveAttempts(snapshot);
  const meant = features.filter((f) => isMeant(run.settings.only, f.id));
  const ready = meant.filter((f) => f.state.status === 'pending');
  if (run.status === 'stopping') {
    return {
      decisions: live.length === 0 ? [{ kind: 'finishRun', outcome: 'stopped' }] : [],
      passedOver: [],
    };
  }
  if (live.length === 0 && ready.length === 0) {
    return { decisions: [{ kind: 'finishRun', outcome: outcomeOf(meant) }], passedOver: [] };
  }
  if (run.status === 'paused') return { decisions: [], passedOver: [] };

  const outlook = outlookFrom(snapshot.experience, run.settings.model);
  const circumstances = { outlook, startedAt: run.startedAt, startedMs: run.startedMs };
  const openings = openingsIn(snapshot, run, live, now);
  const rested = ready.filter((f) => isDue(restOf(f), now));
  const batch = selectBatch(features, rested, snapshot.locks, openings.slots, circumstances);
  const later = [...openings.later, ...ready.map(restOf)].filter((at) => !isDue(at, now));
  return {
    decisions: batch.chosen.map((choice) => ({ kind: 'claim', choice })),
    passedOver: batch.passedOver,
    ...(later.length === 0 ? {} : { wakeAt: later.reduce((first, at) => Math.min(first, at)) }),
  };
}

/** The slots that may be filled now, and the moments at which more may be: not those that an agent's end will free. */
function openingsIn(
  { agents, breaker }: Snapshot,
  { settings: { maxAgents } }: Run,
  live: readonly Attempt[],
  now: EpochMs,
): { readonly slots: readonly Slot[]; readonly later: readonly EpochMs[] } {
  const room = Math.max(0, maxAgents - live.length);
  const taken = new Set(live.map((a) => a.slot));
  const free = slotsUpTo(maxAgents).filter((slot) => !taken.has(slot));
  const restOfSlot = (slot: Slot) => (agents[slot]?.endedAt ?? 0) + restMs(agents[slot]?.losses ?? 0);
  const rested = free.filter((slot) => isDue(restOfSlot(slot), now));
  const later = free.map(restOfSlot);
  if (!breaker) return { slots: rested.slice(0, room), later };
  const fences = live.map((a) => a.fence);
  const probeAt = nextProbeAt(breaker, fences);
  if (probeAt === undefined) return { slots: [], later: [] };
  return isDue(probeAt, now)
    ? { slots: rested.slice(0, Math.min(1, room)), later }
    : { slots: [], later: [probeAt] };
}

/** Until when a ready feature is let be, for an agent was lost at it. */
function restOf({ state }: Feature): EpochMs {
  return state.status === 'pending' ? (state.notBefore ?? 0) : 0;
}

/** Changes that bring stored readiness in line with the dependencies as they are. */
function settleReadiness(
  features: readonly Feature[],
  byName: ReadonlyMap<string, Feature>,
): FeatureChange[] {
  return features.flatMap((feature): FeatureChange[] => {
    const { id: featureId, state } = feature;
    if (state.status !== 'pending' && state.status !== 'waiting' && state.status !== 'skipped') return [];
    if (state.status === 'skipped' && state.because.kind === 'user') return [];
    const readiness = readinessOf(feature, byName);
    if (readiness.kind === 'blocked') {
      const because = { kind: 'dependency', featureId: readiness.by } as const;
      return state.status === 'skipped' ? [] : [{ type: 'feature.skipped', featureId, because }];
    }
    if (state.status === 'skipped') return [{ type: 'feature.unskipped', featureId }];
    if (readiness.kind === 'missing') {
      return state.status === 'pending' ? [{ type: 'feature.held', featureId, missing: readiness.ids }] : [];
    }
    return state.status === 'waiting' ? [{ type: 'feature.freed', featureId }] : [];
  });
}

function outcomeOf(meant: readonly Feature[]): RunOutcome {
  return meant.every((f) => f.state.status === 'passing') ? 'complete' : 'incomplete';
}

/** Is the feature one that the run is about? */
export function isMeant(only: readonly FeatureId[] | undefined, id: FeatureId): boolean {
  return only === undefined || only.includes(id);
}

function slotsUpTo(n: number): readonly Slot[] {
  return Array.from({ length: n }, (_, k) => k + 1);
}
