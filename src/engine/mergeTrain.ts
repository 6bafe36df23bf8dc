// Works that are handed in and not decided yet, in their order: each is checked on what those ahead of it are about to publish,
// so that checks run beside each other and yet each on what the workspace will be.
import type { Attempt } from '../core/events/event';
import type { StagedFile } from '../ports/isolation';
import { SerialQueue } from '../ports/serialQueue';
import type { Clock } from '../ports/system';

/** One work, from when its check may begin until it is decided. */
export interface TrainCar {
  readonly attempt: Attempt;
  readonly files: readonly StagedFile[];
  /** Undefined as long as it is not decided: see `published`. */
  readonly isPublished: boolean | undefined;
  /** True once its files are in the workspace and its feature passes; false where that is not to be. Never rejects. */
  readonly published: Promise<boolean>;
  /** May be called twice; only the first time counts. */
  leave(isPublished: boolean): void;
}

/** A check that takes longer than the one behind it, and this, holds up nobody for the whole of its time. */
const leastPatienceMs = 60_000;

export class MergeTrain {
  /** Works come into it one after the other, so that of two that are handed in at once one is checked on the other. */
  readonly boarding = new SerialQueue();
  readonly #cars = new Set<TrainCar>();
  /** Of those, which others have waited for in vain: nobody builds on them any more. */
  readonly #slow = new Set<TrainCar>();

  constructor(private readonly clock: Clock) {}

  /** Those that a work may be checked on, the first first: all before its car, or whoever is there where it has none. */
  ahead(own?: TrainCar): readonly TrainCar[] {
    const cars = [...this.#cars];
    const end = own ? cars.indexOf(own) : cars.length;
    return cars.slice(0, end).filter((car) => !this.#slow.has(car));
  }

  join(attempt: Attempt, files: readonly StagedFile[]): TrainCar {
    let decide: (isPublished: boolean) => void = () => {};
    const published = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    let fate: boolean | undefined;
    const leave = (isPublished: boolean) => {
      this.#cars.delete(car);
      this.#slow.delete(car);
      fate ??= isPublished;
      decide(fate);
    };
    const car: TrainCar = {
      attempt,
      files,
      published,
      leave,
      get isPublished() {
        return fate;
      },
    };
    this.#cars.add(car);
    return car;
  }

  /**
   * Are all of these in the workspace? Settles once that is known, at the first that is not; with false where they take much
   * longer than the check of who asks took, and with true, which means nothing then, when `signal` fires.
   */
  areIn(cars: readonly TrainCar[], checkMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const open = new Set(cars);
      const end = (areIn: boolean) => {
        cancel();
        signal.removeEventListener('abort', giveUp);
        resolve(areIn);
      };
      const giveUp = () => end(true);
      const cancel = this.clock.after(Math.max(leastPatienceMs, 2 * checkMs), () => {
        const [first] = open;
        if (first) this.#slow.add(first); // the others may wait for it themselves
        end(false);
      });
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted || open.size === 0) return end(true);
      for (const car of cars)
        void car.published.then((isIn) => {
          open.delete(car);
          if (!isIn || open.size === 0) end(isIn);
        });
    });
  }

  /** Hashes of all content that works in it are still laid into places from. */
  neededContent(): ReadonlySet<string> {
    const hashes = [...this.#cars].flatMap(({ files }) => files.map(({ after }) => after.hash));
    return new Set(hashes.filter((hash) => hash !== null));
  }
}
