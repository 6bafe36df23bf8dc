// What must hold of a workspace after every step of a run, checked the slow and plain way.
import type { Event } from '../../../src/core/events/event';
import type { Snapshot } from '../../../src/core/events/snapshot';
import { declaredScopes, type Feature } from '../../../src/core/features/feature';
import { lockName } from '../../../src/core/locks/lockScope';
import { firstBlocker } from '../../../src/core/locks/lockTable';
import { decide } from '../../../src/core/scheduler/decide';
import { meet } from '../locks/lockRules';

/** Rules on one step: what the events between two states may have done. */
export function brokenStepRules(
  before: Snapshot,
  events: readonly Event[],
  after: Snapshot,
): readonly string[] {
  const broken: string[] = [];
  let fence = before.lastFence;
  for (const event of events) {
    if (event.type !== 'feature.claimed') continue;
    if (event.fence <= fence) broken.push(`fence ${event.fence} after ${fence}`);
    fence = event.fence;
    const feature = before.features[event.featureId];
    const unmet = feature ? needsOf(before, feature).filter((n) => n.state.status !== 'passing') : [];
    if (unmet.length > 0) broken.push(`${event.featureId} started before ${unmet.map((n) => n.id).join()}`);
    const most = before.run?.settings.maxAgents ?? 0;
    if (before.run?.status !== 'running') broken.push(`${event.featureId} started in no running run`);
    if (event.slot > most || liveOf(after).length > most) broken.push(`more than ${most} agents`);
  }
  return [...broken, ...brokenOwners(after), ...brokenLocks(after)];
}

/** Rules on a state in which the scheduler has nothing left to decide. */
export function brokenRestRules(snapshot: Snapshot): readonly string[] {
  const broken: string[] = [];
  for (const feature of Object.values(snapshot.features)) {
    const { id, state } = feature;
    const needs = needsOf(snapshot, feature).map((n) => n.state.status);
    const isBlocked = needs.some((s) => s === 'failed' || s === 'skipped');
    const isReady = needs.every((s) => s === 'passing');
    if (state.status === 'pending' && !isReady)
      broken.push(`${id} is pending, though its dependencies are not passing`);
    if (state.status === 'waiting' && (isReady || isBlocked)) broken.push(`${id} waits for nothing`);
    if (state.status === 'skipped' && state.because.kind === 'dependency' && !isBlocked)
      broken.push(`${id} is skipped for nothing`);
  }
  return [...broken, ...idleSlots(snapshot)];
}

/** A slot is empty only when nobody could use it, or when who could is passed over by name. */
function idleSlots(snapshot: Snapshot): readonly string[] {
  const { run, locks } = snapshot;
  if (run?.status !== 'running' || liveOf(snapshot).length >= run.settings.maxAgents) return [];
  const passedOver = new Set(decide(snapshot, Number.POSITIVE_INFINITY).passedOver.map((p) => p.featureId));
  const free = Object.values(snapshot.features).filter(
    (f) =>
      f.state.status === 'pending' &&
      !passedOver.has(f.id) &&
      firstBlocker(locks, declaredScopes(f)) === undefined,
  );
  return free.map((f) => `${f.id} could start, and a slot is free`);
}

/** At work exactly with one live owner: its own slot, in which nobody else is. */
function brokenOwners(snapshot: Snapshot): readonly string[] {
  const broken: string[] = [];
  const slots = new Set<number>();
  for (const { id, claim } of liveOf(snapshot)) {
    if (slots.has(claim.slot)) broken.push(`two attempts in slot ${claim.slot}`);
    slots.add(claim.slot);
    const agent = snapshot.agents[claim.slot];
    if (agent?.fence !== claim.fence || agent.featureId !== id || agent.status === 'ended') {
      broken.push(`${id} is at work, but slot ${claim.slot} is not`);
    }
  }
  for (const agent of Object.values(snapshot.agents)) {
    if (agent.status !== 'ended' && !slots.has(agent.slot))
      broken.push(`slot ${agent.slot} works on nothing`);
  }
  return broken;
}

/** Locks live with their attempt, and no two attempts hold what overlaps. */
function brokenLocks({ locks, ...snapshot }: Snapshot): readonly string[] {
  const fences = new Set(liveOf({ ...snapshot, locks }).map(({ claim }) => claim.fence));
  const stale = [...locks.holds, ...locks.waits].filter((entry) => !fences.has(entry.fence));
  const double = locks.holds.filter((a, k) =>
    locks.holds.slice(k + 1).some((b) => a.fence !== b.fence && meet(a.scope, b.scope)),
  );
  return [
    ...stale.map((e) => `a lock on ${lockName(e.scope)} of nobody`),
    ...double.map((e) => `${lockName(e.scope)} is held twice`),
  ];
}

function liveOf({ features }: Snapshot) {
  return Object.values(features).flatMap(({ id, state }) =>
    state.status === 'claimed' && state.phase !== 'unconfirmed' ? [{ id, claim: state.claim }] : [],
  );
}

function needsOf({ features }: Snapshot, { spec }: Feature): readonly Feature[] {
  return Object.values(features).filter((f) => spec.dependsOn.includes(f.spec.name));
}
