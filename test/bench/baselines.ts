// What others do, computed beside ours: first in first out, waves with a barrier, and agents that wait in their slot.

interface Work {
  readonly durations: readonly number[];
  readonly needs: readonly (readonly number[])[];
}

/** A free agent takes what has been ready longest. */
export function firstInFirstOut({ durations, needs }: Work, agents: number): number {
  const open = needs.map((list) => list.length);
  const queue = open.flatMap((count, k) => (count === 0 ? [k] : []));
  const neededBy = dependents(needs);
  let live: { readonly k: number; readonly end: number }[] = [];
  let now = 0;
  while (queue.length > 0 || live.length > 0) {
    for (const k of queue.splice(0, agents - live.length)) live.push({ k, end: now + (durations[k] ?? 0) });
    now = Math.min(...live.map((a) => a.end));
    const over = live.filter((a) => a.end <= now);
    live = live.filter((a) => a.end > now);
    for (const next of over.flatMap(({ k }) => neededBy[k] ?? [])) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) queue.push(next);
    }
  }
  return now;
}

/** Each wave takes as many ready features as there are agents; the next begins when the last of them has ended. */
export function waveBarrier({ durations, needs }: Work, agents: number): number {
  const done = new Set<number>();
  let now = 0;
  while (done.size < durations.length) {
    const ready = durations.flatMap((_, k) =>
      !done.has(k) && needs[k]?.every((n) => done.has(n)) ? [k] : [],
    );
    const wave = ready.slice(0, agents);
    now += Math.max(...wave.map((k) => durations[k] ?? 0));
    for (const k of wave) done.add(k);
  }
  return now;
}

/** Features in order; whoever's files are busy keeps its slot and waits until it can have all of them. */
export function waitInSlot(
  durations: readonly number[],
  files: readonly (readonly number[])[],
  agents: number,
): number {
  const queue = durations.map((_, k) => k);
  const holder = new Map<number, number>();
  let waiting: number[] = [];
  let live: { readonly k: number; readonly end: number }[] = [];
  let now = 0;
  while (queue.length > 0 || waiting.length > 0 || live.length > 0) {
    waiting.push(...queue.splice(0, agents - live.length - waiting.length));
    waiting = waiting.filter((k) => {
      if (files[k]?.some((file) => holder.has(file))) return true;
      for (const file of files[k] ?? []) holder.set(file, k);
      live.push({ k, end: now + (durations[k] ?? 0) });
      return false;
    });
    now = Math.min(...live.map((a) => a.end));
    for (const { k } of live.filter((a) => a.end <= now))
      for (const file of files[k] ?? []) holder.delete(file);
    live = live.filter((a) => a.end > now);
  }
  return now;
}

/** Files are locked one by one, an equal stretch of work apart; false when a circle of waits closed, a deadlock. */
export function holdAndWait(
  durations: readonly number[],
  files: readonly (readonly number[])[],
  agents: number,
): number | false {
  interface Agent {
    readonly k: number;
    next: number;
    at: number;
    awaits?: number;
  }
  const holder = new Map<number, Agent>();
  const queue = durations.map((_, k) => k);
  let live: Agent[] = [];
  let now = 0;
  while (queue.length > 0 || live.length > 0) {
    for (const k of queue.splice(0, agents - live.length)) {
      const isFree = (files[k] ?? []).length === 0;
      live.push({ k, next: 0, at: isFree ? now + (durations[k] ?? 0) : now });
    }
    const moving = live.filter((a) => a.awaits === undefined);
    if (moving.length === 0) return false;
    const agent = moving.reduce((a, b) => (b.at < a.at ? b : a));
    now = agent.at;
    const own = files[agent.k] ?? [];
    const file = own[agent.next];
    if (file === undefined) {
      live = live.filter((a) => a !== agent);
      for (const [held, by] of [...holder]) {
        if (by !== agent) continue;
        const waiter = live.find((a) => a.awaits === held);
        if (waiter) {
          holder.set(held, waiter);
          waiter.awaits = undefined;
          waiter.at = now + step(waiter.k);
          waiter.next++;
        } else holder.delete(held);
      }
    } else if (holder.has(file)) {
      agent.awaits = file;
      if (closesCircle(agent, holder)) return false;
    } else {
      holder.set(file, agent);
      agent.next++;
      agent.at = now + step(agent.k);
    }
  }
  return now;

  function step(k: number): number {
    return (durations[k] ?? 0) / Math.max(1, files[k]?.length ?? 0);
  }
}

function closesCircle(
  start: { readonly awaits?: number },
  holder: ReadonlyMap<number, { readonly awaits?: number }>,
): boolean {
  let at: { readonly awaits?: number } | undefined = start;
  while (at?.awaits !== undefined) {
    at = holder.get(at.awaits);
    if (at === start) return true;
  }
  return false;
}

function dependents(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const neededBy: number[][] = needs.map(() => []);
  needs.forEach((list, k) => {
    for (const need of list) neededBy[need]?.push(k);
  });
  return neededBy;
}
