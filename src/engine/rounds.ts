// What is known from one round of the same handing in to the next.
import type { Snapshot } from '../core/events/snapshot';
import type { PlaceChange } from '../ports/isolation';
import type { Arrived } from './arrivals';
import { printOf } from './attemptChanges';
import type { Guarded } from './guardWork';
import type { Publications } from './publications';

/** A file that came in so many times while the check ran is one that never rests, such as a server's log: it counts no more. */
const mostArrivals = 2;

export class Rounds {
  /** The attempt's work as it was last made ready for the check. */
  work: readonly PlaceChange[] | undefined;
  /** How many publications there had been when the place was last brought up to date for the check. */
  publications = 0;
  /** How often files came in while the work was checked. */
  readonly #arrivals = new Map<string, number>();
  /** The work, as prints of its files, that `green` holds for. */
  #work = '';
  /** Checks of other features that were green on it, by command. */
  readonly green = new Map<string, Guarded>();
  /** What has come in since they were. */
  readonly came = new Set<string>();
  /** Files of the work that the check left otherwise than it found them, when it ran last. */
  altered: readonly string[] = [];

  /** @param features as they were before the place was last brought up to date: it need not have what has passed since */
  constructor(public features: Snapshot['features']) {}

  /** What was green on other work counts no more. */
  isOn(work: readonly PlaceChange[]): void {
    const print = work.map(({ path, after }) => `${path} ${printOf(after)}`).join('\n');
    if (this.#work !== print) this.green.clear();
    this.#work = print;
  }

  /** These were, on the work as it is. */
  wereGreen(guarded: readonly Guarded[]): void {
    for (const one of guarded) this.green.set(one.command, one);
    this.came.clear();
  }

  /** Counts what came in while the work was checked; of what other work brought nobody says that it never rests. */
  isNews({ paths }: Pick<Arrived, 'paths'>, publications: Publications): boolean {
    const arrivals = this.#arrivals;
    for (const path of paths)
      if (publications.hasPlaced(path, this.publications)) arrivals.delete(path);
      else arrivals.set(path, (arrivals.get(path) ?? 0) + 1);
    return paths.some((path) => (arrivals.get(path) ?? 0) <= mostArrivals);
  }
}
