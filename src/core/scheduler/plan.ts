// Looks for a short schedule by local search: lists turned into schedules, pushed right and left again, and shaken.
import { longestRemaining } from '../graph/criticalPath';
import { type Graph, topologicalOrder } from '../graph/graph';

/** Steps that need each other and use resources of which there is only so much. */
export interface PlanProblem {
  readonly graph: Graph;
  /** Any unit; at least 0. */
  readonly durations: readonly number[];
  /** `uses[k]`: what k uses while it runs; no amount above its capacity, no resource twice. */
  readonly uses: readonly (readonly Use[])[];
  readonly capacities: readonly number[];
}

export interface Use {
  readonly resource: number;
  readonly amount: number;
}

export interface Schedule {
  readonly starts: readonly number[];
  readonly finish: number;
}

export interface PlanOptions {
  /** Lists that are tried; each costs some n log n for each of three schedules. */
  readonly iterations: number;
  /** No schedule is shorter: the search ends when it is reached. */
  readonly bound: number;
  /** A schedule to begin with, such as what the order of the scheduler leads to. */
  readonly first?: readonly number[];
}

/** Schedules that new lists are made from. */
const eliteSize = 12;

/**
 * The best schedule found. The search is a fixed sequence, so the same problem gives the same plan.
 *
 * A list becomes a schedule by serial generation: one after the other, each at the earliest time that its needs and the
 * resources allow (Kolisch 1996). Moving all to the right in order of their ends, then to the left in order of their
 * starts, never makes it longer and often shorter (forward-backward improvement, Li and Willis 1992; Tormos and Lova 2001).
 * Lists come from the longest remaining paths, blurred, and from the best schedules so far, shaken or mixed by two.
 */
export function findPlan(problem: PlanProblem, { iterations, bound, first }: PlanOptions): Schedule {
  const { graph, durations } = problem;
  const forward = directionOf(problem);
  const backward = directionOf({ ...problem, graph: { needs: graph.neededBy, neededBy: graph.needs } });
  const remaining = longestRemaining(graph, durations);
  const longest = remaining.reduce((most, r) => Math.max(most, r), 0);
  const next = repeatableNumbers();
  const elite: Schedule[] = [];
  const isGood = () => (elite[0]?.finish ?? Number.POSITIVE_INFINITY) <= bound * (1 + 1e-12);
  const tryKeys = (keys: readonly number[]) => {
    keepBest(elite, justified(forward, backward, generate(problem, listBy(keys, forward))));
  };
  if (first) tryKeys(first);
  for (let k = 0; k < Math.max(1, iterations) && !isGood(); k++) {
    if (k === 0) tryKeys(remaining.map((r) => -r));
    else if (k < 4 || k % 8 === 0 || elite.length < 2) {
      const blur = 0.1 + 0.4 * next();
      tryKeys(remaining.map((r) => -r + blur * longest * next()));
    } else {
      const one = elite[Math.floor(next() * elite.length)] as Schedule;
      const other = elite[Math.floor(next() * elite.length)] as Schedule;
      const share = k % 2 === 0 || one === other ? 0 : next();
      const shake = one.finish * 0.3 * next() * next();
      tryKeys(
        one.starts.map(
          (start, at) => start * (1 - share) + (other.starts[at] as number) * share + shake * next(),
        ),
      );
    }
  }
  return elite[0] as Schedule;
}

/** Keeps `elite` sorted, short, and without two that start everything at the same time. */
function keepBest(elite: Schedule[], found: Schedule): void {
  if (elite.some((e) => e.finish === found.finish && e.starts.every((s, k) => s === found.starts[k]))) return;
  const at = elite.findIndex((e) => e.finish >= found.finish);
  elite.splice(at < 0 ? elite.length : at, 0, found);
  if (elite.length > eliteSize) elite.pop();
}

/** A problem as seen from the start or from the end, with an order in which all comes after what it needs. */
interface Direction {
  readonly problem: PlanProblem;
  readonly order: readonly number[];
  readonly place: readonly number[];
}

