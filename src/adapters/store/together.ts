// Whether rows that are each as we write them go together: numbers that have been given, claims that only one has, and what
// an attempt holds, which lives and dies with it.
import type { Attempt } from '../../core/events/event';
import { liveAttempts, type Snapshot } from '../../core/events/snapshot';
import type { PublicationRecord } from '../../ports/store';
import { damaged } from './damaged';

/** No backlog has had so many features. Ids are gone through one by one, which takes 0.1 s for as many. */
const mostFeatures = 10_000_000;
/** Numbers below are counted on from without a gap, for longer than any machine lasts. */
const mostCounted = 2 ** 50;

type Counter = 'seq' | 'lastFeatureId' | 'lastFence';

/** Throws `corrupt`, naming the part. @param lastEvent the number of the last one that is stored */
export function assertTogether(snapshot: Snapshot, lastEvent: number): void {
  const { features, agents, locks } = snapshot;
  const taken = { seq: lastEvent, lastFeatureId: 0, lastFence: 0 };
  const take = (key: Counter, number: number) => {
    if (number > taken[key]) taken[key] = number;
  };
  const fences = new Map<number, number>();
  for (const { id, state } of Object.values(features)) {
    take('lastFeatureId', id);
    if (state.status !== 'claimed') continue;
    take('lastFence', state.claim.fence);
    const other = fences.get(state.claim.fence);
    if (other !== undefined)
      throw damaged(
        `in the table "features" of agents.db the rows with id ${other} and ${id} have one fence`,
      );
    fences.set(state.claim.fence, id);
  }
  for (const { fence } of [...Object.values(agents), ...locks.holds, ...locks.waits])
    take('lastFence', fence);
  assertCounted(snapshot, taken);
  assertHeld(snapshot);
}

/** A lock of nobody would never be given back, and an agent of no attempt would be at work for ever. */
function assertHeld({ features, agents, locks }: Pick<Snapshot, 'features' | 'agents' | 'locks'>): void {
  const atWork = new Map(liveAttempts({ features }).map((attempt) => [attempt.fence, attempt]));
  const isTheirs = ({ fence, slot, featureId }: Holder) => {
    const attempt = atWork.get(fence);
    return attempt?.slot === slot && attempt.featureId === featureId;
  };
  for (const entry of [...locks.holds, ...locks.waits]) {
    if (!isTheirs(entry)) throw damaged(`${row('locks', 'fence', entry.fence)} is of no attempt at work`);
  }
  for (const agent of Object.values(agents)) {
    if (agent.status !== 'ended' && !isTheirs(agent))
      throw damaged(`${row('agents', 'slot', agent.slot)} is of no attempt at work`);
  }
}

type Holder = Pick<Attempt, 'fence' | 'slot' | 'featureId'>;

/** The same of what waits to enter the workspace. */
export function assertTheirs(publications: readonly PublicationRecord[], { features }: Snapshot): void {
  const owners = new Map<number, number>();
  for (const { id, state } of Object.values(features))
    if (state.status === 'claimed') owners.set(state.claim.fence, id);
  for (const { fence, featureId } of publications) {
    if (!features[featureId])
      throw damaged(
        `${row('publications', 'fence', fence)} is of feature ${featureId}, which does not exist`,
      );
    const owner = owners.get(fence) ?? featureId;
    if (owner !== featureId)
      throw damaged(
        `${row('publications', 'fence', fence)} is of feature ${featureId}, and that fence is feature ${owner}'s`,
      );
  }
}

/** The next event, feature and claim get the next number: one that is taken would be refused for ever. */
function assertCounted(snapshot: Snapshot, taken: Readonly<Record<Counter, number>>): void {
  for (const key of ['seq', 'lastFeatureId', 'lastFence'] as const) {
    assertReached(key, snapshot[key]);
    if (snapshot[key] < taken[key])
      throw damaged(`${where} "${key}" is below ${taken[key]}, which has been given`);
  }
}

/** @param key of the table "meta" */
export function assertReached(key: Counter | 'epoch' | 'lsn', number: number): void {
  const most = key === 'lastFeatureId' ? mostFeatures : mostCounted;
  if (number > most) throw damaged(`${where} "${key}" is above ${most}, which is never reached`);
}

function row(table: string, key: string, value: number): string {
  return `in the table "${table}" of agents.db the row with ${key} ${value}`;
}

const where = 'in the table "meta" of agents.db';
