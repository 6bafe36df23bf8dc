// Features in every stage, and events with their numbers, for the tests of core.
import type { Event, NewEvent } from '../../src/core/events/event';
import { emptySnapshot, type Run, type Snapshot } from '../../src/core/events/snapshot';
import {
  type Feature,
  type FeatureSpec,
  type FeatureState,
  newFeature,
} from '../../src/core/features/feature';
import type { Stage } from '../../src/core/features/featureMachine';
import { defaultRunSettings, type RunSettings } from '../../src/core/settings/runSettings';

export function specOf(name: string, part: Partial<FeatureSpec> = {}): FeatureSpec {
  return { name, category: 'default', priority: 3, description: '', dependsOn: [], files: [], ...part };
}

/** The fence and slot of every claim that `stateIn` makes. */
export const sampleFence = 7;
export const sampleSlot = 2;

export function stateIn(stage: Stage): FeatureState {
  const claim = { slot: sampleSlot, attempt: 1, fence: sampleFence, claimedAt: 1_000 };
  switch (stage) {
    case 'pending':
      return { status: 'pending' };
    case 'waiting':
      return { status: 'waiting', missing: [9] };
    case 'working':
    case 'verifying':
      return { status: 'claimed', phase: stage, claim };
    case 'unconfirmed':
      return { status: 'claimed', phase: stage, claim, why: 'no check' };
    case 'passing':
      return { status: 'passing', evidence: { kind: 'user' }, at: 2_000 };
    case 'failed':
      return { status: 'failed', reason: 'tests fail', at: 2_000 };
    case 'skipped':
      return { status: 'skipped', because: { kind: 'dependency', featureId: 9 } };
    default:
      return stage satisfies never;
  }
}

/** A feature named `F<id>`. */
export function featureIn(stage: Stage, id = 1, spec: Partial<FeatureSpec> = {}): Feature {
  return { ...newFeature(id, specOf(`F${id}`, spec)), state: stateIn(stage) };
}

/** A workspace with these features and a run under way. */
export function workspaceOf(
  features: readonly Feature[],
  settings: Partial<RunSettings> = {},
  run: Partial<Run> = {},
): Snapshot {
  return {
    ...emptySnapshot,
    features: Object.fromEntries(features.map((f) => [f.id, f])),
    lastFeatureId: features.reduce((most, f) => Math.max(most, f.id), 0),
    lastFence: sampleFence,
    run: {
      id: 1,
      status: 'running',
      settings: { ...defaultRunSettings, ...settings },
      startedAt: 0,
      startedSeq: 1,
      costUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
      ...run,
    },
  };
}

/** Happenings as the log stores them, each with its time. */
export function eventsAt(
  newEvents: readonly (readonly [at: number, happening: NewEvent])[],
  before = 0,
): readonly Event[] {
  return newEvents.map(([at, newEvent], k): Event => ({ ...newEvent, seq: before + k + 1, at }));
}