function directionOf(problem: PlanProblem): Direction {
  const order = topologicalOrder(problem.graph);
  const place = new Array<number>(order.length).fill(0);
  order.forEach((k, at) => {
    place[k] = at;
  });
  return { problem, order, place };
}

/** Forward-backward improvement until it helps no more. */
function justified(forward: Direction, backward: Direction, from: Schedule): Schedule {
  const { durations } = forward.problem;
  let best = from;
  for (;;) {
    const ends = best.starts.map((start, k) => start + (durations[k] as number));
    const right = generate(
      backward.problem,
      listBy(
        ends.map((end) => -end),
        backward,
      ),
    );
    const starts = right.starts.map((start, k) => right.finish - start - (durations[k] as number));
    const left = generate(forward.problem, listBy(starts, forward));
    if (left.finish >= best.finish) return left.finish > best.finish ? best : left;
    best = left;
  }
}

/** By key, with all after what they need: a key below that of a need is raised to it. */
function listBy(keys: readonly number[], { problem, order, place }: Direction): readonly number[] {
  const raised = [...keys];
  for (const k of order) {
    for (const need of problem.graph.needs[k] ?? [])
      raised[k] = Math.max(raised[k] as number, raised[need] as number);
  }
  return [...order].sort(
    (a, b) => (raised[a] as number) - (raised[b] as number) || (place[a] as number) - (place[b] as number),
  );
}

/** Serial generation: `list` names each once, after all it needs. */
function generate({ graph, durations, uses, capacities }: PlanProblem, list: readonly number[]): Schedule {
  const profiles = capacities.map((capacity) => new Profile(capacity));
  const starts = new Array<number>(durations.length).fill(0);
  let finish = 0;
  for (const k of list) {
    const duration = durations[k] as number;
    let start = 0;
    for (const need of graph.needs[k] ?? [])
      start = Math.max(start, (starts[need] as number) + (durations[need] as number));
    const used = uses[k] ?? [];
    if (duration > 0 && used.length > 0) {
      for (let settled = 0; settled < used.length; ) {
        for (const { resource, amount } of used) {
          const from = (profiles[resource] as Profile).firstRoom(start, duration, amount);
          settled = from === start ? settled + 1 : 1;
          start = from;
          if (settled >= used.length) break;
        }
      }
      for (const { resource, amount } of used)
        (profiles[resource] as Profile).take(start, start + duration, amount);
    }
    starts[k] = start;
    finish = Math.max(finish, start + duration);
  }
  return { starts, finish };
}

/** How much of a resource is in use, as steps in time. */
class Profile {
  /** Use is `#used[i]` from `#times[i]` to the next time; the last goes on for ever and is 0. */
  readonly #times: number[] = [0];
  readonly #used: number[] = [0];

  constructor(private readonly capacity: number) {}

  /** The first time from `start` on at which `amount` is free for `duration`. */
  firstRoom(start: number, duration: number, amount: number): number {
    const most = this.capacity - amount;
    let from = start;
    for (let at = this.#stepAt(start); at < this.#times.length; at++) {
      if ((this.#times[at] as number) >= from + duration) return from;
      if ((this.#used[at] as number) > most) from = this.#times[at + 1] as number;
    }
    return from;
  }

  take(start: number, end: number, amount: number): void {
    const last = this.#cut(end, this.#cut(start, this.#stepAt(start)));
    for (let at = this.#stepAt(start); at < last; at++) this.#used[at] = (this.#used[at] as number) + amount;
  }

  /** Position of the step that begins at `time`, made if there is none; looked for from `at` on. */
  #cut(time: number, at: number): number {
    let step = at;
    while (step + 1 < this.#times.length && (this.#times[step + 1] as number) <= time) step++;
    if (this.#times[step] === time) return step;
    this.#times.splice(step + 1, 0, time);
    this.#used.splice(step + 1, 0, this.#used[step] as number);
    return step + 1;
  }

  #stepAt(time: number): number {
    let low = 0;
    let high = this.#times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#times[middle] as number) <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Numbers from 0 up to but not 1, the same in every search (xorshift32). */
function repeatableNumbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
