// Plays a backlog through as its order has it: a free agent takes the best-ranked ready feature whose files are free.
import type { Graph } from '../graph/graph';
import { Heap } from '../shared/heap';

/** Features by their place in a list. */
export interface Work {
  readonly graph: Graph;
  readonly minutes: readonly number[];
  /** What only one feature at a time can have. */
  readonly keys: readonly (readonly string[])[];
  /** `turns[k]`: the place of k among all, 0 first; no two have the same. */
  readonly turns: readonly number[];
}

/**
 * When each starts and when all are done, from 0 on. Near n log n: who finds a file busy waits at that file, and of those
 * the first alone is looked at again when it is free.
 */
export function startsInOrder(
  { graph, minutes, keys, turns }: Work,
  agents: number,
): { readonly starts: readonly number[]; readonly finish: number } {
  const isBefore = (a: number, b: number) => (turns[a] as number) < (turns[b] as number);
  const left = graph.needs.map((list) => list.length);
  const starts = minutes.map(() => 0);
  const ready = new Heap(isBefore);
  const waiting = new Map<string, Heap>();
  /** The file from whose queue a ready one came: while it is not at work, the next in that queue may be. */
  const from = new Map<number, string>();
  const busy = new Set<string>();
  let live: { readonly k: number; readonly end: number }[] = [];
  let now = 0;

  function callNext(key: string): void {
    const next = waiting.get(key)?.pop();
    if (next === undefined) return void waiting.delete(key);
    from.set(next, key);
    ready.push(next);
  }

  function waitAt(key: string, k: number): void {
    const queue = waiting.get(key) ?? new Heap(isBefore);
    waiting.set(key, queue);
    queue.push(k);
    const before = from.get(k);
    from.delete(k);
    if (before !== undefined && !busy.has(before)) callNext(before);
  }

  left.forEach((count, k) => {
    if (count === 0) ready.push(k);
  });
  for (;;) {
    while (live.length < agents) {
      const k = ready.pop();
      if (k === undefined) break;
      const own = keys[k] ?? [];
      const blocked = own.find((key) => busy.has(key));
      if (blocked !== undefined) {
        waitAt(blocked, k);
        continue;
      }
      from.delete(k);
      for (const key of own) busy.add(key);
      starts[k] = now;
      live.push({ k, end: now + (minutes[k] as number) });
    }
    if (live.length === 0) return { starts, finish: now };
    now = live.reduce((next, { end }) => Math.min(next, end), Number.POSITIVE_INFINITY);
    const over = live.filter(({ end }) => end <= now);
    live = live.filter(({ end }) => end > now);
    for (const { k } of over) {
      for (const key of keys[k] ?? []) busy.delete(key);
      for (const next of graph.neededBy[k] ?? []) {
        left[next] = (left[next] as number) - 1;
        if (left[next] === 0) ready.push(next);
      }
    }
    for (const { k } of over) for (const key of keys[k] ?? []) callNext(key);
  }
}
