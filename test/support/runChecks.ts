// Looks at a finished run from outside: what its events claim must hold, and must agree with what others saw.
import assert from 'node:assert/strict';
import type { ExternalEvent } from './cli';
import type { Asked } from './scriptedModel';
import type { Seen } from './watchTree';

export interface Needs {
  /** By the name of a feature, the names it depends on. */
  readonly [feature: string]: readonly string[];
}

const endings = new Set([
  'feature.passed',
  'feature.failed',
  'feature.retried',
  'feature.yielded',
  'feature.unconfirmed',
]);

/** No feature with two owners, no file with two holders, fences rise, nothing starts before what it needs has passed. */
export function checkEvents(events: readonly ExternalEvent[], names: readonly string[], needs: Needs): void {
  const owner = new Map<number, number>();
  const holder = new Map<string, number>();
  const passed = new Set<string>();
  const slots = new Map<number, number>();
  let fence = 0;
  events.forEach((e, k) => {
    if (k > 0) assert.equal(e.seq, (events[k - 1]?.seq ?? 0) + 1, 'events are numbered without gaps');
    const name = names[(e.featureId ?? 0) - 1] ?? '';
    if (e.type === 'feature.claimed') {
      assert.equal(owner.get(e.featureId as number), undefined, `${name} has two owners at event ${e.seq}`);
      assert.equal(slots.get(e.slot as number), undefined, `slot ${e.slot} is taken twice at event ${e.seq}`);
      assert.ok((e.fence as number) > fence, 'fences rise');
      assert.equal(e.agentId, `agent-${e.slot}`);
      for (const need of needs[name] ?? [])
        assert.ok(passed.has(need), `${name} was claimed before ${need} passed`);
      fence = e.fence as number;
      owner.set(e.featureId as number, fence);
      slots.set(e.slot as number, fence);
    }
    if (endings.has(e.type)) {
      const held = [...holder].filter(([, by]) => by === e.fence);
      assert.deepEqual(held, [], `${name} ended with locks still held`);
      owner.delete(e.featureId as number);
      for (const [slot, by] of slots) if (by === e.fence) slots.delete(slot);
    }
    if (e.type === 'feature.passed') passed.add(name);
    if (e.type === 'lock.granted') {
      assert.equal(
        holder.get(e.path as string) ?? e.fence,
        e.fence,
        `${e.path} has two holders at event ${e.seq}`,
      );
      holder.set(e.path as string, e.fence as number);
    }
    if (e.type === 'lock.released') holder.delete(e.path as string);
    if (e.type === 'file.published')
      assert.equal(holder.get(e.path as string), e.fence, `${e.path} was published without its lock`);
  });
  assert.deepEqual([...owner], [], 'nothing is left claimed');
  assert.deepEqual([...holder], [], 'nothing is left locked');
}

/** File systems and event loops tell a little late; a write is looked for within this of its lock's time. */
const lateMs = 1_500;

/** Every change a watcher saw in the workspace lies in the time some attempt held that file. */
export function checkAgainstWatcher(events: readonly ExternalEvent[], seen: readonly Seen[]): void {
  const held: { path: string; from: number; to: number }[] = [];
  const open = new Map<string, number>();
  for (const e of events) {
    if (e.type === 'lock.granted') open.set(e.path as string, e.at);
    if (e.type === 'lock.released')
      held.push({ path: e.path as string, from: open.get(e.path as string) ?? 0, to: e.at });
  }
  assert.ok(seen.length > 0, 'the watcher saw changes');
  for (const { path, atMs } of seen) {
    const covered = held.some((h) => h.path === path && h.from - lateMs <= atMs && atMs <= h.to + lateMs);
    assert.ok(covered, `${path} changed at ${atMs} with nobody holding it`);
  }
}

/** The model was never asked about one feature in two conversations at once, nor about one whose needs were still talked about. */
export function checkAgainstModel(asked: readonly Asked[], needs: Needs): void {
  const last = new Map<string, number>();
  const current = new Map<string, number>();
  for (const { feature, conversation, turn } of asked) {
    const now = current.get(feature) ?? 0;
    if (turn === 0) assert.equal(conversation, now + 1);
    else assert.equal(conversation, now, `${feature} is talked about in two conversations`);
    current.set(feature, conversation);
  }
  asked.forEach(({ feature }, k) => void last.set(feature, k));
  for (const [feature, list] of Object.entries(needs)) {
    const first = asked.findIndex((a) => a.feature === feature);
    for (const need of list)
      assert.ok((last.get(need) ?? -1) < first, `${feature} was begun before ${need} was done`);
  }
}
