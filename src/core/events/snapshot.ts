// The one picture of a workspace that every client shows, and what is looked up in it.
import type { Feature } from '../features/feature';
import type { Breaker } from '../guardrails/breaker';
import { type LockTable, noLocks } from '../locks/lockTable';
import type { ModelName } from '../models/models';
import type { RunSettings } from '../settings/runSettings';
import type { EpochMs, FeatureId, Fence, Slot } from '../shared/ids';
import { type Moment, msBetween } from '../shared/moment';
import type { Accounts } from './accounts';
import type { AgentEnd, AgentStatus, Attempt, ClientKind, ProcessIdentity, RunOutcome } from './event';
import type { History } from './history';
import type { RunReport } from './runReport';

/** Plain data, so that it crosses the wire as it is. Records are keyed by id and so run in order of id. */
export interface Snapshot {
  /** Number of the last event in it. */
  readonly seq: number;
  /** Of the last event in it, see `Moment`. */
  readonly elapsedMs: number;
  readonly features: Readonly<Record<FeatureId, Feature>>;
  /** One for every slot that has been used in this run. */
  readonly agents: Readonly<Record<Slot, Agent>>;
  readonly locks: LockTable;
  readonly run: Run | null;
  readonly owner: Owner | null;
  /** Accounts that cannot be asked, or not by all agents at once. */
  readonly accounts: Accounts;
  /** The trouble from outside that keeps all features from being started; null: none is known. */
  readonly breaker: Breaker | null;
  readonly lastFence: Fence;
  readonly lastFeatureId: FeatureId;
  /** What passed features taught about how long such features take and what they touch. */
  readonly experience: History;
}

/** What works, or last worked, in a slot. */
export interface Agent extends Attempt {
  readonly model: ModelName | string;
  /** Why this model, for people. */
  readonly modelWhy?: string;
  /** Who is to look at its work, and why these, for people. */
  readonly expertsWhy?: string;
  readonly status: AgentStatus;
  readonly step: string;
  readonly progress?: number;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly end?: AgentEnd;
  /** Agents lost in this slot one after the other, this one included. */
  readonly losses?: number;
  readonly process?: ProcessIdentity;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Tokens, of those above, of which nobody has said what they cost; absent: none. */
  readonly unpricedTokens?: number;
  readonly actions: number;
}

export interface Run {
  readonly id: number;
  readonly status: 'running' | 'paused' | 'stopping' | 'finished';
  readonly settings: RunSettings;
  readonly startedAt: EpochMs;
  /** `startedAt` as `Moment.elapsedMs`. */
  readonly startedMs?: number;
  readonly startedSeq: number;
  readonly outcome?: RunOutcome;
  readonly report?: RunReport;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** As `Agent.unpricedTokens`. */
  readonly unpricedTokens?: number;
}

export interface Owner {
  readonly epoch: number;
  readonly process: ProcessIdentity;
  readonly face: ClientKind;
}

export const emptySnapshot: Snapshot = {
  seq: 0,
  elapsedMs: 0,
  features: {},
  agents: {},
  locks: noLocks,
  run: null,
  owner: null,
  accounts: {},
  breaker: null,
  lastFence: 0,
  lastFeatureId: 0,
  experience: [],
};

/** Milliseconds from the run's start to a moment in it. */
export function runTime({
  startedAt,
  startedMs,
}: Pick<Run, 'startedAt' | 'startedMs'>): (when: Moment) => number {
  const start = { at: startedAt, elapsedMs: startedMs };
  return (when) => msBetween(start, when);
}

/** Is a run under way? Then Start and the slider change it instead of beginning another. */
export function hasOpenRun(snapshot: Snapshot): boolean {
  return snapshot.run !== null && snapshot.run.status !== 'finished';
}

/** Features that an attempt holds right now, working or being verified; not to be asked of a draft that still changes. */
/** Failed for good, as long as nobody asks for them again; by id. */
export function failedIn({ features }: Pick<Snapshot, 'features'>): readonly Feature[] {
  return Object.values(features).filter(({ state }) => state.status === 'failed');
}

export function liveAttempts({ features }: Pick<Snapshot, 'features'>): readonly Attempt[] {
  const known = liveKnown.get(features);
  if (known) return known;
  const live: Attempt[] = [];
  for (const { id: featureId, state } of Object.values(features)) {
    if (state.status !== 'claimed' || state.phase === 'unconfirmed') continue;
    const { slot, attempt, fence } = state.claim;
    live.push({ slot, attempt, fence, featureId });
  }
  liveKnown.set(features, live);
  return live;
}

const liveKnown = new WeakMap<Snapshot['features'], readonly Attempt[]>();
