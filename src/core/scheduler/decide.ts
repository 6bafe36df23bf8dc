// The scheduler's whole judgement: from the facts as they stand to what is to be done now.
import type { Claim } from '../claims/claim';
import type { RunOutcome } from '../events/event';
import type { Run, Snapshot } from '../events/snapshot';
import type { Feature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import { isDue, nextProbeAt } from '../guardrails/breaker';
import { restMs } from '../guardrails/failurePolicy';
import { type AccountId, accountOf } from '../models/accounts';
import type { EpochMs, FeatureId, Slot } from '../shared/ids';
import { Board } from './board';
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

/** Whose account the feature's next attempt would ask; undefined: nobody's. */
export type AccountOf = (feature: Feature) => AccountId | undefined;

/** Changes of readiness decided together, as many as a backlog's loader stores at once; the others come when they are asked for next. */
const mostChanges = 1_000;

/**
 * The same facts give the same judgement. Changes of readiness come first and alone, so that claims are always judged on
 * settled facts: carry out the decisions, then ask again, until there are none.
 *
 * @param board what was worked out for the decision before; it changes what this one costs, and nothing of what it says
 * @param routed asked only while an account's breaker is open, or it is slow
 */
export function decide(
  snapshot: Snapshot,
  now: EpochMs,
  board = new Board(),
  routed: AccountOf = () => undefined,
): Judgement {
  board.see(snapshot);
  const changes = board.standing.changes(mostChanges);
  if (changes.length > 0)
    return { decisions: changes.map((change) => ({ kind: 'change', change })), passedOver: [] };

  const { run } = snapshot;
  if (!run || run.status === 'finished') return { decisions: [], passedOver: [] };
  const live = board.standing.live();
  const only = run.settings.only && new Set(run.settings.only);
  const { ready: allReady, resting } = board.standing;
  const ready = only ? new Set(run.settings.only?.filter((id) => allReady.has(id))) : allReady;
  if (run.status === 'stopping') {
    return {
      decisions: live.length === 0 ? [{ kind: 'finishRun', outcome: 'stopped' }] : [],
      passedOver: [],
    };
  }
  if (live.length === 0 && ready.size === 0) {
    return {
      decisions: [{ kind: 'finishRun', outcome: outcomeOf(snapshot.features, only) }],
      passedOver: [],
    };
  }
  if (run.status === 'paused') return { decisions: [], passedOver: [] };

  const openings = openingsIn(snapshot, run, live, now);
  const broken = brokenAccounts(snapshot, live);
  const slow = slowAccounts(snapshot, live, now);
  const accountOfNext = (id: FeatureId) => {
    const feature = broken.size + slow.size === 0 ? undefined : snapshot.features[id];
    return feature && routed(feature);
  };
  const probeOf = (id: FeatureId) => {
    const account = accountOfNext(id);
    return account !== undefined && broken.has(account) ? account : undefined;
  };
  const mayStart = (id: FeatureId) => {
    if (!ready.has(id) || !isDue(resting.get(id) ?? 0, now)) return false;
    const account = accountOfNext(id);
    if (account === undefined) return true;
    const probeAt = broken.has(account) ? broken.get(account) : now;
    const mayAskAt = slow.get(account)?.untilAt ?? now;
    return probeAt !== undefined && isDue(probeAt, now) && mayAskAt <= now;
  };
  const roomOf = (id: FeatureId) => {
    const account = accountOfNext(id);
    const bound = account === undefined ? undefined : slow.get(account);
    return account !== undefined && bound ? { account, room: bound.room } : undefined;
  };
  const may = { mayStart, probeOf, ...(slow.size > 0 && { roomOf }) };
  const batch = selectBatch(board, may, snapshot.locks, openings.slots, run);
  const waits = [...slow.values()].map(({ untilAt }) => untilAt);
  const rests = [...resting].flatMap(([id, at]) => (ready.has(id) ? [at] : []));
  const probes = [...broken.values()].filter((at) => at !== undefined);
  const later = [...openings.later, ...rests, ...probes, ...waits].filter((at) => !isDue(at, now));
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
  live: readonly Claim[],
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

/** By account that is not asked: when a probe may be; undefined while one is under way. */
function brokenAccounts(
  { accounts, agents }: Snapshot,
  live: readonly Claim[],
): ReadonlyMap<AccountId, EpochMs | undefined> {
  const broken = new Map<AccountId, EpochMs | undefined>();
  for (const [id, { breaker }] of Object.entries(accounts)) {
    if (!breaker) continue;
    const own = live.filter(({ slot, fence }) => {
      const agent = agents[slot];
      return agent?.fence === fence && accountOf(agent.model) === id;
    });
    broken.set(
      id,
      nextProbeAt(
        breaker,
        own.map(({ fence }) => fence),
      ),
    );
  }
  return broken;
}

/** A throttle puts nobody off for longer: what is further off was said before the clock was put back. */
const longestWaitMs = 3_700_000;

/** By account that bounds who may ask it: from when on, and how many more agents than are at work may at the same time. */
function slowAccounts(
  { accounts, agents }: Snapshot,
  live: readonly Claim[],
  now: EpochMs,
): ReadonlyMap<AccountId, { readonly untilAt: EpochMs; readonly room: number }> {
  const found = new Map<AccountId, { untilAt: EpochMs; room: number }>();
  for (const [id, { slow }] of Object.entries(accounts)) {
    if (!slow) continue;
    const asking = live.filter(({ slot }) => {
      const agent = agents[slot];
      return agent !== undefined && accountOf(agent.model) === id;
    });
    const untilAt = slow.untilAt !== null && slow.untilAt - now <= longestWaitMs ? slow.untilAt : now;
    found.set(id, { untilAt, room: slow.atOnce - asking.length });
  }
  return found;
}

function outcomeOf(features: Snapshot['features'], only: ReadonlySet<FeatureId> | undefined): RunOutcome {
  const meant = Object.values(features).filter(({ id }) => only?.has(id) !== false);
  return meant.every((f) => f.state.status === 'passing') ? 'complete' : 'incomplete';
}

/** Is the feature one that the run is about? */
export function isMeant(only: readonly FeatureId[] | undefined, id: FeatureId): boolean {
  return only === undefined || only.includes(id);
}

function slotsUpTo(n: number): readonly Slot[] {
  return Array.from({ length: n }, (_, k) => k + 1);
}
